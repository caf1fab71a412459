package dev.kindred.index;

import dev.kindred.simd.CacheLines;
import java.util.Arrays;

/**
 * Scratch of one thread that walks an {@link Hnsw} by its codes and ranks what it found by the rows
 * themselves.
 *
 * <p>Source: Malkov and Yashunin (2018), algorithm 2, with estimates for scores; see {@link
 * RowCodes}, {@link LinkCodes}, {@link GapQueue}. Most of such a walk is waiting for memory, so
 * eight nodes are expanded at a time, and their blocks, then the codes of those of their neighbours
 * that are worth it, are touched before the first is read: the waits overlap.
 */
final class CodeWalk implements Walk {
  /** Nodes expanded at a time. */
  private static final int WIDTH = 8;

  private final Embeddings rows;
  private final Metric metric;
  private final LinkCodes links;
  private final float[] query;
  private final RowCodes.Query coded;
  private final LinkCodes.Query linkCoded;
  private final GapQueue queue = new GapQueue();
  private final TopHeap heap = new TopHeap();

  /**
   * A bit for each node that this walk has seen. A byte would save emptying it, but those of a
   * million nodes leave the L2 cache, and looking them up took a tenth of a walk.
   */
  private final long[] visited;

  /** The nodes whose bits are set: {@code seenCount} of them. */
  private int[] seen = new int[1024];

  private int seenCount;
  private int hidden = -1;

  private final int[] taken = new int[WIDTH];
  private final int[] takenNodes = new int[WIDTH];
  private final int[] slots;
  private final int[] nodes;
  private final int[] ordinals;
  private final float[] scores;

  private int[] found = new int[64];
  private int[] rowOf = new int[64];
  private float[] exact = new float[64];
  private final LongSorter sorter = new LongSorter();
  private long[] entries = new long[64];
  private int size;

  /** Keeps the compiler from dropping the touches. */
  private int touched;

  /** A walk by the codes of rows and, if {@code links} isn't null, those of links. */
  CodeWalk(Embeddings rows, RowCodes codes, LinkCodes links, int maxDegree) {
    this.rows = rows;
    this.metric = codes.metric();
    this.links = links;
    this.query = new float[Queries.paddedDim(rows)];
    this.coded = codes.new Query();
    this.linkCoded = links == null ? null : links.new Query();
    this.visited = new long[(rows.size() + Long.SIZE - 1) / Long.SIZE];
    int width = WIDTH * LinkCodes.width(maxDegree);
    this.slots = new int[width];
    this.nodes = new int[width];
    this.ordinals = new int[width];
    this.scores = new float[width];
  }

  @Override
  public float[] query() {
    return query;
  }

  /** Codes the query. */
  @Override
  public void begin() {
    coded.set(query);
    if (linkCoded != null) {
      linkCoded.set(query);
    }
  }

  @Override
  public void estimate(int[] ordinals, int count, float[] scores) {
    coded.score(ordinals, count, scores);
  }

  @Override
  public void queryRow(int ordinal) {
    rows.copyRow(ordinal, query, 0);
    begin();
  }

  @Override
  public void hide(int node) {
    hidden = node;
  }

  @Override
  public int descend(GraphLevel level, int start) {
    int node = start;
    float best = estimate(level, node);
    while (true) {
      int count = list(level, node);
      coded.score(ordinals, count, scores);
      int next = -1;
      for (int i = 0; i < count; i++) {
        if (scores[i] > best) {
          best = scores[i];
          next = nodes[i];
        }
      }
      if (next < 0) {
        return node;
      }
      node = next;
    }
  }

  @Override
  public void walk(GraphLevel level, int start, int ef, int ranked) {
    fillQueue(level, start, ef);
    rank(level, Math.min(ranked, ef));
  }

  @Override
  public void collect(GraphLevel level, int start, int ef) {
    fillQueue(level, start, ef);
    reserve(queue.size());
    int listed = queue.best(ef, found);
    for (int i = 0; i < listed; i++) {
      // Sorting is upwards; the complement puts the best first.
      entries[i] = ~ScoredOrdinal.of(queue.score(found[i]), queue.node(found[i]));
    }
    sorter.sort(entries, listed);
    size = Math.min(listed, ef);
    for (int i = 0; i < size; i++) {
      entries[i] = ~entries[i];
    }
  }

