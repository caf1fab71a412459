package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Draws;

/**
 * A training and a validation part of the positives: some users give up about a fifth of theirs.
 *
 * @param train all other positives
 * @param validation of about a tenth of the users with five positives or more, or of about 2,000
 *     where a tenth is more: each is drawn by itself, so there can be some more or fewer
 */
record HeldOut(Interactions train, Interactions validation) {
  /** Expected, see {@link #validation}. */
  private static final int MAX_USERS = 2000;

  private static final double USER_SHARE = 0.1;
  private static final double POSITIVE_SHARE = 0.2;

  /** A user with fewer positives keeps them all. */
  private static final int MIN_POSITIVES = 5;

  static HeldOut of(Interactions positives, long seed) {
    int users = positives.rows();
    int candidates = 0;
    for (int u = 0; u < users; u++) {
      candidates += positives.count(u) >= MIN_POSITIVES ? 1 : 0;
    }
    double share = Math.min(USER_SHARE, (double) MAX_USERS / Math.max(1, candidates));
    return new HeldOut(part(positives, share, seed, false), part(positives, share, seed, true));
  }

  private static Interactions part(
      Interactions positives, double share, long seed, boolean validation) {
    return Interactions.of(
        positives.rows(),
        positives.columns(),
        sink -> {
          Draws draws = Draws.of(seed, "tower.validation");
          for (int u = 0; u < positives.rows(); u++) {
            draws.reset(u);
            boolean chosen = positives.count(u) >= MIN_POSITIVES && draws.nextDouble() < share;
            for (long i = positives.start(u); i < positives.end(u); i++) {
              boolean held = chosen && draws.nextDouble() < POSITIVE_SHARE;
              if (held == validation) {
                sink.add(u, positives.column(i), positives.value(i));
              }
            }
          }
        },
        Duplicates.SUM);
  }
}
