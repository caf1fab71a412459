package dev.kindred.index;

import dev.kindred.index.file.ElementType;
import java.util.Arrays;

/**
 * Searches a {@link LiveIndex} with scratch of its own; after the first searches it allocates
 * nothing, apart from searchers of segments that a merge has published since.
 *
 * <p>A search sees one state of the index, the one at its beginning. It holds the files of that
 * state until the next one, so a searcher that is done with is best dropped. Not thread-safe.
 */
public final class LiveSearcher {
  private static final int BLOCK = 512;

  private final LiveIndex index;
  private final boolean exact;
  private LiveSegment[] segments = new LiveSegment[0];
  private VectorSearcher[] searchers = new VectorSearcher[0];

  private final float[] prepared;
  private final int[] listed = new int[BLOCK];
  private final float[] scores = new float[BLOCK];
  private final TopHeap heap = new TopHeap();
  private final Neighbors found = new Neighbors(16);
  private final ById byId = new ById();

  // The best of the parts so far: score and part in a key, and the row within the part.
  private long[] keys = new long[16];
  private int[] rows = new int[16];
  private long[] mergedKeys = new long[16];
  private int[] mergedRows = new int[16];
  private int size;

  /**
   * A searcher with scratch of its own.
   *
   * @param exact whether segments are scanned instead of walking their graphs
   */
  LiveSearcher(LiveIndex index, boolean exact) {
    this.index = index;
    this.exact = exact;
    this.prepared = new float[Queries.paddedDim(index.dim(), ElementType.F32)];
  }

  /** The index that is searched. */
  public LiveIndex index() {
    return index;
  }

  /** Finds the k best of all vectors for query[queryOffset, queryOffset + dim). */
  public void search(float[] query, int queryOffset, int k, LiveNeighbors result) {
    search(query, queryOffset, k, IdFilter.ALL, result);
  }

  /**
   * Finds the k vectors of best score, best first; of equal scores those that were put first come
   * first.
   *
   * @param query query[queryOffset, queryOffset + dim), finite, any length; not changed
   * @param k at least 1
   * @param filter which ids may be found
   * @param result overwritten; holds min(k, number of ids that pass) entries
   * @throws IllegalArgumentException if k is below 1 or the query isn't finite
   */
  public void search(float[] query, int queryOffset, int k, IdFilter filter, LiveNeighbors result) {
    LiveView view = index.view();
    find(view, query, queryOffset, k, filter);
    copyTo(result, view);
    LiveRecallMonitor monitor = index.monitor();
    if (monitor != null) {
      monitor.offer(view, query, queryOffset, k, filter, this);
    }
  }

  /** Finds the k best for query[0, dim). */
  public void search(float[] query, int k, LiveNeighbors result) {
    search(query, 0, k, result);
  }

  /** Finds the k best of a view; {@link #part} and {@link #row} tell which. */
  void find(LiveView view, float[] query, int queryOffset, int k, IdFilter filter) {
    Queries.prepare(query, queryOffset, k, index.metric(), index.dim(), prepared);
    adopt(view.segments);
    size = 0;
    int kept = Math.min(k, view.size);
    for (int part = 0; part < view.parts(); part++) {
      int live = view.live(part);
      if (live == 0) {
        continue;
      }
      if (part < segments.length) {
        OrdinalFilter passing =
            view.rows[part].removed() == 0 ? OrdinalFilter.ALL : view.rows[part];
        if (filter != IdFilter.ALL) {
          byId.set(passing, segments[part].ids(), filter);
          passing = byId;
        }
        searchers[part].search(query, queryOffset, Math.min(k, live), passing, found);
      } else {
        scan(view, part, Math.min(k, live), filter);
      }
      merge(part, kept);
    }
  }

  /** How many the last search found. */
  int found() {
    return size;
  }

  /** The part of the view that holds what the last search found at a rank. */
  int part(int rank) {
    return ScoredOrdinal.ordinal(keys[rank]);
  }

  /** Its row there. */
  int row(int rank) {
    return rows[rank];
  }

