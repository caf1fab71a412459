package dev.kindred.index;

import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.run.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Rows that equal an earlier one bit for bit: the graph holds the first of them, its twin, and a
 * search that finds the twin finds them all.
 *
 * <p>In the graph itself they would fill each other's links and cut themselves off: many items
 * without data share one vector.
 *
 * <pre>
 * twins: i32[size], rising; duplicates: i32[size], rising for each twin
 * </pre>
 */
final class Duplicates {
  private static final long ROWS_PER_PIECE = 4096;

  private final int size;
  private final int rows;
  private final MemorySegment twins;
  private final MemorySegment duplicates;

  private volatile BitSetFilter twinMarks;

  /** Wraps two tables, which a damaged file may have filled with anything. */
  Duplicates(int size, int rows, MemorySegment twins, MemorySegment duplicates) {
    this.size = size;
    this.rows = rows;
    this.twins = twins;
    this.duplicates = duplicates;
  }

  /** Finds them: rows by hash, equal hashes by content. */
  static Duplicates find(Embeddings embeddings, Workers workers) {
    int n = embeddings.size();
    long[] hashed = new long[n];
    workers.forEachRange(
        n,
        ROWS_PER_PIECE,
        (from, to, worker) -> {
          for (int row = (int) from; row < to; row++) {
            hashed[row] = (long) hash(embeddings, row) << 32 | row;
          }
        });
    Arrays.sort(hashed);
    long[] pairs = new long[16];
    int found = 0;
    for (int end, start = 0; start < n; start = end) {
      end = start + 1;
      while (end < n && hashed[end] >> 32 == hashed[start] >> 32) {
        end++;
      }
      for (int i = start + 1; i < end; i++) {
        int row = (int) hashed[i];
        for (int j = start; j < i; j++) {
          if (sameRow(embeddings, row, (int) hashed[j])) {
            if (found == pairs.length) {
              pairs = Arrays.copyOf(pairs, 2 * found);
            }
            pairs[found++] = hashed[j] << 32 | row;
            break;
          }
        }
      }
    }
    Arrays.sort(pairs, 0, found);
    int[] twins = new int[found];
    int[] duplicates = new int[found];
    for (int i = 0; i < found; i++) {
      twins[i] = (int) (pairs[i] >> 32);
      duplicates[i] = (int) pairs[i];
    }
    return new Duplicates(
        found, n, MemorySegment.ofArray(twins), MemorySegment.ofArray(duplicates));
  }

  int size() {
    return size;
  }

  MemorySegment twins() {
    return twins;
  }

  MemorySegment duplicates() {
    return duplicates;
  }

  /** Which rows are out of the graph. */
  boolean[] flags() {
    boolean[] flags = new boolean[rows];
    for (int i = 0; i < size; i++) {
      int row = at(duplicates, i);
      // A damaged file may name any row.
      if (Integer.compareUnsigned(row, rows) < 0) {
        flags[row] = true;
      }
    }
    return flags;
  }

  /** Offers an entry of the graph and all duplicates of its ordinal. */
  void offer(long entry, TopHeap heap) {
    heap.offer(entry);
    if (size > 0) {
      offerDuplicates(entry, OrdinalFilter.ALL, heap);
    }
  }

  /** Offers those of an entry of the graph and its duplicates that the filter accepts. */
  void offerAccepted(long entry, OrdinalFilter filter, TopHeap heap) {
    if (filter.accepts(ScoredOrdinal.ordinal(entry))) {
      heap.offer(entry);
    }
    if (size > 0) {
      offerDuplicates(entry, filter, heap);
    }
  }

  /** Whether the filter accepts a duplicate of this ordinal. */
  boolean anyAccepted(int twin, OrdinalFilter filter) {
    if (!hasDuplicates(twin)) {
      return false;
    }
    for (int i = firstOf(twin); i < size && at(twins, i) == twin; i++) {
      int ordinal = at(duplicates, i);
      if (Integer.compareUnsigned(ordinal, rows) < 0 && filter.accepts(ordinal)) {
        return true;
      }
    }
    return false;
  }

  /** How many rows beside this one equal it. */
  int count(int twin) {
    int count = 0;
    if (hasDuplicates(twin)) {
      for (int i = firstOf(twin); i < size && at(twins, i) == twin; i++) {
        count++;
      }
    }
    return count;
  }

  /** Whether a row is this one or equals it. */
  boolean isSame(int twin, int row) {
    return row == twin || anyAccepted(twin, ordinal -> ordinal == row);
  }

  /** Whether rows equal this one; spares most ordinals the binary search. */
  boolean hasDuplicates(int twin) {
    if (size == 0) {
      return false;
    }
    BitSetFilter marks = twinMarks;
    if (marks == null) {
      marks = new BitSetFilter(rows);
      for (int i = 0; i < size; i++) {
        int marked = at(twins, i);
        if (Integer.compareUnsigned(marked, rows) < 0) {
          marks.set(marked);
        }
      }
      // Threads that come here together make the same bits.
      twinMarks = marks;
    }
    return marks.accepts(twin);
  }

  private void offerDuplicates(long entry, OrdinalFilter filter, TopHeap heap) {
    int twin = ScoredOrdinal.ordinal(entry);
    float score = ScoredOrdinal.score(entry);
    for (int i = firstOf(twin); i < size && at(twins, i) == twin; i++) {
      int ordinal = at(duplicates, i);
      if (Integer.compareUnsigned(ordinal, rows) < 0 && filter.accepts(ordinal)) {
        heap.offer(ScoredOrdinal.of(score, ordinal));
      }
    }
  }

  /** Index of the first pair whose twin is at least this one. */
  private int firstOf(int twin) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(twins, middle) < twin) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int at(MemorySegment table, int index) {
    return table.get(LittleEndian.INT, (long) index * Integer.BYTES);
  }

  static int hash(Embeddings embeddings, int row) {
    MemorySegment rows = embeddings.rows();
    long start = row * embeddings.strideBytes();
    long hash = 1;
    // Strides are whole ints; behind an odd number of halves stands a zero.
    for (long at = start; at < start + rowBytes(embeddings); at += Integer.BYTES) {
      // High bits are brought down each time: rows may differ in their signs alone.
      hash = (hash ^ rows.get(ValueLayout.JAVA_INT_UNALIGNED, at)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return (int) hash;
  }

  private static boolean sameRow(Embeddings embeddings, int a, int b) {
    MemorySegment rows = embeddings.rows();
    long stride = embeddings.strideBytes();
    long bytes = rowBytes(embeddings);
    return MemorySegment.mismatch(
            rows, a * stride, a * stride + bytes, rows, b * stride, b * stride + bytes)
        < 0;
  }

  private static long rowBytes(Embeddings embeddings) {
    return (long) embeddings.dim() * embeddings.elementType().bytes();
  }
}
