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

  private TaskLabels(List<Task> tasks, float[][] labels) {
    this.tasks = tasks;
    this.labels = labels;
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
    return new TaskLabels(List.copyOf(tasks), copy);
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

  /** These labels of one task alone. */
  public TaskLabels only(int task) {
    return new TaskLabels(List.of(tasks.get(task)), new float[][] {labels[task]});
  }
}
