package dev.kindred.app.tasks;

import dev.kindred.app.config.MmoeSpec;
import dev.kindred.app.config.MmoeSpec.Kind;
import dev.kindred.app.config.MmoeSpec.SplitBy;
import dev.kindred.app.config.MmoeSpec.TaskColumn;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.data.TextColumns.BadNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What of a table was of no use, within the limits of bad rows, in sentences. Stateless. */
public final class TableNotes {
  private TableNotes() {}

  /**
   * A sentence for the rows that were skipped, and one for each column of which cells that should
   * be numbers are none, with their number and the first line; cells that are empty are missing and
   * not told.
   */
  public static List<String> of(TextColumns table, MmoeSpec spec) {
    List<String> notes = new ArrayList<>();
    ReadReport report = table.report();
    if (report.badRows() > 0) {
      ReadReport.Sample first = report.badRowSamples().getFirst();
      notes.add(
          "%s skipped, the first in line %d: %s"
              .formatted(counted(report.badRows(), "row"), first.line(), first.reason()));
    }
    for (TaskColumn each : spec.tasks()) {
      if (each.positive().isEmpty()) {
        add(
            notes,
            table.badNumbers(each.column()),
            "label",
            "of task " + each.task().name(),
            "such rows teach nothing about it");
      }
    }
    Stream.concat(spec.inputs().stream(), spec.bias().stream())
        .filter(column -> column.kind() == Kind.NUMERIC || column.kind() == Kind.RELATIVE)
        .map(column -> column.column())
        .distinct()
        .forEach(name -> addCells(notes, table, name, "they read as missing"));
    if (spec.split().by() == SplitBy.TIME) {
      addCells(notes, table, spec.split().column(), "such rows are split as if their time were 0");
    }
    spec.lists()
        .ifPresent(
            lists -> addCells(notes, table, lists.position(), "such rows share one unknown place"));
    return notes;
  }

  private static void addCells(List<String> notes, TextColumns table, String column, String so) {
    add(notes, table.badNumbers(column), "value", "of column '" + column + "'", so);
  }

  private static void add(
      List<String> notes, BadNumbers bad, String what, String whose, String so) {
    if (bad.count() > 0) {
      notes.add(
          "%s %s %s, the first, '%s', in line %d: %s"
              .formatted(
                  counted(bad.count(), what),
                  whose,
                  bad.count() == 1 ? "is no finite number" : "are no finite numbers",
                  bad.firstText(),
                  bad.firstLine(),
                  so));
    }
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
