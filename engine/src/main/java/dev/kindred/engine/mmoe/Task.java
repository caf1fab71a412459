package dev.kindred.engine.mmoe;

import java.util.Objects;

/**
 * One thing that a multi-task network predicts.
 *
 * @param name unique among the tasks of a network
 * @param kind of its labels
 * @param weight of its loss, more than 0
 * @param biased whether the bias tower adds to it
 */
public record Task(String name, Kind kind, double weight, boolean biased) {
  /** What labels a task has. */
  public enum Kind {
    /** 0 or 1, learned by cross-entropy; predictions are probabilities. */
    BINARY,
    /** A number, learned by squared error on labels scaled to mean 0 and deviation 1. */
    REGRESSION
  }

  public Task {
    Objects.requireNonNull(kind, "kind");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a task needs a name");
    }
    if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "task %s has weight %s, must be finite and more than 0".formatted(name, weight));
    }
  }

  /** Weight 1, read by the bias tower. */
  public static Task binary(String name) {
    return new Task(name, Kind.BINARY, 1, true);
  }

  /** Weight 1, not read by the bias tower. */
  public static Task regression(String name) {
    return new Task(name, Kind.REGRESSION, 1, false);
  }

  public Task withWeight(double weight) {
    return new Task(name, kind, weight, biased);
  }

  public Task withBiased(boolean biased) {
    return new Task(name, kind, weight, biased);
  }
}
