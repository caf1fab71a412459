package dev.kindred.index;

import java.util.Objects;

/**
 * Compares a part of the queries that are answered with an exact search, on a thread of its own,
 * and tells the recall so far.
 *
 * <p>Callers hand over what they searched and found: one in so many is copied into a slot made
 * beforehand, which costs well under a microsecond and allocates nothing. Nobody waits: where all
 * slots are taken the query isn't compared, and counted as dropped. A neighbour that another of the
 * same score has taken the place of counts as missed. Free to share.
 *
 * @see LiveRecallMonitor
 */
public final class RecallMonitor implements AutoCloseable {
  /**
   * The recall so far.
   *
   * @param recall part of the true neighbours that were found; NaN before the first query
   * @param queries queries that were compared
   * @param dropped queries that were drawn while all slots were taken, or that the exact search
   *     refused
   */
  public record Observed(double recall, long queries, long dropped) {}

  private static final class Slot {
    final float[] query;
    final int[] found;
    int k;
    int count;
    OrdinalFilter filter;

    Slot(int dim, int mostK) {
      query = new float[dim];
      found = new int[mostK];
    }
  }

  private final int dim;
  private final int mostK;
  private final ShadowQueue<Slot> queue;

  // Of the queue's thread.
  private final VectorSearcher truth;
  private final Neighbors expected;

  /**
   * A monitor of a graph: 10 neighbours of each query, 16 queries that may wait.
   *
   * @param share part of the queries that are compared, in (0, 1]
   */
  public static RecallMonitor of(Hnsw index, double share) {
    return new RecallMonitor(index.exact(), share, 10, 16);
  }

  /**
   * Starts the thread.
   *
   * @param truth an exact index over the same ordinals as the one that is watched
   * @param share part of the queries that are compared, in (0, 1]
   * @param mostK of a longer result the first {@code mostK} are compared, at least 1
   * @param waiting slots for queries that wait to be compared, at least 1
   */
  public RecallMonitor(VectorIndex truth, double share, int mostK, int waiting) {
    if (!truth.isExact()) {
      throw new IllegalArgumentException("recall is measured against an exact index");
    }
    if (mostK < 1) {
      throw new IllegalArgumentException("mostK must be at least 1, got " + mostK);
    }
    this.dim = truth.dim();
    this.mostK = mostK;
    this.truth = truth.searcher();
    this.expected = new Neighbors(mostK);
    this.queue = new ShadowQueue<>(share, waiting, () -> new Slot(dim, mostK), new Comparer());
  }

  /** Hands over a search of all vectors; see the other method. */
  public void offer(float[] query, int queryOffset, int k, Neighbors result) {
    offer(query, queryOffset, k, OrdinalFilter.ALL, result);
  }

  /**
   * Hands over a search and its result; both are copied if the query is drawn.
   *
   * @param k neighbours that were asked for
   * @param filter asked again later, on another thread; must still give the same answers
   */
  public void offer(float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    Objects.checkFromIndexSize(queryOffset, dim, query.length);
    // Before a slot is taken: what fails must not keep it.
    int size = Math.min(Math.min(k, mostK), result.size());
    int at = k < 1 ? -1 : queue.draw();
    if (at < 0) {
      return;
    }
    Slot slot = queue.slot(at);
    System.arraycopy(query, queryOffset, slot.query, 0, dim);
    slot.k = Math.min(k, mostK);
    slot.count = size;
    for (int rank = 0; rank < slot.count; rank++) {
      slot.found[rank] = result.ordinal(rank);
    }
    slot.filter = filter;
    queue.hand(at);
  }

  /** The recall so far. */
  public Observed observed() {
    return queue.observed();
  }

  /** Ends the thread; queries that wait are not compared any more. */
  @Override
  public void close() {
    queue.close();
  }

  private final class Comparer implements ShadowQueue.Comparer<Slot> {
    @Override
    public ShadowQueue.Comparison compare(Slot slot) {
      truth.search(slot.query, 0, slot.k, slot.filter, expected);
      int hits = 0;
      for (int rank = 0; rank < expected.size(); rank++) {
        for (int i = 0; i < slot.count; i++) {
          hits += slot.found[i] == expected.ordinal(rank) ? 1 : 0;
        }
      }
      return new ShadowQueue.Comparison(hits, expected.size());
    }

    @Override
    public void release(Slot slot) {
      slot.filter = null;
    }
  }
}
