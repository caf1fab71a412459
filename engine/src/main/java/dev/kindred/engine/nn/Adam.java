package dev.kindred.engine.nn;

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019).
 *
 * <p>Of an embedding only the rows that a step looked up move, and only their moments are updated.
 *
 * @param learningRate more than 0
 * @param beta1 memory of the mean of gradients, in [0, 1)
 * @param beta2 memory of their mean square, in [0, 1)
 * @param epsilon added to the root of the mean square, more than 0
 * @param weightDecay 0 or more
 */
public record Adam(
    double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  public Adam {
    Optimizer.check(learningRate, weightDecay);
    if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "beta1 and beta2 are %s and %s, must be in [0, 1)".formatted(beta1, beta2));
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ", must be more than 0");
    }
  }

  /** The paper's beta1 = .9, beta2 = .999, epsilon = 1e-8; no weight decay. */
  public static Adam of(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0);
  }

  @Override
  public Adam withLearningRate(double learningRate) {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay);
  }

  @Override
  public Adam withWeightDecay(double weightDecay) {
    return new Adam(learningRate, beta1, beta2, epsilon, weightDecay);
  }
}
