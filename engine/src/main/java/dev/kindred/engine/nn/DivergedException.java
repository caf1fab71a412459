package dev.kindred.engine.nn;

/** Training stopped because its loss is no finite number; names the step and the learning rate. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long step;
  private final double learningRate;

  public DivergedException(String what, double loss, long step, double learningRate) {
    super(
        "the loss of %s became %s at step %d with learning rate %s; use a smaller learning rate"
            .formatted(what, loss, step, learningRate));
    this.step = step;
    this.learningRate = learningRate;
  }

  private DivergedException(String message, long step, double learningRate) {
    super(message);
    this.step = step;
    this.learningRate = learningRate;
  }

  /**
   * Finds weights that a step has moved to no finite number, which its own loss doesn't show yet.
   *
   * @throws DivergedException if there are any
   */
  public static void checkWeights(
      String what, Iterable<Parameter> parameters, long step, double learningRate) {
    for (Parameter parameter : parameters) {
      float[] values = parameter.values();
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw new DivergedException(
              "weight %d of %s of %s is %s after step %d with learning rate %s; use a smaller learning rate"
                  .formatted(i, parameter.name(), what, values[i], step, learningRate),
              step,
              learningRate);
        }
      }
    }
  }

  /** The step whose loss was not finite, or after which a weight was not, from 1. */
  public long step() {
    return step;
  }

  public double learningRate() {
    return learningRate;
  }
}
