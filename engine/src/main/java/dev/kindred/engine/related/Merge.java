package dev.kindred.engine.related;

/**
 * How the linear and the non-linear similarity of a pair become the similarity s_k for an
 * objective.
 *
 * <p>In all three an absent channel has no say, s_k never falls when a channel's cosine rises, and
 * for an objective declared negative only s_k > 0 counts: evidence of dislike lowers a score, its
 * absence never raises one.
 */
public enum Merge {
  /**
   * Sum of the channels' calibrated log-odds, 0 = tells nothing (the default). A worthless channel
   * adds next to nothing, two that agree add up.
   */
  CALIBRATED("sum of calibrated log-odds"),
  /** 1 - (1 - p)(1 - q) of the channels' calibrated probabilities. */
  NOISY_OR("noisy-or of calibrated probabilities"),
  /**
   * The larger of the raw cosines, whatever their scales (paper, section 4.3: "either of them with
   * a high score is a strong relationship indicator").
   */
  MAX("maximum of raw cosines");

  private final String description;

  Merge(String description) {
    this.description = description;
  }

  /** A few words for people. */
  public String description() {
    return description;
  }
}
