package dev.kindred.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One merge of a {@link LiveIndex}: which parts of a view become one segment, where each of its
 * rows comes from, and what the view is afterwards.
 *
 * <p>It takes all deltas but the active one, and segments from one on to the youngest.
 */
final class LiveMerge {
  /** A segment is merged with younger ones that hold at least this part of its vectors. */
  private static final int RATIO = 4;

  /** A segment of which more than this part is removed is merged. */
  private static final double MOST_REMOVED = 0.3;

  private final LiveView before;

  /** The oldest segment that goes into the merge. */
  private final int first;

  // Where each row of the new segment comes from.
  private final int[] parts;
  private final int[] rows;

  /** The merge of a view's deltas and its segments from {@code first} on. */
  LiveMerge(LiveView before, int first) {
    this.before = before;
    this.first = first;
    int end = before.parts() - 1;
    int total = 0;
    for (int part = first; part < end; part++) {
      total += before.live(part);
    }
    parts = new int[total];
    rows = new int[total];
    int count = 0;
    for (int part = first; part < end; part++) {
      for (int row = 0; row < before.size(part); row++) {
        if (before.rows[part].accepts(row)) {
          parts[count] = part;
          rows[count++] = row;
        }
      }
    }
  }

  /** The merge that keeps the number of segments small for the least work. */
  static LiveMerge next(LiveView view) {
    long younger = 0;
    for (int part = view.segments.length; part < view.parts() - 1; part++) {
      younger += view.live(part);
    }
    int first = view.segments.length;
    while (first > 0 && view.live(first - 1) <= RATIO * younger) {
      younger += view.live(--first);
    }
    for (int segment = 0; segment < first; segment++) {
      if (view.rows[segment].removed() > MOST_REMOVED * view.size(segment)) {
        return new LiveMerge(view, segment);
      }
    }
    return new LiveMerge(view, first);
  }

  /** Rows of the new segment. */
  int size() {
    return parts.length;
  }

  /** Copies a row of the new segment to target[0, dim). */
  void copyRow(int at, float[] target) {
    before.vectors(parts[at]).copyRow(rows[at], target, 0);
  }

  /** The id of a row of the new segment. */
  String idOf(int at) {
    int part = parts[at];
    return part < before.segments.length
        ? before.segments[part].ids().idOf(rows[at])
        : new String(
            before.deltas[part - before.segments.length].id(rows[at]), StandardCharsets.UTF_8);
  }

  /** Deltas that the merge takes, the oldest of the view. */
  int deltas() {
    return before.deltas.length - 1;
  }

  /**
   * The view after the merge.
   *
   * @param now the present one, in which rows may be removed and deltas added since
   * @param merged the new segment, or null if it has no rows
   */
  LiveView after(LiveView now, LiveSegment merged) {
    int end = before.parts() - 1;
    int segments = first + (merged == null ? 0 : 1);
    LiveSegment[] nextSegments = Arrays.copyOf(before.segments, segments);
    LiveDelta[] nextDeltas = Arrays.copyOfRange(now.deltas, deltas(), now.deltas.length);
    int[] nextCounts = Arrays.copyOfRange(now.counts, deltas(), now.counts.length);
    LiveRows[] nextRows = new LiveRows[segments + nextDeltas.length];
    System.arraycopy(now.rows, 0, nextRows, 0, first);
    if (merged != null) {
      nextSegments[first] = merged;
      // Rows that were removed while the merge ran.
      nextRows[first] =
          LiveRows.all(size())
              .without((OrdinalFilter) at -> !now.rows[parts[at]].accepts(rows[at]));
    }
    System.arraycopy(now.rows, end, nextRows, segments, nextDeltas.length);
    return new LiveView(nextSegments, nextDeltas, nextCounts, nextRows);
  }
}
