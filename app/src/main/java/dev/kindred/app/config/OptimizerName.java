package dev.kindred.app.config;

import dev.kindred.engine.nn.Adagrad;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Sgd;

/** The optimisers of networks, as settings and options name them. */
public enum OptimizerName {
  ADAM,
  ADAGRAD,
  SGD;

  /** The name of an optimiser. */
  static OptimizerName of(Optimizer optimizer) {
    return switch (optimizer) {
      case Adam _ -> ADAM;
      case Adagrad _ -> ADAGRAD;
      case Sgd _ -> SGD;
    };
  }

  private Optimizer with(double learningRate) {
    return switch (this) {
      case ADAM -> Adam.of(learningRate);
      case ADAGRAD -> Adagrad.of(learningRate);
      case SGD -> Sgd.of(learningRate);
    };
  }

  /** {@code base} if this is its name, else the one of this name with its usual learning rate. */
  public Optimizer insteadOf(Optimizer base) {
    return this == of(base) ? base : with(this == ADAM ? 1e-3 : 1e-2);
  }
}
