package dev.kindred.index;

import dev.kindred.index.file.ElementType;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Rows that were put into a {@link LiveIndex} since its last merge: appended to memory off the
 * heap, scanned by searches.
 *
 * <p>One thread at a time appends; searches read only rows below the count of their {@link
 * LiveView}, which is published after the row was written, so they never see part of one. The
 * memory goes when the last view that holds it does.
 */
final class LiveDelta {
  private final MemorySegment memory;
  private final Embeddings rows;
  private final byte[][] ids;
  private final ChangeLog log;

  /** Where each id was put last; for the thread that changes only. */
  private final Map<String, Integer> last = new HashMap<>();

  private int count;

  LiveDelta(int capacity, int dim, ChangeLog log) {
    long stride = Embeddings.strideFor(dim, ElementType.F32);
    this.memory = Arena.ofAuto().allocate(capacity * stride, Sections.ALIGNMENT);
    this.rows = new Embeddings(memory.asReadOnly(), capacity, dim, ElementType.F32, false);
    this.ids = new byte[capacity][];
    this.log = log;
  }

  ChangeLog log() {
    return log;
  }

  Embeddings rows() {
    return rows;
  }

  /** The id of a row below the count of the caller's view. */
  byte[] id(int row) {
    return ids[row];
  }

  boolean isFull() {
    return count == ids.length;
  }

  /** Rows so far; for the thread that changes only. */
  int count() {
    return count;
  }

  /** Where an id was put last, or -1; for the thread that changes only. */
  int find(String id) {
    return last.getOrDefault(id, -1);
  }

  /** Appends vector[0, dim); it counts as soon as a view says so. */
  void append(String id, byte[] text, float[] vector) {
    MemorySegment.copy(
        vector, 0, memory, LittleEndian.FLOAT, count * rows.strideBytes(), rows.dim());
    ids[count] = text;
    last.put(id, count++);
  }
}
