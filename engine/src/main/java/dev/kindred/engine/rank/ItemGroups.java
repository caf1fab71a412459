package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
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
 * <p>Body of kind {@code kgroup}, version 2, for n items, x topics of all items together and p
 * popular items:
 *
 * <pre>
 * i64 start[n + 1]   topics of item i are topic[start[i]] to before topic[start[i + 1]]
 * i32 series[n]      -1 = none
 * i32 topic[x]
 * i32 popular[p]     items, most popular first
 * f32 popularity[n]  share of what was watched of late that each item is
 * </pre>
 *
 * Header counts: n, x, p. Immutable; may be shared by threads while its arena is open.
 */
public final class ItemGroups {
  static final String KIND = "kgroup";
  static final int VERSION = 2;

  /** Topics of an item beyond these are left out: the work per candidate stays bounded. */
  static final int MOST_TOPICS = 8;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final CheckedFile file; // null before it is written
  private final MemorySegment body;
  private final int items;
  private final long topics;
  private final int popular;

  private ItemGroups(CheckedFile file, MemorySegment body, int items, long topics, int popular) {
    this.file = file;
    this.body = body;
    this.items = items;
    this.topics = topics;
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
    long total = 0;
    for (int item = 0; item < items; item++) {
      total += topics(catalogue, topic, item);
    }
    long seriesAt = Long.BYTES * (items + 1L);
    long topicAt = seriesAt + Integer.BYTES * (long) items;
    long popularAt = topicAt + Integer.BYTES * total;
    MemorySegment body =
        Arena.ofAuto()
            .allocate(popularAt + Integer.BYTES * ((long) popular.length + items), Long.BYTES);
    long at = 0;
    for (int item = 0; item < items; item++) {
      for (int t = 0; t < topics(catalogue, topic, item); t++) {
        int value = catalogue.value(catalogue.valueStart(topic, item) + t);
        body.set(INT, topicAt + Integer.BYTES * at++, value);
      }
      body.set(LONG, Long.BYTES * (item + 1L), at);
      boolean has =
          series >= 0 && catalogue.valueEnd(series, item) > catalogue.valueStart(series, item);
      int value = has ? catalogue.value(catalogue.valueStart(series, item)) : -1;
      body.set(INT, seriesAt + Integer.BYTES * (long) item, value);
    }
    for (int i = 0; i < popular.length; i++) {
      body.set(INT, popularAt + Integer.BYTES * (long) i, popular[i]);
    }
    long popularityAt = popularAt + Integer.BYTES * (long) popular.length;
    for (int item = 0; item < items; item++) {
      body.set(FLOAT, popularityAt + Float.BYTES * (long) item, popularity[item]);
    }
    return new ItemGroups(null, body, items, total, popular.length);
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
    long topics = file.count(1);
    long popular = file.count(2);
    long size = file.body().byteSize();
    boolean bounded = items < Integer.MAX_VALUE && topics <= size && popular <= size;
    if (!bounded
        || Long.BYTES * (items + 1) + Integer.BYTES * (2 * items + topics + popular) != size) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
    return new ItemGroups(file, file.body(), (int) items, topics, (int) popular);
  }

  void write(Path path) throws IOException {
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      out.writeSegment(body);
      out.count(0, items);
      out.count(1, topics);
      out.count(2, popular);
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

  /** Index of an item's first topic, for {@link #topic}. */
  long start(int item) {
    return Math.clamp(body.get(LONG, Long.BYTES * (long) item), 0, topics);
  }

  /** One past the index of an item's last topic; a damaged file gives no more than the most. */
  long end(int item) {
    return Math.min(start(item + 1), start(item) + MOST_TOPICS);
  }

  int topic(long index) {
    return body.get(INT, Long.BYTES * (items + 1L) + Integer.BYTES * (items + index));
  }

  /** The series of an item, or -1. */
  int series(int item) {
    return body.get(INT, Long.BYTES * (items + 1L) + Integer.BYTES * (long) item);
  }

  /** Reads what there is of some items, as {@link CandidateLists#touch} does. */
  int touch(int[] list, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += (int) body.get(LONG, Long.BYTES * (long) list[i]) + series(list[i]);
      sum += Float.floatToRawIntBits(popularity(list[i]));
    }
    for (int i = from; i < to; i++) {
      long start = start(list[i]);
      sum += start < topics ? topic(start) : 0;
    }
    return sum;
  }

  /** Share of what was watched of late that an item is. */
  float popularity(int item) {
    long at = Long.BYTES * (items + 1L) + Integer.BYTES * (items + topics + popular + item);
    return body.get(FLOAT, at);
  }

  /** How many popular items are known. */
  public int popular() {
    return popular;
  }

  /** The popular item at a rank in [0, popular()). */
  public int popular(int rank) {
    long at = Long.BYTES * (items + 1L) + Integer.BYTES * (items + topics + rank);
    int item = body.get(INT, at);
    if (item < 0 || item >= items) {
      throw file.corrupt(at, "a popular item is out of range; restore the file");
    }
    return item;
  }
}
