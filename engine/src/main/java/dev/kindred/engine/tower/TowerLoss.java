package dev.kindred.engine.tower;

/** What a two-tower network is trained for. */
public enum TowerLoss {
  /**
   * Cross-entropy of sampled pairs, the raw cosine read as a probability: the paper's, sound only
   * where both towers end in a ReLU.
   */
  COSINE_CROSS_ENTROPY,
  /**
   * Cross-entropy of sampled pairs, p = sigmoid(scale * cosine + bias): the bias is learned, and
   * the scale where the options say so.
   */
  SCALED_CROSS_ENTROPY,
  /**
   * Bayesian personalised ranking of each positive before each of its own sampled items: -log
   * sigmoid(scale * (cosine of the positive - cosine of the negative)), the scale learned where the
   * options say so (Rendle et al., "BPR: Bayesian personalized ranking from implicit feedback", UAI
   * 2009).
   */
  BPR,
  /**
   * Softmax of scale * cosine, and the item's popularity where the options say so, over the batch's
   * items and shared negatives, with log-Q correction (Yi et al., "Sampling-bias-corrected neural
   * modeling for large corpus item recommendations", RecSys 2019; Yang et al., "Mixed negative
   * sampling", WWW 2020).
   */
  SAMPLED_SOFTMAX,
  /**
   * Cosine contrastive loss: (1 - cosine of the positive) + negativeWeight * the mean over shared
   * negatives of max(0, cosine - margin) (Mao et al., "SimpleX: a simple and strong baseline for
   * collaborative filtering", CIKM 2021).
   */
  COSINE_CONTRASTIVE;

  /** Whether the cosine is multiplied by a scale. */
  public boolean hasScale() {
    return this == SCALED_CROSS_ENTROPY || this == BPR || this == SAMPLED_SOFTMAX;
  }

  /** Whether all positives of a batch stand against the same sampled negatives. */
  public boolean sharesNegatives() {
    return this == SAMPLED_SOFTMAX || this == COSINE_CONTRASTIVE;
  }
}
