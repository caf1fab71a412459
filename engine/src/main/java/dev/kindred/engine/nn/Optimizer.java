package dev.kindred.engine.nn;

/** A rule by which weights follow their gradients. Immutable. */
public sealed interface Optimizer permits Sgd, Adagrad, Adam {
  /** Step size, more than 0. */
  double learningRate();

  /** Share of a weight lost per step and unit of learning rate; biases lose nothing. */
  double weightDecay();

  /** The same rule with another step size. */
  Optimizer withLearningRate(double learningRate);

  /** The same rule with another weight decay. */
  Optimizer withWeightDecay(double weightDecay);

  private static void check(String name, double value, double atLeast, double below) {
    if (!(value >= atLeast && value < below)) {
      throw new IllegalArgumentException(
          "%s is %s, must be in [%s, %s)".formatted(name, value, atLeast, below));
    }
  }

  /** The ranges that every rule shares. */
  static void check(double learningRate, double weightDecay) {
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "learning rate is " + learningRate + ", must be finite and more than 0");
    }
    check("weightDecay", weightDecay, 0, Double.POSITIVE_INFINITY);
  }
}
