package dev.kindred.index;

/**
 * Scans all rows of an {@link ExactSearch} in blocks.
 *
 * <p>Not thread-safe.
 */
public final class ExactSearcher implements VectorSearcher {
  /** Scores of a block stay in the first-level cache. */
  private static final int BLOCK = 512;

  private final ExactSearch index;
  private final float[] query;
  private final float[] scores = new float[BLOCK];
  private final int[] ordinals = new int[BLOCK];
  private final TopHeap heap = new TopHeap();

  ExactSearcher(ExactSearch index) {
    this.index = index;
    this.query = new float[Queries.paddedDim(index.rows())];
  }

  @Override
  public ExactSearch index() {
    return index;
  }

  @Override
  public void search(
      float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    Queries.prepare(query, queryOffset, k, index.metric(), index.dim(), this.query);
    int n = index.size();
    heap.reset(Math.min(k, n));
    if (filter == OrdinalFilter.ALL) {
      scanAll(n);
    } else {
      scanAccepted(n, filter);
    }
    result.drain(heap);
  }

  private void scanAll(int n) {
    Embeddings rows = index.rows();
    boolean l2 = index.metric() == Metric.L2;
    for (int first = 0; first < n; first += BLOCK) {
      int count = Math.min(BLOCK, n - first);
      if (l2) {
        for (int i = 0; i < count; i++) {
          ordinals[i] = first + i;
        }
        scoreListed(count);
      } else {
        Queries.dotRange(query, rows, first, count, scores);
        scaleByNorms(first, count);
      }
      for (int i = 0; i < count; i++) {
        keep(scores[i], first + i);
      }
    }
  }

  private void scanAccepted(int n, OrdinalFilter filter) {
    int listed = 0;
    for (int at = filter.next(0, n); at < n; at = filter.next(at + 1, n)) {
      ordinals[listed++] = at;
      if (listed == BLOCK) {
        keepListed(listed);
        listed = 0;
      }
    }
    keepListed(listed);
  }

  private void keepListed(int count) {
    scoreListed(count);
    for (int i = 0; i < count; i++) {
      keep(scores[i], ordinals[i]);
    }
  }

  /** Scores the first {@code count} listed ordinals. */
  private void scoreListed(int count) {
    Queries.scoreRows(index.metric(), query, index.rows(), ordinals, 0, count, scores);
    float[] inverseNorms = index.inverseNorms();
    if (inverseNorms != null) {
      for (int i = 0; i < count; i++) {
        scores[i] *= inverseNorms[ordinals[i]];
      }
    }
  }

  private void scaleByNorms(int first, int count) {
    float[] inverseNorms = index.inverseNorms();
    if (inverseNorms != null) {
      for (int i = 0; i < count; i++) {
        scores[i] *= inverseNorms[first + i];
      }
    }
  }

  private void keep(float score, int ordinal) {
    long key = ScoredOrdinal.of(score, ordinal);
    if (key > heap.bar() || !heap.isFull()) {
      heap.offer(key);
    }
  }
}
