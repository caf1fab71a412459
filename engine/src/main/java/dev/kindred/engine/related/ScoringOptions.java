package dev.kindred.engine.related;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How cosines become scores, beyond the merge; none of it is the paper's. Immutable.
 *
 * @param calibration how channels are calibrated
 * @param presence whether a target that lacks a channel of a positive objective counts as its
 *     profile similarity lets expect, see {@link Presence}; otherwise as nothing
 * @param next the directed objective, what is watched next; empty = none
 * @param together the objective of what is taken together; empty = none
 */
public record ScoringOptions(
    Calibration.Method calibration,
    boolean presence,
    Optional<NextItemOptions> next,
    Optional<TogetherOptions> together) {
  public ScoringOptions {
    Objects.requireNonNull(calibration, "calibration");
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(together, "together");
    if (next.isPresent()
        && together.isPresent()
        && next.get().name().equals(together.get().name())) {
      throw new IllegalArgumentException(
          "what is watched next and what is taken together are both called '"
              + next.get().name()
              + "'; give one another name");
    }
  }

  /** Platt's line, presence terms, no objective beyond those declared. */
  public static ScoringOptions defaults() {
    return new ScoringOptions(Calibration.Method.PLATT, true, Optional.empty(), Optional.empty());
  }

  /** The objectives beyond those declared, in the order of scores. */
  public List<CountedObjective> counted() {
    return Stream.<Optional<? extends CountedObjective>>of(next, together)
        .<CountedObjective>flatMap(Optional::stream)
        .toList();
  }

  public ScoringOptions withCalibration(Calibration.Method value) {
    return new ScoringOptions(value, presence, next, together);
  }

  public ScoringOptions withPresence(boolean value) {
    return new ScoringOptions(calibration, value, next, together);
  }

  public ScoringOptions withNext(Optional<NextItemOptions> value) {
    return new ScoringOptions(calibration, presence, value, together);
  }

  public ScoringOptions withTogether(Optional<TogetherOptions> value) {
    return new ScoringOptions(calibration, presence, next, value);
  }
}
