package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import java.util.Arrays;
import java.util.Objects;

/**
 * A related list that its caller owns and reuses: filled anew by each request, without allocation
 * once it is large enough.
 *
 * <p>It holds copies and no part of a snapshot, so it may be read after the recommender is closed.
 * For one thread at a time.
 */
public final class RelatedResult {
  private int[] ordinals;
  private float[] scores;
  private CandidateSource[] sources;
  private int size;
  private boolean precomputed;

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
  }

  /** Items in the list. */
  public int size() {
    return size;
  }

  /** Ordinal of the item at a rank in [0, size()); {@link Recommender#idOf} gives its id. */
  public int ordinal(int rank) {
    return ordinals[Objects.checkIndex(rank, size)];
  }

  /** Score of the item at a rank in [0, size()); never rises with the rank. */
  public float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /** Where the item at a rank in [0, size()) came from. */
  public CandidateSource source(int rank) {
    return sources[Objects.checkIndex(rank, size)];
  }

  /** Whether the scores are those of the stored table; otherwise they were computed for this. */
  public boolean precomputed() {
    return precomputed;
  }

  void begin(int capacity, boolean fromTable) {
    if (ordinals.length < capacity) {
      ordinals = Arrays.copyOf(ordinals, capacity);
      scores = Arrays.copyOf(scores, capacity);
      sources = Arrays.copyOf(sources, capacity);
    }
    size = 0;
    precomputed = fromTable;
  }

  void add(int ordinal, float score, CandidateSource source) {
    ordinals[size] = ordinal;
    scores[size] = score;
    sources[size] = source;
    size++;
  }
}
