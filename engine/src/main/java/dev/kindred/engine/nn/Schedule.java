package dev.kindred.engine.nn;

/**
 * How the learning rate changes while a network is trained: a factor of the optimiser's own.
 *
 * <p>Immutable.
 *
 * @param warmUp steps over which the factor rises evenly to 1; 0 = none
 * @param shape what comes after
 * @param steps over which a cosine falls to 0, counted from the start; the length of a stair of
 *     {@code STEPS}
 * @param factor of each further stair of {@code STEPS}, in (0, 1]
 */
public record Schedule(long warmUp, Shape shape, long steps, double factor) {
  /** The course after the warm-up. */
  public enum Shape {
    /** Stays at 1. */
    CONSTANT,
    /** Half a cosine from 1 to 0 (Loshchilov and Hutter 2017, without restarts). */
    COSINE,
    /** Falls by a factor every so many steps. */
    STEPS
  }

  public Schedule {
    if (warmUp < 0 || steps < 0 || shape != Shape.CONSTANT && steps < 1) {
      throw new IllegalArgumentException(
          "a %s schedule has a warm-up of %d and %d steps; they must be at least 0 and 1"
              .formatted(shape, warmUp, steps));
    }
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "factor of a schedule is " + factor + ", must be in (0, 1]");
    }
  }

  /** The optimiser's learning rate from start to end. */
  public static Schedule constant() {
    return new Schedule(0, Shape.CONSTANT, 0, 1);
  }

  /** Rises over {@code warmUp} steps, then falls along a cosine to 0 at step {@code steps}. */
  public static Schedule cosine(long warmUp, long steps) {
    return new Schedule(warmUp, Shape.COSINE, steps, 1);
  }

  /** Rises over {@code warmUp} steps; every {@code steps} steps the rate is {@code factor}-fold. */
  public static Schedule stairs(long warmUp, long steps, double factor) {
    return new Schedule(warmUp, Shape.STEPS, steps, factor);
  }

  /** Rises over {@code warmUp} steps and stays. */
  public static Schedule warmUp(long warmUp) {
    return new Schedule(warmUp, Shape.CONSTANT, 0, 1);
  }

  /**
   * The factor of a step.
   *
   * @param step from 1
   */
  public double at(long step) {
    double rise = step < warmUp ? (double) step / warmUp : 1;
    double fall =
        switch (shape) {
          case CONSTANT -> 1;
          case COSINE -> {
            double done = (double) (step - warmUp) / Math.max(1, steps - warmUp);
            yield (1 + Math.cos(Math.PI * Math.clamp(done, 0.0, 1.0))) / 2;
          }
          case STEPS -> Math.pow(factor, (step - 1) / steps);
        };
    return rise * fall;
  }
}
