package dev.kindred.engine.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library as the build wrote it beside the classes. */
final class LibraryVersion {
  private static final String VERSION = read();

  private LibraryVersion() {}

  /** Such as {@code 0.1.0}. */
  static String get() {
    return VERSION;
  }

  private static String read() {
    try (InputStream in = LibraryVersion.class.getResourceAsStream("library.properties")) {
      if (in == null) {
        throw new IllegalStateException("library.properties is missing beside the classes");
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("can't read library.properties", e);
    }
  }
}
