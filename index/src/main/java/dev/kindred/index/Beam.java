package dev.kindred.index;

import java.util.Arrays;

/**
 * Scratch of one thread that walks an {@link Hnsw}: the query, the marks of visited nodes, the best
 * nodes so far.
 *
 * <p>Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
 * Hierarchical Navigable Small World graphs" (2018), algorithm 2 (SEARCH-LAYER). The paper's two
 * heaps are one sorted array here, in which the nodes that are still to be expanded carry a mark:
 * for the usual few hundred entries moving longs costs less than two heaps. Neighbours of a node
 * are scored together, so that their cache misses overlap.
 */
final class Beam implements Walk {
  private static final long MARK = ScoredOrdinal.MARK;

  private final Embeddings rows;
  private final Metric metric;
  private final float[] query;

  /** visited[node] == epoch: seen in this walk. */
  private final byte[] visited;

  private byte epoch;
  private int hidden = -1;

  private final int[] slots;
  private final int[] nodes;
  private final int[] ordinals;
  private final float[] scores;
  private long[] pool = new long[64];
  private int size;

  Beam(Embeddings rows, Metric metric, int maxDegree) {
    this.rows = rows;
    this.metric = metric;
    this.query = new float[Queries.paddedDim(rows)];
    this.visited = new byte[rows.size()];
    this.slots = new int[maxDegree];
    this.nodes = new int[maxDegree];
    this.ordinals = new int[maxDegree];
    this.scores = new float[maxDegree];
  }

  @Override
  public float[] query() {
    return query;
  }

  @Override
  public void begin() {}

  /** Exactly. */
  @Override
  public void estimate(int[] ordinals, int count, float[] scores) {
    Queries.scoreRows(metric, query, rows, ordinals, 0, count, scores);
  }

  @Override
  public void hide(int node) {
    hidden = node;
  }

  @Override
  public void queryRow(int ordinal) {
    rows.copyRow(ordinal, query, 0);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long entry(int index) {
    return pool[index] & ~MARK;
  }

  @Override
  public int descend(GraphLevel level, int node) {
    long best = scored(level, node);
    while (true) {
      int count = list(level, ScoredOrdinal.ordinal(best));
      Queries.scoreRows(metric, query, rows, ordinals, 0, count, scores);
      long next = best;
      for (int i = 0; i < count; i++) {
        next = Math.max(next, ScoredOrdinal.of(scores[i], nodes[i]));
      }
      if (next == best) {
        return ScoredOrdinal.ordinal(best);
      }
      best = next;
    }
  }

  /** All ef are ranked as they come. */
  @Override
  public void walk(GraphLevel level, int start, int ef, int ranked) {
    nextWalk();
    visited[start] = epoch;
    if (pool.length < ef) {
      pool = new long[ef];
    }
    long[] pool = this.pool;
    pool[0] = scored(level, start) | MARK;
    int size = 1;
    int next = 0;
    while (next < size) {
      long key = pool[next];
      if ((key & MARK) == 0) {
        next++;
        continue;
      }
      pool[next] = key & ~MARK;
      int count = gather(level, ScoredOrdinal.ordinal(key));
      Queries.scoreRows(metric, query, rows, ordinals, 0, count, scores);
      int first = next + 1;
      for (int i = 0; i < count; i++) {
        long found = ScoredOrdinal.of(scores[i], nodes[i]) | MARK;
        if (size == ef) {
          if (found < pool[size - 1]) {
            continue;
          }
          size--;
        }
        int at = insertionPoint(pool, size, found);
        System.arraycopy(pool, at, pool, at + 1, size - at);
        pool[at] = found;
        size++;
        first = Math.min(first, at);
      }
      next = first;
    }
    this.size = size;
  }

  @Override
  public void collect(GraphLevel level, int start, int ef) {
    walk(level, start, ef, ef);
  }

  /** Lists the neighbours that this walk hasn't seen, and marks them as seen. */
  private int gather(GraphLevel level, int node) {
    if (!level.isBottom()) {
      int listed = list(level, node);
      int count = 0;
      for (int i = 0; i < listed; i++) {
        if (visited[nodes[i]] != epoch) {
          visited[nodes[i]] = epoch;
          nodes[count] = nodes[i];
          ordinals[count++] = ordinals[i];
        }
      }
      return count;
    }
    level.copySlots(node, slots);
    int degree = level.maxDegree();
    int count = 0;
    for (int i = 0; i < degree; i++) {
      int neighbor = slots[i];
      // Below 0 in an empty slot; anything in a damaged file.
      if (Integer.compareUnsigned(neighbor, visited.length) >= 0) {
        break;
      }
      if (visited[neighbor] != epoch) {
        visited[neighbor] = epoch;
        nodes[count] = neighbor;
        ordinals[count++] = neighbor;
      }
    }
    return count;
  }

  /** Lists all neighbours with their ordinals. */
  private int list(GraphLevel level, int node) {
    level.copySlots(node, slots);
    int degree = level.maxDegree();
    int count = 0;
    for (int i = 0; i < degree; i++) {
      int neighbor = slots[i];
      if (Integer.compareUnsigned(neighbor, level.size()) >= 0) {
        break;
      }
      int ordinal = level.ordinalOf(neighbor);
      if (Integer.compareUnsigned(ordinal, rows.size()) < 0) {
        nodes[count] = neighbor;
        ordinals[count++] = ordinal;
      }
    }
    return count;
  }

  private long scored(GraphLevel level, int node) {
    int ordinal = level.ordinalOf(node);
    if (Integer.compareUnsigned(ordinal, rows.size()) >= 0) {
      return ScoredOrdinal.of(Float.NaN, node);
    }
    ordinals[0] = ordinal;
    Queries.scoreRows(metric, query, rows, ordinals, 0, 1, scores);
    return ScoredOrdinal.of(scores[0], node);
  }

  private void nextWalk() {
    if (++epoch == 0) {
      Arrays.fill(visited, (byte) 0);
      epoch = 1;
    }
    if (hidden >= 0) {
      visited[hidden] = epoch;
    }
  }

  /** Where the key goes among pool[0, size), which falls. */
  private static int insertionPoint(long[] pool, int size, long key) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (pool[middle] > key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
