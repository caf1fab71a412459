package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.config.MmoeSpec.Lists;
import dev.kindred.app.config.MmoeSpec.Split;
import dev.kindred.app.config.MmoeSpec.SplitBy;
import dev.kindred.app.tasks.RowSplit;
import dev.kindred.app.tasks.ShownLists;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TableSource;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShownListsTest {
  @TempDir Path directory;

  private TextColumns table(CharSequence csv, String... columns) throws IOException {
    Path file = Files.writeString(directory.resolve("shown.csv"), csv);
    return TextColumns.read(
        TableSource.of(file), List.of(columns), ReadLimits.strict(), Progress.none());
  }

  /** All rows of a small table to measure on, drawn. */
  private static RowSplit heldOut(TextColumns table) {
    return RowSplit.of(table, new Split(SplitBy.RANDOM, "", 0, 0.9999, 1), ReadLimits.strict());
  }

  private static ShownLists lists(
      TextColumns table, List<String> group, RowSplit split, float[][] labels) {
    return new ShownLists(
        table,
        new Lists(group, "place", "click", 0.1),
        TaskLabels.of(List.of(Task.binary("click")), labels),
        split,
        ReadLimits.strict());
  }

  /**
   * Earlier lists have four clicks at place 1 and one at place 2. Of the two latest lists one was
   * clicked at place 1, which is ranked first, the other at place 2, which is ranked second.
   */
  @Test
  void aClickCountsByHowRarelyItsPlaceIsLookedAt() throws IOException {
    StringBuilder csv = new StringBuilder("list,place,time,click\n");
    for (int list = 0; list < 8; list++) {
      csv.append("l%d,1,%d,%d%n".formatted(list, list, list % 2));
      csv.append("l%d,2,%d,%d%n".formatted(list, list, list == 0 ? 1 : 0));
    }
    csv.append("a,1,8,1\na,2,8,0\nb,1,9,0\nb,2,9,1\n");
    TextColumns table = table(csv, "list", "place", "time", "click");
    RowSplit split =
        RowSplit.of(table, new Split(SplitBy.TIME, "time", 0, 0.2, 1), ReadLimits.strict());
    assertEquals(4, split.test().length);
    float[][] labels = new float[1][table.rows()];
    for (int row = 0; row < table.rows(); row++) {
      labels[0][row] = Float.parseFloat(table.text("click", row));
    }
    ShownLists lists = lists(table, List.of("list"), split, labels);
    Map<Integer, Float> score = new HashMap<>();
    for (int row : split.test()) {
      score.put(row, table.text("place", row).equals("1") ? 1f : 0f);
    }
    ShownLists.Ndcg ndcg = lists.of(score);
    double second = Math.log(2) / Math.log(3);
    assertEquals(2, ndcg.lists());
    assertEquals((1 + second) / 2, ndcg.raw(), 1e-9);
    assertEquals((1 + 4 * second) / 5, ndcg.weighted(), 1e-9);
  }

  /** A session with two lists: each has a best click of its own. */
  @Test
  void severalColumnsTellListsApart() throws IOException {
    String csv =
        """
        session,step,place,click
        s,1,1,1
        s,1,2,0
        s,2,1,0
        s,2,2,1
        """;
    TextColumns table = table(csv, "session", "step", "place", "click");
    float[][] labels = {{1, 0, 0, 1}};
    RowSplit split = heldOut(table);
    assertEquals(4, split.test().length);
    Map<Integer, Float> score = Map.of(0, .9f, 1, .1f, 2, .8f, 3, .2f);
    double second = Math.log(2) / Math.log(3);
    for (List<String> group : List.of(List.of("session", "step"), List.of("session"))) {
      ShownLists.Ndcg ndcg = lists(table, group, split, labels).of(score);
      assertEquals(group.size(), ndcg.lists());
      double merged = (1 + Math.log(2) / Math.log(4)) / (1 + second);
      assertEquals(group.size() == 2 ? (1 + second) / 2 : merged, ndcg.raw(), 1e-9);
    }
  }

  /** Lists of five, each clicked where it was shown first; 0 and -0 are one score. */
  @Test
  void equalScoresEarnWhatRandomOrdersDoAndNotWhatTheShownOrderDoes() throws IOException {
    int size = 5;
    StringBuilder csv = new StringBuilder("list,place,click\n");
    float[][] labels = new float[1][40 * size];
    for (int row = 0; row < labels[0].length; row++) {
      labels[0][row] = row % size == 0 ? 1 : 0;
      csv.append("l%d,%d,%d%n".formatted(row / size, row % size + 1, row % size == 0 ? 1 : 0));
    }
    TextColumns table = table(csv, "list", "place", "click");
    ShownLists lists = lists(table, List.of("list"), heldOut(table), labels);
    Map<Integer, Float> equal = new HashMap<>();
    Map<Integer, Float> shown = new HashMap<>();
    for (int row = 0; row < labels[0].length; row++) {
      equal.put(row, row % 2 == 0 ? 0f : -0f);
      shown.put(row, -1f * (row % size));
    }
    double expected = 0;
    for (int place = 0; place < size; place++) {
      expected += Math.log(2) / Math.log(place + 2) / size;
    }
    assertEquals(expected, lists.of(equal).raw(), 1e-9);
    assertEquals(expected, lists.of(equal).weighted(), 1e-9);
    assertEquals(1, lists.of(shown).raw(), 1e-9);
    Draws draws = Draws.of(7, "orders");
    double random = 0;
    for (int order = 0; order < 100; order++) {
      Map<Integer, Float> scores = new HashMap<>();
      shown.keySet().forEach(row -> scores.put(row, (float) draws.nextDouble()));
      random += lists.of(scores).raw() / 100;
    }
    assertEquals(random, lists.of(equal).raw(), 0.01);
  }

  /** The clicked row shares places 2 and 3 with another. */
  @Test
  void tiedRowsShareTheirPlacesAlone() throws IOException {
    String csv = "list,place,click\na,1,0\na,2,1\na,3,0\na,4,0\n";
    TextColumns table = table(csv, "list", "place", "click");
    float[][] labels = {{0, 1, 0, 0}};
    ShownLists lists = lists(table, List.of("list"), heldOut(table), labels);
    double raw = lists.of(Map.of(0, .9f, 1, .5f, 2, .5f, 3, .1f)).raw();
    assertEquals(Math.log(2) * (1 / Math.log(3) + 1 / Math.log(4)) / 2, raw, 1e-9);
  }

  @Test
  void rankCorrelationIsOneForARisingCurveAndMinusOneForAFallingOne() {
    assertEquals(1, ShownLists.rankCorrelation(new TreeMap<>(Map.of(1.0, 2.0, 2.0, 5.0))), 1e-9);
    Map<Double, Double> falling = new TreeMap<>(Map.of(1.0, 9.0, 2.0, 4.0, 3.0, 1.0));
    assertEquals(-1, ShownLists.rankCorrelation(falling), 1e-9);
  }

  @Test
  void rankCorrelationOfLessThanTwoDifferentValuesIsUndefined() {
    for (Map<Double, Double> curve :
        List.<Map<Double, Double>>of(Map.of(), Map.of(1.0, 2.0), Map.of(1.0, 3.0, 2.0, 3.0))) {
      assertTrue(Double.isNaN(ShownLists.rankCorrelation(curve)), curve.toString());
    }
  }
}
