package dev.kindred.app.tasks;

import dev.kindred.engine.eval.Auc;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How well predictions of one task fit the labels of some rows. Stateless. */
public final class TaskScores {
  /** From here on the five decimals of a measure say nothing beside its size. */
  private static final double MANY = 1e5;

  private static final MathContext SIX_DIGITS = new MathContext(6);

  private TaskScores() {}

  /**
   * For a binary task {@code auc}, its 95% interval {@code low} and {@code high}, {@code logLoss}
   * and {@code positives}; for a number {@code rmse} and {@code explained}, the share of the
   * variance. Rows without a label are left out, and so is each figure that the others leave
   * undefined: all but {@code positives} without a row, {@code auc} without a positive or a
   * negative, {@code explained} where all labels are equal.
   */
  public static Map<String, Object> of(
      TaskLabels labels, int task, int[] rows, float[] predictions) {
    float[] scores = new float[rows.length];
    float[] truth = new float[rows.length];
    int n = 0;
    for (int i = 0; i < rows.length; i++) {
      float label = labels.label(task, rows[i]);
      if (!Float.isNaN(label)) {
        scores[n] = predictions[i];
        truth[n++] = label;
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("task", labels.tasks().get(task).name());
    result.put("rows", n);
    if (labels.tasks().get(task).kind() == Task.Kind.BINARY) {
      binary(Arrays.copyOf(scores, n), Arrays.copyOf(truth, n), result);
    } else {
      number(Arrays.copyOf(scores, n), Arrays.copyOf(truth, n), result);
    }
    return result;
  }

  private static void binary(float[] scores, float[] truth, Map<String, Object> result) {
    boolean[] positive = new boolean[truth.length];
    int positives = 0;
    double loss = 0;
    for (int i = 0; i < truth.length; i++) {
      positive[i] = truth[i] == 1;
      positives += positive[i] ? 1 : 0;
      double p = Math.clamp(positive[i] ? scores[i] : 1.0 - scores[i], 1e-7, 1.0);
      loss -= Math.log(p);
    }
    result.put("positives", positives);
    if (positives > 0 && positives < truth.length) {
      Auc.Interval interval = Auc.interval(scores, positive);
      result.put("auc", rounded(interval.auc()));
      result.put("low", rounded(interval.low()));
      result.put("high", rounded(interval.high()));
    }
    if (truth.length > 0) {
      result.put("logLoss", rounded(loss / truth.length));
    }
  }

  private static void number(float[] scores, float[] truth, Map<String, Object> result) {
    if (truth.length == 0) {
      return;
    }
    double mean = 0;
    for (float y : truth) {
      mean += (double) y / truth.length;
    }
    double error = 0;
    double total = 0;
    boolean varies = false;
    for (int i = 0; i < truth.length; i++) {
      error += Math.pow((double) truth[i] - scores[i], 2);
      total += Math.pow(truth[i] - mean, 2);
      varies |= truth[i] != truth[0];
    }
    result.put("rmse", significant(Math.sqrt(error / truth.length)));
    if (varies) { // the total of equal labels is 0 but for rounding
      result.put("explained", rounded(1 - error / total));
    }
  }

  /**
   * A measure between 0 and 1, or a share of the variance, to five decimals; from 100,000 on, where
   * a model is out by orders of magnitude, as {@link #significant}.
   *
   * @throws IllegalArgumentException if the value is no finite number: rounding would make it 0
   */
  public static double rounded(double value) {
    checkFinite(value);
    return Math.abs(value) < MANY ? Math.round(value * 1e5) / 1e5 : significant(value);
  }

  /**
   * A figure in the unit of its labels, which may be seconds or billions of them: to six
   * significant digits.
   *
   * @throws IllegalArgumentException if the value is no finite number
   */
  public static double significant(double value) {
    checkFinite(value);
    return new BigDecimal(value).round(SIX_DIGITS).doubleValue();
  }

  private static void checkFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "a figure is " + value + ", must be finite; leave out what is undefined");
    }
  }
}
