package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;

/**
 * A positive objective beside the declared ones, whose channel is counted from the log rather than
 * trained. None is in the paper.
 */
public sealed interface CountedObjective permits NextItemOptions, TogetherOptions {
  /** As weights and explanations call it; no declared objective may have it. */
  String name();

  /** Its manual weight a, finite and 0 or more. */
  double weight();

  /** What is counted, for messages, such as "next items". */
  String counts();

  /** Of the channel that counting makes. */
  Channel.Kind kind();

  /**
   * Throws if a log doesn't have what is to be counted.
   *
   * @throws IllegalArgumentException saying what is missing
   */
  void check(Events events);

  /** Counts, and calibrates on users who were not counted; the calibration may be inactive. */
  RelatedScorer.Part count(
      Events events, Calibration.Method method, long seed, Workers workers, Progress progress);
}
