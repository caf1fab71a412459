package dev.kindred.engine.rerank;

import java.util.Arrays;
import java.util.Objects;

/**
 * What {@link Reranker} makes of a list: which of the given items stand at which rank and why. Its
 * caller owns and reuses it; filled anew each time, without allocation once it is large enough.
 */
public final class RerankedList {
  /** How an item came to its rank. */
  public enum Placing {
    /** By score, and diversity where that is on. */
    RANKED,
    /** By a pin. */
    PINNED,
    /** Drawn, and not the one that stood next. */
    EXPLORED,
    /** Buried, and nothing else was left. */
    BURIED
  }

  private int[] indexes = new int[0];
  private float[] scores = new float[0];
  private double[] propensities = new double[0];
  private Placing[] placings = new Placing[0];
  private int size;

  /** An empty list that grows as needed. */
  public RerankedList() {}

  /** Items in the list. */
  public int size() {
    return size;
  }

  /** Place of the item at a rank in [0, size()) among those given. */
  public int index(int rank) {
    return indexes[Objects.checkIndex(rank, size)];
  }

  /** Score of the item at a rank, with what boosts and freshness added. */
  public float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /** Probability that the rank went to its item, given the ranks above; 1 without exploration. */
  public double propensity(int rank) {
    return propensities[Objects.checkIndex(rank, size)];
  }

  /** How the item came to its rank. */
  public Placing placing(int rank) {
    return placings[Objects.checkIndex(rank, size)];
  }

  void begin(int capacity) {
    if (indexes.length < capacity) {
      int length = Math.max(capacity, 2 * indexes.length);
      indexes = Arrays.copyOf(indexes, length);
      scores = Arrays.copyOf(scores, length);
      propensities = Arrays.copyOf(propensities, length);
      placings = Arrays.copyOf(placings, length);
    }
    size = 0;
  }

  void add(int index, float score, double propensity, Placing placing) {
    indexes[size] = index;
    scores[size] = score;
    propensities[size] = propensity;
    placings[size++] = placing;
  }
}
