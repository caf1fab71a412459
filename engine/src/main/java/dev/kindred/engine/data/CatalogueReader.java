package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads profiles of items or users into a {@link Catalogue}.
 *
 * <p>A row without an id, of an id that had a row before, with the wrong number of cells or with
 * text where a number is wanted is bad: counted, sampled into the report and skipped, up to a
 * limit.
 */
public final class CatalogueReader {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  /**
   * A catalogue and how reading it went.
   *
   * @param catalogue the profiles
   * @param report what was read and skipped
   */
  public record Result(Catalogue catalogue, ReadReport report) {}

  private final TableReader reader;
  private final Row row;
  private final int idColumn;
  private final int[] columns;
  private final List<FieldSpec> fields;
  private final Pattern[] patterns; // null = none
  private final Ids ids;
  private final Catalogue.Builder catalogue;
  private final ReadReport.Builder report;

  private CatalogueReader(
      TableReader reader,
      String idColumn,
      List<FieldSpec> fields,
      Ids ids,
      ReadReport.Builder report) {
    this.reader = reader;
    this.row = reader.row();
    this.idColumn = reader.column(idColumn);
    this.fields = fields;
    this.ids = ids;
    this.report = report;
    columns = fields.stream().mapToInt(field -> reader.column(field.column())).toArray();
    patterns = new Pattern[fields.size()];
    for (int f = 0; f < patterns.length; f++) {
      FieldSpec field = fields.get(f);
      if (!field.pattern().isEmpty()) {
        patterns[f] = Pattern.compile(field.pattern());
      } else if (field.kind() == FieldSpec.Kind.TOKENS) {
        patterns[f] = WORD;
      }
    }
    catalogue = Catalogue.builder(ids, fields);
  }

  /** Reads a catalogue with the default limits and without showing progress. */
  public static Result read(TableSource source, String idColumn, List<FieldSpec> fields, Ids ids) {
    return read(source, idColumn, fields, ids, ReadLimits.defaults(), Progress.none());
  }

  /**
   * Reads a catalogue.
   *
   * @param idColumn the column of the item's or user's id
   * @param fields with distinct names
   * @param ids those met in the events; gains the ids that only the catalogue has
   * @throws InputException if the file is missing, empty, unreadable or lacks a column, or too many
   *     of its rows are bad
   */
  public static Result read(
      TableSource source,
      String idColumn,
      List<FieldSpec> fields,
      Ids ids,
      ReadLimits limits,
      Progress progress) {
    if (idColumn.isEmpty()) {
      throw new IllegalArgumentException("a catalogue needs the column of its ids");
    }
    List<String> wanted = new ArrayList<>();
    wanted.add(idColumn);
    fields.forEach(field -> wanted.add(field.column()));
    String name = "reading " + source.file().getFileName();
    try (Progress.Stage stage = progress.stage(name, TableReader.bytes(source.file()));
        TableReader reader = TableReader.open(source, wanted, stage)) {
      ReadReport.Builder report = new ReadReport.Builder(source.file(), limits);
      CatalogueReader profiles = new CatalogueReader(reader, idColumn, fields, ids, report);
      while (reader.next()) {
        profiles.readRow();
      }
      if (report.rows() > 0) {
        reader.finish();
      }
      return new Result(profiles.catalogue.build(), report.build());
    }
  }

  private void readRow() {
    report.row();
    if (row.isMissing(idColumn)) {
      row.fail(idColumn, "holds no id");
    }
    for (int f = 0; f < columns.length; f++) {
      if (isNumber(f) && patterns[f] == null) {
        row.number(columns[f]); // a bad row must leave no trace: look at its numbers first
      }
    }
    int known = row.problem() == null ? ids.ordinalOf(row.cell(idColumn)) : -1;
    if (known >= 0 && catalogue.hasRow(known)) {
      row.fail(idColumn, "repeats the id ", row.quoted(idColumn), "; the first row counts");
    }
    if (row.problem() != null) {
      report.badRow(reader.line(), row.problem());
      return;
    }
    report.id(row, idColumn, reader.line());
    int ordinal = ids.add(row.cell(idColumn));
    catalogue.row(ordinal);
    for (int f = 0; f < columns.length; f++) {
      if (!row.isMissing(columns[f])) {
        readField(f, ordinal);
      }
    }
  }

  private boolean isNumber(int f) {
    FieldSpec.Kind kind = fields.get(f).kind();
    return kind == FieldSpec.Kind.NUMERIC || kind == FieldSpec.Kind.BUCKET;
  }

  private void readField(int f, int ordinal) {
    FieldSpec field = fields.get(f);
    String cell = row.cell(columns[f]).toString();
    switch (field.kind()) {
      case SINGLE -> addValue(f, ordinal, cell.replace(Row.ELEMENT_SEPARATOR, ' '));
      case MULTI -> {
        int from = 0;
        while (from <= cell.length()) {
          int to = cell.indexOf(field.separator(), from);
          int element = cell.indexOf(Row.ELEMENT_SEPARATOR, from);
          if (element >= 0 && (to < 0 || element < to)) {
            addValue(f, ordinal, cell.substring(from, element));
            from = element + 1;
          } else {
            addValue(f, ordinal, cell.substring(from, to < 0 ? cell.length() : to));
            from = to < 0 ? cell.length() + 1 : to + field.separator().length();
          }
        }
      }
      case TOKENS -> {
        Matcher words = patterns[f].matcher(cell.toLowerCase(Locale.ROOT));
        while (words.find()) {
          if (!words.group().isEmpty()) {
            catalogue.value(f, ordinal, words.group());
          }
        }
      }
      case BUCKET -> {
        double number = number(f, cell);
        if (Double.isFinite(number)) {
          catalogue.value(f, ordinal, bucket(number, field.bucketSize()));
        }
      }
      case NUMERIC -> {
        float number = (float) number(f, cell);
        if (Float.isFinite(number)) {
          catalogue.number(f, ordinal, number);
        }
      }
    }
  }

  private void addValue(int f, int ordinal, String part) {
    String value = patterns[f] == null ? part : extracted(patterns[f], part);
    value = value.strip();
    if (!value.isEmpty()) {
      catalogue.value(f, ordinal, value);
    }
  }

  /**
   * The first group of the first match, or the match where there is no group; empty without one.
   */
  private static String extracted(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return "";
    }
    String part = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    return part == null ? "" : part;
  }

  /** The number in the cell; a bad value and NaN if there is none. */
  private double number(int f, String cell) {
    double number;
    if (patterns[f] == null) {
      number = row.number(columns[f]);
    } else {
      String part = extracted(patterns[f], cell);
      if (part.isEmpty()) {
        return Double.NaN;
      }
      try {
        number = Double.parseDouble(part);
      } catch (NumberFormatException e) {
        number = Double.NaN;
      }
    }
    if (!Double.isFinite(number)) {
      report.badValue(
          reader.line(),
          new Fault("field '" + fields.get(f).name() + "' is ", row.shown(columns[f]), ""));
    }
    return number;
  }

  /** The lower bound of the number's range, as a whole number where it is one. */
  private static String bucket(double number, double size) {
    double low = Math.floor(number / size) * size + 0.0; // never -0
    return low == Math.rint(low) && Math.abs(low) < 1e15
        ? Long.toString((long) low)
        : Double.toString(low);
  }
}
