package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Objects;

/**
 * How the directed objective, what is watched next, is counted. None of it is the paper's, whose
 * similarities are the same in both directions.
 *
 * @param name of the objective, as weights and explanations call it; no declared one may have it
 * @param weight its manual weight a, finite and 0 or more
 * @param maxGapMillis two items of a user further apart than this are no step, at least 1; logs
 *     without times have no gaps
 * @param smoothing m: steps at the average rates that every item is credited with, > 0
 */
public record NextItemOptions(String name, double weight, long maxGapMillis, double smoothing)
    implements CountedObjective {
  public NextItemOptions {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("the objective of next items needs a name, such as next");
    }
    ObjectiveWeight.checkWeight(name, "weight of objective", weight);
    if (maxGapMillis < 1) {
      throw new IllegalArgumentException(
          "maxGapMillis of next items is " + maxGapMillis + ", must be at least 1");
    }
    if (!(smoothing > 0 && smoothing < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "smoothing of next items is " + smoothing + ", must be finite and > 0");
    }
  }

  /** "next" of weight 1: steps within 6 hours, 10 steps of smoothing. */
  public static NextItemOptions defaults() {
    return new NextItemOptions("next", 1, 6 * 60 * 60 * 1000L, 10);
  }

  /** This with another manual weight. */
  public NextItemOptions withWeight(double value) {
    return new NextItemOptions(name, value, maxGapMillis, smoothing);
  }

  /** This with another longest gap. */
  public NextItemOptions withMaxGapMillis(long value) {
    return new NextItemOptions(name, weight, value, smoothing);
  }

  @Override
  public String counts() {
    return "next items";
  }

  @Override
  public Channel.Kind kind() {
    return Channel.Kind.DIRECTED;
  }

  @Override
  public void check(Events events) {
    NextItemChannel.checkOrder(events);
  }

  @Override
  public RelatedScorer.Part count(
      Events events, Calibration.Method method, long seed, Workers workers, Progress progress) {
    return NextItemChannel.of(events, this, method, seed);
  }
}
