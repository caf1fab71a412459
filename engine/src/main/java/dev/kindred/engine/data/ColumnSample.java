package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The first rows of a log with every column that it has, also those that nobody declared, and what
 * the objectives' rules make of them. Bad rows are left out. Immutable.
 */
public final class ColumnSample {
  /** JSON lines may leave out what they don't know, so some rows name the columns. */
  private static final int NAMED_BY = 1_000;

  private final List<String> columns;
  private final List<Objective> objectives;
  private final int rows;
  private final float[][] numbers; // [column][row], NaN = missing or text
  private final boolean[][] present;
  private final boolean[] numeric;
  private final boolean[][] happened; // [objective][row]

  private ColumnSample(
      List<String> columns,
      List<Objective> objectives,
      int rows,
      float[][] numbers,
      boolean[][] present,
      boolean[] numeric,
      boolean[][] happened) {
    this.columns = List.copyOf(columns);
    this.objectives = List.copyOf(objectives);
    this.rows = rows;
    this.numbers = numbers;
    this.present = present;
    this.numeric = numeric;
    this.happened = happened;
  }

  /**
   * Reads the start of a log.
   *
   * @param known columns that need no look: ids, times, the type of an event
   * @param most rows at most
   */
  public static ColumnSample read(
      TableSource source, EventColumns known, List<Objective> objectives, int most) {
    Set<String> skipped =
        new LinkedHashSet<>(
            List.of(known.user(), known.item(), known.time(), known.order(), known.event()));
    List<String> columns = new ArrayList<>();
    for (String name : names(source)) {
      if (!skipped.contains(name)) {
        columns.add(name);
      }
    }
    List<String> wanted = new ArrayList<>(columns);
    wanted.add(known.event());
    for (Objective objective : objectives) {
      wanted.add(objective.rule().column());
      wanted.add(objective.rule().per());
    }
    try (TableReader reader = TableReader.open(source, wanted, stage())) {
      return read(reader, columns, known, objectives, most);
    }
  }

  private static ColumnSample read(
      TableReader reader,
      List<String> columns,
      EventColumns known,
      List<Objective> objectives,
      int most) {
    int event = reader.column(known.event());
    int[] of = columns.stream().mapToInt(reader::column).toArray();
    int[] rule = objectives.stream().mapToInt(k -> reader.column(k.rule().column())).toArray();
    int[] per = objectives.stream().mapToInt(k -> reader.column(k.rule().per())).toArray();
    float[][] numbers = new float[columns.size()][most];
    boolean[][] present = new boolean[columns.size()][most];
    boolean[] numeric = new boolean[columns.size()];
    Arrays.fill(numeric, true);
    boolean[][] happened = new boolean[objectives.size()][most];
    Row row = reader.row();
    int n = 0;
    while (n < most && reader.next()) {
      if (row.problem() != null) {
        continue;
      }
      for (int c = 0; c < of.length; c++) {
        present[c][n] = !row.isMissing(of[c]);
        double number = present[c][n] ? numberOrNaN(row, of[c]) : Double.NaN;
        numeric[c] &= !present[c][n] || !Double.isNaN(number);
        numbers[c][n] = (float) number;
      }
      for (int k = 0; k < rule.length; k++) {
        LabelRule label = objectives.get(k).rule();
        boolean type = label.event().isEmpty() || row.cell(event).toString().equals(label.event());
        boolean numbersKnown =
            (rule[k] < 0 || !row.isMissing(rule[k])) && (per[k] < 0 || !row.isMissing(per[k]));
        happened[k][n] =
            type
                && numbersKnown
                && label.value(
                        rule[k] < 0 ? Double.NaN : numberOrNaN(row, rule[k]),
                        per[k] < 0 ? Double.NaN : numberOrNaN(row, per[k]))
                    > 0;
      }
      n++;
    }
    for (int c = 0; c < of.length; c++) {
      numbers[c] = Arrays.copyOf(numbers[c], n);
      present[c] = Arrays.copyOf(present[c], n);
    }
    for (int k = 0; k < rule.length; k++) {
      happened[k] = Arrays.copyOf(happened[k], n);
    }
    return new ColumnSample(columns, objectives, n, numbers, present, numeric, happened);
  }

  /** Text is no problem here. */
  private static double numberOrNaN(Row row, int column) {
    try {
      return row.number(column);
    } finally {
      row.forgive();
    }
  }

  /** The names of a table's columns; those of JSON lines are the keys of its first lines. */
  private static List<String> names(TableSource source) {
    if (!source.columns().isEmpty()) {
      return source.columns();
    }
    try (TableReader reader = TableReader.open(source, List.of(), stage())) {
      for (int row = 0; row < NAMED_BY && reader.next(); row++) {
        continue;
      }
      List<String> names = reader.names();
      return names.stream().filter(n -> names.indexOf(n) == names.lastIndexOf(n)).toList();
    }
  }

  private static Progress.Stage stage() {
    return Progress.none().stage("", -1);
  }

  /** How many rows were read. */
  public int rows() {
    return rows;
  }

  /** The columns that were looked at. */
  public List<String> columns() {
    return columns;
  }

  /** The objectives whose rules were applied. */
  public List<Objective> objectives() {
    return objectives;
  }

  /** Whether everything that the column holds is a number. */
  public boolean isNumeric(int column) {
    return numeric[column];
  }

  /** The number in a row, NaN if there is none. */
  public float number(int column, int row) {
    return numbers[column][row];
  }

  /** In which rows the column holds something. */
  public boolean[] present(int column) {
    return present[column].clone();
  }

  /** In which rows the objective happened. */
  public boolean[] happened(int objective) {
    return happened[objective].clone();
  }
}
