package dev.kindred.app.output;

import java.util.Locale;

/** Numbers of bytes for people. Stateless. */
public final class ByteSize {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

  private ByteSize() {}

  /** Three digits or more in the largest unit of which there is one: 512 bytes, 1.50 MiB. */
  public static String text(long bytes) {
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    double size = bytes / 1024.0;
    int unit = 0;
    // What would be rounded up to 1024 counts as one of the next unit.
    while (size >= 1023.5 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%,." + decimals + "f %s", size, UNITS[unit]);
  }
}
