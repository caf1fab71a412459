package dev.kindred.engine.snapshot;

import java.util.Objects;

/**
 * One channel of an objective as the manifest describes it: the item vectors of a linear (ALS) or a
 * non-linear (two-tower) model, and how its cosine becomes a log-odds. Immutable.
 *
 * @param file the vectors, unit rows; the row of an item that lacks the channel is zero
 * @param dim length of a row
 * @param slope of the calibration: log-odds = slope * cosine + intercept
 * @param intercept of the calibration
 * @param active false if the channel tells nothing on held-out pairs and is left out of the score
 * @param note one line on how the calibration came about, such as why it is inactive; may be empty
 */
public record ChannelEntry(
    String file, int dim, double slope, double intercept, boolean active, String note) {
  public ChannelEntry {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(note, "note");
  }
}
