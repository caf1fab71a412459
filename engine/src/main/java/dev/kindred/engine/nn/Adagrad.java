package dev.kindred.engine.nn;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): each weight's step shrinks with the root of the sum of
 * its squared gradients, so rare values keep a large one.
 *
 * @param learningRate more than 0
 * @param initial sum of squares at the start, 0 or more
 * @param epsilon added to the root, more than 0
 * @param weightDecay decoupled, 0 or more
 */
public record Adagrad(double learningRate, double initial, double epsilon, double weightDecay)
    implements Optimizer {
  public Adagrad {
    Optimizer.check(learningRate, weightDecay);
    if (!(initial >= 0 && initial < Double.POSITIVE_INFINITY) || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          "initial sum and epsilon are %s and %s, must be at least 0 and more than 0"
              .formatted(initial, epsilon));
    }
  }

  /** Starts from a sum of .1, epsilon 1e-7, no weight decay. */
  public static Adagrad of(double learningRate) {
    return new Adagrad(learningRate, 0.1, 1e-7, 0);
  }

  @Override
  public Adagrad withLearningRate(double learningRate) {
    return new Adagrad(learningRate, initial, epsilon, weightDecay);
  }

  @Override
  public Adagrad withWeightDecay(double weightDecay) {
    return new Adagrad(learningRate, initial, epsilon, weightDecay);
  }
}
