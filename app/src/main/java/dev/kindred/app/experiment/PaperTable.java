package dev.kindred.app.experiment;

import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares a table with the signs of the source paper's Table 1, which stands for a live service
 * and not for any simulated world: only its order can be asked for.
 */
final class PaperTable {
  /** The columns of the paper, in its order. */
  static final List<Metric> COLUMNS =
      List.of(Metric.CLICKING, Metric.PLAYED_TIME, Metric.SATISFACTION, Metric.NEGATIVE);

  private static final int WHOLE = 9;

  /** Signs of groups 2 to 9 against group 1. */
  private static final String[] SIGNS = {
    "----", "-+++", "--+-", "--+-", "--+-", "+++-", "++-+", "+++-"
  };

  private PaperTable() {}

  /** Whether the full pipeline clearly wins every column over the base. */
  static boolean isWin(List<TableOne.Row> rows) {
    return COLUMNS.stream().allMatch(column -> isGain(rows, column));
  }

  private static boolean isGain(List<TableOne.Row> rows, Metric column) {
    return Controls.isGain(column, rows.get(WHOLE - 1).changes().get(column));
  }

  /** In words: the win, then each cell whose sign is another than the paper's, then who is best. */
  static List<String> words(List<TableOne.Row> rows) {
    List<String> words = new ArrayList<>();
    List<String> lost =
        COLUMNS.stream().filter(column -> !isGain(rows, column)).map(PaperTable::name).toList();
    words.add(
        lost.isEmpty()
            ? "No. 9 wins all four columns over the base, as in the paper."
            : "No. 9 does not clearly win over the base in: " + String.join(", ", lost) + ".");
    for (int g = 1; g < rows.size(); g++) {
      TableOne.Row row = rows.get(g);
      for (int c = 0; c < COLUMNS.size(); c++) {
        Change change = row.changes().get(COLUMNS.get(c));
        boolean rises = SIGNS[g - 1].charAt(c) == '+';
        String cell = String.format(Locale.ROOT, "No. %d, %s: ", row.no(), name(COLUMNS.get(c)));
        if (rises ? change.isFall() : change.isRise()) {
          words.add(
              cell
                  + (rises ? "lower" : "higher")
                  + " than the base, "
                  + (rises ? "higher" : "lower")
                  + " in the paper.");
        } else if (!change.isFall() && !change.isRise()) {
          words.add(
              cell + "not clear of the base, " + (rises ? "higher" : "lower") + " in the paper.");
        }
      }
    }
    for (Metric column : COLUMNS) {
      TableOne.Row best = rows.getFirst();
      for (TableOne.Row row : rows) {
        double sign = column == Metric.NEGATIVE ? -1 : 1;
        double gain = row.changes().get(column).value() - best.changes().get(column).value();
        best = sign * gain > 0 ? row : best;
      }
      if (best.no() != WHOLE) {
        words.add(
            "Best in "
                + name(column)
                + " is No. "
                + best.no()
                + " ("
                + best.name()
                + "), in the paper No. 9.");
      }
    }
    return words;
  }

  static String name(Metric metric) {
    return switch (metric) {
      case CLICKING -> "clicking";
      case PLAYED_TIME -> "played time";
      case SATISFACTION -> "satisfaction";
      case NEGATIVE -> "negative feedback";
      case VISITS -> "visits";
    };
  }
}
