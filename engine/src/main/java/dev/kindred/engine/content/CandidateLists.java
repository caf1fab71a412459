package dev.kindred.engine.content;

import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.Sections;
import dev.kindred.simd.CacheLines;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * For each item the items that may be related to it, with similarity and source: compressed rows,
 * off heap while built, mapped from {@code candidates.kcsr} when served.
 *
 * <p>A list is ordered by source as the lists were put together, within a source best first, lower
 * ordinal first among equals. An item is never its own candidate and no candidate repeats.
 *
 * <pre>
 *   starts        int64 [items + 1]    list of item i is [starts[i], starts[i + 1])
 *   (padding to 64 bytes)
 *   ordinals      int32 [candidates]
 *   (padding to 64 bytes)
 *   similarities  float32 [candidates]
 *   (padding to 64 bytes)
 *   sources       int8 [candidates]    0 content, 1 content relaxed, 2 co-occurrence, 3 factors
 * </pre>
 *
 * <p>All little-endian. Reading is safe whatever the body of a file holds: an impossible offset,
 * ordinal or source is a {@link CorruptFileException}. Immutable; any number of threads may read,
 * as long as the arena of an opened file is open.
 */
public final class CandidateLists {
  /** Name of the file within a snapshot. */
  public static final String FILE_NAME = "candidates.kcsr";

  private static final String KIND = "kcsr";
  private static final int VERSION = 1;

  /** Ordinals of a cache line. */
  private static final int LINE = 16;

  private final int items;
  private final long size;
  private final int longest;
  private final Body body;
  private final MemorySegment bytes;
  private final long startsAt;
  private final long ordinalsAt;
  private final long similaritiesAt;
  private final long sourcesAt;

  private CandidateLists(int items, long size, int longest, Sections sections) {
    this.items = items;
    this.size = size;
    this.longest = longest;
    startsAt = sections.next(items + 1L, Long.BYTES);
    sections.align(Sections.ALIGNMENT);
    ordinalsAt = sections.next(size, Integer.BYTES);
    sections.align(Sections.ALIGNMENT);
    similaritiesAt = sections.next(size, Float.BYTES);
    sections.align(Sections.ALIGNMENT);
    sourcesAt = sections.next(size, Byte.BYTES);
    body = sections.end();
    bytes = body.bytes();
  }

  /** Lists without candidates. */
  public static CandidateLists empty(int items) {
    return allocate(new int[items]);
  }

  /**
   * Room for lists of the given lengths, to be filled by {@link #set}, each list by one thread.
   *
   * @param lengths candidates per item
   */
  static CandidateLists allocate(int[] lengths) {
    long size = 0;
    int longest = 0;
    for (int length : lengths) {
      size += length;
      longest = Math.max(longest, length);
    }
    int items = lengths.length;
    CandidateLists lists = new CandidateLists(items, size, longest, Sections.inMemory());
    long start = 0;
    for (int i = 0; i < items; i++) {
      lists.bytes.set(LittleEndian.LONG, lists.startsAt + (long) i * Long.BYTES, start);
      start += lengths[i];
    }
    lists.bytes.set(LittleEndian.LONG, lists.startsAt + (long) items * Long.BYTES, start);
    return lists;
  }

  /** Fills place {@code at}; only before the lists are handed out. */
  void set(long at, int item, float similarity, CandidateSource source) {
    bytes.set(LittleEndian.INT, ordinalsAt + at * Integer.BYTES, item);
    bytes.set(LittleEndian.FLOAT, similaritiesAt + at * Float.BYTES, similarity);
    bytes.set(ValueLayout.JAVA_BYTE, sourcesAt + at, source.code());
  }

  /** Takes the candidates of one item, best first within a source. */
  @FunctionalInterface
  public interface Sink {
    void add(int candidate, float similarity, CandidateSource source);
  }

  /** Hands the candidates of one item to a sink, as many as were said. */
  @FunctionalInterface
  public interface Filler {
    void fill(int item, Sink sink);
  }

  /**
   * Lists of given lengths, filled item by item.
   *
   * @throws IllegalArgumentException if an item is handed more or fewer than its length says, or a
   *     candidate is no other item
   */
  public static CandidateLists filled(int[] lengths, Filler filler) {
    CandidateLists lists = allocate(lengths);
    for (int item = 0; item < lengths.length; item++) {
      long start = lists.start(item);
      long end = lists.end(item);
      long[] at = {start};
      int of = item;
      filler.fill(
          item,
          (candidate, similarity, source) -> {
            if (at[0] == end || candidate == of || candidate < 0 || candidate >= lists.items) {
              throw new IllegalArgumentException(
                  "candidate "
                      + candidate
                      + " of item "
                      + of
                      + " is one too many, or no other item");
            }
            lists.set(at[0]++, candidate, similarity, source);
          });
      if (at[0] != end) {
        throw new IllegalArgumentException(
            "item "
                + item
                + " was handed "
                + (at[0] - start)
                + " of "
                + lengths[item]
                + " candidates");
      }
    }
    return lists;
  }

