package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.index.IdTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A related list that its caller owns and reuses: filled anew by each request, without allocation
 * once it is large enough.
 *
 * <p>It holds copies, ids included, and no part of a snapshot, so it may be read after the
 * recommender is closed. For one thread at a time.
 */
public final class RelatedResult {
  private int[] ordinals;
  private float[] scores;
  private CandidateSource[] sources;
  private double[] propensities;
  private Placing[] placings;
  private int[] idEnds;
  private byte[] ids = new byte[0];
  private int size;
  private boolean precomputed;
  private boolean cutShort;

  /**
   * Room for a list; it grows when a request asks for more.
   *
   * @param capacity at least 0
   */
  public RelatedResult(int capacity) {
    Recommender.checkCount(capacity);
    ordinals = new int[capacity];
    scores = new float[capacity];
    sources = new CandidateSource[capacity];
    propensities = new double[capacity];
    placings = new Placing[capacity];
    idEnds = new int[capacity];
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

  /**
   * Ordinal of the item at a rank in [0, size()), in the snapshot that the answer came from; from
   * the snapshot's size on of an item added since.
   */
  public int ordinal(int rank) {
    return ordinals[Objects.checkIndex(rank, size)];
  }

  /**
   * Score of the item at a rank in [0, size()), with what boosts and freshness added; without pins,
   * burying, diversity, caps and exploration it never rises with the rank.
   */
  public float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /** Where the item at a rank in [0, size()) came from. */
  public CandidateSource source(int rank) {
    return sources[Objects.checkIndex(rank, size)];
  }

  /**
   * Probability that the rank in [0, size()) went to its item, given the ranks above; 1 unless the
   * request explores.
   */
  public double propensity(int rank) {
    return propensities[Objects.checkIndex(rank, size)];
  }

  /** How the item came to its rank in [0, size()). */
  public Placing placing(int rank) {
    return placings[Objects.checkIndex(rank, size)];
  }

  /** Whether the scores are those of the stored table; otherwise they were computed for this. */
  public boolean precomputed() {
    return precomputed;
  }

  /**
   * Whether the deadline came before all candidates were looked at: the list is the best of those
   * that were.
   */
  public boolean cutShort() {
    return cutShort;
  }

  void markCutShort() {
    cutShort = true;
  }

  void begin(int capacity, boolean fromTable) {
    if (ordinals.length < capacity) {
      ordinals = Arrays.copyOf(ordinals, capacity);
      scores = Arrays.copyOf(scores, capacity);
      sources = Arrays.copyOf(sources, capacity);
      propensities = Arrays.copyOf(propensities, capacity);
      placings = Arrays.copyOf(placings, capacity);
      idEnds = Arrays.copyOf(idEnds, capacity);
    }
    size = 0;
    precomputed = fromTable;
    cutShort = false;
  }

  void add(int ordinal, float score, CandidateSource source, IdTable table) {
    add(ordinal, score, source, 1, Placing.RANKED, table);
  }

  void add(
      int ordinal,
      float score,
      CandidateSource source,
      double propensity,
      Placing placing,
      IdTable table) {
    int start = idRoom(table.idBytes(ordinal));
    table.copyId(ordinal, ids, start);
    put(ordinal, score, source, propensity, placing);
  }

  /** The same for an item that no table knows. */
  void add(
      int ordinal,
      float score,
      CandidateSource source,
      double propensity,
      Placing placing,
      byte[] id) {
    int start = idRoom(id.length); // may replace ids
    System.arraycopy(id, 0, ids, start, id.length);
    put(ordinal, score, source, propensity, placing);
  }

  /** Makes room for the next id and returns where it begins. */
  private int idRoom(int bytes) {
    int start = size == 0 ? 0 : idEnds[size - 1];
    int end = Math.addExact(start, bytes);
    if (ids.length < end) {
      ids = Arrays.copyOf(ids, Math.max(end, 2 * ids.length));
    }
    idEnds[size] = end;
    return start;
  }

  private void put(
      int ordinal, float score, CandidateSource source, double propensity, Placing placing) {
    ordinals[size] = ordinal;
    scores[size] = score;
    sources[size] = source;
    propensities[size] = propensity;
    placings[size] = placing;
    size++;
  }
}
