package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.index.IdTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** What the lists that callers own and reuse have in common: items with their scores and ids. */
abstract sealed class ListResult permits RelatedResult, RecommendResult {
  private static final Placing[] PLACINGS = Placing.values();

  private int[] ordinals;
  private float[] scores;
  private double[] propensities;
  private byte[] placings; // ordinals: references would be marked for the collector one by one
  private int[] idEnds;
  private byte[] ids = new byte[0];
  private int size;
  private boolean cutShort;

  ListResult(int capacity) {
    Recommender.checkCount(capacity);
    ordinals = new int[capacity];
    scores = new float[capacity];
    propensities = new double[capacity];
    placings = new byte[capacity];
    idEnds = new int[capacity];
  }

  /** Items in the list. */
  public final int size() {
    return size;
  }

  /** Id of the item at a rank in [0, size()), as a new string. */
  public final String id(int rank) {
    int start = idStart(rank);
    return new String(ids, start, idEnd(rank) - start, StandardCharsets.UTF_8);
  }

  /**
   * The UTF-8 bytes of all ids one after another, and whatever behind the last; not to be changed,
   * and replaced as it grows.
   */
  public final byte[] idBytes() {
    return ids;
  }

  /** Where the id at a rank in [0, size()) begins in {@link #idBytes()}. */
  public final int idStart(int rank) {
    return Objects.checkIndex(rank, size) == 0 ? 0 : idEnds[rank - 1];
  }

  /** Where the id at a rank in [0, size()) ends in {@link #idBytes()}, exclusive. */
  public final int idEnd(int rank) {
    return idEnds[Objects.checkIndex(rank, size)];
  }

  /**
   * Ordinal of the item at a rank in [0, size()), in the snapshot that the answer came from; from
   * the snapshot's size on of an item added since.
   */
  public final int ordinal(int rank) {
    return ordinals[Objects.checkIndex(rank, size)];
  }

  /**
   * Score of the item at a rank in [0, size()), with what boosts and freshness added; without pins,
   * burying, diversity, caps and exploration it never rises with the rank.
   */
  public final float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /**
   * Probability that the rank in [0, size()) went to its item, given the ranks above; 1 unless the
   * request explores.
   */
  public final double propensity(int rank) {
    return propensities[Objects.checkIndex(rank, size)];
  }

  /** How the item came to its rank in [0, size()). */
  public final Placing placing(int rank) {
    return PLACINGS[placings[Objects.checkIndex(rank, size)]];
  }

  /**
   * Whether the deadline came before all candidates were looked at: the list is the best of those
   * that were.
   */
  public final boolean cutShort() {
    return cutShort;
  }

  /** Empties the list and makes room for so many items; not cut short so far. */
  final void begin(int capacity) {
    if (ordinals.length < capacity) {
      ordinals = Arrays.copyOf(ordinals, capacity);
      scores = Arrays.copyOf(scores, capacity);
      propensities = Arrays.copyOf(propensities, capacity);
      placings = Arrays.copyOf(placings, capacity);
      idEnds = Arrays.copyOf(idEnds, capacity);
    }
    size = 0;
    cutShort = false;
  }

  final void markCutShort() {
    cutShort = true;
  }

  /** Adds an item and returns its rank. */
  final int add(int ordinal, float score, double propensity, Placing placing, IdTable table) {
    int start = idRoom(table.idBytes(ordinal));
    table.copyIdPadded(ordinal, ids, start);
    return put(ordinal, score, propensity, placing);
  }

  /** The same for an item that no table knows. */
  final int add(int ordinal, float score, double propensity, Placing placing, byte[] id) {
    int start = idRoom(id.length); // may replace ids
    System.arraycopy(id, 0, ids, start, id.length);
    return put(ordinal, score, propensity, placing);
  }

  /** Makes room for the next id and returns where it begins. */
  private int idRoom(int bytes) {
    int start = size == 0 ? 0 : idEnds[size - 1];
    int end = Math.addExact(start, bytes);
    int room = Math.addExact(end, IdTable.SHORT_BYTES); // what may come with a short id
    if (ids.length < room) {
      ids = Arrays.copyOf(ids, Math.max(room, 2 * ids.length));
    }
    idEnds[size] = end;
    return start;
  }

  private int put(int ordinal, float score, double propensity, Placing placing) {
    ordinals[size] = ordinal;
    scores[size] = score;
    propensities[size] = propensity;
    placings[size] = (byte) placing.ordinal();
    return size++;
  }
}
