package dev.kindred.index;

import dev.kindred.simd.CacheLines;
import java.util.Arrays;

/**
 * Walks the lowest level of an {@link Hnsw} over the nodes that pass a filter, and scores only
 * those.
 *
 * <p>Source: the search of ACORN-1 in Patel et al., "ACORN: Performant and Predicate-Agnostic
 * Search Over Vector Embeddings and Structured Data" (SIGMOD 2024): the neighbours of a neighbour
 * that doesn't pass stand in for it, so that the nodes that pass stay connected. Here they are
 * looked up only while fewer than a full list of neighbours passed, the block of a node that
 * doesn't pass is read once per walk, and the walk starts from several nodes, because those that
 * pass may lie in parts that aren't linked among themselves.
 *
 * <p>Not thread-safe.
 */
final class FilteredWalk {
  private static final long MARK = ScoredOrdinal.MARK;

  /** Marks of one walk: an odd number for what is done with, the next for what failed so far. */
  private static final int LAST_EPOCH = 253;

  private final Embeddings rows;
  private final Metric metric;
  private final GraphLevel level;
  private final Duplicates duplicates;
  private final Walk plain;

  /** Whether scores of the plain walk must be taken again from the rows. */
  private final boolean estimated;

  private final byte[] visited;
  private int epoch = -1;

  /** Keeps the compiler from dropping the touches. */
  private int touched;

  private final int[] slots;
  private final int[] failed;
  private final int[] listed;
  private final float[] scores;
  private long[] pool = new long[64];
  private int size;
  private OrdinalFilter filter;

  /** What this walk read so far: rows and blocks, which cost about the same. */
  private long reads;

  /**
   * A walk over an index.
   *
   * @param plain holds the query, and estimates scores
   */
  FilteredWalk(Hnsw index, Walk plain) {
    this.rows = index.rows();
    this.metric = index.metric();
    this.level = index.levels()[0];
    this.duplicates = index.duplicates();
    this.plain = plain;
    this.estimated = index.rowCodes() != null;
    this.visited = new byte[rows.size()];
    this.slots = new int[level.maxDegree()];
    this.failed = new int[level.maxDegree()];
    this.listed = new int[2 * level.maxDegree()];
    this.scores = new float[2 * level.maxDegree()];
  }

  /** Entries of the last walk, best first. */
  int size() {
    return size;
  }

  /** One entry of the last walk: a node of which the ordinal or a duplicate passes. */
  long entry(int index) {
    return pool[index] & ~MARK;
  }

  /**
   * Collects the ef best nodes that pass among those that the walk comes by.
   *
   * @param starts starts[0, count), any nodes
   * @param most how many rows and blocks may be read
   * @return whether the walk came to its end within that
   */
  boolean walk(OrdinalFilter filter, int[] starts, int count, int ef, long most) {
    this.filter = filter;
    begin(ef);
    for (int i = 0; i < count; i++) {
      if (visited[starts[i]] != (byte) epoch && passes(starts[i])) {
        visited[starts[i]] = (byte) epoch;
        listed[0] = starts[i];
        take(1, 0, ef);
      }
    }
    for (int i = 0; i < count; i++) {
      if (visited[starts[i]] != (byte) epoch) {
        visited[starts[i]] = (byte) epoch;
        take(gather(starts[i]), 0, ef);
      }
    }
    int next = 0;
    while (next < size) {
      long key = pool[next];
      if ((key & MARK) == 0) {
        next++;
        continue;
      }
      if (reads > most) {
        return false;
      }
      pool[next] = key & ~MARK;
      next = take(gather(ScoredOrdinal.ordinal(key)), next + 1, ef);
    }
    if (estimated) {
      rank();
    }
    return true;
  }

  /** Puts exact scores in place of estimates. */
  private void rank() {
    for (int from = 0; from < size; from += listed.length) {
      int count = Math.min(listed.length, size - from);
      for (int i = 0; i < count; i++) {
        listed[i] = ScoredOrdinal.ordinal(pool[from + i]);
      }
      touched += rows.touch(listed, 0, count);
      Queries.scoreRows(metric, plain.query(), rows, listed, 0, count, scores);
      for (int i = 0; i < count; i++) {
        pool[from + i] = ScoredOrdinal.of(scores[i], listed[i]);
      }
    }
    // By insertion: the estimates have left little to do.
    for (int i = 1; i < size; i++) {
      long key = pool[i];
      int at = i;
      for (; at > 0 && pool[at - 1] < key; at--) {
        pool[at] = pool[at - 1];
      }
      pool[at] = key;
    }
  }

  private void begin(int ef) {
    epoch += 2;
    if (epoch > LAST_EPOCH) {
      Arrays.fill(visited, (byte) 0);
      epoch = 1;
    }
    if (pool.length < ef) {
      pool = new long[ef];
    }
    size = 0;
    reads = 0;
  }

  /** Lists what passes and is new among the neighbours of a node, and around those that fail. */
  private int gather(int node) {
    byte done = (byte) epoch;
    byte fails = (byte) (epoch + 1);
    int degree = level.maxDegree();
    int count = 0;
    int failures = 0;
    level.copySlots(node, slots);
    reads++;
    for (int i = 0; i < degree; i++) {
      int neighbor = slots[i];
      // Below 0 in an empty slot; anything in a damaged file.
      if (Integer.compareUnsigned(neighbor, visited.length) >= 0) {
        break;
      }
      byte mark = visited[neighbor];
      if (mark == done) {
        continue;
      }
      if (mark != fails && passes(neighbor)) {
        visited[neighbor] = done;
        listed[count++] = neighbor;
      } else {
        visited[neighbor] = fails;
        failed[failures++] = neighbor;
      }
    }
    // Links of nodes that fail are read one after the other, and nothing waits for their addresses.
    long links = (long) degree * Integer.BYTES;
    touched += CacheLines.touch(level.blocks(), level.blockBytes(), links, failed, 0, failures);
    for (int f = 0; f < failures && count < degree; f++) {
      visited[failed[f]] = done;
      count = gatherAround(failed[f], count);
    }
    return count;
  }

  /** Appends what passes and is new among the neighbours of a node that fails. */
  private int gatherAround(int node, int count) {
    byte done = (byte) epoch;
    byte fails = (byte) (epoch + 1);
    level.copySlots(node, slots);
    reads++;
    for (int slot : slots) {
      if (Integer.compareUnsigned(slot, visited.length) >= 0) {
        break;
      }
      byte mark = visited[slot];
      if (mark == done || mark == fails) {
        continue;
      }
      if (passes(slot)) {
        visited[slot] = done;
        listed[count++] = slot;
      } else {
        visited[slot] = fails;
      }
    }
    return count;
  }

  private boolean passes(int node) {
    return filter.accepts(node) || duplicates.anyAccepted(node, filter);
  }

  /** Scores the listed nodes and keeps the best; returns the first of the pool to go on with. */
  private int take(int count, int next, int ef) {
    reads += count;
    plain.estimate(listed, count, scores);
    int first = next;
    for (int i = 0; i < count; i++) {
      long found = ScoredOrdinal.of(scores[i], listed[i]) | MARK;
      if (size == ef) {
        if (found < pool[size - 1]) {
          continue;
        }
        size--;
      }
      int at = insertionPoint(found);
      System.arraycopy(pool, at, pool, at + 1, size - at);
      pool[at] = found;
      size++;
      first = Math.min(first, at);
    }
    return first;
  }

  /** Where the key goes among pool[0, size), which falls. */
  private int insertionPoint(long key) {
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
