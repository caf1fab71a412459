package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * The profiles of a snapshot's items, mapped from {@code profile.kprof}: what explanations name as
 * shared, and filters, caps and freshness ask for. Immutable; may be shared by threads while its
 * arena is open.
 *
 * <p>Body of kind {@code kprof}, version 2, for n items, F fields of text, V values that occur in
 * them, x values of all items together, T bytes of text and N fields of numbers:
 *
 * <pre>
 * i64 start[n + 1]             values of item i are value[start[i]] to before value[start[i + 1]]
 * i64 textStart[F + N + V + 1] string s is text[textStart[s]] to before text[textStart[s + 1]];
 *                              the first F are the names of the fields of text, then N those of
 *                              the fields of numbers, F + N + v is value v
 * i32 fieldStart[F + 1]        values fieldStart[f] to before fieldStart[f + 1] belong to field f
 * i32 value[x]                 rising within an item
 * f32 number[N n]              field by field; NaN = none
 * byte text[T]                 UTF-8
 * </pre>
 *
 * Header counts: n, F, V, x, T, N. As {@link ItemAttributes} the fields of text come first.
 */
public final class ProfileTable implements ItemAttributes {
  static final String KIND = "kprof";
  static final int VERSION = 2;

  /** More fields or values than this are no profile but a fault of the file. */
  private static final int MAX_FIELDS = 1 << 16;

  private final Body body;
  private final MemorySegment bytes;
  private final int items;
  private final int fieldCount; // of text
  private final int numberCount; // fields of numbers
  private final int vocabulary;
  private final long values;
  private final long textBytes;
  private final long startAt;
  private final long textStartAt;
  private final long fieldStartAt;
  private final long valueAt;
  private final long numberAt;
  private final long textAt;

  private ProfileTable(CheckedFile file) {
    items = file.count(0, Integer.MAX_VALUE - 1, "items");
    fieldCount = file.count(1, MAX_FIELDS, "fields");
    vocabulary = file.count(2, Integer.MAX_VALUE - 1 - MAX_FIELDS, "distinct values");
    values = file.count(3);
    textBytes = file.count(4);
    numberCount = file.count(5, MAX_FIELDS, "fields of numbers");
    Sections sections = Sections.of(file);
    startAt = sections.next(items + 1L, Long.BYTES);
    textStartAt = sections.next((long) fieldCount + numberCount + vocabulary + 1, Long.BYTES);
    fieldStartAt = sections.next(fieldCount + 1L, Integer.BYTES);
    valueAt = sections.next(values, Integer.BYTES);
    numberAt = sections.next((long) numberCount * items, Float.BYTES);
    textAt = sections.next(textBytes, Byte.BYTES);
    body = sections.end();
    bytes = body.bytes();
  }

