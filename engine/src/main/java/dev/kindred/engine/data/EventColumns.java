package dev.kindred.engine.data;

import java.util.List;
import java.util.Objects;

/**
 * Which column of a log holds what. An empty name says that there is none.
 *
 * @param user the user's id
 * @param item the item's id
 * @param time when it happened; not together with {@code order}
 * @param timeFormat how times are written
 * @param order a whole number that orders the rows of one user; not together with {@code time}
 * @param event the type of the event. Where there is one, rows of one user and item that follow
 *     each other within 30 minutes (without times: all of them) become one sample
 * @param signals columns whose numbers are kept beside the objectives, e.g. dwell, position
 * @param search type of the rows in which a user searched: they are no samples, and what was
 *     searched for stands in the item's column
 * @param duplicates what becomes of rows with user, item and time of another; kept where there is
 *     an event type, as such rows become one sample anyway
 */
public record EventColumns(
    String user,
    String item,
    String time,
    TimeFormat timeFormat,
    String order,
    String event,
    List<String> signals,
    String search,
    Duplicates duplicates) {

  /** What becomes of rows with user, item and time of another. */
  public enum Duplicates {
    /** Each counts. */
    KEEP,
    /** One is left, with the largest of each value and signal. */
    DROP
  }

  /** How times are written. */
  public enum TimeFormat {
    /**
     * By the first readable time: text with dashes is ISO, a number below 1e11 seconds, else
     * millis.
     */
    DETECT,
    /** Seconds since 1970-01-01 UTC, fractions allowed. */
    SECONDS,
    /** Milliseconds since 1970-01-01 UTC. */
    MILLIS,
    /**
     * {@code 2024-02-29}, {@code 2024-02-29 23:59}, {@code 2024-02-29T23:59:59.123+01:00}; UTC
     * where no zone is written.
     */
    ISO
  }

  public EventColumns {
    Objects.requireNonNull(timeFormat, "timeFormat");
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(search, "search");
    Objects.requireNonNull(duplicates, "duplicates");
    signals = List.copyOf(signals);
    if (!search.isEmpty() && (event.isEmpty() || time.isEmpty() && order.isEmpty())) {
      throw new IllegalArgumentException(
          "events of type '"
              + search
              + "' are to be searches, which takes a column for the type of event, and one for the"
              + " time or the order");
    }
    if (duplicates == Duplicates.DROP && time.isEmpty() && order.isEmpty()) {
      throw new IllegalArgumentException(
          "duplicates are to be dropped, which takes a column for the time or the order; without"
              + " one nothing tells a row that was logged twice from an event that happened twice");
    }
    if (duplicates == Duplicates.DROP && !event.isEmpty()) {
      throw new IllegalArgumentException(
          "duplicates are to be dropped, which says nothing beside a column for the type of event:"
              + " rows of one user and item close to each other become one sample; leave it out");
    }
    if (user.isEmpty() || item.isEmpty()) {
      throw new IllegalArgumentException("a log needs a user column and an item column");
    }
    if (!time.isEmpty() && !order.isEmpty()) {
      throw new IllegalArgumentException(
          "both a time column ('"
              + time
              + "') and an order column ('"
              + order
              + "') are declared; keep the one that every row has");
    }
  }

  /** A log of users and items without order. */
  public static EventColumns of(String user, String item) {
    return new EventColumns(
        user, item, "", TimeFormat.DETECT, "", "", List.of(), "", Duplicates.KEEP);
  }

  /** The same columns and a time whose format is detected. */
  public EventColumns withTime(String newTime) {
    return withTime(newTime, TimeFormat.DETECT);
  }

  /** The same columns and a time of the given format. */
  public EventColumns withTime(String newTime, TimeFormat newFormat) {
    return new EventColumns(
        user, item, newTime, newFormat, order, event, signals, search, duplicates);
  }

  /** The same columns and a number that orders the rows of a user. */
  public EventColumns withOrder(String newOrder) {
    return new EventColumns(
        user, item, time, timeFormat, newOrder, event, signals, search, duplicates);
  }

  /** The same columns and an event type. */
  public EventColumns withEvent(String newEvent) {
    return new EventColumns(
        user, item, time, timeFormat, order, newEvent, signals, search, duplicates);
  }

  /** The same columns with these numbers kept. */
  public EventColumns withSignals(List<String> newSignals) {
    return new EventColumns(
        user, item, time, timeFormat, order, event, newSignals, search, duplicates);
  }

  /** The same columns, and rows of this type are searches. */
  public EventColumns withSearch(String newSearch) {
    return new EventColumns(
        user, item, time, timeFormat, order, event, signals, newSearch, duplicates);
  }

  /** The same columns, and this becomes of rows with user, item and time of another. */
  public EventColumns withDuplicates(Duplicates newDuplicates) {
    return new EventColumns(
        user, item, time, timeFormat, order, event, signals, search, newDuplicates);
  }
}
