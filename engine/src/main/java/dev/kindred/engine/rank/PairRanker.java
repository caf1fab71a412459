package dev.kindred.engine.rank;

import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.simd.Distances;

/**
 * What the ranker says of the candidates of a request: the numbers of each pair of user and item,
 * their quantiles, and the network over them and what is stored of the item.
 *
 * <p>Use: {@link #begin} for a user, then {@link #rank} for one range of candidates after another.
 * Allocates only for more candidates than before. For one thread.
 */
final class PairRanker {
  /** Candidates whose rows are asked of memory together: they fit the first cache. */
  private static final int AHEAD = 32;

  private static final int PAIR_NUMBERS = UserState.PAIR_NUMBERS.size();

  private final Ranking ranking;
  private final RankDescription description;
  private final SplitMmoe.Request request;
  private final int tasks;
  private float[] numbers = new float[0];
  private float[] shares = new float[0];
  private int[] runOf = new int[0];
  private int[] keys = new int[0];
  private int[] places = new int[0];
  private final int[] pairColumns = new int[PAIR_NUMBERS * Feature.NUMERIC_WIDTH];

  /** Whether a pair has another share than 0 of the number at hand, and whether one has none. */
  private boolean someKnown;

  private boolean someMissing;
  private float[] pairs = new float[0];
  private float[] cosines = new float[0];
  private float[] recents = new float[0];

  /** Of no meaning; without it the compiler would see that nobody needs what was touched. */
  private int touched;

  PairRanker(Ranking ranking) {
    this.ranking = ranking;
    description = ranking.description();
    request = ranking.network().request();
    tasks = ranking.network().network().tasks().size();
  }

  /**
   * Computes what depends on the user alone.
   *
   * @param user inputs of the ranker's user part
   */
  void begin(float[] user) {
    ranking.network().begin(request, user, 0);
  }

  /**
   * Ranks candidates [from, to).
   *
   * @param ordinals of all candidates
   * @param state of the user, prepared
   * @param userVector the user's unit vector
   * @param recentVector unit vector of what the user watched last
   * @param outputs gets the tasks' outputs of each candidate, those of the first from 0 on
   */
  void rank(
      int[] ordinals,
      int from,
      int to,
      UserState state,
      float[] userVector,
      float[] recentVector,
      float[] outputs) {
    int width = description.rankPairInputs();
    reserve(outputs.length / tasks, width);
    fetchNumbers(ordinals, from, to, state, userVector, recentVector);
    int pairsAt = from * width;
    int columns = writePairs(from, to, pairsAt);
    ranking.network().pairColumns(request, pairColumns, columns);
    ranking
        .network()
        .rank(
            request,
            ranking.halves(),
            ordinals,
            from,
            to - from,
            pairs,
            pairsAt,
            columns,
            outputs,
            from * tasks,
            tasks);
  }

  /** Makes room for so many candidates. */
  private void reserve(int count, int width) {
    if (cosines.length < count) {
      cosines = new float[count];
      recents = new float[count];
      numbers = new float[count * PAIR_NUMBERS];
      shares = new float[count];
      runOf = new int[count];
      keys = new int[count];
      places = new int[count];
      pairs = new float[count * width];
    }
  }

  private void fetchNumbers(
      int[] ordinals, int from, int to, UserState state, float[] userVector, float[] recentVector) {
    var rows = ranking.vectors().rows();
    long stride = ranking.vectors().strideBytes();
    int dim = userVector.length;
    int room = cosines.length;
    for (int i = from; i < to; i++) {
      if ((i - from) % AHEAD == 0) {
        int end = Math.min(to, i + AHEAD);
        touched += ranking.vectors().touch(ordinals, i, end) + state.touch(ordinals, i, end);
        Distances.dotRows(userVector, 0, rows, stride, ordinals, i, end, dim, cosines);
        Distances.dotRows(recentVector, 0, rows, stride, ordinals, i, end, dim, recents);
      }
      state.pair(ordinals[i], numbers, i, room);
      numbers[UserState.TOWER_COSINE * room + i] = cosines[i];
      numbers[UserState.RECENT_COSINE * room + i] = state.watched() == 0 ? Float.NaN : recents[i];
    }
  }

  /**
   * Brings the numbers of the pairs [from, to) into the form in which the ranker reads them, in
   * rows of only those columns that aren't 0 for all of them: numbers that are known of all pairs
   * or of none have some.
   *
   * @return how many columns, {@link #pairColumns} saying which
   */
  private int writePairs(int from, int to, int at) {
    int columns = 0;
    for (int number = 0; number < PAIR_NUMBERS; number++) {
      toShares(description.pairNumbers().get(number), number, from, to);
      int first = number * Feature.NUMERIC_WIDTH;
      for (int power = 0; someKnown && power < Feature.POWERS; power++) {
        pairColumns[columns++] = first + power;
      }
      if (someMissing) {
        pairColumns[columns++] = first + Feature.POWERS;
      }
    }
    for (int column = 0; column < columns; column++) {
      int number = pairColumns[column] / Feature.NUMERIC_WIDTH;
      int place = pairColumns[column] % Feature.NUMERIC_WIDTH;
      int start = number * cosines.length;
      if (place == 0) {
        for (int i = from; i < to; i++) {
          Feature.writePowers(numbers[start + i], pairs, at + (i - from) * columns + column);
        }
      } else if (place == Feature.POWERS) {
        for (int i = from; i < to; i++) {
          pairs[at + (i - from) * columns + column] = Feature.missingFlag(numbers[start + i]);
        }
      }
    }
    return columns;
  }

  /**
   * Overwrites one number of the pairs [from, to) with its shares: number by number, as the cuts of
   * one fit the first cache, those of all don't. Counts and times are often those of the pair
   * before. Sets {@link #someKnown} and {@link #someMissing}.
   */
  private void toShares(Quantiles quantiles, int number, int from, int to) {
    int runs = 0;
    long last = -1; // the bits of no float
    for (int i = from; i < to; i++) {
      float now = numbers[number * cosines.length + i];
      long bits = Integer.toUnsignedLong(Float.floatToRawIntBits(now));
      runs += bits == last ? 0 : 1;
      last = bits;
      shares[runs - 1] = now;
      runOf[i] = runs - 1;
    }
    quantiles.shares(shares, runs, keys, places);
    someKnown = false;
    someMissing = false;
    for (int run = 0; run < runs; run++) {
      someKnown |= shares[run] > 0;
      someMissing |= Float.isNaN(shares[run]);
    }
    for (int i = from; i < to; i++) {
      numbers[number * cosines.length + i] = shares[runOf[i]];
    }
  }
}
