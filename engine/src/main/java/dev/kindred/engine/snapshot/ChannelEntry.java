package dev.kindred.engine.snapshot;

import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import java.util.Objects;

/**
 * One channel of a snapshot as its manifest describes it: the item vectors that one model learned
 * for one objective. Immutable.
 *
 * @param objective name of the objective
 * @param kind linear (ALS) or non-linear (two-tower)
 * @param file the vectors: unit rows, and a zero row for an item that lacks the channel
 * @param dim length of a row
 * @param present how many items have the channel
 * @param calibration what a cosine of it is worth
 */
public record ChannelEntry(
    String objective,
    Channel.Kind kind,
    String file,
    int dim,
    int present,
    Calibration calibration) {
  public ChannelEntry {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(calibration, "calibration");
  }
}
