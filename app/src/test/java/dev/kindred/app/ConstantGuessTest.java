package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.tasks.ConstantGuess;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The first four rows are for training, the other two to stop by. */
final class ConstantGuessTest {
  private static final int[] TRAIN = {0, 1, 2, 3};
  private static final int[] ROWS = {4, 5};

  private static Optional<String> warning(Task task, float[] labels, float... predictions) {
    TaskLabels all = TaskLabels.of(List.of(task), new float[][] {labels});
    return ConstantGuess.warning(all, 0, TRAIN, ROWS, predictions, false);
  }

  @Test
  void probabilitiesThatAreWorseThanTheBaseRateAreTold() {
    float[] labels = {1, 0, 0, 0, 1, 0};
    String warning = warning(Task.binary("click"), labels, 0, 0).orElseThrow();
    // (16.118 + 0) / 2 of the clamp, and -(ln .25 + ln .75) / 2
    assertTrue(warning.contains("log loss 8.05905, and 0.836988 with"), warning);
    assertTrue(warning.startsWith("task click is worse than its mean"), warning);
    assertEquals(Optional.empty(), warning(Task.binary("click"), labels, 0.5f, 0.2f));
  }

  @Test
  void numbersThatAreWorseThanTheMeanAreTold() {
    float[] labels = {1, 3, Float.NaN, 2, 1, 3};
    String warning = warning(Task.regression("seconds"), labels, 3, 1).orElseThrow();
    assertTrue(warning.contains("rmse 2.0, and 1.0 with"), warning);
    assertEquals(Optional.empty(), warning(Task.regression("seconds"), labels, 1.5f, 2.5f));
  }

  @Test
  void theMeanItselfAndRowsWithoutLabelsAreNoReasonForAWarning() {
    float none = Float.NaN;
    assertEquals(
        Optional.empty(), warning(Task.regression("s"), new float[] {1, 3, 1, 3, 0, 9}, 2, 2));
    assertEquals(
        Optional.empty(),
        warning(Task.regression("s"), new float[] {1, 3, 1, 3, none, none}, 7, 7));
    assertEquals(
        Optional.empty(),
        warning(Task.binary("c"), new float[] {none, none, none, none, 1, 0}, 0, 1));
  }

  @Test
  void theAdviceGoesByWhetherTheLossStillFalls() {
    float[] labels = {1, 0, 0, 0, 1, 0};
    TaskLabels all = TaskLabels.of(List.of(Task.binary("click")), new float[][] {labels});
    String falling =
        ConstantGuess.warning(all, 0, TRAIN, ROWS, new float[] {0, 0}, true).orElseThrow();
    assertTrue(
        falling.endsWith("; the loss is still falling: try more epochs or a larger learning-rate"),
        falling);
    String level = warning(Task.binary("click"), labels, 0, 0).orElseThrow();
    assertTrue(level.endsWith("; try a smaller learning-rate or more epochs"), level);
  }

  @Test
  void aLossFallsByMoreThanAHundredthInTheLastAndBestEpoch() {
    assertTrue(ConstantGuess.stillFalls(new double[] {1, .98}, 2));
    assertTrue(ConstantGuess.stillFalls(new double[] {-1, -1.02}, 2));
    assertFalse(ConstantGuess.stillFalls(new double[] {1, .98}, 1));
    assertFalse(ConstantGuess.stillFalls(new double[] {2, 1, .995}, 3));
    assertFalse(ConstantGuess.stillFalls(new double[] {1, 1.1}, 2));
    assertFalse(ConstantGuess.stillFalls(new double[] {1}, 1));
    assertFalse(ConstantGuess.stillFalls(new double[] {1, Double.NaN}, 2));
  }

  @Test
  void predictionsThatAreNoNumbersAreWorse() {
    String warning =
        warning(Task.regression("s"), new float[] {1, 3, 1, 3, 1, 3}, Float.NaN, 2).orElseThrow();
    assertTrue(warning.contains("rmse no number, and 1.0 with"), warning);
  }
}
