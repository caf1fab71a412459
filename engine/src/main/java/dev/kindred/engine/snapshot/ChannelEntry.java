package dev.kindred.engine.snapshot;

import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import java.util.Objects;

/**
 * One channel of a snapshot as its manifest describes it: the item vectors that one model learned
 * for one objective, or the objective's prior of every item. Immutable.
 *
 * @param objective name of the objective
 * @param kind linear (ALS), non-linear (two-tower) or the item prior
 * @param file the vectors: unit vectors, of a prior one number; zero for an item without the
 *     channel
 * @param offset place of the first number in the rows of the file, which other channels share
 * @param dim numbers that the channel takes there
 * @param present how many items have the channel
 * @param calibration what a cosine of it is worth
 */
public record ChannelEntry(
    String objective,
    Channel.Kind kind,
    String file,
    int offset,
    int dim,
    int present,
    Calibration calibration) {
  public ChannelEntry {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(calibration, "calibration");
  }

  /** Whether it is of unit vectors, and so part of a vector over all channels. */
  public boolean isVectors() {
    return kind == Channel.Kind.LINEAR || kind == Channel.Kind.NON_LINEAR;
  }
}