  private void fillQueue(GraphLevel level, int start, int ef) {
    nextWalk(level);
    markSeen(start);
    queue.reset(coded.ceiling(), coded.reach(), ef);
    nodes[0] = start;
    scores[0] = estimate(level, start);
    queue.addAll(nodes, scores, 1);
    boolean byLinks = links != null && level.isBottom();
    while (true) {
      int count = byLinks ? gatherPassing(level) : gather(level);
      if (count < 0) {
        break;
      }
      coded.score(ordinals, count, scores);
      queue.addAll(nodes, scores, count);
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long entry(int index) {
    return entries[index];
  }

  /**
   * Takes the next nodes and lists those of their neighbours that the codes of the links let pass
   * and that this walk hasn't seen; -1 if there is no next node.
   */
  private int gatherPassing(GraphLevel level) {
    int expanded = take();
    if (expanded == 0) {
      return -1;
    }
    touched +=
        CacheLines.touch(
            level.blocks(), level.blockBytes(), level.blockBytes(), takenNodes, 0, expanded);
    float bar = queue.bar();
    int listed = 0;
    for (int t = 0; t < expanded; t++) {
      int node = takenNodes[t];
      listed += linkCoded.passing(level, node, queue.score(taken[t]), bar, slots, listed);
    }
    return keepUnseen(level, listed);
  }

  /** As gatherPassing, for all neighbours. */
  private int gather(GraphLevel level) {
    int expanded = take();
    if (expanded == 0) {
      return -1;
    }
    int degree = level.maxDegree();
    long links = (long) degree * Integer.BYTES;
    touched += CacheLines.touch(level.blocks(), level.blockBytes(), links, takenNodes, 0, expanded);
    int listed = 0;
    for (int t = 0; t < expanded; t++) {
      level.copySlots(takenNodes[t], slots, listed);
      listed += degree;
    }
    return keepUnseen(level, listed);
  }

  private int take() {
    int expanded = 0;
    while (expanded < WIDTH) {
      int entry = queue.take();
      if (entry < 0) {
        break;
      }
      takenNodes[expanded] = queue.node(entry);
      taken[expanded++] = entry;
    }
    return expanded;
  }

  /** Moves those of the listed slots that this walk hasn't seen to nodes and ordinals. */
  private int keepUnseen(GraphLevel level, int listed) {
    // Before the first bit is set: one that no list names would stay.
    if (seenCount + listed > seen.length) {
      seen = Arrays.copyOf(seen, 2 * (seenCount + listed));
    }
    long[] visited = this.visited;
    int limit = level.size();
    int count = 0;
    for (int i = 0; i < listed; i++) {
      int node = slots[i];
      // Below 0 in an empty slot; anything in a damaged file.
      if (Integer.compareUnsigned(node, limit) < 0) {
        nodes[count] = node;
        long word = visited[node >>> 6];
        count += (word >>> node & 1) == 0 ? 1 : 0;
        visited[node >>> 6] = word | 1L << node;
      }
    }
    System.arraycopy(nodes, 0, seen, seenCount, count);
    seenCount += count;
    return level.isBottom() ? asOrdinals(count) : toOrdinals(level, count);
  }

  private int asOrdinals(int count) {
    System.arraycopy(nodes, 0, ordinals, 0, count);
    return count;
  }

  private int toOrdinals(GraphLevel level, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int ordinal = level.ordinalOf(nodes[i]);
      if (Integer.compareUnsigned(ordinal, rows.size()) < 0) {
        nodes[kept] = nodes[i];
        ordinals[kept++] = ordinal;
      }
    }
    return kept;
  }

  /** Lists all neighbours with their ordinals. */
  private int list(GraphLevel level, int node) {
    level.copySlots(node, slots, 0);
    int count = 0;
    for (int i = 0; i < level.maxDegree(); i++) {
      if (Integer.compareUnsigned(slots[i], level.size()) < 0) {
        nodes[count++] = slots[i];
      }
    }
    return toOrdinals(level, count);
  }

  private float estimate(GraphLevel level, int node) {
    int ordinal = level.ordinalOf(node);
    if (Integer.compareUnsigned(ordinal, rows.size()) >= 0) {
      return -Float.MAX_VALUE;
    }
    ordinals[0] = ordinal;
    coded.score(ordinals, 1, scores);
    return scores[0];
  }

  /** Scores the best entries by their rows, at least so many, and sorts them. */
  private void rank(GraphLevel level, int ranked) {
    reserve(queue.size());
    int listed = queue.best(ranked, found);
    int count = 0;
    for (int i = 0; i < listed; i++) {
      int node = queue.node(found[i]);
      int ordinal = level.ordinalOf(node);
      // A damaged file may name any row.
      if (Integer.compareUnsigned(ordinal, rows.size()) < 0) {
        found[count] = node;
        rowOf[count++] = ordinal;
      }
    }
    touched += rows.touch(rowOf, 0, count);
    Queries.scoreRows(metric, query, rows, rowOf, 0, count, exact);
    // A heap, because sorting in the JDK allocates.
    heap.reset(count);
    for (int i = 0; i < count; i++) {
      heap.offer(ScoredOrdinal.of(exact[i], found[i]));
    }
    for (int i = count - 1; i >= 0; i--) {
      entries[i] = heap.removeWorst();
    }
    size = count;
  }

  private void reserve(int most) {
    if (found.length < most) {
      found = new int[2 * most];
      rowOf = new int[2 * most];
      exact = new float[2 * most];
      entries = new long[2 * most];
      sorter.reserve(2 * most);
    }
  }

  private void nextWalk(GraphLevel level) {
    for (int i = 0; i < seenCount; i++) {
      visited[seen[i] >>> 6] = 0;
    }
    seenCount = 0;
    if (hidden >= 0 && level.isBottom()) {
      markSeen(hidden);
    }
  }

  private void markSeen(int node) {
    visited[node >>> 6] |= 1L << node;
    seen[seenCount++] = node;
  }
}
