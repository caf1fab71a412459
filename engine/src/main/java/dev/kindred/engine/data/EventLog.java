package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a log into {@link Events}: ids to ordinals, rules to values, times to order.
 *
 * <p>A row without user, item or readable time, with the wrong number of cells or with text where a
 * number is wanted is bad: counted, sampled into the report and skipped, up to a limit. A number
 * from which no value follows (NaN, a negative strength, a ratio to 0) spoils only itself: the row
 * stays, the objective did not happen.
 *
 * <p>Memory: what {@link Events} takes, up to twice of it while sorting; to drop duplicates up to
 * 48 bytes for each row of the most frequent time beside it. Single-threaded.
 */
public final class EventLog {
  /** Rows of one user and item further apart than this are two samples. */
  static final long FOLD_GAP_MILLIS = 30 * 60_000L;

  /** A larger share of duplicates is no chance: the log was written twice, or has event types. */
  public static final double NOTABLE_DUPLICATES = 0.01;

  private static final int MAX_EVENT_TYPES = 10_000;

  /**
   * A log and how reading it went.
   *
   * @param events in time order
   * @param searches collected from the rows that are searches; empty unless the columns say which
   * @param report what was read, skipped and detected
   */
  public record Result(Events events, Optional<Searches.Builder> searches, ReadReport report) {}

  private final TableReader reader;
  private final Row row;
  private final List<Objective> objectives;
  private final ReadReport.Builder report;
  private final TimeParser times;
  private final Events.Builder events;
  private final Ids users;
  private final Ids items;
  private final int userColumn;
  private final int itemColumn;
  private final int timeColumn;
  private final int orderColumn;
  private final int typeColumn;
  private final int[] signalColumns;
  private final int[] ruleColumns;
  private final int[] perColumns;
  private final Optional<Searches.Builder> searches;
  private final int searchType; // ordinal in types, -1 = none
  private long searched;
  private final Ids types = new Ids();
  private long[] typeCounts = new long[0];
  private final int[] ruleTypes; // ordinal in types, -1 = any
  private final float[] values;
  private final float[] signals;
  private long lastTime = Long.MIN_VALUE;

  private EventLog(
      TableReader reader,
      EventColumns columns,
      List<Objective> objectives,
      Ids users,
      Ids items,
      ReadReport.Builder report) {
    this.reader = reader;
    this.row = reader.row();
    this.objectives = objectives;
    this.users = users;
    this.items = items;
    this.report = report;
    times = new TimeParser(columns.timeFormat());
    Order order =
        !columns.time().isEmpty()
            ? Order.TIME
            : !columns.order().isEmpty() ? Order.SEQUENCE : Order.NONE;
    events = Events.builder(users, items, objectives, columns.signals(), order);
    userColumn = reader.column(columns.user());
    itemColumn = reader.column(columns.item());
    timeColumn = reader.column(columns.time());
    orderColumn = reader.column(columns.order());
    typeColumn = reader.column(columns.event());
    signalColumns = columns.signals().stream().mapToInt(reader::column).toArray();
    ruleColumns = objectives.stream().mapToInt(k -> reader.column(k.rule().column())).toArray();
    perColumns = objectives.stream().mapToInt(k -> reader.column(k.rule().per())).toArray();
    ruleTypes =
        objectives.stream()
            .mapToInt(k -> k.rule().event().isEmpty() ? -1 : types.add(k.rule().event()))
            .toArray();
    boolean hasSearches = !columns.search().isEmpty();
    searches = hasSearches ? Optional.of(Searches.builder(users, order)) : Optional.empty();
    searchType = hasSearches ? types.add(columns.search()) : -1;
    values = new float[objectives.size()];
    signals = new float[signalColumns.length];
  }

  /** Reads a log without showing progress. */
  public static Result read(
      TableSource source,
      EventColumns columns,
      List<Objective> objectives,
      Ids users,
      Ids items,
      ReadLimits limits) {
    return read(source, columns, objectives, users, items, limits, Progress.none());
  }

  /**
   * Reads a log.
   *
   * @param objectives with distinct names; may be empty
   * @param users gains the ids of the log
   * @param items gains the ids of the log
   * @throws InputException if the file is missing, empty, unreadable or lacks a column, too many of
   *     its rows are bad, or it has more than 2^31 - 65 events
   */
  public static Result read(
      TableSource source,
      EventColumns columns,
      List<Objective> objectives,
      Ids users,
      Ids items,
      ReadLimits limits,
      Progress progress) {
    List<String> wanted =
        new ArrayList<>(
            List.of(
                columns.user(), columns.item(), columns.time(), columns.order(), columns.event()));
    wanted.addAll(columns.signals());
    for (Objective objective : objectives) {
      wanted.addAll(objective.rule().columns());
      if (!objective.rule().event().isEmpty() && columns.event().isEmpty()) {
        throw new InputException(
            source.file()
                + ": objective '"
                + objective.name()
                + "' wants events of type '"
                + objective.rule().event()
                + "', but no column for the type of event is declared");
      }
    }
    String name = "reading " + source.file().getFileName();
    try (Progress.Stage stage = progress.stage(name, TableReader.bytes(source.file()));
        TableReader reader = TableReader.open(source, wanted, stage)) {
      ReadReport.Builder report = new ReadReport.Builder(source.file(), limits);
      EventLog log = new EventLog(reader, columns, objectives, users, items, report);
      while (reader.next()) {
        log.readRow();
      }
      if (report.rows() > 0) {
        reader.finish();
      }
      return log.result(columns);
    }
  }

