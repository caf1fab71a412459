package dev.kindred.engine.related;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * What pairs of a source and a target are worth of themselves, without vectors: those counted have
 * a value each, the others of a source one in common. In memory while built, mapped when served.
 *
 * <pre>
 * i64 start[n + 1]   pairs of item i are [start[i], start[i + 1])
 * i32 ordinal[x]     targets, ascending
 * f32 value[x]
 * f32 unseen[n]      of targets never counted with item i; NaN = nothing is known of the source
 * f32 reached[n]     0 = nothing is known of the item as a target: it lacks the channel
 * </pre>
 *
 * <p>All little-endian; header counts n, x. Reading is safe whatever the body of a file holds.
 * Immutable; any number of threads may read, as long as the arena of an opened file is open.
 */
public final class PairValues {
  private static final String KIND = "knext";
  private static final int VERSION = 1;

  private final int items;
  private final long size;
  private final Body body;
  private final MemorySegment bytes;
  private final long startAt;
  private final long ordinalAt;
  private final long valueAt;
  private final long unseenAt;
  private final long reachedAt;

  private PairValues(int items, long size, Sections sections) {
    this.items = items;
    this.size = size;
    startAt = sections.next(items + 1L, Long.BYTES);
    ordinalAt = sections.next(size, Integer.BYTES);
    valueAt = sections.next(size, Float.BYTES);
    unseenAt = sections.next(items, Float.BYTES);
    reachedAt = sections.next(items, Float.BYTES);
    body = sections.end();
    bytes = body.bytes();
  }

  /**
   * Name of a snapshot's file.
   *
   * @param kind of the channel
   * @param objective its objective
   * @param place of the objective among all, for names that a file can't have
   */
  public static String fileName(Channel.Kind kind, String objective, int place) {
    // Lower case only: the names stay apart on file systems that ignore case.
    String stem = objective.matches("[a-z0-9_-]{1,64}") ? objective : Integer.toString(place);
    return (kind == Channel.Kind.DIRECTED ? "next-" : "together-") + stem + ".knext";
  }

  /**
   * How much more often than by chance a target is what users go on to from a source: smoothed
   * pointwise mutual information ln((n_ij + m p_j) / ((n_i + m) p_j)), where n_ij counts the steps
   * from i to j, n_i those from i, p_j is the share of steps that end in j, and m the smoothing. A
   * pair never seen has ln(m / (n_i + m)): the more steps are known from i, the more their absence
   * says. It has a direction: from episode 1 to 2, not back. {@code reached} holds the p_j.
   *
   * @param items number of items
   * @param steps from << 32 | to, sorted, repeated as often as it was taken; the first {@code
   *     count} are read
   */
  static PairValues ofSteps(int items, long[] steps, int count, double smoothing) {
    int distinct = 0;
    int[] from = new int[items];
    int[] to = new int[items];
    for (int i = 0; i < count; i++) {
      distinct += i == 0 || steps[i] != steps[i - 1] ? 1 : 0;
      from[(int) (steps[i] >>> 32)]++;
      to[(int) steps[i]]++;
    }
    PairValues next = new PairValues(items, distinct, Sections.inMemory());
    MemorySegment bytes = next.bytes;
    int at = 0;
    int i = 0;
    for (int source = 0; source < items; source++) {
      bytes.set(LittleEndian.LONG, next.startAt + 8L * source, at);
      while (i < count && steps[i] >>> 32 == source) {
        int target = (int) steps[i];
        int times = 0;
        for (long step = steps[i]; i < count && steps[i] == step; i++) {
          times++;
        }
        double share = (double) to[target] / count;
        double value = Math.log((times + smoothing * share) / ((from[source] + smoothing) * share));
        bytes.set(LittleEndian.INT, next.ordinalAt + 4L * at, target);
        bytes.set(LittleEndian.FLOAT, next.valueAt + 4L * at++, (float) value);
      }
      float unseen =
          from[source] == 0 ? Float.NaN : (float) Math.log(smoothing / (from[source] + smoothing));
      bytes.set(LittleEndian.FLOAT, next.unseenAt + 4L * source, unseen);
      bytes.set(
          LittleEndian.FLOAT,
          next.reachedAt + 4L * source,
          count == 0 ? 0 : (float) to[source] / count);
    }
    bytes.set(LittleEndian.LONG, next.startAt + 8L * items, at);
    return next;
  }