  private void copyTo(LiveNeighbors result, LiveView view) {
    result.clear();
    for (int i = 0; i < size; i++) {
      int part = part(i);
      float score = ScoredOrdinal.score(keys[i]);
      if (part < segments.length) {
        IdTable ids = segments[part].ids();
        int start = result.append(score, ids.idBytes(rows[i]));
        ids.copyId(rows[i], result.text(), start);
      } else {
        byte[] id = view.deltas[part - segments.length].id(rows[i]);
        int start = result.append(score, id.length);
        System.arraycopy(id, 0, result.text(), start, id.length);
      }
    }
  }

  /** Makes searchers of the segments that are new to this view, and drops those of old ones. */
  private void adopt(LiveSegment[] current) {
    if (current == segments) {
      return;
    }
    VectorSearcher[] adopted = new VectorSearcher[current.length];
    for (int i = 0; i < current.length; i++) {
      for (int old = 0; old < segments.length; old++) {
        if (segments[old] == current[i]) {
          adopted[i] = searchers[old];
        }
      }
      if (adopted[i] == null) {
        Hnsw graph = current[i].graph();
        adopted[i] = exact ? graph.exact().searcher() : graph.searcher();
      }
    }
    segments = current;
    searchers = adopted;
  }

  /** Scans the rows of a delta that count in the view and are there. */
  private void scan(LiveView view, int part, int k, IdFilter filter) {
    LiveRows there = view.rows[part];
    int count = view.size(part);
    heap.reset(k);
    LiveDelta delta = view.deltas[part - segments.length];
    int row = 0;
    while (row < count) {
      int n = 0;
      for (; row < count && n < BLOCK; row++) {
        if (there.accepts(row)
            && (filter == IdFilter.ALL || filter.accepts(delta.id(row), 0, delta.id(row).length))) {
          listed[n++] = row;
        }
      }
      Queries.scoreRows(index.metric(), prepared, delta.rows(), listed, 0, n, scores);
      for (int i = 0; i < n; i++) {
        long key = ScoredOrdinal.of(scores[i], listed[i]);
        if (key > heap.bar() || !heap.isFull()) {
          heap.offer(key);
        }
      }
    }
    found.drain(heap);
  }

  /** Merges what was found in a part into the best so far. */
  private void merge(int part, int kept) {
    int together = (int) Math.min(kept, (long) size + found.size());
    if (mergedKeys.length < together) {
      mergedKeys = Arrays.copyOf(mergedKeys, Math.max(together, 2 * mergedKeys.length));
      mergedRows = Arrays.copyOf(mergedRows, mergedKeys.length);
    }
    int old = 0;
    int fresh = 0;
    for (int i = 0; i < together; i++) {
      long next =
          fresh < found.size() ? ScoredOrdinal.of(found.score(fresh), part) : ScoredOrdinal.NONE;
      if (old < size && keys[old] >= next) {
        mergedKeys[i] = keys[old];
        mergedRows[i] = rows[old++];
      } else {
        mergedKeys[i] = next;
        mergedRows[i] = found.ordinal(fresh++);
      }
    }
    long[] spareKeys = keys;
    int[] spareRows = rows;
    keys = mergedKeys;
    rows = mergedRows;
    mergedKeys = spareKeys;
    mergedRows = spareRows;
    size = together;
  }

  /** The rows of a segment that are there and whose id passes. */
  private static final class ById implements OrdinalFilter {
    private OrdinalFilter there;
    private IdTable ids;
    private IdFilter filter;
    private byte[] text = new byte[64];

    void set(OrdinalFilter there, IdTable ids, IdFilter filter) {
      this.there = there;
      this.ids = ids;
      this.filter = filter;
    }

    @Override
    public boolean accepts(int row) {
      if (!there.accepts(row)) {
        return false;
      }
      int bytes = ids.idBytes(row);
      if (bytes > text.length) {
        text = new byte[2 * bytes];
      }
      ids.copyId(row, text, 0);
      return filter.accepts(text, 0, bytes);
    }
  }
}