  private void readRow() {
    report.row();
    long time = 0;
    boolean counts = row.problem() == null;
    if (counts) {
      requireId(userColumn, "user");
      requireId(itemColumn, "item");
      if (timeColumn >= 0) {
        time = times.parse(row, timeColumn);
      } else if (orderColumn >= 0) {
        time = row.sequence(orderColumn);
      }
      // Parsed before ids are added and values counted: a bad row must leave no trace.
      for (int s = 0; s < signals.length; s++) {
        signals[s] = (float) row.number(signalColumns[s]);
      }
      for (int k = 0; k < values.length; k++) {
        numberOf(ruleColumns[k]);
        numberOf(perColumns[k]);
      }
    }
    if (row.problem() != null) {
      report.badRow(reader.line(), row.problem());
      return;
    }
    report.id(row, userColumn, reader.line());
    if (timeColumn >= 0) {
      if (time < lastTime) {
        report.outOfOrder();
      }
      lastTime = time;
    }
    int type = typeColumn >= 0 ? type() : -1;
    if (type >= 0 && type == searchType) {
      searches.orElseThrow().add(users.add(row.cell(userColumn)), time, row.cell(itemColumn));
      searched++;
      return;
    }
    report.id(row, itemColumn, reader.line());
    for (int k = 0; k < values.length; k++) {
      values[k] = ruleTypes[k] >= 0 && ruleTypes[k] != type ? 0 : value(k);
    }
    RowRoom.require(events.size(), reader.source().file());
    int r = events.add(users.add(row.cell(userColumn)), items.add(row.cell(itemColumn)), time);
    for (int k = 0; k < values.length; k++) {
      if (values[k] > 0) {
        events.value(k, r, values[k]);
      }
    }
    for (int s = 0; s < signals.length; s++) {
      if (Float.isFinite(signals[s])) {
        events.signal(s, r, signals[s]);
      } else if (!row.isMissing(signalColumns[s])) {
        if (report.wantsBadValue()) {
          report.badValue(
              reader.line(),
              new Fault(
                  "signal " + reader.wanted().get(signalColumns[s]) + " ",
                  row.shown(signalColumns[s]),
                  ""));
        } else {
          report.countBadValue();
        }
      }
    }
  }

  private void requireId(int column, String what) {
    if (row.isMissing(column)) {
      row.fail(column, "holds no " + what);
    }
  }

  private int type() {
    int type = types.add(row.cell(typeColumn));
    if (type >= typeCounts.length) {
      typeCounts = Arrays.copyOf(typeCounts, Math.max(16, type * 2));
    }
    if (type >= MAX_EVENT_TYPES) {
      throw new InputException(
          reader.source().file()
              + ": column '"
              + reader.wanted().get(typeColumn)
              + "' holds more than "
              + MAX_EVENT_TYPES
              + " types of event; declare the column that holds the type");
    }
    typeCounts[type]++;
    return type;
  }

  private double numberOf(int column) {
    return column < 0 ? Double.NaN : row.number(column);
  }

  /** What the row counts for the objective; a cell that is missing is no news, so 0. */
  private float value(int k) {
    int column = ruleColumns[k];
    int per = perColumns[k];
    if (column >= 0 && row.isMissing(column) || per >= 0 && row.isMissing(per)) {
      return 0;
    }
    float value = (float) objectives.get(k).rule().value(numberOf(column), numberOf(per));
    if (Float.isFinite(value)) {
      return value;
    }
    if (report.wantsBadValue()) {
      String held = per < 0 ? shown(column) : shown(column) + " per " + shown(per);
      report.badValue(
          reader.line(), new Fault("objective '" + objectives.get(k).name() + "': ", held, ""));
    } else {
      report.countBadValue();
    }
    return 0;
  }

  private String shown(int column) {
    return reader.wanted().get(column) + " " + row.shown(column);
  }

  private void tellDuplicates(int duplicates, boolean dropped) {
    if (duplicates == 0) {
      return;
    }
    String found =
        "%d of %d rows have user, item and time of another".formatted(duplicates, events.size());
    if (dropped) {
      report.note(found + " and were dropped");
    } else if (duplicates > NOTABLE_DUPLICATES * events.size()) {
      report.warning(
          found
              + ", and each counts; declare the event column if they are events of one sample, or"
              + " duplicates = \"drop\" if they were logged twice and times are as fine as events");
    } else {
      report.note(found + ", and each counts");
    }
  }

  private Result result(EventColumns columns) {
    boolean folds = !columns.event().isEmpty();
    boolean drops = columns.duplicates() == EventColumns.Duplicates.DROP;
    Events all =
        folds
            ? events.buildFolded(FOLD_GAP_MILLIS)
            : drops ? events.buildDistinct() : events.build();
    if (!folds) {
      tellDuplicates(drops ? events.size() - all.size() : all.duplicates(), drops);
    }
    if (timeColumn >= 0) {
      report.note("column '" + columns.time() + "' is read as " + times.description());
      if (all.size() > 0) {
        report.note(
            "from "
                + Instant.ofEpochMilli(all.time(0))
                + " to "
                + Instant.ofEpochMilli(all.time(all.size() - 1)));
      }
    }
    if (folds) {
      Map<String, Long> counts = new TreeMap<>();
      for (int t = 0; t < types.size(); t++) {
        counts.put(types.idOf(t), t < typeCounts.length ? typeCounts[t] : 0);
      }
      report.note("events by type: " + counts);
      report.note(
          (report.rows() - report.badRows() - searched)
              + " events were folded into "
              + all.size()
              + " samples");
    }
    for (int k = 0; k < objectives.size(); k++) {
      int count = all.count(k);
      String happened =
          "objective '%s' happened in %d of %d samples"
              .formatted(objectives.get(k).name(), count, all.size());
      if (count == 0) {
        report.warning(happened + "; check its rule");
      } else {
        report.note(happened);
      }
    }
    return new Result(all, searches, report.build());
  }
}
