package dev.kindred.engine.data;

import dev.kindred.engine.data.EventColumns.TimeFormat;
import java.time.Instant;
import java.time.Month;
import java.time.Year;

/** Reads times of one column into milliseconds since 1970 UTC. For one thread. */
final class TimeParser {
  /** Returned where the cell holds no time; the row then has a problem. */
  static final long NONE = Long.MIN_VALUE;

  private static final double SECONDS_BELOW = 1e11; // as millis that is 1973, as seconds year 5138
  private static final long EARLIEST = Instant.parse("1900-01-01T00:00:00Z").toEpochMilli();
  private static final long LATEST = Instant.parse("2200-01-01T00:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;

  private TimeFormat format;
  private final boolean detecting;

  TimeParser(TimeFormat format) {
    this.format = format;
    detecting = format == TimeFormat.DETECT;
  }

  /** How times are read, for the report. */
  String description() {
    String how =
        switch (format) {
          case DETECT -> "not readable";
          case SECONDS -> "seconds since 1970";
          case MILLIS -> "milliseconds since 1970";
          case ISO -> "ISO dates, UTC where no zone is written";
        };
    return how + (detecting ? " (detected)" : " (declared)");
  }

  /** The time in the cell, or {@link #NONE}. */
  long parse(Row row, int column) {
    if (row.isMissing(column)) {
      row.fail(column, "is empty, but every row needs a time");
      return NONE;
    }
    Row.Cell cell = row.cell(column);
    if (format == TimeFormat.DETECT) {
      format = detect(row, column);
    }
    if (format == TimeFormat.DETECT) { // still
      row.fail(column, "is ", row.quoted(column), ", neither a number nor an ISO date");
      return NONE;
    }
    if (format == TimeFormat.ISO) {
      long time = iso(cell);
      if (time == NONE) {
        row.fail(column, "is ", row.quoted(column), ", not an ISO date and time");
      }
      return time;
    }
    double number = row.number(column);
    if (Double.isNaN(number)) {
      row.fail(column, "is ", row.quoted(column), ", not a time");
      return NONE;
    }
    double millis = format == TimeFormat.SECONDS ? number * 1000 : number;
    if (!(millis >= EARLIEST && millis <= LATEST)) {
      row.fail(
          column,
          "is ",
          row.shown(column),
          ", as "
              + (format == TimeFormat.SECONDS ? "seconds" : "milliseconds")
              + " not between 1900 and 2200; declare its unit");
      return NONE;
    }
    return Math.round(millis);
  }

  private static TimeFormat detect(Row row, int column) {
    if (iso(row.cell(column)) != NONE) {
      return TimeFormat.ISO;
    }
    if (row.cell(column).toString().chars().anyMatch(c -> c != '.' && (c < '0' || c > '9'))) {
      return TimeFormat.DETECT;
    }
    return row.number(column) < SECONDS_BELOW ? TimeFormat.SECONDS : TimeFormat.MILLIS;
  }

  /**
   * yyyy-MM-dd, then after T or a blank HH:mm, then :ss, a fraction, and Z, +hh, +hhmm or +hh:mm.
   */
  private static long iso(CharSequence s) {
    int n = s.length();
    if (n < 10 || s.charAt(4) != '-' || s.charAt(7) != '-') {
      return NONE;
    }
    int year = digits(s, 0, 4);
    int month = digits(s, 5, 7);
    int day = digits(s, 8, 10);
    if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) {
      return NONE;
    }
    if (day > Month.of(month).length(Year.isLeap(year))) {
      return NONE;
    }
    long time = epochDay(year, month, day) * DAY;
    if (n == 10) {
      return time;
    }
    if (n < 16 || s.charAt(10) != 'T' && s.charAt(10) != ' ' || s.charAt(13) != ':') {
      return NONE;
    }
    int hour = digits(s, 11, 13);
    int minute = digits(s, 14, 16);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
      return NONE;
    }
    time += (hour * 60 + minute) * MINUTE;
    int at = 16;
    if (at < n && s.charAt(at) == ':') {
      int second = digits(s, 17, 19);
      if (second < 0 || second > 60) { // 60: a leap second
        return NONE;
      }
      time += second * 1000L;
      at = 19;
      if (at < n && (s.charAt(at) == '.' || s.charAt(at) == ',')) {
        int unit = 100;
        int from = ++at;
        while (at < n && isDigit(s.charAt(at))) {
          time += (s.charAt(at) - '0') * (long) unit;
          unit /= 10;
          at++;
        }
        if (at == from) {
          return NONE;
        }
      }
    }
    return zone(s, at, time);
  }

  private static long zone(CharSequence s, int at, long local) {
    int n = s.length();
    if (at < n && s.charAt(at) == ' ') {
      at++;
    }
    if (at == n || (s.charAt(at) == 'Z' && at + 1 == n)) {
      return local;
    }
    char sign = s.charAt(at++);
    if (sign != '+' && sign != '-') {
      return NONE;
    }
    int hours = digits(s, at, at + 2);
    at += 2;
    if (at < n && s.charAt(at) == ':') {
      at++;
    }
    int minutes = at == n ? 0 : digits(s, at, at + 2);
    boolean whole = at == n || at + 2 == n;
    if (!whole || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return NONE;
    }
    long offset = (hours * 60 + minutes) * MINUTE;
    return sign == '+' ? local - offset : local + offset;
  }

  /** The number in [from, to), or -1. */
  private static int digits(CharSequence s, int from, int to) {
    if (to > s.length()) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      if (!isDigit(s.charAt(i))) {
        return -1;
      }
      number = number * 10 + s.charAt(i) - '0';
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Days since 1970-01-01 of a day of the years 1900 to 2199, without allocating a date. */
  private static long epochDay(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year; // years from March, so that a leap day is the last
    int m = month <= 2 ? month + 9 : month - 3;
    return 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719_469;
  }
}
