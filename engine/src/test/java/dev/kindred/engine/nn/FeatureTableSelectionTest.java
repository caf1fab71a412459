package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FeatureTableSelectionTest {
  private static FeatureTable table() {
    return FeatureTable.builder(4)
        .ids("id")
        .multiple(
            Feature.categorical("tags", 5), new int[] {0, 2, 2, 3, 6}, new int[] {4, 1, 2, 0, 1, 3})
        .numeric("year", new float[] {1, 2, Float.NaN, 4})
        .build();
  }

  /** What a network would read of a row. */
  private static String row(FeatureTable table, int row) {
    StringBuilder text = new StringBuilder();
    for (int f = 0; f < table.features().size(); f++) {
      text.append(table.features().get(f).name()).append(':');
      if (table.shares(f) != null) {
        text.append(table.shares(f)[row]);
        continue;
      }
      for (int i = table.start(f, row); i < table.end(f, row); i++) {
        text.append(table.values(f)[i]).append(' ');
      }
    }
    return text.toString();
  }

  @Test
  void selectedRowsReadAsTheRowsTheyWereSelectedFrom() {
    FeatureTable table = table();
    int[] rows = {3, 0, 0, 2, 1, 3};
    FeatureTable selected = table.select(rows);
    int[] again = {5, 1, 3};
    FeatureTable twice = selected.select(again);
    for (int i = 0; i < rows.length; i++) {
      assertEquals(row(table, rows[i]), row(selected, i));
    }
    for (int i = 0; i < again.length; i++) {
      assertEquals(row(selected, again[i]), row(twice, i));
    }
    FeatureTable unknown =
        selected.withKnownIds(new boolean[] {true, false, true, true, true, true});
    assertTrue(row(unknown, 1).startsWith("id:0 tags:"), row(unknown, 1));
    assertEquals(row(selected, 2), row(unknown, 2));
  }

  @Test
  void tablesStandSideBySideUnderOtherNames() {
    FeatureTable table = table();
    FeatureTable both = table.beside(table.withoutIds().orElseThrow().prefixed("item "));
    assertEquals(5, both.features().size());
    assertEquals(
        row(table, 3)
            + row(table, 3).substring(5).replace("tags", "item tags").replace("year", "item year"),
        row(both, 3));
    assertTrue(FeatureTable.ofIds(3).withoutIds().isEmpty());
    assertThrows(IllegalArgumentException.class, () -> table.beside(table));
    assertThrows(
        IllegalArgumentException.class, () -> table.beside(FeatureTable.ofIds(3).prefixed("x")));
  }

  @Test
  void aMissingRowComesFirstAndReadsAsNothing() {
    FeatureTable table = table();
    FeatureTable later = table.select(new int[] {0, 1, 2, 3}).withMissingRow();
    assertEquals(5, later.rows());
    assertEquals("id:tags:year:NaN", row(later, 0));
    for (int i = 0; i < 4; i++) {
      assertEquals(row(table, i), row(later, i + 1));
    }
  }
}
