package dev.kindred.engine.als;

/**
 * The numbers that a {@link Convention} makes of strengths: the letters are those of its formula.
 *
 * <p>Immutable.
 */
final class Weighting {
  /** Past this a confidence leaves too few of a float's digits to the unobserved pairs. */
  static final double MAX_CONFIDENCE = 1e12;

  private final Convention convention;
  private final double alpha;
  private final double regularization;
  private final double unobservedWeight;
  private final double exponent;

  Weighting(AlsOptions options) {
    convention = options.convention();
    alpha = options.alpha();
    regularization = options.regularization();
    boolean ials = convention == Convention.IALS;
    unobservedWeight = ials ? options.unobservedWeight() : 1;
    exponent = ials ? options.frequencyExponent() : 0;
  }

  /** w0. */
  double unobserved() {
    return unobservedWeight;
  }

  /** The weight a of the square; may be below 0 only for IMPLICIT. */
  double square(float strength) {
    double r = Math.abs((double) strength);
    if (r == 0) {
      return 0;
    }
    return switch (convention) {
      case SPARK, IALS -> alpha * r;
      case IMPLICIT -> alpha * r - 1;
      case LOG -> alpha * Math.log1p(r);
    };
  }

  /** The weight b of the target. */
  double target(float strength) {
    if (strength <= 0) {
      return 0;
    }
    return switch (convention) {
      case SPARK -> 1 + alpha * strength;
      case IMPLICIT, IALS -> alpha * strength;
      case LOG -> 1 + alpha * Math.log1p(strength);
    };
  }

  /** What the pair costs if predicted as 0: its constant in the loss. */
  double constant(float strength) {
    return target(strength);
  }

  /**
   * Lambda of a row.
   *
   * @param positives entries of the row with a strength above 0
   * @param others rows on the other side
   */
  double lambda(int positives, int others) {
    return switch (convention) {
      case SPARK -> regularization * positives;
      case IMPLICIT, LOG -> regularization;
      case IALS -> regularization * Math.pow(positives + unobservedWeight * others, exponent);
    };
  }

  /** Refuses a strength whose confidence would drown all else. */
  void check(float strength, int row, int column) {
    double confidence = Math.max(Math.abs(square(strength)), target(strength));
    if (!(confidence <= MAX_CONFIDENCE)) {
      throw new StrengthException(
          row,
          column,
          "is "
              + strength
              + " and has the confidence "
              + confidence
              + " (alpha "
              + alpha
              + "), more than "
              + MAX_CONFIDENCE
              + ": cap the strengths, lower alpha or use the convention log");
    }
  }
}
