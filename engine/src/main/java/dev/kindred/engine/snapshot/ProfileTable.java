package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The profile values of a snapshot's items, mapped from {@code profile.kprof}: what explanations
 * name as shared. Immutable; may be shared by threads while its arena is open.
 *
 * <p>Body of kind {@code kprof}, version 1, for n items, F fields, V values that occur in them, x
 * values of all items together and T bytes of text:
 *
 * <pre>
 * i64 start[n + 1]          values of item i are value[start[i]] to before value[start[i + 1]]
 * i64 textStart[F + V + 1]  text of string s is text[textStart[s]] to before text[textStart[s + 1]];
 *                           strings 0 to F - 1 are the names of the fields, F + v is value v
 * i32 fieldStart[F + 1]     values fieldStart[f] to before fieldStart[f + 1] belong to field f
 * i32 value[x]              rising within an item
 * byte text[T]              UTF-8
 * </pre>
 *
 * Header counts: n, F, V, x, T. Numeric fields have no values and are left out.
 */
public final class ProfileTable {
  static final String KIND = "kprof";
  static final int VERSION = 1;

  /** More fields or values than this are no profile but a fault of the file. */
  private static final int MAX_FIELDS = 1 << 16;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final CheckedFile file;
  private final MemorySegment body;
  private final int items;
  private final int fieldCount;
  private final int vocabulary;
  private final long values;
  private final long textBytes;
  private final long textStartAt;
  private final long fieldStartAt;
  private final long valueAt;
  private final long textAt;

  private ProfileTable(CheckedFile file) {
    this.file = file;
    body = file.body();
    items = count(0, Integer.MAX_VALUE - 1, "items");
    fieldCount = count(1, MAX_FIELDS, "fields");
    vocabulary = count(2, Integer.MAX_VALUE - 1 - MAX_FIELDS, "distinct values");
    values = file.count(3);
    textBytes = file.count(4);
    textStartAt = Long.BYTES * (items + 1L);
    fieldStartAt = textStartAt + Long.BYTES * ((long) fieldCount + vocabulary + 1);
    valueAt = fieldStartAt + Integer.BYTES * (fieldCount + 1L);
    // Each part is checked against the body before it is added, so that no sum overflows.
    if (values > body.byteSize() / Integer.BYTES || textBytes > body.byteSize()) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
    textAt = valueAt + Integer.BYTES * values;
    if (textAt + textBytes != body.byteSize()) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
  }

