package dev.kindred.engine.nn;

/**
 * How the learning rate changes while a network is trained: a factor of the optimiser's own.
 *
 * <p>Immutable.
 *
 * @param warmUp steps over which the factor rises evenly to 1; 0 = none
 * @param shape what comes after
 * @param steps over which a cosine falls to 0, counted from the start; 0 = as many as the training
 *     has, {@link #over}; the length of a stair of {@code STEPS}
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
    if (warmUp < 0 || steps < 0 || shape == Shape.STEPS && steps < 1) {
      throw new IllegalArgumentException(
          "a %s schedule has a warm-up of %d and %d steps; they must be at least 0 and %d"
              .formatted(shape, warmUp, steps, shape == Shape.STEPS ? 1 : 0));
    }
    if (shape == Shape.COSINE && steps > 0 && warmUp >= steps) {
      throw new IllegalArgumentException(
          "a cosine of %d steps warms up over %d of them; warm up over fewer"
              .formatted(steps, warmUp));
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

  /**
   * Rises over {@code warmUp} steps, then falls along a cosine to 0 at step {@code steps}; with 0
   * of those at the last step of the training.
   */
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
   * This schedule for a training of so many steps: a cosine without a length of its own ends with
   * it. The course of others is the same however long the training is; they may warm up beyond its
   * end, as a checkpoint may be taken on from there.
   *
   * @throws IllegalArgumentException if such a cosine's warm-up leaves no step to fall
   */
  public Schedule over(long total) {
    if (!hasOpenEnd()) {
      return this;
    }
    if (warmUp >= total) {
      throw new IllegalArgumentException(
          "the learning rate warms up over %d steps, and the training has %d; warm up over fewer or train for more epochs"
              .formatted(warmUp, total));
    }
    return new Schedule(warmUp, shape, total, factor);
  }

  /**
   * Whether a training of so many steps ends while the rate still rises; false for a cosine that
   * {@link #over} refuses for it.
   */
  public boolean risesBeyond(long total) {
    return !hasOpenEnd() && warmUp > total;
  }

  private boolean hasOpenEnd() {
    return shape == Shape.COSINE && steps == 0;
  }

  /**
   * The factor of a step.
   *
   * @param step from 1
   * @throws IllegalStateException if it is a cosine whose length no training has told yet, {@link
   *     #over}
   */
  public double at(long step) {
    if (hasOpenEnd()) {
      throw new IllegalStateException(
          "call over(steps) first: this cosine has no length of its own");
    }
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
