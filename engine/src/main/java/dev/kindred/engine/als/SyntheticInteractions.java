package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Draws;

/**
 * Interactions with power-law users and items, for measuring speed at any size.
 *
 * <p>User u has about {@code entries * w(u)} entries and each goes to item i with a chance of w(i),
 * where w falls as (rank + offset)^-exponent over a shuffled order. Repeated pairs are drawn again
 * a few times, so that the number of distinct entries comes out within a few per mille of the wish.
 * All strengths are 1. There is no taste in it: it measures time, not quality.
 *
 * <p>Stateless; the same seed gives the same matrix.
 */
public final class SyntheticInteractions {
  private static final double USER_EXPONENT = 0.6;
  private static final double ITEM_EXPONENT = 0.8;
  private static final int RETRIES = 8;

  private SyntheticInteractions() {}

  /**
   * A matrix [users x items] of about {@code entries} ones.
   *
   * @throws IllegalArgumentException if a size is below 1 or more than half of all pairs are asked
   *     for
   */
  public static Interactions generate(int users, int items, long entries, long seed) {
    if (users < 1 || items < 1 || entries < 1 || entries > (long) users * items / 2) {
      throw new IllegalArgumentException(
          users
              + " x "
              + items
              + " with "
              + entries
              + " entries; sizes must be at least 1, entries at most half of all pairs");
    }
    double[] userShare = cumulative(users, USER_EXPONENT);
    double[] itemShare = cumulative(items, ITEM_EXPONENT);
    int[] userOrder = shuffled(users, seed, "synthetic.users");
    int[] itemOrder = shuffled(items, seed, "synthetic.items");
    int[] guide = guide(itemShare);
    return Interactions.of(
        users,
        items,
        sink -> {
          Draws draws = Draws.of(seed, "synthetic.entries");
          int[] lastUser = new int[items];
          for (int place = 0; place < users; place++) {
            long from = Math.round(entries * (place == 0 ? 0 : userShare[place - 1]));
            long count = Math.round(entries * userShare[place]) - from;
            count = Math.min(count, items / 2);
            draws.reset(place);
            for (long e = 0; e < count; e++) {
              int item = draw(draws, itemShare, guide);
              for (int retry = 0; retry < RETRIES && lastUser[item] == place + 1; retry++) {
                item = draw(draws, itemShare, guide);
              }
              if (lastUser[item] != place + 1) {
                lastUser[item] = place + 1;
                sink.add(userOrder[place], itemOrder[item], 1f);
              }
            }
          }
        },
        Duplicates.LAST);
  }

  /** Cumulated shares of places, the last one 1. */
  private static double[] cumulative(int n, double exponent) {
    double[] sums = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += StrictMath.pow(i + 10.0, -exponent);
      sums[i] = sum;
    }
    for (int i = 0; i < n; i++) {
      sums[i] /= sum;
    }
    sums[n - 1] = 1;
    return sums;
  }

  private static int[] shuffled(int n, long seed, String stage) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    Draws.of(seed, stage).shuffle(order, 0, n);
    return order;
  }

  /** For each of n equal slices of [0, 1) the first place that reaches into it. */
  private static int[] guide(double[] shares) {
    int n = shares.length;
    int[] guide = new int[n];
    int place = 0;
    for (int slice = 0; slice < n; slice++) {
      while (shares[place] <= (double) slice / n) {
        place++;
      }
      guide[slice] = place;
    }
    return guide;
  }

  private static int draw(Draws draws, double[] shares, int[] guide) {
    double x = draws.nextDouble();
    int place = guide[(int) (x * guide.length)];
    while (shares[place] <= x) {
      place++;
    }
    return place;
  }
}
