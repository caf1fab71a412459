package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.index.IdTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A personalised list that its caller owns and reuses: filled anew by each request, without
 * allocation once it is large enough.
 *
 * <p>It holds copies, ids included, and no part of a snapshot. For one thread at a time.
 */
public final class RecommendResult {
  private static final RetrievalSource[] SOURCES = RetrievalSource.values();

  private int[] ordinals;
  private float[] scores;
  private int[] sources;
  private int[] idEnds;
  private double[] propensities;
  private RerankedList.Placing[] placings;
  private float[] values = new float[0];
  private byte[] ids = new byte[0];
  private final int[] found = new int[SOURCES.length];
  private final int[] kept = new int[SOURCES.length];
  private int tasks;
  private int size;
  private int ranked;
  private boolean known;
  private boolean cutShort;

  /**
   * Room for a list; it grows when a request asks for more.
   *
   * @param capacity at least 0
   */
  public RecommendResult(int capacity) {
    Recommender.checkCount(capacity);
    ordinals = new int[capacity];
    scores = new float[capacity];
    sources = new int[capacity];
    idEnds = new int[capacity];
    propensities = new double[capacity];
    placings = new RerankedList.Placing[capacity];
  }

  /** Items in the list. */
  public int size() {
    return size;
  }

  /** Id of the item at a rank in [0, size()), as a new string. */
  public String id(int rank) {
    int start = idStart(rank);
    return new String(ids, start, idEnd(rank) - start, StandardCharsets.UTF_8);
  }

  /** The UTF-8 bytes of all ids one after another; not to be changed, and replaced as it grows. */
  public byte[] idBytes() {
    return ids;
  }

  /** Where the id at a rank in [0, size()) begins in {@link #idBytes()}. */
  public int idStart(int rank) {
    return Objects.checkIndex(rank, size) == 0 ? 0 : idEnds[rank - 1];
  }

  /** Where the id at a rank in [0, size()) ends in {@link #idBytes()}, exclusive. */
  public int idEnd(int rank) {
    return idEnds[Objects.checkIndex(rank, size)];
  }

  /** Ordinal of the item at a rank in [0, size()), in the snapshot that the answer came from. */
  public int ordinal(int rank) {
    return ordinals[Objects.checkIndex(rank, size)];
  }

  /**
   * Score of the item at a rank in [0, size()); without re-ranking it never rises with the rank.
   */
  public float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /** Whether a source found the item at a rank in [0, size()). */
  public boolean from(int rank, RetrievalSource source) {
    return (sources[Objects.checkIndex(rank, size)] >>> source.ordinal() & 1) != 0;
  }

  /** The chance that exploration gave the item at a rank in [0, size()); 1 without any. */
  public double propensity(int rank) {
    return propensities[Objects.checkIndex(rank, size)];
  }

  /** How the item at a rank in [0, size()) came to its place. */
  public RerankedList.Placing placing(int rank) {
    return placings[Objects.checkIndex(rank, size)];
  }

  /** What a task predicts for the item at a rank in [0, size()). */
  public float value(int rank, int task) {
    return values[Objects.checkIndex(rank, size) * tasks + Objects.checkIndex(task, tasks)];
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

  /** Whether anything was known of the user: a history or a profile. */
  public boolean known() {
    return known;
  }

  /**
   * Whether the deadline came before all candidates were looked at: the list is the best of those
   * that were.
   */
  public boolean cutShort() {
    return cutShort;
  }

  void begin(
      int capacity, int taskCount, boolean userKnown, int candidates, boolean beforeAllWere) {
    if (ordinals.length < capacity) {
      ordinals = Arrays.copyOf(ordinals, capacity);
      scores = Arrays.copyOf(scores, capacity);
      sources = Arrays.copyOf(sources, capacity);
      idEnds = Arrays.copyOf(idEnds, capacity);
      propensities = Arrays.copyOf(propensities, capacity);
      placings = Arrays.copyOf(placings, capacity);
    }
    if (values.length < capacity * taskCount) {
      values = new float[Math.multiplyExact(ordinals.length, taskCount)];
    }
    tasks = taskCount;
    known = userKnown;
    ranked = candidates;
    cutShort = beforeAllWere;
    size = 0;
  }

  void funnel(RetrievalSource source, int foundCount, int keptCount) {
    found[source.ordinal()] = foundCount;
    kept[source.ordinal()] = keptCount;
  }

  void add(
      int ordinal,
      float score,
      int sourceBits,
      double propensity,
      RerankedList.Placing placing,
      IdTable table) {
    int start = size == 0 ? 0 : idEnds[size - 1];
    int end = Math.addExact(start, table.idBytes(ordinal));
    if (ids.length < end) {
      ids = Arrays.copyOf(ids, Math.max(end, 2 * ids.length));
    }
    table.copyId(ordinal, ids, start);
    idEnds[size] = end;
    ordinals[size] = ordinal;
    scores[size] = score;
    sources[size] = sourceBits;
    propensities[size] = propensity;
    placings[size] = placing;
    size++;
  }

  /** Sets what a task predicts for the item added last. */
  void value(int task, float value) {
    values[(size - 1) * tasks + task] = value;
  }
}