  /**
   * The similarities of lists; what isn't in a source's own list has 0, also where the source is in
   * the target's. An item that is in a list or has one has the channel.
   *
   * @param lists of every item; similarities above 0
   */
  static PairValues ofLists(CandidateLists lists) {
    int items = lists.items();
    long size = 0;
    for (int item = 0; item < items; item++) {
      size += lists.count(item);
    }
    PairValues values = new PairValues(items, size, Sections.inMemory());
    MemorySegment bytes = values.bytes;
    int[] targets = new int[lists.longest()];
    float[] similarities = new float[targets.length];
    long[] byTarget = new long[targets.length];
    long at = 0;
    for (int item = 0; item < items; item++) {
      bytes.set(LittleEndian.LONG, values.startAt + 8L * item, at);
      int count = lists.copyItems(item, targets);
      lists.copySimilarities(item, similarities);
      for (int i = 0; i < count; i++) {
        byTarget[i] = (long) targets[i] << 32 | i;
      }
      Arrays.sort(byTarget, 0, count);
      for (int i = 0; i < count; i++) {
        int place = (int) byTarget[i];
        bytes.set(LittleEndian.INT, values.ordinalAt + 4 * at, targets[place]);
        bytes.set(LittleEndian.FLOAT, values.valueAt + 4 * at++, similarities[place]);
        bytes.set(LittleEndian.FLOAT, values.reachedAt + 4L * targets[place], 1);
      }
      bytes.set(LittleEndian.FLOAT, values.unseenAt + 4L * item, count == 0 ? Float.NaN : 0);
      if (count > 0) {
        bytes.set(LittleEndian.FLOAT, values.reachedAt + 4L * item, 1);
      }
    }
    bytes.set(LittleEndian.LONG, values.startAt + 8L * items, at);
    return values;
  }

  /**
   * Opens a file in place.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static PairValues open(Path path, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, arena);
    int items = file.count(0, Integer.MAX_VALUE - 1, "items");
    return new PairValues(items, file.count(1), Sections.of(file));
  }

  /** Writes a file: all or nothing. */
  public void write(Path path) throws IOException {
    body.write(path, KIND, VERSION, items, size);
  }

  /** Compares the checksums of an opened file, and looks at where the pairs of each item lie. */
  public void verify() {
    body.verify();
    for (int item = 0; item < items; item++) {
      end(item); // looks at both ends
    }
  }

  /** Number of items. */
  public int items() {
    return items;
  }

  /** Number of pairs counted. */
  public long size() {
    return size;
  }

  /** Whether anything is known of the item as a source. */
  boolean leaves(int item) {
    return !Float.isNaN(unseen(item));
  }

  /** Whether anything is known of the item as a target. */
  boolean isReached(int item) {
    return bytes.get(LittleEndian.FLOAT, reachedAt + 4L * Objects.checkIndex(item, items)) != 0;
  }

  /** What a pair is worth; 0 where nothing is known of the source or of the target. */
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
      int ordinal = bytes.get(LittleEndian.INT, ordinalAt + 4 * middle);
      if (ordinal == target) {
        return bytes.get(LittleEndian.FLOAT, valueAt + 4 * middle);
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
    return bytes.get(LittleEndian.FLOAT, unseenAt + 4L * Objects.checkIndex(item, items));
  }

  private long start(int item) {
    return body.longAt(startAt + 8L * Objects.checkIndex(item, items), 0, size);
  }

  private long end(int item) {
    return body.longAt(startAt + 8L * (item + 1L), start(item), size);
  }
}
