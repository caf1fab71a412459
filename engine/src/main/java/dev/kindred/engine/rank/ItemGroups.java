package dev.kindred.engine.rank;

import dev.kindred.engine.data.Catalogue;
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

  private final int items;
  private final int popular;
  private final Body body;
  private final MemorySegment bytes;
  private final long popularAt;

  private ItemGroups(int items, int popular, Sections sections) {
    this.items = items;
    this.popular = popular;
    sections.next(items, ROW_BYTES);
    popularAt = sections.next(popular, Integer.BYTES);
    body = sections.end();
    bytes = body.bytes();
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
    ItemGroups groups = new ItemGroups(items, popular.length, Sections.inMemory());
    MemorySegment bytes = groups.bytes;
    for (int item = 0; item < items; item++) {
      long row = row(item);
      boolean has =
          series >= 0 && catalogue.valueEnd(series, item) > catalogue.valueStart(series, item);
      bytes.set(
          LittleEndian.INT, row, has ? catalogue.value(catalogue.valueStart(series, item)) : -1);
      bytes.set(LittleEndian.FLOAT, row + POPULARITY_AT, popularity[item]);
      int count = topics(catalogue, topic, item);
      bytes.set(LittleEndian.INT, row + TOPICS_AT, count);
      for (int t = 0; t < count; t++) {
        int value = catalogue.value(catalogue.valueStart(topic, item) + t);
        bytes.set(LittleEndian.INT, row + TOPIC_AT + (long) t * Integer.BYTES, value);
      }
    }
    for (int i = 0; i < popular.length; i++) {
      bytes.set(LittleEndian.INT, groups.popularAt + Integer.BYTES * (long) i, popular[i]);
    }
    return groups;
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
    int items = file.count(0, Integer.MAX_VALUE - 1, "items");
    int popular = file.count(1, Integer.MAX_VALUE, "popular items");
    return new ItemGroups(items, popular, Sections.of(file));
  }

  void write(Path path) throws IOException {
    body.write(path, KIND, VERSION, items, popular);
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  void verify() {
    body.verify();
  }

  /** How many items there are. */
  public int size() {
    return items;
  }

  /** How many topics an item has; a damaged file gives no more than the most. */
  int topics(int item) {
    return Math.clamp(bytes.get(LittleEndian.INT, row(item) + TOPICS_AT), 0, MOST_TOPICS);
  }

  /** The topic of an item at a place in [0, topics(item)). */
  int topic(int item, int place) {
    return bytes.get(LittleEndian.INT, row(item) + TOPIC_AT + (long) place * Integer.BYTES);
  }

  /** The series of an item, or -1. */
  int series(int item) {
    return bytes.get(LittleEndian.INT, row(item));
  }

  /** Share of what was watched of late that an item is. */
  float popularity(int item) {
    return bytes.get(LittleEndian.FLOAT, row(item) + POPULARITY_AT);
  }

  private static long row(int item) {
    return (long) item * ROW_BYTES;
  }

  /** Reads what there is of some items, for what {@link CacheLines} is good for. */
  int touch(int[] list, int from, int to) {
    return CacheLines.touch(bytes, ROW_BYTES, ROW_BYTES, list, from, to);
  }

  /** How many popular items are known. */
  public int popular() {
    return popular;
  }

  /** The popular item at a rank in [0, popular()). */
  public int popular(int rank) {
    return body.intAt(popularAt + Integer.BYTES * (long) rank, 0, items - 1);
  }
}
