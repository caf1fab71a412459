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
  /** The ef of searches that don't state one, in an index without a target recall. */
  public static final int DEFAULT_EF = 128;

  /** A walk scores about this many vectors per entry of its list. */
  private static final int SCORED_PER_ENTRY = 16;

  /** Ordinals asked to estimate how many pass a filter. */
  private static final int FILTER_SAMPLE = 256;

  /** Asking a filter costs about this part of scoring a vector. */
  private static final int ASKED_PER_SCORED = 16;

  /** Skipping an ordinal of a filter that finds the next one by itself costs about this part. */
  private static final int SKIPPED_PER_SCORED = 1024;

  /** A filtered search takes as long as scanning this many rows per entry of its list. */
  private static final int SCANNED_PER_ENTRY = 160;

  /** From this share on a longer list is cheaper than a filtered walk, by codes far cheaper. */
  private static final double WIDE_SHARE = 0.1;

  /** The part of ef that must have passed for the longer list to do. */
  private static final double NEAR_PART = 0.75;

  /** A first look at what passes near the query wants so many of the nearest to pass. */
  private static final int PROBED_PASSING = 4;

  private static final int LEAST_PROBED = 16;

  /** Near the query at least this part of the expected number must pass for a filtered walk. */
  private static final double LEAST_NEAR_PART = 0.25;

  /** A filtered walk that has read this part of what a scan would read gives way to the scan. */
  private static final double MOST_WALKED = 0.5;

  /** Where a walk goes by estimates, so many of the best are scored exactly. */
  private static final int RANKED_PER_RESULT = 2;

  private static final int RANKED_BESIDES = 4;

  private final Hnsw index;
  private final Walk walk;
  private final ExactSearcher exact;
  private final TopHeap heap = new TopHeap();
  private FilteredWalk filtered;
  private int[] starts = new int[64];

  HnswSearcher(Hnsw index) {
    this.index = index;
    this.walk = index.walk();
    this.exact = index.exact().searcher();
  }

  @Override
  public Hnsw index() {
    return index;
  }

  @Override
  public void search(
      float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    search(query, queryOffset, k, index.efFor(k), filter, result);
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
    Queries.prepare(query, queryOffset, k, index.metric(), index.dim(), walk.query());
    int kept = Math.max(ef, k);
    boolean done =
        !isIndifferent()
            && (filter == OrdinalFilter.ALL
                ? walk(k, kept, result)
                : walkFiltered(k, kept, filter, result));
    if (!done) {
      exact.search(query, queryOffset, k, filter, result);
    }
  }

  /** Whether the query scores all rows alike, as zeros do: a walk would go everywhere. */
  private boolean isIndifferent() {
    if (index.metric() == Metric.L2) {
      return false;
    }
    float[] query = walk.query();
    for (int i = 0; i < index.dim(); i++) {
      if (query[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Lets searches pass a row of level 0 by, as if it weren't in the graph; -1 for none. */
  void hide(int ordinal) {
    walk.hide(ordinal);
  }

  /** Whether a list of ef is so long that searches scan all vectors instead. */
  static boolean scans(Hnsw index, int ef) {
    return index.size() <= (long) SCORED_PER_ENTRY * ef;
  }

  /** Whether the result is there; if not, a scan must find it. */
  private boolean walk(int k, int ef, Neighbors result) {
    if (scans(index, ef)) {
      return false;
    }
    walk.begin();
    walk.walk(index.levels()[0], bottomEntry(), ef, RANKED_PER_RESULT * k + RANKED_BESIDES);
    heap.reset(k);
    Duplicates duplicates = index.duplicates();
    int found = walk.size();
    for (int i = 0; i < found; i++) {
      long entry = walk.entry(i);
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

  /**
   * First a short plain walk, which finds out how many of the query's neighbours pass. Where none
   * near the query passes, though elsewhere they do, the best are scattered over far parts of the
   * graph: a scan is the safe way, and the short walk a small part of it. If many vectors pass, a
   * list that is longer in proportion holds enough of them; if some do, a {@link FilteredWalk} goes
   * on from there.
   */
  private boolean walkFiltered(int k, int ef, OrdinalFilter filter, Neighbors result) {
    int n = index.size();
    int known = filter.cardinality(n);
    double share = known < 0 ? share(filter) : (double) known / n;
    double passing = share * n;
    double scan = passing + (double) n / (known < 0 ? ASKED_PER_SCORED : SKIPPED_PER_SCORED);
    int wide = (int) Math.min(n, share >= WIDE_SHARE ? Math.ceil(ef / share) : 2L * ef);
    if (scans(index, wide) || scan <= SCANNED_PER_ENTRY * ef) {
      return false;
    }
    walk.begin();
    GraphLevel bottom = index.levels()[0];
    int entry = bottomEntry();
    int probed = (int) Math.min(ef, Math.max(LEAST_PROBED, Math.ceil(PROBED_PASSING / share)));
    walk.walk(bottom, entry, probed, probed);
    if (isFar(countPassing(filter), share)) {
      return false;
    }
    walk.walk(bottom, entry, wide, wide);
    int near = countPassing(filter);
    if (near >= Math.max(k, NEAR_PART * ef) && share >= WIDE_SHARE) {
      return collect(k, filter, null, result);
    }
    if (isFar(near, share)) {
      return false;
    }
    if (filtered == null) {
      filtered = new FilteredWalk(index, walk);
    }
    boolean ended = filtered.walk(filter, starts, near, ef, (long) (MOST_WALKED * scan));
    return ended && filtered.size() == ef && collect(k, filter, filtered, result);
  }

  /** Whether of the walk's nodes so few pass that what passes must lie elsewhere. */
  private boolean isFar(int passing, double share) {
    return passing == 0 || passing < share * walk.size() * LEAST_NEAR_PART;
  }

  /** Lists those of the walk's nodes that pass, best first; returns their number. */
  private int countPassing(OrdinalFilter filter) {
    int found = walk.size();
    if (starts.length < found) {
      starts = new int[found];
    }
    int passing = 0;
    for (int i = 0; i < found; i++) {
      int node = ScoredOrdinal.ordinal(walk.entry(i));
      if (filter.accepts(node) || index.duplicates().anyAccepted(node, filter)) {
        starts[passing++] = node;
      }
    }
    return passing;
  }

  /** Takes the k best that pass from the filtered walk, or else the plain one; false if fewer. */
  private boolean collect(int k, OrdinalFilter filter, FilteredWalk filtered, Neighbors result) {
    heap.reset(k);
    int found = filtered == null ? walk.size() : filtered.size();
    for (int i = 0; i < found; i++) {
      long entry = filtered == null ? walk.entry(i) : filtered.entry(i);
      if (heap.isFull() && entry < heap.worst()) {
        break;
      }
      index.duplicates().offerAccepted(entry, filter, heap);
    }
    if (heap.size() < k) {
      return false;
    }
    result.drain(heap);
    return true;
  }

  /** Goes down the upper levels. */
  private int bottomEntry() {
    GraphLevel[] levels = index.levels();
    int node = 0;
    for (int l = levels.length - 1; l > 0; l--) {
      int below = levels[l].belowOf(walk.descend(levels[l], node));
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
