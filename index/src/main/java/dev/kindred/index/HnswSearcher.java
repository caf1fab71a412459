package dev.kindred.index;

/**
 * Searches an {@link Hnsw}.
 *
 * <p>Where a scan is the cheaper way (few vectors, large k, few vectors that pass the filter), or
 * where the graph led to fewer vectors than asked for, the answer comes from a scan and is exact.
 *
 * <p>Not thread-safe.
 */
public final class HnswSearcher implements VectorSearcher {
  /** The ef of searches that don't state one. */
  public static final int DEFAULT_EF = 128;

  /** A walk scores about this many vectors per entry of its list. */
  private static final int SCORED_PER_ENTRY = 16;

  /** Ordinals asked to estimate how many pass a filter. */
  private static final int FILTER_SAMPLE = 256;

  /** Asking a filter costs about this part of scoring a vector. */
  private static final int ASKED_PER_SCORED = 16;

  private final Hnsw index;
  private final Beam beam;
  private final ExactSearcher exact;
  private final TopHeap heap = new TopHeap();

  HnswSearcher(Hnsw index) {
    this.index = index;
    this.beam = new Beam(index.rows(), index.metric(), 2 * index.options().m());
    this.exact = ExactSearch.of(index.rows(), index.metric()).searcher();
  }

  @Override
  public Hnsw index() {
    return index;
  }

  @Override
  public void search(
      float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    search(query, queryOffset, k, DEFAULT_EF, filter, result);
  }

  /**
   * As {@link VectorSearcher#search(float[], int, int, OrdinalFilter, Neighbors)}, with ef.
   *
   * @param ef how many nodes the search keeps while it walks: more cost time and find more; at
   *     least k are kept
   */
  public void search(
      float[] query, int queryOffset, int k, int ef, OrdinalFilter filter, Neighbors result) {
    if (ef < 1) {
      throw new IllegalArgumentException("ef must be at least 1, got " + ef);
    }
    Queries.prepare(query, queryOffset, k, index.metric(), index.dim(), beam.query());
    int kept = Math.max(ef, k);
    boolean done =
        filter == OrdinalFilter.ALL ? walk(k, kept, result) : walkFiltered(k, kept, filter, result);
    if (!done) {
      exact.search(query, queryOffset, k, filter, result);
    }
  }

  /** Whether the result is there; if not, a scan must find it. */
  private boolean walk(int k, int ef, Neighbors result) {
    int n = index.size();
    if (n <= (long) SCORED_PER_ENTRY * ef) {
      return false;
    }
    beam.walk(index.levels()[0], bottomEntry(), ef);
    heap.reset(k);
    Duplicates duplicates = index.duplicates();
    int found = beam.size();
    for (int i = 0; i < found; i++) {
      long entry = beam.entry(i);
      if (heap.isFull() && entry < heap.worst()) {
        break;
      }
      duplicates.offer(entry, heap);
    }
    if (heap.size() < k) {
      return false;
    }
    result.drain(heap);
    return true;
  }

  private boolean walkFiltered(int k, int ef, OrdinalFilter filter, Neighbors result) {
    long n = index.size();
    if (n <= (long) SCORED_PER_ENTRY * ef) {
      return false;
    }
    double share = share(filter);
    double scoredByScan = n * share + (double) n / ASKED_PER_SCORED;
    if (scoredByScan * share <= (double) SCORED_PER_ENTRY * ef) {
      return false;
    }
    heap.reset(ef);
    boolean ended =
        beam.walkFiltered(
            index.levels()[0],
            bottomEntry(),
            filter,
            index.duplicates(),
            heap,
            (int) Math.min(n, (long) (2 * scoredByScan)));
    if (!ended || heap.size() < k) {
      return false;
    }
    while (heap.size() > k) {
      heap.removeWorst();
    }
    result.drain(heap);
    return true;
  }

  /** Goes down the upper levels. */
  private int bottomEntry() {
    GraphLevel[] levels = index.levels();
    int node = 0;
    for (int l = levels.length - 1; l > 0; l--) {
      int below = levels[l].belowOf(beam.descend(levels[l], node));
      // A damaged file may name any node.
      node = Integer.compareUnsigned(below, levels[l - 1].size()) < 0 ? below : 0;
    }
    return node;
  }

  /** Estimates which part of the vectors passes, from ordinals spread over all of them. */
  private double share(OrdinalFilter filter) {
    int n = index.size();
    int accepted = 0;
    for (int i = 0; i < FILTER_SAMPLE; i++) {
      // Multiples of an odd fraction of 2^32 fall evenly and don't follow a period of the filter.
      long spread = i * 0x9E3779B9L & 0xFFFFFFFFL;
      accepted += filter.accepts((int) (spread * n >>> 32)) ? 1 : 0;
    }
    return (double) accepted / FILTER_SAMPLE;
  }
}