  /** Lists of one source: found[i] are the candidates of item i, best first. */
  static CandidateLists of(int[][] found, float[][] similarities, CandidateSource source) {
    int[] lengths = new int[found.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = found[i].length;
    }
    CandidateLists lists = allocate(lengths);
    for (int i = 0; i < lengths.length; i++) {
      long start = lists.start(i);
      for (int j = 0; j < lengths[i]; j++) {
        lists.set(start + j, found[i][j], similarities[i][j], source);
      }
    }
    return lists;
  }

  /**
   * Opens a file in place.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static CandidateLists open(Path path, Arena arena) throws IOException {
    return open(path, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file in a mode of memory.
   *
   * @param arena owns the memory
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static CandidateLists open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    int items = file.count(0, Integer.MAX_VALUE - 1, "items");
    int longest = file.count(2, items, "candidates of one item");
    return new CandidateLists(items, file.count(1), longest, Sections.of(file));
  }

  /** Writes {@code candidates.kcsr}: all or nothing. */
  public void write(Path path) throws IOException {
    body.write(path, KIND, VERSION, items, size, longest);
  }

  /** Compares the checksums of an opened file, and looks at every candidate. */
  public void verify() {
    body.verify();
    for (int i = 0; i < items; i++) {
      long end = end(i);
      for (long at = start(i); at < end; at++) {
        item(at);
        source(at);
      }
    }
  }

  /** Number of items, with or without candidates. */
  public int items() {
    return items;
  }

  /** Number of candidates of all items together. */
  public long size() {
    return size;
  }

  /** Length of the longest list: room for the list of any item. */
  public int longest() {
    return longest;
  }

  /** Number of candidates of an item. */
  public int count(int item) {
    return (int) (end(item) - start(item));
  }

  /** Where the list of an item begins, for {@link #item}, {@link #similarity}, {@link #source}. */
  public long start(int item) {
    Objects.checkIndex(item, items);
    long at = startsAt + (long) item * Long.BYTES;
    long start = bytes.get(LittleEndian.LONG, at);
    long end = bytes.get(LittleEndian.LONG, at + Long.BYTES);
    if (start < 0 || end < start || end > size || end - start > longest) {
      throw corrupt(at, "item " + item + " has candidates [" + start + ", " + end + ")");
    }
    return start;
  }

  /** Where the list of an item ends, exclusive. */
  public long end(int item) {
    start(item); // checks both
    return bytes.get(LittleEndian.LONG, startsAt + (item + 1L) * Long.BYTES);
  }

  /** Ordinal of the candidate at a place from {@link #start} to before {@link #end}. */
  public int item(long at) {
    Objects.checkIndex(at, size);
    int ordinal = bytes.get(LittleEndian.INT, ordinalsAt + at * Integer.BYTES);
    if (ordinal < 0 || ordinal >= items) {
      throw corrupt(ordinalsAt + at * Integer.BYTES, "candidate " + at + " is item " + ordinal);
    }
    return ordinal;
  }

  /** Similarity of the candidate at a place; what it is the cosine of depends on the source. */
  public float similarity(long at) {
    Objects.checkIndex(at, size);
    return bytes.get(LittleEndian.FLOAT, similaritiesAt + at * Float.BYTES);
  }

  /** Source of the candidate at a place. */
  public CandidateSource source(long at) {
    Objects.checkIndex(at, size);
    int code = bytes.get(ValueLayout.JAVA_BYTE, sourcesAt + at);
    if (code < 0 || code >= CandidateSource.count()) {
      throw corrupt(sourcesAt + at, "candidate " + at + " has source " + code);
    }
    return CandidateSource.ofCode(code);
  }

  /**
   * Copies the ordinals of an item's candidates to the front of {@code target}, in order.
   *
   * @param target at least {@link #longest()} long
   * @return how many there are
   */
  public int copyItems(int item, int[] target) {
    long start = start(item);
    int count = (int) (end(item) - start);
    MemorySegment.copy(
        bytes, LittleEndian.INT, ordinalsAt + start * Integer.BYTES, target, 0, count);
    int wrong = 0;
    for (int i = 0; i < count; i++) {
      wrong |= target[i] | items - 1 - target[i];
    }
    for (int i = 0; i < count && wrong < 0; i++) {
      item(start + i); // throws
    }
    return count;
  }

  /**
   * Copies the similarities of an item's candidates to the front of {@code target}, in the order of
   * {@link #copyItems}.
   *
   * @param target at least {@link #longest()} long
   */
  public void copySimilarities(int item, float[] target) {
    long start = start(item);
    int count = (int) (end(item) - start);
    MemorySegment.copy(
        bytes, LittleEndian.FLOAT, similaritiesAt + start * Float.BYTES, target, 0, count);
  }

