package dev.kindred.app.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaperTableTest {
  /**
   * The paper's signs, one group a row, as changes of 5 [4, 6] percent; No. 9's are the largest.
   */
  private static final String[] PAPER = {
    "0000", "----", "-+++", "--+-", "--+-", "--+-", "+++-", "++-+", "+++-"
  };

  private static List<TableOne.Row> rows(String... signs) {
    List<TableOne.Row> rows = new ArrayList<>();
    for (int g = 0; g < signs.length; g++) {
      Map<Metric, Change> changes = new EnumMap<>(Metric.class);
      for (int c = 0; c < 4; c++) {
        double size = g == 8 ? 9 : 5;
        double value =
            switch (signs[g].charAt(c)) {
              case '+' -> size;
              case '-' -> -size;
              default -> 0;
            };
        changes.put(PaperTable.COLUMNS.get(c), new Change(value, .5, value - 1, value + 1));
      }
      changes.put(Metric.VISITS, Change.NONE);
      rows.add(new TableOne.Row(g + 1, "group " + (g + 1), changes, changes, 0));
    }
    return rows;
  }

  @Test
  void thePapersOwnSignsAreAWinWithoutRemarks() {
    assertTrue(PaperTable.isWin(rows(PAPER)));
    assertEquals(
        List.of("No. 9 wins all four columns over the base, as in the paper."),
        PaperTable.words(rows(PAPER)));
  }

  @Test
  void everyCellOfAnotherSignIsNamedAndSoIsWhoeverIsBest() {
    String[] signs = PAPER.clone();
    signs[1] = "+0--"; // more clicks than the base, as much time
    signs[8] = "++0-"; // satisfaction is not clear of the base
    List<TableOne.Row> rows = rows(signs);
    assertFalse(PaperTable.isWin(rows));
    assertEquals(
        List.of(
            "No. 9 does not clearly win over the base in: satisfaction.",
            "No. 2, clicking: higher than the base, lower in the paper.",
            "No. 2, played time: not clear of the base, lower in the paper.",
            "No. 9, satisfaction: not clear of the base, higher in the paper.",
            "Best in satisfaction is No. 3 (group 3), in the paper No. 9."),
        PaperTable.words(rows));
  }
}
