package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.index.IdTable;
import java.util.Arrays;
import java.util.Objects;

/**
 * A personalised list that its caller owns and reuses: filled anew by each request, without
 * allocation once it is large enough.
 *
 * <p>It holds copies, ids included, and no part of a snapshot. For one thread at a time.
 */
public final class RecommendResult extends ListResult {
  private static final int SOURCES = RetrievalSource.values().length;

  private int[] sources;
  private float[] values = new float[0];
  private final int[] found = new int[SOURCES];
  private final int[] kept = new int[SOURCES];
  private int tasks;
  private int ranked;
  private boolean known;

  /**
   * Room for a list; it grows when a request asks for more.
   *
   * @param capacity at least 0
   */
  public RecommendResult(int capacity) {
    super(capacity);
    sources = new int[capacity];
  }

  /** Whether a source found the item at a rank in [0, size()). */
  public boolean from(int rank, RetrievalSource source) {
    return (sources[Objects.checkIndex(rank, size())] >>> source.ordinal() & 1) != 0;
  }

  /** What a task predicts for the item at a rank in [0, size()). */
  public float value(int rank, int task) {
    return values[Objects.checkIndex(rank, size()) * tasks + Objects.checkIndex(task, tasks)];
  }

  /** Items that a source found in this request. */
  public int found(RetrievalSource source) {
    return found[source.ordinal()];
  }

  /** Those of them that were allowed. */
  public int kept(RetrievalSource source) {
    return kept[source.ordinal()];
  }

  /** Distinct items that were ranked. */
  public int ranked() {
    return ranked;
  }

  /** Whether anything was known of the user: a history, searches or a profile. */
  public boolean known() {
    return known;
  }

  void begin(int capacity, int taskCount, boolean userKnown, int candidates) {
    begin(capacity);
    if (sources.length < capacity) {
      sources = Arrays.copyOf(sources, capacity);
    }
    if (values.length < capacity * taskCount) {
      values = new float[Math.multiplyExact(sources.length, taskCount)];
    }
    tasks = taskCount;
    known = userKnown;
    ranked = candidates;
  }

  void funnel(RetrievalSource source, int foundCount, int keptCount) {
    found[source.ordinal()] = foundCount;
    kept[source.ordinal()] = keptCount;
  }

  void add(
      int ordinal, float score, int sourceBits, double propensity, Placing placing, IdTable table) {
    sources[add(ordinal, score, propensity, placing, table)] = sourceBits;
  }

  /** Sets what a task predicts for the item added last. */
  void value(int task, float value) {
    values[(size() - 1) * tasks + task] = value;
  }
}
