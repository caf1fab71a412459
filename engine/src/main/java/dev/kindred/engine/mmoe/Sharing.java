package dev.kindred.engine.mmoe;

/** What the tasks of a network have in common. */
public enum Sharing {
  /** Shared experts, a gate per task (Ma et al., KDD 2018). */
  GATE_PER_TASK,
  /** Shared experts, one gate for all tasks. */
  ONE_GATE,
  /** One network below all tasks; the number of experts has no meaning. */
  SHARED_BOTTOM
}
