package dev.kindred.engine.related;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.Sections;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.CacheLines;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The video-video matrix of the paper (section 4.3, step 5) cut to what is served: for each item
 * the top N of its candidates with their scores; in memory while built, mapped from {@code
 * related.ktop} when served.
 *
 * <p>Best score first; equal scores stand in the order of the candidate list, which is that of
 * similarity, then ordinal. So an item that no model knows yet has its candidates by similarity.
 *
 * <pre>
 *   per item, N = length of a list:
 *   ordinals  int32 [N]    -1 from the end of a shorter list on
 *   scores    float32 [N]  0 from there on
 *   sources   int8 [N]     of the candidate, as in candidates.kcsr; 0 from there on
 *   (padding to 64 bytes)
 * </pre>
 *
 * <p>All little-endian. Reading is safe whatever the body of a file holds: an impossible ordinal is
 * a {@link CorruptFileException}. Immutable; any number of threads may read, as long as the arena
 * of an opened file is open.
 */
public final class RelatedTable {
  /** Name of the file within a snapshot. */
  public static final String FILE_NAME = "related.ktop";

  /** The list length N where none is given; the paper names no number. */
  public static final int DEFAULT_LENGTH = 100;

  private static final String KIND = "ktop";
  private static final int VERSION = 2;
  private static final int MAX_LENGTH = 1 << 20;
  private static final int GRAIN = 16;

  private final int items;
  private final int length;
  private final Body body;
  private final MemorySegment bytes;

  private RelatedTable(int items, int length, Sections sections) {
    this.items = items;
    this.length = length;
    sections.next(items, rowBytes(length));
    body = sections.end();
    bytes = body.bytes();
  }

