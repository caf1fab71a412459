package dev.kindred.engine.related;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How much more often than by chance a target is what users go on to from a source: smoothed
 * pointwise mutual information ln((n_ij + m p_j) / ((n_i + m) p_j)), where n_ij counts the steps
 * from i to j, n_i those from i, p_j is the share of steps that end in j, and m the smoothing. A
 * pair never seen has ln(m / (n_i + m)): the more steps are known from i, the more their absence
 * says.
 *
 * <p>It has a direction: from episode 1 to 2, not back. In memory while built, mapped when served.
 *
 * <pre>
 * i64 start[n + 1]   steps from item i are [start[i], start[i + 1])
 * i32 ordinal[x]     targets, ascending
 * f32 value[x]
 * f32 unseen[n]      of targets never gone on to from item i; NaN = no step from i is known
 * f32 reached[n]     share of steps that end in the item; 0 = none, the item lacks the channel
 * </pre>
 *
 * <p>All little-endian; header counts n, x. Reading is safe whatever the body of a file holds.
 * Immutable; any number of threads may read, as long as the arena of an opened file is open.
 */
public final class NextItems {
  private static final String KIND = "knext";
  private static final int VERSION = 1;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int items;
  private final long size;
  private final MemorySegment body;
  private final CheckedFile file; // null while in memory
  private final long ordinalAt;
  private final long valueAt;
  private final long unseenAt;
  private final long reachedAt;

  private NextItems(int items, long size, MemorySegment body, CheckedFile file) {
    this.items = items;
    this.size = size;
    this.body = body;
    this.file = file;
    ordinalAt = 8L * (items + 1L);
    valueAt = ordinalAt + 4 * size;
    unseenAt = valueAt + 4 * size;
    reachedAt = unseenAt + 4L * items;
  }

  private static long bytes(long items, long size) {
    return 8 * (items + 1) + 8 * size + 8 * items;
  }

  /**
   * From steps in ascending order.
   *
   * @param items number of items
   * @param steps from << 32 | to, sorted, repeated as often as it was taken; the first {@code
   *     count} are read
   */
  static NextItems of(int items, long[] steps, int count, double smoothing) {
    int distinct = 0;
    int[] from = new int[items];
    int[] to = new int[items];
    for (int i = 0; i < count; i++) {
      distinct += i == 0 || steps[i] != steps[i - 1] ? 1 : 0;
      from[(int) (steps[i] >>> 32)]++;
      to[(int) steps[i]]++;
    }
    MemorySegment body = Arena.ofAuto().allocate(bytes(items, distinct), 8);
    NextItems next = new NextItems(items, distinct, body, null);
    int at = 0;
    int i = 0;
    for (int source = 0; source < items; source++) {
      body.set(LONG, 8L * source, at);
      while (i < count && steps[i] >>> 32 == source) {
        int target = (int) steps[i];
        int times = 0;
        for (long step = steps[i]; i < count && steps[i] == step; i++) {
          times++;
        }
        double share = (double) to[target] / count;
        double value = Math.log((times + smoothing * share) / ((from[source] + smoothing) * share));
        body.set(INT, next.ordinalAt + 4L * at, target);
        body.set(FLOAT, next.valueAt + 4L * at++, (float) value);
      }
      float unseen =
          from[source] == 0 ? Float.NaN : (float) Math.log(smoothing / (from[source] + smoothing));
      body.set(FLOAT, next.unseenAt + 4L * source, unseen);
      body.set(FLOAT, next.reachedAt + 4L * source, count == 0 ? 0 : (float) to[source] / count);
    }
    body.set(LONG, 8L * items, at);
    return next;
  }

  /**
   * Opens a file in place.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static NextItems open(Path path, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, arena);
    long items = file.count(0);
    long size = file.count(1);
    if (items >= Integer.MAX_VALUE
        || size > file.body().byteSize()
        || file.body().byteSize() != bytes(items, size)) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
    return new NextItems((int) items, size, file.body(), file);
  }

  /** Writes a file: all or nothing. */
  public void write(Path path) throws IOException {
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      out.count(0, items);
      out.count(1, size);
      out.writeSegment(body);
      out.commit();
    }
  }

  /** Compares the checksums of an opened file with all of its body; nothing to do in memory. */
  public void verify() {
    if (file != null) {
      file.verify();
      for (int item = 0; item < items; item++) {
        start(item);
      }
    }
  }

  /** Number of items. */
  public int items() {
    return items;
  }

  /** Number of pairs of items with a step. */
  public long size() {
    return size;
  }

  /** Whether a step from the item is known. */
  boolean leaves(int item) {
    return !Float.isNaN(unseen(item));
  }

  /** Whether a step to the item is known. */
  boolean isReached(int item) {
    return body.get(FLOAT, reachedAt + 4L * Objects.checkIndex(item, items)) != 0;
  }

  /** What a pair is worth; 0 where no step from the source or none to the target is known. */
  float value(int source, int target) {
    return leaves(source) ? value(source, target, start(source), end(source)) : 0;
  }

  /** The same for targets[from, to). */
  void values(int source, int[] targets, int from, int to, float[] out) {
    long start = start(source);
    long end = end(source);
    for (int i = from; i < to; i++) {
      out[i] = value(source, targets[i], start, end);
    }
  }

  private float value(int source, int target, long start, long end) {
    if (!isReached(target)) {
      return 0;
    }
    long low = start;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      int ordinal = body.get(INT, ordinalAt + 4 * middle);
      if (ordinal == target) {
        return body.get(FLOAT, valueAt + 4 * middle);
      }
      if (ordinal < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return unseen(source);
  }

  private float unseen(int item) {
    return body.get(FLOAT, unseenAt + 4L * Objects.checkIndex(item, items));
  }

  private long start(int item) {
    long at = 8L * Objects.checkIndex(item, items);
    long start = body.get(LONG, at);
    long end = body.get(LONG, at + 8);
    if (start < 0 || end < start || end > size) {
      String fault = "item " + item + " has steps [" + start + ", " + end + ") of " + size;
      throw file == null
          ? new IllegalStateException(fault)
          : file.corrupt(at, fault + "; restore the snapshot from a good copy or build it again");
    }
    return start;
  }

  private long end(int item) {
    start(item); // checks both
    return body.get(LONG, 8L * (item + 1L));
  }
}
