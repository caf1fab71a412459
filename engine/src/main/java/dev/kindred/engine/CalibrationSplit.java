package dev.kindred.engine;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;

/**
 * Keeps a few interactions of an objective from its models, to calibrate their cosines on pairs
 * that they have not seen. Immutable.
 */
final class CalibrationSplit {
  /** Enough for a fit of two numbers; more would only be lost to training. */
  private static final int ENOUGH = 20_000;

  private static final double USUAL_SHARE = 0.05;

  /** Small logs give up more, up to {@link #LARGEST_SHARE}, to have this many. */
  private static final int WANTED = 400;

  private static final double LARGEST_SHARE = 0.20;

  private final Interactions training;
  private final Interactions heldOut;

  private CalibrationSplit(Interactions training, Interactions heldOut) {
    this.training = training;
    this.heldOut = heldOut;
  }

  /** Splits by a draw per pair of user and item; users with a single pair keep it. */
  static CalibrationSplit of(Interactions all, long seed) {
    double share =
        Math.min(LARGEST_SHARE, Math.max(USUAL_SHARE, (double) WANTED / Math.max(1, all.size())));
    share = Math.min(share, (double) ENOUGH / Math.max(1, all.size()));
    return new CalibrationSplit(part(all, share, seed, false), part(all, share, seed, true));
  }

  private static Interactions part(Interactions all, double share, long seed, boolean heldOut) {
    return Interactions.of(
        all.rows(),
        all.columns(),
        sink -> {
          Draws draws = Draws.of(seed, "calibration-split");
          for (int user = 0; user < all.rows(); user++) {
            boolean several = all.count(user) > 1;
            for (long i = all.start(user); i < all.end(user); i++) {
              draws.reset(user, all.column(i));
              if ((several && draws.nextDouble() < share) == heldOut) {
                sink.add(user, all.column(i), all.value(i));
              }
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  /** What the models are trained on. */
  Interactions training() {
    return training;
  }

  /** What their calibration is fitted on. */
  Interactions heldOut() {
    return heldOut;
  }
}