  /** Writes the values of a catalogue's items with ordinals [0, items). */
  public static void write(Path path, Catalogue catalogue, int items) throws IOException {
    List<Integer> fields = new ArrayList<>();
    List<Integer> numeric = new ArrayList<>();
    for (int f = 0; f < catalogue.fields().size(); f++) {
      boolean isNumeric = catalogue.fields().get(f).kind() == FieldSpec.Kind.NUMERIC;
      (isNumeric ? numeric : fields).add(f);
    }
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      long values = writeStarts(out, catalogue, fields, items);
      List<String> strings = new ArrayList<>();
      fields.forEach(f -> strings.add(catalogue.fields().get(f).name()));
      numeric.forEach(f -> strings.add(catalogue.fields().get(f).name()));
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
      for (int f : numeric) {
        for (int item = 0; item < items; item++) {
          out.writeFloat(catalogue.number(f, item));
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
      out.count(5, numeric.size());
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
    body.verify();
  }

  /** How many items have an entry, maybe an empty one. */
  public int size() {
    return items;
  }

  @Override
  public int items() {
    return items;
  }

  /** Names of the fields: those of text in the catalogue's order, then those of numbers in it. */
  @Override
  public List<String> fields() {
    List<String> names = new ArrayList<>();
    for (int f = 0; f < fieldCount + numberCount; f++) {
      names.add(string(f));
    }
    return names;
  }

  @Override
  public boolean isNumeric(int field) {
    return Objects.checkIndex(field, fieldCount + numberCount) >= fieldCount;
  }

  @Override
  public float number(int item, int field) {
    Objects.checkIndex(item, items);
    if (!isNumeric(field)) {
      return Float.NaN;
    }
    return bytes.get(
        LittleEndian.FLOAT, numberAt + Float.BYTES * ((long) (field - fieldCount) * items + item));
  }

  /** Cost: a look at every value of the field. */
  @Override
  public int valueOf(int field, String text) {
    if (isNumeric(field)) {
      return -1;
    }
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(vocabulary, fieldStart(field + 1));
    for (int value = Math.max(0, fieldStart(field)); value < end; value++) {
      if (isText(value, wanted)) {
        return value;
      }
    }
    return -1;
  }

  @Override
  public long valueStart(int item, int field) {
    return firstFrom(item, isNumeric(field) ? vocabulary : fieldStart(field));
  }

  @Override
  public long valueEnd(int item, int field) {
    return firstFrom(item, isNumeric(field) ? vocabulary : fieldStart(field + 1));
  }

  @Override
  public int value(int item, long at) {
    return value(at);
  }

  /** Place of an item's first value that is {@code value} or a later one. */
  private long firstFrom(int item, int value) {
    long at = start(item);
    long end = end(item);
    while (at < end && value(at) < value) {
      at++;
    }
    return at;
  }

  private int fieldStart(int field) {
    return bytes.get(LittleEndian.INT, fieldStartAt + Integer.BYTES * (long) field);
  }

  private boolean isText(int value, byte[] wanted) {
    long at = textStartAt + Long.BYTES * ((long) fieldCount + numberCount + value);
    long from = body.longAt(at, 0, textBytes);
    long to = body.longAt(at + Long.BYTES, from, textBytes);
    if (to - from != wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, textAt + from + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Field name to values of an item, in the order of {@link #fields()}, numbers as text; fields
   * without values are absent.
   */
  public Map<String, List<String>> valuesOf(int item) {
    Map<String, List<String>> result = new LinkedHashMap<>();
    long end = end(item);
    for (long i = start(item); i < end; i++) {
      int value = value(i);
      result.computeIfAbsent(string(fieldOf(value)), name -> new ArrayList<>()).add(text(value));
    }
    for (int f = fieldCount; f < fieldCount + numberCount; f++) {
      List<String> number = numberOf(item, f);
      if (!number.isEmpty()) {
        result.put(string(f), number);
      }
    }
    return result;
  }

  /** Values of an item in one field as {@link #valuesOf(int)} has them; empty without any. */
  public List<String> valuesOf(int item, int field) {
    if (isNumeric(field)) {
      return numberOf(item, field);
    }
    long end = valueEnd(item, field);
    List<String> values = new ArrayList<>(1);
    for (long at = valueStart(item, field); at < end; at++) {
      values.add(text(value(at)));
    }
    return values;
  }

  /** The number of an item as text, whole ones without a point; empty without one. */
  private List<String> numberOf(int item, int field) {
    float number = number(item, field);
    if (Float.isNaN(number)) {
      return List.of();
    }
    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1L << 53;
    return List.of(isWhole ? Long.toString((long) number) : Float.toString(number));
  }

  /**
   * Cosine of two profiles as sets of values, all alike: the number that they share over the
   * geometric mean of their numbers; 0 where either has none. Allocates nothing.
   */
  public float cosine(int first, int second) {
    long i = start(first);
    long iEnd = end(first);
    long j = start(second);
    long jEnd = end(second);
    double product = (double) (iEnd - i) * (jEnd - j);
    int common = 0;
    while (i < iEnd && j < jEnd) {
      int a = value(i);
      int b = value(j);
      common += a == b ? 1 : 0;
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
    }
    return product == 0 ? 0 : (float) (common / Math.sqrt(product));
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

  /** Number of distinct values of all fields together; they are numbered from 0, by field. */
  @Override
  public int values() {
    return vocabulary;
  }

  /** Number of the field that a value in [0, values()) belongs to. */
  public int field(int value) {
    return fieldOf(Objects.checkIndex(value, vocabulary));
  }

  /** A value in [0, values()) as text. */
  public String valueText(int value) {
    return text(Objects.checkIndex(value, vocabulary));
  }

  /** Hands the numbers of an item's values to the visitor, rising. */
  public void forEachValue(int item, IntConsumer visitor) {
    long end = end(item);
    for (long i = start(item); i < end; i++) {
      visitor.accept(value(i));
    }
  }

  private long start(int item) {
    return body.longAt(startAt + Long.BYTES * (long) Objects.checkIndex(item, items), 0, values);
  }

  private long end(int item) {
    return body.longAt(startAt + Long.BYTES * (item + 1L), start(item), values);
  }

  private int value(long index) {
    return body.intAt(valueAt + Integer.BYTES * index, 0, vocabulary - 1);
  }

  private String text(int value) {
    return string(fieldCount + numberCount + value);
  }

  private String string(int index) {
    long at = textStartAt + Long.BYTES * (long) index;
    long from = body.longAt(at, 0, textBytes);
    long to = body.longAt(at + Long.BYTES, from, textBytes);
    if (to - from > Integer.MAX_VALUE - 8) {
      throw body.corrupt(at, "a string has " + (to - from) + " bytes, more than there can be");
    }
    return new String(
        bytes.asSlice(textAt + from, to - from).toArray(ValueLayout.JAVA_BYTE),
        StandardCharsets.UTF_8);
  }

  /** The field whose range holds the value; a damaged table gives the last. */
  private int fieldOf(int value) {
    for (int f = 0; f < fieldCount - 1; f++) {
      if (value < fieldStart(f + 1)) {
        return f;
      }
    }
    if (fieldCount == 0) {
      throw body.corrupt(0, "has values but no fields");
    }
    return fieldCount - 1;
  }
}
