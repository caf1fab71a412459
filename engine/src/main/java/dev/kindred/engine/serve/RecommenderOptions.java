package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.Reranking;
import dev.kindred.index.file.MemoryMode;
import java.time.Duration;
import java.util.Objects;

/**
 * How a {@link Recommender} opens snapshots and lends scratch. Immutable.
 *
 * @param memory where snapshots are read from; a resident one needs its own size in memory, twice
 *     that while one replaces another
 * @param searchers most searchers kept for the methods that need none of their own, 1 to 65,536;
 *     more requests at once than that work too, but allocate their scratch
 * @param drainMillis how long a refresh or a close waits for the readers of a replaced snapshot, 0
 *     to a day; what is still read then is unmapped at the next refresh
 * @param recallShare part of the searches over all items that are compared with exact ones, 0 to 1
 * @param required a snapshot that lacks what this needs is refused: a field, a value of one that a
 *     cap or freshness goes by, or what tells items apart for diversity; so that requests which ask
 *     for it don't begin to fail when snapshots are swapped
 * @param successor asked by a refresh before it opens another snapshot
 */
public record RecommenderOptions(
    MemoryMode memory,
    int searchers,
    long drainMillis,
    double recallShare,
    Reranking required,
    SuccessorCheck successor) {
  public RecommenderOptions {
    Objects.requireNonNull(memory, "memory");
    Objects.requireNonNull(required, "required");
    Objects.requireNonNull(successor, "successor");
    if (searchers < 1 || searchers > 1 << 16) {
      throw new IllegalArgumentException(
          "searchers is " + searchers + ", must be in 1.." + (1 << 16));
    }
    if (drainMillis < 0 || drainMillis > Duration.ofDays(1).toMillis()) {
      throw new IllegalArgumentException(
          "drainMillis is " + drainMillis + ", must be in 0.." + Duration.ofDays(1).toMillis());
    }
    if (!(recallShare >= 0 && recallShare <= 1)) {
      throw new IllegalArgumentException("recallShare is " + recallShare + ", must be in 0..1");
    }
  }

  /**
   * Mapped, two searchers per processor and at least 8, 10 s to drain, no searches compared, no
   * check.
   */
  public static RecommenderOptions defaults() {
    return new RecommenderOptions(
        MemoryMode.MAPPED,
        Math.max(8, 2 * Runtime.getRuntime().availableProcessors()),
        10_000,
        0,
        Reranking.none(),
        SuccessorCheck.none());
  }

  public RecommenderOptions withMemory(MemoryMode memory) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  public RecommenderOptions withSearchers(int searchers) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  public RecommenderOptions withDrainMillis(long drainMillis) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  public RecommenderOptions withRecallShare(double recallShare) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  public RecommenderOptions withRequired(Reranking required) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  public RecommenderOptions withSuccessor(SuccessorCheck successor) {
    return new RecommenderOptions(memory, searchers, drainMillis, recallShare, required, successor);
  }

  long drainNanos() {
    return drainMillis * 1_000_000;
  }
}
