package dev.kindred.engine.snapshot;

import dev.kindred.engine.data.Polarity;
import java.util.Objects;
import java.util.Optional;

/**
 * One objective of a snapshot as the manifest describes it. Immutable.
 *
 * @param name such as {@code click}
 * @param polarity whether its part of a score adds or subtracts
 * @param manualWeight a_k, set by people, finite and at least 0; a request may replace it
 * @param learnedWeight w_k, finite and at least 0
 * @param linear the ALS channel, if there is one
 * @param nonlinear the two-tower channel, if there is one
 */
public record ObjectiveEntry(
    String name,
    Polarity polarity,
    double manualWeight,
    double learnedWeight,
    Optional<ChannelEntry> linear,
    Optional<ChannelEntry> nonlinear) {
  public ObjectiveEntry {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(polarity, "polarity");
    Objects.requireNonNull(linear, "linear");
    Objects.requireNonNull(nonlinear, "nonlinear");
  }
}
