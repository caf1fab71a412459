package dev.kindred.engine.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What reading a file met.
 *
 * @param file the file
 * @param rows all rows read, the bad ones included
 * @param badRows rows that could not be used and were skipped
 * @param outOfOrder rows with an earlier time than the row before them; 0 without times
 * @param badRowSamples the first few of them
 * @param badValues cells that were no use (a negative strength, a ratio to 0, NaN) in rows that
 *     were kept: there the objective did not happen, the signal or number is missing
 * @param badValueSamples the first few of them
 * @param notes what was detected or decided, and what of it the reader should mend
 */
public record ReadReport(
    Path file,
    long rows,
    long badRows,
    long outOfOrder,
    List<Sample> badRowSamples,
    long badValues,
    List<Sample> badValueSamples,
    List<Note> notes) {

  /**
   * One bad row or value.
   *
   * @param line number in the file, from 1, where its row begins
   * @param fault what is wrong with it
   */
  public record Sample(long line, Fault fault) {
    /** The fault as a sentence. */
    public String reason() {
      return fault.toString();
    }

    @Override
    public String toString() {
      return "line " + line + ": " + fault;
    }
  }

  public ReadReport {
    Objects.requireNonNull(file, "file");
    badRowSamples = List.copyOf(badRowSamples);
    badValueSamples = List.copyOf(badValueSamples);
    notes = List.copyOf(notes);
  }

  /** The report in a few lines, each of which names the file; bad rows and values are warnings. */
  public List<Note> lines() {
    List<Note> lines = new ArrayList<>();
    String counts = rows + " rows, " + badRows + " bad and skipped, " + badValues;
    boolean sound = badRows == 0 && badValues == 0;
    lines.add(
        new Note(sound ? Note.Level.INFO : Note.Level.WARNING, counts + " bad values ignored"));
    tell(lines, "skipped", badRowSamples, badRows, "row");
    tell(lines, "ignored", badValueSamples, badValues, "value");
    lines.addAll(notes);
    lines.replaceAll(line -> new Note(line.level(), file + ": " + line.text()));
    return lines;
  }

  /** Samples that differ in line and value alone share a line; what is no sample is a count. */
  private static void tell(
      List<Note> lines, String done, List<Sample> samples, long all, String what) {
    Map<Fault, List<Sample>> kinds = new LinkedHashMap<>();
    for (Sample sample : samples) {
      kinds.computeIfAbsent(sample.fault().kind(), _ -> new ArrayList<>()).add(sample);
    }
    kinds.forEach((kind, alike) -> lines.add(Note.warning(done + " " + together(kind, alike))));
    long more = all - samples.size();
    if (more > 0) {
      lines.add(Note.warning(done + " " + more + " more " + what + (more == 1 ? "" : "s")));
    }
  }

  /** Values stand in the order of the lines, or once if they are all the same. */
  private static String together(Fault kind, List<Sample> alike) {
    if (alike.size() == 1) {
      return alike.getFirst().toString();
    }
    List<String> values = alike.stream().map(sample -> sample.fault().value()).toList();
    boolean isOne = values.stream().distinct().count() == 1;
    return alike.stream()
            .map(sample -> Long.toString(sample.line()))
            .collect(Collectors.joining(", ", "lines ", ": "))
        + kind.before()
        + (isOne ? values.getFirst() : String.join(", ", values))
        + kind.after();
  }

  /** Collects a report while a file is read. */
  static final class Builder {
    private final Path file;
    private final ReadLimits limits;
    private long rows;
    private long badRows;
    private long outOfOrder;
    private long badValues;
    private final List<Sample> badRowSamples = new ArrayList<>();
    private final List<Sample> badValueSamples = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private long trimmedIds;
    private String firstTrimmedId = "";

    Builder(Path file, ReadLimits limits) {
      this.file = file;
      this.limits = limits;
    }

    void row() {
      rows++;
    }

    void badRow(long line, Fault fault) {
      if (++badRows <= limits.samples()) {
        badRowSamples.add(new Sample(line, fault));
      }
    }

    /** Whether the next bad value would become a sample, so that its fault is worth wording. */
    boolean wantsBadValue() {
      return badValues < limits.samples();
    }

    void badValue(long line, Fault fault) {
      if (wantsBadValue()) {
        badValueSamples.add(new Sample(line, fault));
      }
      badValues++;
    }

    void countBadValue() {
      badValues++;
    }

    void outOfOrder() {
      outOfOrder++;
    }

    /** Takes note of an id in the row's cell if blanks around it were left out. */
    void id(Row row, int column, long line) {
      if (row.isTrimmed(column) && trimmedIds++ == 0) {
        firstTrimmedId = "'" + row.shown(column) + "' in line " + line;
      }
    }

    void note(String text) {
      notes.add(Note.info(text));
    }

    void warning(String text) {
      notes.add(Note.warning(text));
    }

    long rows() {
      return rows;
    }

    long badRows() {
      return badRows;
    }

    /**
     * The report.
     *
     * @throws InputException if there were no rows, no good ones or too many bad ones
     */
    ReadReport build() {
      if (rows == 0) {
        throw new InputException(file + ": has no rows; give a file with at least one row of data");
      }
      if (badRows == rows || limits.refuse(badRows, rows)) {
        String allowed =
            badRows == rows
                ? ""
                : " (allowed: " + limits.rows() + " rows or " + limits.share() * 100 + "%)";
        throw new InputException(
            file
                + ": "
                + badRows
                + " of "
                + rows
                + " rows are bad"
                + allowed
                + "; first, "
                + badRowSamples.getFirst()
                + "; mend the file or check the declared columns and format");
      }
      if (trimmedIds > 0) {
        warning(
            trimmedIds
                + " ids had blanks around them, which were left out: an id has none; first, "
                + firstTrimmedId);
      }
      return new ReadReport(
          file, rows, badRows, outOfOrder, badRowSamples, badValues, badValueSamples, notes);
    }
  }
}
