package dev.kindred.app.tasks;

import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import java.util.Optional;

/**
 * The least that a model must do: fit labels better than the mean of the training rows, said of
 * every row. Ranking measures can't tell, as they see no scale. Stateless.
 */
public final class ConstantGuess {
  private ConstantGuess() {}

  /**
   * A sentence if predictions of some rows fit worse than the mean of the training rows' labels
   * does; empty if they don't, or if either part has no label.
   *
   * @param rows whose predictions these are: those that training stopped by
   * @param predictions [rows.length], probabilities or numbers
   * @param falling whether training ended too early, see {@link #stillFalls}: then a smaller
   *     learning rate would make it worse
   */
  public static Optional<String> warning(
      TaskLabels labels, int task, int[] train, int[] rows, float[] predictions, boolean falling) {
    double mean = 0;
    int known = 0;
    for (int row : train) {
      float y = labels.label(task, row);
      if (!Float.isNaN(y)) {
        mean += y;
        known++;
      }
    }
    mean /= known;
    Task of = labels.tasks().get(task);
    double loss = 0;
    double constant = 0;
    int n = 0;
    for (int i = 0; i < rows.length; i++) {
      float y = labels.label(task, rows[i]);
      if (!Float.isNaN(y)) {
        loss += loss(of, y, predictions[i]);
        constant += loss(of, y, mean);
        n++;
      }
    }
    // Not loss > constant: predictions that are no numbers are worse, too.
    if (n == 0 || known == 0 || loss <= constant) {
      return Optional.empty();
    }
    boolean binary = of.kind() == Task.Kind.BINARY;
    return Optional.of(
        "task %s is worse than its mean in the rows to stop by: %s %s, and %s with the training rows' mean everywhere; %s"
            .formatted(
                of.name(),
                binary ? "log loss" : "rmse",
                figure(binary ? loss / n : Math.sqrt(loss / n)),
                figure(binary ? constant / n : Math.sqrt(constant / n)),
                falling
                    ? "the loss is still falling: try more epochs or a larger learning-rate"
                    : "try a smaller learning-rate or more epochs"));
  }

  /**
   * Whether the last epoch took more than a hundredth off the loss and is the best one: where an
   * earlier one is, the network only fits its training rows ever better.
   *
   * @param losses of the epochs
   * @param bestEpoch from 1 on
   */
  public static boolean stillFalls(double[] losses, int bestEpoch) {
    int last = losses.length - 1;
    return last > 0
        && bestEpoch == losses.length
        && losses[last - 1] - losses[last] > 0.01 * Math.abs(losses[last - 1]);
  }

  /** Cross-entropy with the clamp of {@link TaskScores}, or the squared error. */
  private static double loss(Task task, float y, double predicted) {
    if (task.kind() == Task.Kind.REGRESSION) {
      return Math.pow(y - predicted, 2);
    }
    return -Math.log(Math.clamp(y == 1 ? predicted : 1 - predicted, 1e-7, 1.0));
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? Double.toString(TaskScores.significant(value)) : "no number";
  }
}
