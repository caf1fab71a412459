package dev.kindred.engine.mmoe;

/** How a bias tower, which sees position, device and the like, enters the prediction. */
public enum BiasMode {
  /** Its output is added to the logit (Zhao et al., RecSys 2019, section 4.4). */
  ADDITIVE,
  /**
   * p = p(seen | bias features) p(positive | item, seen), each a logistic function of its tower
   * (Guo et al., PAL, RecSys 2019).
   */
  MULTIPLICATIVE
}
