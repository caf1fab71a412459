package dev.kindred.engine.mmoe;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tasks of a network and the label of each for every row of a table; NaN where it isn't known.
 *
 * <p>Immutable; may be shared by threads.
 */
public final class TaskLabels {
  private final List<Task> tasks;
  private final float[][] labels;
  private final float[][] weights; // [tasks][rows]; null where every row of a task weighs 1

  private TaskLabels(List<Task> tasks, float[][] labels, float[][] weights) {
    this.tasks = tasks;
    this.labels = labels;
    this.weights = weights;
  }

  /**
   * @param labels [tasks x rows], 0 or 1 for BINARY tasks, finite for others; NaN = not known, such
   *     a row teaches the task nothing
   */
  public static TaskLabels of(List<Task> tasks, float[][] labels) {
    if (tasks.isEmpty() || tasks.size() != labels.length) {
      throw new IllegalArgumentException(
          "%d tasks come with labels of %d; there must be one or more, each with its labels"
              .formatted(tasks.size(), labels.length));
    }
    Set<String> names = new HashSet<>();
    float[][] copy = new float[labels.length][];
    for (int t = 0; t < labels.length; t++) {
      Task task = tasks.get(t);
      if (!names.add(task.name())) {
        throw new IllegalArgumentException("two tasks are called " + task.name());
      }
      if (labels[t].length != labels[0].length) {
        throw new IllegalArgumentException(
            "task %s has labels of %d rows, task %s of %d"
                .formatted(
                    task.name(), labels[t].length, tasks.getFirst().name(), labels[0].length));
      }
      for (int row = 0; row < labels[t].length; row++) {
        float y = labels[t][row];
        boolean fits = task.kind() == Task.Kind.BINARY ? y == 0 || y == 1 : Float.isFinite(y);
        if (!fits && !Float.isNaN(y)) {
          throw new IllegalArgumentException(
              "the label of task %s in row %d is %s, must be %s or NaN"
                  .formatted(
                      task.name(),
                      row,
                      y,
                      task.kind() == Task.Kind.BINARY ? "0, 1" : "a finite number"));
        }
      }
      copy[t] = labels[t].clone();
    }
    return new TaskLabels(List.copyOf(tasks), copy, new float[copy.length][]);
  }

  /**
   * The same labels where a row of one task weighs more or less than others: with positives
   * weighted by the time watched, the odds that a network learns are that time (Covington et al.,
   * RecSys 2016, section 4.2).
   *
   * @param rowWeights [rows], finite and at least 0
   */
  public TaskLabels withWeights(int task, float[] rowWeights) {
    if (rowWeights.length != rows()) {
      throw new IllegalArgumentException(
          "task %s has labels of %d rows and weights of %d"
              .formatted(tasks.get(task).name(), rows(), rowWeights.length));
    }
    for (int row = 0; row < rowWeights.length; row++) {
      if (!(rowWeights[row] >= 0 && rowWeights[row] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the weight of task %s in row %d is %s, must be finite and 0 or more"
                .formatted(tasks.get(task).name(), row, rowWeights[row]));
      }
    }
    float[][] changed = weights.clone();
    changed[task] = rowWeights.clone();
    return new TaskLabels(tasks, labels, changed);
  }

  public List<Task> tasks() {
    return tasks;
  }

  public int rows() {
    return labels[0].length;
  }

  /** NaN if it isn't known. */
  public float label(int task, int row) {
    return labels[task][row];
  }

  /** How much the row counts in the task's loss, 1 unless stated otherwise. */
  public float weight(int task, int row) {
    return weights[task] == null ? 1 : weights[task][row];
  }

  /** These labels of one task alone. */
  public TaskLabels only(int task) {
    return new TaskLabels(
        List.of(tasks.get(task)), new float[][] {labels[task]}, new float[][] {weights[task]});
  }
}
