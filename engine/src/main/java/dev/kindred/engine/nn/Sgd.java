package dev.kindred.engine.nn;

/**
 * Plain gradient descent: w -= learningRate * (g + weightDecay * w).
 *
 * @param learningRate more than 0
 * @param weightDecay 0 or more
 */
public record Sgd(double learningRate, double weightDecay) implements Optimizer {
  public Sgd {
    Optimizer.check(learningRate, weightDecay);
  }

  /** Without weight decay. */
  public static Sgd of(double learningRate) {
    return new Sgd(learningRate, 0);
  }

  @Override
  public Sgd withLearningRate(double learningRate) {
    return new Sgd(learningRate, weightDecay);
  }

  @Override
  public Sgd withWeightDecay(double weightDecay) {
    return new Sgd(learningRate, weightDecay);
  }
}
