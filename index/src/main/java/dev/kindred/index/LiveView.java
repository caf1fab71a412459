package dev.kindred.index;

import java.util.Arrays;

/**
 * One state of a {@link LiveIndex}, between two changes: what a search reads from its beginning to
 * its end.
 *
 * <p>Parts are numbered: first the segments, then the deltas, oldest first. Immutable, apart from
 * rows of the last delta that don't count in this view.
 */
final class LiveView {
  final LiveSegment[] segments;
  final LiveDelta[] deltas;

  /** Rows of each delta that count. */
  final int[] counts;

  /** Of each part, the rows that are still there. */
  final LiveRows[] rows;

  /** Vectors that are there. */
  final int size;

  LiveView(LiveSegment[] segments, LiveDelta[] deltas, int[] counts, LiveRows[] rows) {
    this.segments = segments;
    this.deltas = deltas;
    this.counts = counts;
    this.rows = rows;
    int live = 0;
    for (int part = 0; part < rows.length; part++) {
      live += live(part);
    }
    this.size = live;
  }

  int parts() {
    return rows.length;
  }

  /** Vectors of a part that are there. */
  int live(int part) {
    return size(part) - rows[part].removed();
  }

  /** Vectors of a part, removed ones included. */
  int size(int part) {
    return part < segments.length ? segments[part].size() : counts[part - segments.length];
  }

  /** The vectors of a part. */
  Embeddings vectors(int part) {
    return part < segments.length ? segments[part].rows() : deltas[part - segments.length].rows();
  }

  LiveDelta active() {
    return deltas[deltas.length - 1];
  }

  /** Where an id is: part and row, or -1; for the thread that changes only. */
  long find(String id) {
    for (int part = parts() - 1; part >= 0; part--) {
      int row =
          part < segments.length
              ? segments[part].ids().ordinalOf(id)
              : deltas[part - segments.length].find(id);
      if (row >= 0 && rows[part].accepts(row)) {
        return (long) part << 32 | row;
      }
    }
    return -1;
  }

  /**
   * The next state: the row at a place that {@link #find} named removed, and {@code added} more.
   */
  LiveView next(long removed, int added) {
    LiveRows[] nextRows = rows;
    int[] nextCounts = counts;
    if (removed >= 0) {
      int part = (int) (removed >>> 32);
      nextRows = rows.clone();
      nextRows[part] = rows[part].without((int) removed);
    }
    if (added > 0) {
      nextCounts = counts.clone();
      nextCounts[counts.length - 1] += added;
    }
    return new LiveView(segments, deltas, nextCounts, nextRows);
  }

  /** The next state after a put; the thread that changes only. */
  LiveView put(String id, byte[] text, float[] vector) {
    long replaced = find(id);
    active().append(id, text, vector);
    return next(replaced, 1);
  }

  /** The same state with an empty delta behind the others. */
  LiveView with(LiveDelta delta, int capacity) {
    LiveDelta[] nextDeltas = Arrays.copyOf(deltas, deltas.length + 1);
    int[] nextCounts = Arrays.copyOf(counts, deltas.length + 1);
    LiveRows[] nextRows = Arrays.copyOf(rows, rows.length + 1);
    nextDeltas[deltas.length] = delta;
    nextRows[rows.length] = LiveRows.all(capacity);
    return new LiveView(segments, nextDeltas, nextCounts, nextRows);
  }
}
