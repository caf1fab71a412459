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

  /** The step whose loss was not finite, from 1. */
  public long step() {
    return step;
  }

  public double learningRate() {
    return learningRate;
  }
}
