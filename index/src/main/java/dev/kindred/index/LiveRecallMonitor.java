package dev.kindred.index;

/**
 * Compares a part of the searches of a {@link LiveIndex} with exact ones, on a thread of its own,
 * and tells the recall so far.
 *
 * <p>It watches all searches of the index from {@link #of} until it or the index is closed, whoever
 * makes them. One in so many is copied into a slot made beforehand, with the state of the index
 * that it saw, so changes and merges meanwhile don't count as misses; the files of that state stay
 * until it was compared. Nobody waits: where all slots are taken a query is counted as dropped. A
 * neighbour that another of the same score has taken the place of counts as missed.
 *
 * @see RecallMonitor
 */
public final class LiveRecallMonitor implements AutoCloseable {
  /** Of a longer result the first ones are compared. */
  private static final int MOST_K = 10;

  private static final int WAITING = 16;

  private static final class Slot {
    final float[] query;
    final int[] parts = new int[MOST_K];
    final int[] rows = new int[MOST_K];
    int k;
    int count;
    IdFilter filter;
    LiveView view;

    Slot(int dim) {
      query = new float[dim];
    }

    boolean has(int part, int row) {
      for (int i = 0; i < count; i++) {
        if (rows[i] == row && parts[i] == part) {
          return true;
        }
      }
      return false;
    }
  }

  private final LiveIndex index;
  private final ShadowQueue<Slot> queue;

  /**
   * Starts to watch: the first 10 neighbours of a query, 16 queries that may wait.
   *
   * <p>Id filters of all who search are asked again later on the monitor's thread, maybe while
   * their owners search on: they need to be free to share, and must still give the same answers.
   *
   * @param share part of the queries that are compared, in (0, 1]
   * @throws IllegalStateException if the index has a monitor already, or is closed
   */
  public static LiveRecallMonitor of(LiveIndex index, double share) {
    LiveRecallMonitor monitor = new LiveRecallMonitor(index, share);
    boolean watching = false;
    try {
      index.watch(monitor);
      watching = true;
    } finally {
      if (!watching) {
        monitor.queue.close();
      }
    }
    return monitor;
  }

  private LiveRecallMonitor(LiveIndex index, double share) {
    this.index = index;
    this.queue = new ShadowQueue<>(share, WAITING, () -> new Slot(index.dim()), new Comparer());
  }

  /** Takes a search over if it is drawn; the searcher still holds what it found. */
  void offer(
      LiveView view, float[] query, int queryOffset, int k, IdFilter filter, LiveSearcher found) {
    int at = queue.draw();
    if (at < 0) {
      return;
    }
    Slot slot = queue.slot(at);
    System.arraycopy(query, queryOffset, slot.query, 0, index.dim());
    slot.k = Math.min(k, MOST_K);
    slot.count = Math.min(slot.k, found.found());
    for (int rank = 0; rank < slot.count; rank++) {
      slot.parts[rank] = found.part(rank);
      slot.rows[rank] = found.row(rank);
    }
    slot.filter = filter;
    slot.view = view;
    queue.hand(at);
  }

  /** The recall so far. */
  public RecallMonitor.Observed observed() {
    return queue.observed();
  }

  /** Ends the thread; queries that wait are not compared any more. Does nothing the second time. */
  @Override
  public void close() {
    index.unwatch(this);
    queue.close();
  }

  private final class Comparer implements ShadowQueue.Comparer<Slot> {
    @Override
    public ShadowQueue.Comparison compare(Slot slot) {
      LiveSearcher truth = new LiveSearcher(index, true);
      truth.find(slot.view, slot.query, 0, slot.k, slot.filter);
      int hits = 0;
      for (int rank = 0; rank < truth.found(); rank++) {
        hits += slot.has(truth.part(rank), truth.row(rank)) ? 1 : 0;
      }
      return new ShadowQueue.Comparison(hits, truth.found());
    }

    /** Else an idle slot would keep the files of a state that was merged away. */
    @Override
    public void release(Slot slot) {
      slot.view = null;
      slot.filter = null;
    }
  }
}