  /**
   * Scores the candidates of every item and keeps the best. The same for any number of threads.
   *
   * @param length most items in a list, in [1, 2^20]
   */
  public static RelatedTable build(
      RelatedScorer scorer,
      CandidateLists candidates,
      int length,
      Workers workers,
      Progress progress) {
    if (length < 1 || length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "list length is " + length + ", must be in [1, " + MAX_LENGTH + "]");
    }
    int items = candidates.items();
    if (scorer.items() != items) {
      throw new IllegalArgumentException(
          "candidates of " + items + " items, channels of " + scorer.items());
    }
    long rowBytes = rowBytes(length);
    RelatedTable table = new RelatedTable(items, length, Sections.inMemory());
    Lists[] lists = new Lists[workers.threads()];
    try (Progress.Stage stage = progress.stage("related lists", items)) {
      workers.forEachRange(
          items,
          GRAIN,
          (from, to, worker) -> {
            if (lists[worker] == null) {
              lists[worker] = new Lists(scorer, candidates, length);
            }
            for (int item = (int) from; item < to; item++) {
              lists[worker].write(item, table.bytes.asSlice(item * rowBytes, rowBytes));
            }
            stage.add(to - from);
          });
    }
    return table;
  }

  /** Makes the lists of one worker. */
  private static final class Lists {
    private final RelatedScorer scorer;
    private final CandidateLists candidates;
    private final int length;
    private final RelatedScorer.Scratch scratch;
    private final int[] targets;
    private final float[] similarities;
    private final float[] scores;
    private final BestItems best;

    Lists(RelatedScorer scorer, CandidateLists candidates, int length) {
      this.scorer = scorer;
      this.candidates = candidates;
      this.length = length;
      int longest = candidates.longest();
      scratch = scorer.newScratch(longest);
      targets = new int[longest];
      similarities = new float[longest];
      scores = new float[longest];
      best = new BestItems(length);
    }

    void write(int item, MemorySegment row) {
      long start = candidates.start(item);
      int count = candidates.copyItems(item, targets);
      candidates.copyProfileSimilarities(item, similarities);
      scorer.score(item, targets, similarities, count, count, scores, scratch);
      best.clear();
      for (int place = 0; place < count; place++) {
        best.offer(place, scores[place]);
      }
      best.sort();
      for (int rank = 0; rank < length; rank++) {
        boolean filled = rank < best.size();
        row.setAtIndex(LittleEndian.INT, rank, filled ? targets[best.item(rank)] : -1);
        row.setAtIndex(LittleEndian.FLOAT, length + rank, filled ? best.score(rank) : 0);
        byte source = filled ? candidates.source(start + best.item(rank)).code() : 0;
        row.set(ValueLayout.JAVA_BYTE, sourcesAt(length) + rank, source);
      }
    }
  }

  private static long rowBytes(long length) {
    return Sections.padded(sourcesAt(length) + length);
  }

  private static long sourcesAt(long length) {
    return length * (Integer.BYTES + Float.BYTES);
  }

  /**
   * Opens a file in place.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static RelatedTable open(Path path, Arena arena) throws IOException {
    return open(path, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file in a mode of memory.
   *
   * @param arena owns the memory
   * @throws CorruptFileException if it is no such file, damaged, or of another version
   */
  public static RelatedTable open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    int items = file.count(0, Integer.MAX_VALUE, "items");
    int length = file.count(1, MAX_LENGTH, "places in a list");
    if (length < 1) {
      throw file.corrupt(0, "states lists of no places; build the snapshot again");
    }
    return new RelatedTable(items, length, Sections.of(file));
  }

  /** Writes {@code related.ktop}: all or nothing. */
  public void write(Path path) throws IOException {
    body.write(path, KIND, VERSION, items, length);
  }

  /** Compares the checksums of an opened file, and looks at every related item. */
  public void verify() {
    body.verify();
    for (int item = 0; item < items; item++) {
      int count = count(item);
      for (int rank = 0; rank < count; rank++) {
        source(item, rank);
      }
    }
  }

  /** Number of items, with or without a list. */
  public int items() {
    return items;
  }

  /** N: most items in a list. */
  public int length() {
    return length;
  }

  /** Number of related items of an item. */
  public int count(int item) {
    int rank = 0;
    while (rank < length && ordinal(item, rank) >= 0) {
      rank++;
    }
    return rank;
  }

  /** Ordinal of the related item at a rank in [0, count(item)). */
  public int item(int item, int rank) {
    int ordinal = ordinal(item, rank);
    if (ordinal < 0) {
      throw new IndexOutOfBoundsException(
          "rank " + rank + " of the " + count(item) + " items related to item " + item);
    }
    return ordinal;
  }

  /** Ordinal of the related item at a rank in [0, length()), or -1 past the end of the list. */
  public int itemOrNone(int item, int rank) {
    return ordinal(item, rank);
  }

  /** Where the related item at a rank in [0, count(item)) came from. */
  public CandidateSource source(int item, int rank) {
    Objects.checkIndex(item, items);
    Objects.checkIndex(rank, length);
    long at = item * rowBytes(length) + sourcesAt(length) + rank;
    int code = bytes.get(ValueLayout.JAVA_BYTE, at);
    if (code < 0 || code >= CandidateSource.count()) {
      throw body.corrupt(at, "place " + rank + " of item " + item + " has source " + code);
    }
    return CandidateSource.ofCode(code);
  }

  /** Score of the related item at a rank in [0, count(item)). */
  public float score(int item, int rank) {
    return bytes.get(LittleEndian.FLOAT, at(item, rank) + (long) length * Integer.BYTES);
  }

  /**
   * Writes the first related items to the front of {@code out}, best first.
   *
   * @return how many: at most n, fewer if the list is shorter
   */
  public int related(int item, int n, int[] out) {
    int limit = Math.min(n, length);
    int rank = 0;
    for (; rank < limit; rank++) {
      int ordinal = ordinal(item, rank);
      if (ordinal < 0) {
        break;
      }
      out[rank] = ordinal;
    }
    return rank;
  }

  /**
   * Reads a byte of every cache line that the first related items of an item lie in: reads that
   * wait for nothing overlap in memory.
   *
   * @return a number without meaning, to be kept somewhere: reads of no use would be left out
   */
  public int touch(int item, int n) {
    Objects.checkIndex(item, items);
    int limit = Math.min(n, length);
    long row = item * rowBytes(length);
    long scores = row + (long) length * Integer.BYTES;
    long sources = row + sourcesAt(length);
    return CacheLines.touch(bytes, row, row + limit * (long) Integer.BYTES)
        + CacheLines.touch(bytes, scores, scores + limit * (long) Float.BYTES)
        + CacheLines.touch(bytes, sources, sources + limit);
  }

  /** As {@link #touch}, of what {@link #related} reads. */
  public int touchItems(int item, int n) {
    Objects.checkIndex(item, items);
    long row = item * rowBytes(length);
    return CacheLines.touch(bytes, row, row + Math.min(n, length) * (long) Integer.BYTES);
  }

  private long at(int item, int rank) {
    Objects.checkIndex(item, items);
    Objects.checkIndex(rank, length);
    return item * rowBytes(length) + (long) rank * Integer.BYTES;
  }

  /** -1 past the end of the list. */
  private int ordinal(int item, int rank) {
    long at = at(item, rank);
    int ordinal = bytes.get(LittleEndian.INT, at);
    if (ordinal < -1 || ordinal >= items) {
      throw body.corrupt(
          at, "place " + rank + " of item " + item + " is item " + ordinal + " of " + items);
    }
    return ordinal;
  }
}