  /** Writes the values of a catalogue's items with ordinals [0, items). */
  public static void write(Path path, Catalogue catalogue, int items) throws IOException {
    List<Integer> fields = new ArrayList<>();
    for (int f = 0; f < catalogue.fields().size(); f++) {
      if (catalogue.fields().get(f).kind() != FieldSpec.Kind.NUMERIC) {
        fields.add(f);
      }
    }
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      long values = writeStarts(out, catalogue, fields, items);
      List<String> strings = new ArrayList<>();
      fields.forEach(f -> strings.add(catalogue.fields().get(f).name()));
      int[] fieldStart = new int[fields.size() + 1];
      for (int i = 0; i < fields.size(); i++) {
        Ids vocabulary = catalogue.vocabulary(fields.get(i));
        for (int v = 0; v < vocabulary.size(); v++) {
          strings.add(vocabulary.idOf(v));
        }
        fieldStart[i + 1] = Math.addExact(fieldStart[i], vocabulary.size());
      }
      long textBytes = 0;
      out.writeLong(textBytes);
      for (String string : strings) {
        textBytes += string.getBytes(StandardCharsets.UTF_8).length;
        out.writeLong(textBytes);
      }
      out.writeInts(fieldStart, 0, fieldStart.length);
      for (int item = 0; item < items; item++) {
        for (int i = 0; i < fields.size(); i++) {
          int f = fields.get(i);
          for (int at = catalogue.valueStart(f, item); at < catalogue.valueEnd(f, item); at++) {
            out.writeInt(fieldStart[i] + catalogue.value(at));
          }
        }
      }
      for (String string : strings) {
        byte[] text = string.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(text, 0, text.length);
      }
      out.count(0, items);
      out.count(1, fields.size());
      out.count(2, fieldStart[fields.size()]);
      out.count(3, values);
      out.count(4, textBytes);
      out.commit();
    }
  }

  private static long writeStarts(
      CheckedFileWriter out, Catalogue catalogue, List<Integer> fields, int items)
      throws IOException {
    long start = 0;
    out.writeLong(start);
    for (int item = 0; item < items; item++) {
      for (int f : fields) {
        start += catalogue.valueEnd(f, item) - catalogue.valueStart(f, item);
      }
      out.writeLong(start);
    }
    return start;
  }

  /** Opens a file in place. */
  public static ProfileTable open(Path path, Arena arena) throws IOException {
    return new ProfileTable(CheckedFile.open(path, KIND, VERSION, arena));
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    file.verify();
  }

  /** How many items have an entry, maybe an empty one. */
  public int size() {
    return items;
  }

  /** Names of the fields in the catalogue's order. */
  public List<String> fields() {
    List<String> names = new ArrayList<>();
    for (int f = 0; f < fieldCount; f++) {
      names.add(string(f));
    }
    return names;
  }

  /**
   * Field name to values of an item, in the catalogue's order; fields without values are absent.
   */
  public Map<String, List<String>> valuesOf(int item) {
    Map<String, List<String>> result = new LinkedHashMap<>();
    long end = end(item);
    for (long i = start(item); i < end; i++) {
      int value = value(i);
      result.computeIfAbsent(string(fieldOf(value)), name -> new ArrayList<>()).add(text(value));
    }
    return result;
  }

  /** The values that both items have, by field in the catalogue's order. */
  public List<SharedValue> shared(int first, int second) {
    List<SharedValue> result = new ArrayList<>();
    long i = start(first);
    long iEnd = end(first);
    long j = start(second);
    long jEnd = end(second);
    while (i < iEnd && j < jEnd) {
      int a = value(i);
      int b = value(j);
      if (a == b) {
        result.add(new SharedValue(string(fieldOf(a)), text(a)));
      }
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
    }
    return result;
  }

  private long start(int item) {
    return bounded(Long.BYTES * (long) Objects.checkIndex(item, items), 0, values);
  }

  private long end(int item) {
    return bounded(Long.BYTES * (item + 1L), start(item), values);
  }

  private int value(long index) {
    long at = valueAt + Integer.BYTES * index;
    int value = body.get(INT, at);
    if (value < 0 || value >= vocabulary) {
      throw file.corrupt(at, "a value is out of range; restore the file or build it again");
    }
    return value;
  }

  private String text(int value) {
    return string(fieldCount + value);
  }

  private String string(int index) {
    long at = textStartAt + Long.BYTES * (long) index;
    long from = bounded(at, 0, textBytes);
    long to = bounded(at + Long.BYTES, from, textBytes);
    if (to - from > Integer.MAX_VALUE - 8) {
      throw file.corrupt(at, "a string is out of range; restore the file or build it again");
    }
    return new String(
        body.asSlice(textAt + from, to - from).toArray(ValueLayout.JAVA_BYTE),
        StandardCharsets.UTF_8);
  }

  /** The field whose range holds the value; a damaged table gives the last. */
  private int fieldOf(int value) {
    for (int f = 0; f < fieldCount - 1; f++) {
      if (value < body.get(INT, fieldStartAt + Integer.BYTES * (f + 1L))) {
        return f;
      }
    }
    if (fieldCount == 0) {
      throw file.corrupt(0, "has values but no fields; restore the file or build it again");
    }
    return fieldCount - 1;
  }

  private long bounded(long at, long atLeast, long atMost) {
    long number = body.get(LONG, at);
    if (number < atLeast || number > atMost) {
      throw file.corrupt(at, "a position is out of range; restore the file or build it again");
    }
    return number;
  }

  private int count(int index, int atMost, String what) {
    long count = file.count(index);
    if (count > atMost) {
      throw file.corrupt(0, "states " + count + " " + what + ", more than there can be");
    }
    return (int) count;
  }
}
