package dev.kindred.engine.related;

import java.util.Objects;
import java.util.Optional;

/**
 * How cosines become scores, beyond the merge; none of it is the paper's. Immutable.
 *
 * @param calibration how channels are calibrated
 * @param presence whether a target that lacks a channel of a positive objective counts as its
 *     profile similarity lets expect, see {@link Presence}; otherwise as nothing
 * @param next the directed objective, what is watched next; empty = none
 */
public record ScoringOptions(
    Calibration.Method calibration, boolean presence, Optional<NextItemOptions> next) {
  public ScoringOptions {
    Objects.requireNonNull(calibration, "calibration");
    Objects.requireNonNull(next, "next");
  }

  /** Platt's line, presence terms, no directed objective. */
  public static ScoringOptions defaults() {
    return new ScoringOptions(Calibration.Method.PLATT, true, Optional.empty());
  }

  public ScoringOptions withCalibration(Calibration.Method value) {
    return new ScoringOptions(value, presence, next);
  }

  public ScoringOptions withPresence(boolean value) {
    return new ScoringOptions(calibration, value, next);
  }

  public ScoringOptions withNext(Optional<NextItemOptions> value) {
    return new ScoringOptions(calibration, presence, value);
  }
}
