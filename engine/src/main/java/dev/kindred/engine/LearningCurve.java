package dev.kindred.engine;

import java.util.List;
import java.util.Objects;

/**
 * How a model got better while it learned. Immutable.
 *
 * @param model e.g. {@code tower click}
 * @param measure what is measured after every pass: loss, recall@20
 * @param values one per pass, in order
 */
public record LearningCurve(String model, String measure, List<Double> values) {
  public LearningCurve {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(measure, "measure");
    values = List.copyOf(values);
  }
}
