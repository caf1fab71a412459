package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.util.List;

/**
 * Reads a log of searches, a row each, into {@link Searches}. A row without user or readable time
 * is bad: counted, sampled into the report and skipped, up to a limit. Single-threaded.
 */
public final class SearchLog {
  /**
   * Which column holds what.
   *
   * @param user the user's id
   * @param query what was searched for, in words
   * @param time when; "" where {@code order} is given
   * @param timeFormat how times are written
   * @param order a whole number that orders the rows of one user, on the scale of the log's; ""
   *     where {@code time} is given
   */
  public record Columns(
      String user, String query, String time, EventColumns.TimeFormat timeFormat, String order) {
    public Columns {
      if (user.isEmpty() || query.isEmpty()) {
        throw new IllegalArgumentException("a log of searches needs a user and a query column");
      }
      if (time.isEmpty() == order.isEmpty()) {
        throw new IllegalArgumentException(
            "a log of searches needs a time or an order column, one of them: what was searched for"
                + " after something was watched says nothing about it");
      }
    }
  }

  /** Searches and how reading them went. */
  public record Result(Searches searches, ReadReport report) {}

  private SearchLog() {}

  /**
   * Reads a log of searches.
   *
   * @param events the log that the users and the order are of
   * @param minUsers tokens that fewer users searched for are left out
   * @param most tokens kept at most
   * @throws InputException if the file is missing, empty, unreadable or lacks a column, too many of
   *     its rows are bad, or it is ordered by something else than the events
   */
  public static Result read(
      TableSource source,
      Columns columns,
      Events events,
      int minUsers,
      int most,
      ReadLimits limits,
      Progress progress) {
    Order order = columns.time().isEmpty() ? Order.SEQUENCE : Order.TIME;
    if (order != events.order()) {
      throw new InputException(
          source.file()
              + ": searches have a "
              + (order == Order.TIME ? "time" : "number that orders them")
              + ", the log of events has "
              + switch (events.order()) {
                case TIME -> "a time";
                case SEQUENCE -> "a number";
                case NONE -> "neither time nor number";
              }
              + "; both need the same, else nobody knows which came first");
    }
    List<String> wanted = List.of(columns.user(), columns.query(), columns.time(), columns.order());
    String name = "reading " + source.file().getFileName();
    Ids users = events.users();
    try (Progress.Stage stage = progress.stage(name, TableReader.bytes(source.file()));
        TableReader reader = TableReader.open(source, wanted, stage)) {
      ReadReport.Builder report = new ReadReport.Builder(source.file(), limits);
      Searches.Builder searches = Searches.builder(users, order);
      TimeParser times = new TimeParser(columns.timeFormat());
      Row row = reader.row();
      int user = reader.column(columns.user());
      int query = reader.column(columns.query());
      int time = reader.column(columns.time());
      int sequence = reader.column(columns.order());
      long empty = 0;
      while (reader.next()) {
        report.row();
        if (row.isMissing(user)) {
          row.fail(user, "holds no user");
        }
        long at = order == Order.TIME ? times.parse(row, time) : row.sequence(sequence);
        if (row.problem() != null) {
          report.badRow(reader.line(), row.problem());
          continue;
        }
        report.id(row, user, reader.line());
        if (row.isMissing(query)
            || searches.add(users.add(row.cell(user)), at, row.cell(query)) == 0) {
          empty++;
        }
      }
      if (report.rows() > 0) {
        reader.finish();
      }
      Searches read = searches.build(minUsers, most);
      if (order == Order.TIME) {
        report.note("column '" + columns.time() + "' is read as " + times.description());
      }
      report.note(
          "%d different words and pairs of words of at least %d users; %d searches hold none"
              .formatted(read.vocabulary().size(), minUsers, empty));
      return new Result(read, report.build());
    }
  }
}
