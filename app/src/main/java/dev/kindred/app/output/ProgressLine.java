package dev.kindred.app.output;

import java.util.Locale;

/** The texts of {@link StderrProgress}: bar, rate and time left, from counts alone. */
final class ProgressLine {
  private static final int BAR = 24;

  private ProgressLine() {}

  /**
   * A line for a terminal, shorter than {@code columns} so that it never wraps.
   *
   * @param total units in all, or -1 if unknown: then no bar and no time left
   */
  static String bar(
      String name, long done, long total, long elapsedNanos, String note, int columns) {
    StringBuilder line = new StringBuilder(name);
    if (total > 0) {
      double share = Math.min(1, (double) done / total);
      int full = (int) (share * BAR);
      line.append(" [").append("#".repeat(full)).append(".".repeat(BAR - full)).append(']');
      line.append(String.format(Locale.ROOT, " %3d%%", (int) (share * 100)));
    }
    appendRate(line, done, total, elapsedNanos, note);
    return line.length() < columns ? line.toString() : line.substring(0, Math.max(0, columns - 1));
  }

  /** The same facts as words, for a file or a pipe. */
  static String plain(String name, long done, long total, long elapsedNanos, String note) {
    StringBuilder line = new StringBuilder(name).append(':');
    if (total > 0) {
      line.append(
          String.format(Locale.ROOT, " %d%%", (int) (Math.min(1, (double) done / total) * 100)));
    }
    appendRate(line, done, total, elapsedNanos, note);
    return line.toString();
  }

  /** What stays when a stage is over. */
  static String end(String name, long done, long elapsedNanos, String note) {
    StringBuilder line = new StringBuilder(name).append(':');
    if (done > 1) {
      line.append(' ').append(count(done)).append(" in");
    }
    line.append(' ').append(duration(elapsedNanos));
    if (!note.isEmpty()) {
      line.append(", ").append(note);
    }
    return line.toString();
  }

  /** 12 s, 3:07, 1:02:03; below ten seconds with a tenth. */
  static String duration(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
    return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** 950, 12.3k, 4.5M, 1.2G. */
  static String count(double units) {
    if (units < 1000) {
      return units < 10 && units != Math.rint(units)
          ? String.format(Locale.ROOT, "%.1f", units)
          : String.format(Locale.ROOT, "%.0f", units);
    }
    if (units < 1e6) {
      return String.format(Locale.ROOT, "%.1fk", units / 1e3);
    }
    return units < 1e9
        ? String.format(Locale.ROOT, "%.1fM", units / 1e6)
        : String.format(Locale.ROOT, "%.1fG", units / 1e9);
  }

  private static void appendRate(
      StringBuilder line, long done, long total, long elapsedNanos, String note) {
    if (done > 0 && elapsedNanos > 0) {
      double perSecond = done / (elapsedNanos / 1e9);
      line.append(' ').append(count(perSecond)).append("/s");
      // The first hundredth says little of the rest: it holds what starts the stage.
      if (total > done && done >= total / 100) {
        line.append(", ")
            .append(duration((long) ((total - done) / perSecond * 1e9)))
            .append(" left");
      }
    } else {
      line.append(' ').append(duration(elapsedNanos));
    }
    if (!note.isEmpty()) {
      line.append(", ").append(note);
    }
  }
}
