package dev.kindred.engine.rank;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.simd.CacheLines;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Which topics and which series each item belongs to, and which items are popular: what ranking
 * needs to know of items beside their vectors. In memory after training, mapped when served.
 *
 * <p>Body of kind {@code kgroup}, version 3, for n items and p popular items:
 *
 * <pre>
 * n rows of 64 bytes, one cache line each:
 *   i32 series          -1 = none
 *   f32 popularity      share of what was watched of late that the item is
 *   i32 topics          how many, 0 to 8
 *   i32 topic[8]        the rest of a row is 0
 * i32 popular[p]        items, most popular first
 * </pre>
 *
 * Header counts: n, p. Immutable; may be shared by threads while its arena is open.
 */
public final class ItemGroups {
  static final String KIND = "kgroup";
  static final int VERSION = 3;

  /** Topics of an item beyond these are left out: the work per candidate stays bounded. */
  static final int MOST_TOPICS = 8;

  private static final int ROW_BYTES = 64;
  private static final int POPULARITY_AT = 4;
  private static final int TOPICS_AT = 8;
  private static final int TOPIC_AT = 12;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final CheckedFile file; // null before it is written
  private final MemorySegment body;
  private final int items;
  private final int popular;

  private ItemGroups(CheckedFile file, MemorySegment body, int items, int popular) {
    this.file = file;
    this.body = body;
    this.items = items;
    this.popular = popular;
  }

  /**
   * Of a catalogue.
   *
   * @param topicField name of the field whose values are topics; "" for none
   * @param seriesField name of the field whose first value is the series or channel; "" for none
   * @param popular items, most popular first
   * @param popularity share of what was watched of late that each item is
   * @throws IllegalArgumentException if the catalogue has no such field
   */
  public static ItemGroups of(
      Catalogue catalogue,
      int items,
      String topicField,
      String seriesField,
      int[] popular,
      float[] popularity) {
    int topic = field(catalogue, topicField);
    int series = field(catalogue, seriesField);
    long popularAt = ROW_BYTES * (long) items;
    MemorySegment body =
        Arena.ofAuto().allocate(popularAt + Integer.BYTES * (long) popular.length, ROW_BYTES);
    for (int item = 0; item < items; item++) {
      long row = ROW_BYTES * (long) item;
      boolean has =
          series >= 0 && catalogue.valueEnd(series, item) > catalogue.valueStart(series, item);
      body.set(INT, row, has ? catalogue.value(catalogue.valueStart(series, item)) : -1);
      body.set(FLOAT, row + POPULARITY_AT, popularity[item]);
      int count = topics(catalogue, topic, item);
      body.set(INT, row + TOPICS_AT, count);
      for (int t = 0; t < count; t++) {
        int value = catalogue.value(catalogue.valueStart(topic, item) + t);
        body.set(INT, row + TOPIC_AT + (long) t * Integer.BYTES, value);
      }
    }
    for (int i = 0; i < popular.length; i++) {
      body.set(INT, popularAt + Integer.BYTES * (long) i, popular[i]);
    }
    return new ItemGroups(null, body, items, popular.length);
  }

  private static int field(Catalogue catalogue, String name) {
    int field = name.isEmpty() ? -1 : catalogue.fieldOf(name);
    if (field < 0 && !name.isEmpty()) {
      throw new IllegalArgumentException(
          "no profile field is called '%s'; the items have %s"
              .formatted(name, catalogue.fields().stream().map(f -> f.name()).toList()));
    }
    return field;
  }

  private static int topics(Catalogue catalogue, int field, int item) {
    return field < 0
        ? 0
        : Math.min(
            MOST_TOPICS, catalogue.valueEnd(field, item) - catalogue.valueStart(field, item));
  }

  /** Opens a file in a mode of memory. */
  static ItemGroups open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    long items = file.count(0);
    long popular = file.count(1);
    long size = file.body().byteSize();
    boolean bounded = items < Integer.MAX_VALUE && popular <= size;
    if (!bounded || ROW_BYTES * items + Integer.BYTES * popular != size) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
    return new ItemGroups(file, file.body(), (int) items, (int) popular);
  }

  void write(Path path) throws IOException {
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      out.writeSegment(body);
      out.count(0, items);
      out.count(1, popular);
      out.commit();
    }
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  void verify() {
    file.verify();
  }

  /** How many items there are. */
  public int size() {
    return items;
  }

  /** How many topics an item has; a damaged file gives no more than the most. */
  int topics(int item) {
    return Math.clamp(body.get(INT, row(item) + TOPICS_AT), 0, MOST_TOPICS);
  }

  /** The topic of an item at a place in [0, topics(item)). */
  int topic(int item, int place) {
    return body.get(INT, row(item) + TOPIC_AT + (long) place * Integer.BYTES);
  }

  /** The series of an item, or -1. */
  int series(int item) {
    return body.get(INT, row(item));
  }

  /** Share of what was watched of late that an item is. */
  float popularity(int item) {
    return body.get(FLOAT, row(item) + POPULARITY_AT);
  }

  private static long row(int item) {
    return (long) item * ROW_BYTES;
  }

  /** Reads what there is of some items, for what {@link CacheLines} is good for. */
  int touch(int[] list, int from, int to) {
    return CacheLines.touch(body, ROW_BYTES, ROW_BYTES, list, from, to);
  }

  /** How many popular items are known. */
  public int popular() {
    return popular;
  }

  /** The popular item at a rank in [0, popular()). */
  public int popular(int rank) {
    long at = row(items) + Integer.BYTES * (long) rank;
    int item = body.get(INT, at);
    if (item < 0 || item >= items) {
      throw file.corrupt(at, "a popular item is out of range; restore the file");
    }
    return item;
  }
}
