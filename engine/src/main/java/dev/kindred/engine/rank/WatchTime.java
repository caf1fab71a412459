package dev.kindred.engine.rank;

/** How the strength of an objective that has one, such as the time watched, is predicted. */
public enum WatchTime {
  /** Not at all: only whether the objective happens. */
  NONE,
  /** By squared error, on rows where it happened and on others as 0. */
  REGRESSION,
  /**
   * By weighted logistic regression (Covington et al., RecSys 2016, section 4.2): positives weigh
   * their strength T, negatives 1. The odds learned are then E[T] / (1 - P), with P the chance that
   * the objective happens; they are multiplied by 1 - P, for which P has a head of its own.
   */
  WEIGHTED_LOGISTIC
}
