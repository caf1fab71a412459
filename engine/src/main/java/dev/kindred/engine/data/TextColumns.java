package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Some columns of a table as texts, each distinct text of a column kept once.
 *
 * <p>For tables that fit into memory; any column can be read as numbers. Immutable; may be shared
 * by threads.
 */
public final class TextColumns {
  /** The code of a cell that is missing: empty, NULL, null or \N. */
  public static final int MISSING = -1;

  private final TableSource source;
  private final int rows;
  private final Map<String, Integer> names;
  private final Ids[] vocabularies;
  private final int[][] codes;
  private final RowLines lines;
  private final ReadReport report;

  private TextColumns(
      TableSource source,
      int rows,
      Map<String, Integer> names,
      Ids[] vocabularies,
      int[][] codes,
      RowLines lines,
      ReadReport report) {
    this.source = source;
    this.rows = rows;
    this.names = names;
    this.vocabularies = vocabularies;
    this.codes = codes;
    this.lines = lines;
    this.report = report;
  }

  /**
   * Reads some columns of a table.
   *
   * @param wanted names of columns; repeated ones are read once
   * @throws InputException if the file is missing, empty, unreadable or lacks a column, or too many
   *     of its rows are bad
   */
  public static TextColumns read(
      TableSource source, List<String> wanted, ReadLimits limits, Progress progress) {
    Map<String, Integer> names = new LinkedHashMap<>();
    wanted.forEach(name -> names.putIfAbsent(name, names.size()));
    Ids[] vocabularies = new Ids[names.size()];
    Arrays.setAll(vocabularies, c -> new Ids());
    int[][] codes = new int[names.size()][1024];
    RowLines lines = new RowLines();
    int rows = 0;
    String title = "reading " + source.file().getFileName();
    try (Progress.Stage stage = progress.stage(title, TableReader.bytes(source.file()));
        TableReader reader = TableReader.open(source, List.copyOf(names.keySet()), stage)) {
      ReadReport.Builder report = new ReadReport.Builder(source.file(), limits);
      Row row = reader.row();
      while (reader.next()) {
        report.row();
        if (row.problem() != null) {
          report.badRow(reader.line(), row.problem());
          continue;
        }
        for (int c = 0; c < codes.length; c++) {
          if (rows == codes[c].length) {
            codes[c] = Arrays.copyOf(codes[c], Math.addExact(rows, rows));
          }
          codes[c][rows] = row.isMissing(c) ? MISSING : vocabularies[c].add(row.cell(c));
        }
        lines.add(reader.line());
        rows++;
      }
      if (report.rows() > 0) {
        reader.finish();
      }
      for (int c = 0; c < codes.length; c++) {
        codes[c] = Arrays.copyOf(codes[c], rows);
      }
      return new TextColumns(source, rows, names, vocabularies, codes, lines, report.build());
    }
  }

  public int rows() {
    return rows;
  }

  /** The line of the file at which a row begins, from 1. */
  public long line(int row) {
    return lines.of(Objects.checkIndex(row, rows));
  }

  /** How reading went. */
  public ReadReport report() {
    return report;
  }

  /** The distinct texts of a column in the order of their first rows. */
  public Ids vocabulary(String column) {
    return vocabularies[index(column)];
  }

  /** Place in the vocabulary of a cell's text, or {@link #MISSING}. */
  public int code(String column, int row) {
    return codes[index(column)][row];
  }

  /** The codes of a column, [rows]; a copy. */
  public int[] codes(String column) {
    return codes[index(column)].clone();
  }

  /**
   * Numbers of groups of rows that have the same texts in some columns, [rows]: from 0 in the order
   * of their first rows, {@link #MISSING} where a cell is missing.
   */
  public int[] groups(List<String> columns) {
    int[] groups = new int[rows];
    for (String column : columns) {
      int[] of = codes[index(column)];
      Map<Long, Integer> numbers = new HashMap<>();
      for (int row = 0; row < rows; row++) {
        boolean missing = groups[row] == MISSING || of[row] == MISSING;
        groups[row] =
            missing
                ? MISSING
                : numbers.computeIfAbsent(
                    (long) groups[row] << 32 | of[row], pair -> numbers.size());
      }
    }
    return groups;
  }

  /** The text of a cell; empty if it is missing. */
  public String text(String column, int row) {
    int code = code(column, row);
    return code == MISSING ? "" : vocabulary(column).idOf(code);
  }

  /**
   * A column as numbers, [rows], NaN where a cell is missing or holds no finite number.
   *
   * @param limits of cells that are there but hold no finite number
   * @throws InputException if there are more of those
   */
  public double[] numbers(String column, ReadLimits limits) {
    double[] numbers = numbers(column);
    BadNumbers bad = badNumbers(column, numbers);
    if (limits.refuse(bad.count(), rows)) {
      throw new InputException(
          ("%s: %d of %d values of column '%s' are no finite numbers, the first is '%s' in line %d;"
                  + " mend them or declare the column as categorical")
              .formatted(
                  source.file(), bad.count(), rows, column, bad.firstText(), bad.firstLine()));
    }
    return numbers;
  }

  /**
   * Cells of a column that are there but hold no finite number.
   *
   * @param count of them
   * @param firstText of the first; empty if there is none
   * @param firstLine of the file, from 1, where the row of the first begins; 0 if there is none
   */
  public record BadNumbers(int count, String firstText, long firstLine) {}

  /** What {@link #numbers(String, ReadLimits)} takes for missing in a column though it is there. */
  public BadNumbers badNumbers(String column) {
    return badNumbers(column, numbers(column));
  }

  private BadNumbers badNumbers(String column, double[] numbers) {
    int[] of = codes[index(column)];
    int bad = 0;
    int first = -1;
    for (int row = 0; row < rows; row++) {
      if (of[row] != MISSING && Double.isNaN(numbers[row])) {
        bad++;
        first = first < 0 ? row : first;
      }
    }
    return bad == 0
        ? new BadNumbers(0, "", 0)
        : new BadNumbers(bad, text(column, first), line(first));
  }

  private double[] numbers(String column) {
    Ids vocabulary = vocabulary(column);
    double[] parsed = new double[vocabulary.size()];
    for (int v = 0; v < parsed.length; v++) {
      parsed[v] = parse(vocabulary.idOf(v));
    }
    int[] of = codes[index(column)];
    double[] numbers = new double[rows];
    for (int row = 0; row < rows; row++) {
      numbers[row] = of[row] == MISSING ? Double.NaN : parsed[of[row]];
    }
    return numbers;
  }

  /** NaN for what is no finite number. */
  private static double parse(String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.equalsIgnoreCase("true") ? 1 : 0;
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) && Math.abs(value) <= Float.MAX_VALUE ? value : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private int index(String column) {
    Integer index = names.get(column);
    if (index == null) {
      throw new IllegalArgumentException(
          "column '%s' was not read; there are %s".formatted(column, names.keySet()));
    }
    return index;
  }
}
