package dev.kindred.index;

import java.util.Objects;

/**
 * How a {@link LiveIndex} takes changes in.
 *
 * @param deltaRows changed rows that are kept in memory and scanned before they are merged into a
 *     graph, in [16, 1048576]
 * @param graph how graphs are built
 * @param targetRecall part of the true neighbours that each graph is tuned to find, in (0, 1)
 * @param threads that build a graph, in [1, 1024]
 * @param background whether a thread of the index merges when rows are waiting; if not, the caller
 *     does by {@link LiveIndex#merge}
 * @param forced whether a change is forced to the disk before it returns; if not, it survives the
 *     end of the process, but may be lost with the power
 * @param waitingDeltas full deltas that may wait for a merge before a put waits too, in [1, 4096]:
 *     no search scans more than {@code (waitingDeltas + 1) deltaRows} rows
 */
public record LiveOptions(
    int deltaRows,
    HnswOptions graph,
    double targetRecall,
    int threads,
    boolean background,
    boolean forced,
    int waitingDeltas) {
  private static final int MOST_DELTA_ROWS = 1 << 20;
  private static final int MOST_THREADS = 1024;
  private static final int MOST_WAITING = 4096;

  /** Checks the ranges. */
  public LiveOptions {
    Objects.requireNonNull(graph);
    RecallTarget.checkRecall(targetRecall);
    if (deltaRows < 16 || deltaRows > MOST_DELTA_ROWS) {
      throw new IllegalArgumentException(
          "deltaRows must be in [16, " + MOST_DELTA_ROWS + "], got " + deltaRows);
    }
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be in [1, " + MOST_THREADS + "], got " + threads);
    }
    if (waitingDeltas < 1 || waitingDeltas > MOST_WAITING) {
      throw new IllegalArgumentException(
          "waitingDeltas must be in [1, " + MOST_WAITING + "], got " + waitingDeltas);
    }
  }

  /**
   * 4096 rows, the default graph, recall .95, one thread, in the background, not forced, 8 deltas.
   */
  public static LiveOptions defaults() {
    return new LiveOptions(
        4096, HnswOptions.defaults(), RecallTarget.DEFAULT_RECALL, 1, true, false, 8);
  }

  /** The same with other deltaRows. */
  public LiveOptions withDeltaRows(int deltaRows) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with another graph. */
  public LiveOptions withGraph(HnswOptions graph) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with another target recall. */
  public LiveOptions withTargetRecall(double targetRecall) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with another number of threads. */
  public LiveOptions withThreads(int threads) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with or without a thread of its own. */
  public LiveOptions withBackground(boolean background) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with changes forced to the disk or not. */
  public LiveOptions withForced(boolean forced) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }

  /** The same with another number of deltas that may wait. */
  public LiveOptions withWaitingDeltas(int waitingDeltas) {
    return new LiveOptions(
        deltaRows, graph, targetRecall, threads, background, forced, waitingDeltas);
  }
}
