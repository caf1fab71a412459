package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.index.IdTable;
import java.util.Arrays;
import java.util.Objects;

/**
 * A related list that its caller owns and reuses: filled anew by each request, without allocation
 * once it is large enough.
 *
 * <p>It holds copies, ids included, and no part of a snapshot, so it may be read after the
 * recommender is closed. For one thread at a time.
 */
public final class RelatedResult extends ListResult {
  private static final CandidateSource[] SOURCES = CandidateSource.values();

  private byte[] sources; // ordinals, as placings are
  private boolean precomputed;

  /**
   * Room for a list; it grows when a request asks for more.
   *
   * @param capacity at least 0
   */
  public RelatedResult(int capacity) {
    super(capacity);
    sources = new byte[capacity];
  }

  /** Where the item at a rank in [0, size()) came from. */
  public CandidateSource source(int rank) {
    return SOURCES[sources[Objects.checkIndex(rank, size())]];
  }

  /** Whether the scores are those of the stored table; otherwise they were computed for this. */
  public boolean precomputed() {
    return precomputed;
  }

  void begin(int capacity, boolean fromTable) {
    begin(capacity);
    if (sources.length < capacity) {
      sources = Arrays.copyOf(sources, capacity);
    }
    precomputed = fromTable;
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
    sources[add(ordinal, score, propensity, placing, table)] = (byte) source.ordinal();
  }

  /** The same for an item that no table knows. */
  void add(
      int ordinal,
      float score,
      CandidateSource source,
      double propensity,
      Placing placing,
      byte[] id) {
    sources[add(ordinal, score, propensity, placing, id)] = (byte) source.ordinal();
  }
}
