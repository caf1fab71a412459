package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.tasks.TaskScores;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TaskScoresTest {
  private static final int[] ROWS = {0, 1, 2};
  private static final float[] PREDICTIONS = {0.5f, 0.25f, 0.5f};

  private static Map<String, Object> scores(Task task, float... labels) {
    return TaskScores.of(
        TaskLabels.of(List.of(task), new float[][] {labels}), 0, ROWS, PREDICTIONS);
  }

  private static Task number() {
    return new Task("seconds", Task.Kind.REGRESSION, 1, false);
  }

  @Test
  void rowsWithoutALabelCountForNothing() {
    Map<String, Object> number = scores(number(), 1, Float.NaN, 0);
    assertEquals(Map.of("task", "seconds", "rows", 2, "rmse", 0.5, "explained", 0.0), number);
    Map<String, Object> binary = scores(Task.binary("click"), 1, 0, Float.NaN);
    assertEquals(2, binary.get("rows"));
    assertEquals(1, binary.get("positives"));
    assertEquals(1.0, binary.get("auc"));
    assertEquals(0.49041, binary.get("logLoss")); // -(ln 0.5 + ln 0.75) / 2
  }

  @Test
  void withoutALabelThereAreNoFigures() {
    float none = Float.NaN;
    assertEquals(Map.of("task", "seconds", "rows", 0), scores(number(), none, none, none));
    assertEquals(
        Map.of("task", "click", "rows", 0, "positives", 0),
        scores(Task.binary("click"), none, none, none));
  }

  /** The mean of three times 0.1 is not quite 0.1, so their variance is not quite 0. */
  @Test
  void equalLabelsHaveNoVarianceToExplain() {
    assertEquals(Set.of("task", "rows", "rmse"), scores(number(), 0.1f, 0.1f, 0.1f).keySet());
    assertEquals(
        Set.of("task", "rows", "positives", "logLoss"),
        scores(Task.binary("click"), 1, 1, 1).keySet());
  }

  /**
   * Squares of labels of 1e15 times 1e5 are beyond a long; errors of 1e-9 have no five decimals.
   */
  @Test
  void figuresOfHugeAndTinyLabelsKeepTheirSize() {
    Map<String, Object> huge = scores(number(), 1e15f, 1e15f, 0);
    assertEquals(8.16497e14, (double) huge.get("rmse"), 1e9); // 1e15 times the root of 2/3
    assertEquals(-2.0, (double) huge.get("explained"), 1e-5);
    Map<String, Object> tiny = scores(number(), 0.5f, 0.25f, Math.nextUp(0.5f));
    assertEquals(3.4412e-8, (double) tiny.get("rmse"), 1e-12); // 2^-24 over the root of 3
  }

  @Test
  void aShareFarBelowZeroIsNotCutOff() {
    float spread = 1e-12f;
    Map<String, Object> far = scores(number(), 0, spread, 2 * spread);
    assertTrue((double) far.get("explained") < -1e22, far.toString());
    assertEquals(-1.23457e20, TaskScores.rounded(-1.23456789e20));
    assertEquals(99999.12346, TaskScores.rounded(99999.123456));
    assertEquals(12.3457, TaskScores.significant(12.345678));
    assertEquals(0.0, TaskScores.significant(0));
  }

  @Test
  void whatIsNoFiniteNumberIsNotRounded() {
    assertEquals(0.12346, TaskScores.rounded(0.123456));
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> TaskScores.rounded(value));
      assertTrue(e.getMessage().contains("a figure is " + value), e.getMessage());
    }
  }
}