  /**
   * Copies the profile similarities of an item's candidates to the front of {@code target}, in
   * order; 0 for candidates of other sources.
   *
   * @param target at least {@link #longest()} long
   */
  public void copyProfileSimilarities(int item, float[] target) {
    long start = start(item);
    int count = (int) (end(item) - start);
    for (int i = 0; i < count; i++) {
      target[i] = source(start + i).isContent() ? similarity(start + i) : 0;
    }
  }

  /**
   * Reads of every cache line of some items' lists, for what {@link CacheLines} is good for: of the
   * ordinals and of the similarities.
   *
   * @param places scratch, at least {@code 2 * (to - from)} long
   * @return a number without meaning, to be kept somewhere: reads of no use would be left out
   */
  public int touch(int[] list, int from, int to, long[] places) {
    int sum = 0;
    // Where the lists begin first: those reads wait for nothing either.
    for (int i = from; i < to; i++) {
      sum += (int) bytes.get(LittleEndian.LONG, startsAt + (long) list[i] * Long.BYTES);
    }
    int count = 0;
    long lines = 0;
    for (int i = from; i < to; i++) {
      long start = start(list[i]);
      long last = end(list[i]) - 1;
      places[count] = start;
      places[count + 1] = last;
      count += start <= last ? 2 : 0;
      // One more than so many ordinals fill: lists begin anywhere in a line.
      lines = Math.max(lines, (last - start) / LINE + 2);
    }
    for (long line = 0; line < lines; line += 4) {
      sum += touch(places, count, line * LINE, ordinalsAt);
      sum += touch(places, count, line * LINE, similaritiesAt);
    }
    return sum;
  }

  /** Four lines of each list in a column of four bytes; of a shorter one its last again. */
  private int touch(long[] places, int count, long first, long column) {
    int sum = 0;
    for (int i = 0; i < count; i += 2) {
      long at = places[i] + first;
      long last = places[i + 1];
      sum +=
          bytes.get(LittleEndian.INT, column + Math.min(last, at) * Integer.BYTES)
              + bytes.get(LittleEndian.INT, column + Math.min(last, at + LINE) * Integer.BYTES)
              + bytes.get(LittleEndian.INT, column + Math.min(last, at + 2 * LINE) * Integer.BYTES)
              + bytes.get(LittleEndian.INT, column + Math.min(last, at + 3 * LINE) * Integer.BYTES);
    }
    return sum;
  }

  /** The place of a candidate in the list of an item, or -1; linear in the list. */
  public long find(int item, int candidate) {
    long end = end(item);
    for (long at = start(item); at < end; at++) {
      if (bytes.get(LittleEndian.INT, ordinalsAt + at * Integer.BYTES) == candidate) {
        return at;
      }
    }
    return -1;
  }

  /** Number of candidates per source, by {@link CandidateSource#ordinal}; one pass. */
  public long[] countsBySource() {
    long[] counts = new long[CandidateSource.count()];
    for (long at = 0; at < size; at++) {
      counts[source(at).ordinal()]++;
    }
    return counts;
  }

  /**
   * One list per item out of several: first those of the first, then those of the second that are
   * not yet there, and so on.
   *
   * @param lists over the same items, most trusted first
   * @param caps per list, how many candidates it may add to an item
   * @param cap of an item's whole list
   */
  public static CandidateLists union(List<CandidateLists> lists, List<Integer> caps, int cap) {
    if (lists.isEmpty() || lists.size() != caps.size()) {
      throw new IllegalArgumentException(
          lists.size() + " lists and " + caps.size() + " caps; give at least one and as many");
    }
    int items = lists.getFirst().items;
    for (CandidateLists other : lists) {
      if (other.items != items) {
        throw new IllegalArgumentException(
            "lists of " + items + " and of " + other.items + " items can't be joined");
      }
    }
    int[] lengths = new int[items];
    BitSet taken = new BitSet(items);
    for (int i = 0; i < items; i++) {
      lengths[i] = take(lists, caps, cap, i, taken, null, 0);
    }
    CandidateLists union = allocate(lengths);
    for (int i = 0; i < items; i++) {
      take(lists, caps, cap, i, taken, union, union.start(i));
    }
    return union;
  }

  /** Walks the lists of one item; fills {@code target} unless it is null. Returns the length. */
  private static int take(
      List<CandidateLists> lists,
      List<Integer> caps,
      int cap,
      int item,
      BitSet taken,
      CandidateLists target,
      long at) {
    taken.clear();
    int count = 0;
    for (int l = 0; l < lists.size() && count < cap; l++) {
      CandidateLists list = lists.get(l);
      int left = caps.get(l);
      long end = list.end(item);
      for (long from = list.start(item); from < end && left > 0 && count < cap; from++) {
        int candidate = list.item(from);
        if (taken.get(candidate)) {
          continue;
        }
        taken.set(candidate);
        if (target != null) {
          target.set(at + count, candidate, list.similarity(from), list.source(from));
        }
        count++;
        left--;
      }
    }
    return count;
  }

  private RuntimeException corrupt(long bodyOffset, String found) {
    return body.corrupt(bodyOffset, found + " of " + items + " items and " + size + " candidates");
  }
}
