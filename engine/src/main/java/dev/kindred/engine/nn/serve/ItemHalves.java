package dev.kindred.engine.nn.serve;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.Sections;
import dev.kindred.simd.Activation;
import dev.kindred.simd.CacheLines;
import dev.kindred.simd.HalfFloats;
import dev.kindred.simd.ScaledBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What a ranker's first layers make of each item, as 16-bit floats or scaled bytes in a
 * memory-mapped file (docs/formats.md): the item half of {@link SplitMmoe}.
 *
 * <p>Immutable and free to share while its arena is open.
 */
public final class ItemHalves {
  private static final String KIND = "khalf";
  private static final int VERSION = 1;
  private static final int ITEMS = 0;
  private static final int VALUES = 1;
  private static final int STRIDE = 2;
  private static final int FINGERPRINT = 3;
  private static final int ROWS_AT_ONCE = 240;

  /** Largest magnitude that rounds to a finite half. */
  private static final float LARGEST = 65_504;

  private final CheckedFile file;
  private final int items;
  private final int values;
  private final long stride;
  private final ItemPrecision precision;

  /** Middle of each column's range and what one step of a byte is worth; null of halves. */
  private final float[] centres;

  private final float[] scales;

  private ItemHalves(
      CheckedFile file,
      int items,
      int values,
      ItemPrecision precision,
      float[] centres,
      float[] scales) {
    this.file = file;
    this.items = items;
    this.values = values;
    this.precision = precision;
    this.centres = centres;
    this.scales = scales;
    stride = strideFor(values, precision);
  }

  /** Gives the inputs of items, one after the other. */
  public interface Inputs {
    /** Writes the item inputs of an item to target[offset ..). */
    void copy(int ordinal, float[] target, int offset);
  }

  /**
   * Computes and writes what the network stores of items [0, items). With bytes the items are gone
   * through twice, first for the ranges of the columns.
   *
   * @throws IllegalArgumentException naming the item, if a value can't be stored
   */
  public static void write(Path target, SplitMmoe network, int items, Inputs inputs)
      throws IOException {
    int values = network.storedValues();
    if (items < 1) {
      throw new IllegalArgumentException(items + " items make no file; there must be 1 or more");
    }
    ItemPrecision precision = network.precision();
    byte[] row = new byte[values * precision.bytes()];
    try (CheckedFileWriter out = CheckedFileWriter.create(target, KIND, VERSION)) {
      if (precision == ItemPrecision.HALF) {
        forEach(
            network,
            items,
            inputs,
            (item, sums, at) -> {
              round(sums, at, row, item);
              out.writeBytes(row, 0, row.length);
              out.alignTo(Sections.ALIGNMENT);
            });
      } else {
        ColumnRanges ranges = new ColumnRanges(values);
        forEach(network, items, inputs, ranges::widen);
        forEach(
            network,
            items,
            inputs,
            (item, sums, at) -> {
              ranges.round(sums, at, row);
              out.writeBytes(row, 0, row.length);
              out.alignTo(Sections.ALIGNMENT);
            });
        out.writeFloats(ranges.centres(), 0, values);
        out.writeFloats(ranges.scales(), 0, values);
      }
      out.elementType(precision.type());
      out.count(ITEMS, items);
      out.count(VALUES, values);
      out.count(STRIDE, strideFor(values, precision));
      out.count(FINGERPRINT, network.fingerprint());
      out.commit();
    }
  }

  /** Takes the sums of an item at sums[at ..). */
  private interface Sums {
    void take(int item, float[] sums, int at) throws IOException;
  }

  private static void forEach(SplitMmoe network, int items, Inputs inputs, Sums taker)
      throws IOException {
    int in = network.itemInputs();
    int values = network.storedValues();
    float[] x = new float[ROWS_AT_ONCE * in];
    float[] sums = new float[ROWS_AT_ONCE * values];
    for (int from = 0; from < items; from += ROWS_AT_ONCE) {
      int n = Math.min(ROWS_AT_ONCE, items - from);
      for (int i = 0; i < n; i++) {
        inputs.copy(from + i, x, i * in);
      }
      network.storedHalves(x, n, sums);
      for (int i = 0; i < n; i++) {
        taker.take(from + i, sums, i * values);
      }
    }
  }

  private static void round(float[] sums, int offset, byte[] row, int item) {
    for (int i = 0; i < row.length / Short.BYTES; i++) {
      float sum = sums[offset + i];
      if (!(Math.abs(sum) <= LARGEST)) {
        throw new IllegalArgumentException(
            "value %d of item %d is %s; 16-bit floats reach 65504: scale the inputs down"
                .formatted(i, item, sum));
      }
      short half = Float.floatToFloat16(sum);
      row[2 * i] = (byte) half;
      row[2 * i + 1] = (byte) (half >>> Byte.SIZE);
    }
  }

  private static long strideFor(long values, ItemPrecision precision) {
    return Sections.padded(values * precision.bytes());
  }

  /**
   * Maps a file; the time doesn't depend on its size.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static ItemHalves open(Path path, Arena arena) throws IOException {
    return open(path, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file in a mode of memory.
   *
   * @param arena owns the mapping or the copy
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static ItemHalves open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    ItemPrecision precision = null;
    for (ItemPrecision each : ItemPrecision.values()) {
      precision = each.type() == file.elementType() ? each : precision;
    }
    if (precision == null) {
      throw new CorruptFileException(
          path, -1, "holds " + file.elementType() + " values, this Kindred reads F16 and I8");
    }
    int items = file.count(ITEMS, Integer.MAX_VALUE, "items");
    int values = file.count(VALUES, Integer.MAX_VALUE / 2, "values of an item");
    long stride = strideFor(values, precision);
    if (items < 1 || values < 1 || file.count(STRIDE) != stride) {
      throw new CorruptFileException(
          path,
          -1,
          "%d items of %d values don't make rows of %d bytes; write it again"
              .formatted(items, values, file.count(STRIDE)));
    }
    Sections sections = Sections.of(file);
    sections.next(items, stride);
    float[] centres = null;
    float[] scales = null;
    if (precision == ItemPrecision.BYTE) {
      centres = column(file, sections.next(values, Float.BYTES), values);
      scales = column(file, sections.next(values, Float.BYTES), values);
    }
    sections.end();
    return new ItemHalves(file, items, values, precision, centres, scales);
  }

  private static float[] column(CheckedFile file, long offset, int values) {
    float[] column = new float[values];
    for (int i = 0; i < values; i++) {
      column[i] = file.body().get(LittleEndian.FLOAT, offset + (long) i * Float.BYTES);
    }
    return column;
  }

  /** Number of items. */
  public int size() {
    return items;
  }

  /** Values of an item. */
  public int values() {
    return values;
  }

  /** How the values are kept. */
  public ItemPrecision precision() {
    return precision;
  }

  /** Bytes from item to item. */
  public long strideBytes() {
    return stride;
  }

  /** Copies the values of an item, widened, to target[offset, offset + values). */
  public void copy(int ordinal, float[] target, int offset) {
    long at = offset(ordinal);
    MemorySegment body = file.body();
    for (int i = 0; i < values; i++) {
      target[offset + i] =
          precision == ItemPrecision.HALF
              ? Float.float16ToFloat(body.get(LittleEndian.SHORT, at + 2L * i))
              : Math.fma(scales[i], body.get(ValueLayout.JAVA_BYTE, at + i), centres[i]);
    }
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    file.verify();
  }

  /**
   * What all items have in common is taken into the user's half: base [values] = half, with bytes
   * also the columns' centres.
   */
  void prepare(float[] half, float[] base) {
    if (precision == ItemPrecision.HALF) {
      System.arraycopy(half, 0, base, 0, values);
    } else {
      for (int i = 0; i < values; i++) {
        base[i] = half[i] + centres[i];
      }
    }
  }

  /**
   * Row by row target = act(base + an item's values [at, at + count)), for the items at
   * ordinals[from, from + rows), which {@link #touch} has looked at: it checks them once for all
   * layers.
   *
   * @param ldBase floats from row to row of the base; 0: one for all rows
   */
  void addRows(
      float[] base,
      int baseAt,
      int ldBase,
      int at,
      int[] ordinals,
      int from,
      int rows,
      int count,
      float[] target,
      int targetAt,
      int ldTarget,
      Activation act) {
    if (precision == ItemPrecision.BYTE) {
      ScaledBytes.addRows(
          base,
          baseAt,
          ldBase,
          scales,
          at,
          file.body(),
          at,
          stride,
          ordinals,
          from,
          rows,
          count,
          target,
          targetAt,
          ldTarget,
          act);
      return;
    }
    for (int i = 0; i < rows; i++) {
      long row = ordinals[from + i] * stride + (long) at * Short.BYTES;
      int to = targetAt + i * ldTarget;
      HalfFloats.add(base, baseAt + i * ldBase, file.body(), row, count, target, to, act);
    }
  }

  long offset(int ordinal) {
    if (ordinal < 0 || ordinal >= items) {
      throw new IllegalArgumentException(
          "item " + ordinal + " isn't among the " + items + " stored ones");
    }
    return ordinal * stride;
  }

  /**
   * Reads of every cache line of some items, for what {@link CacheLines} is good for.
   *
   * @throws IllegalArgumentException if an ordinal isn't among the items
   */
  int touch(int[] ordinals, int from, int count) {
    for (int i = from; i < from + count; i++) {
      offset(ordinals[i]); // throws
    }
    return CacheLines.touch(file.body(), stride, stride, ordinals, from, from + count);
  }

  void check(SplitMmoe network) {
    if (values != network.storedValues()
        || precision != network.precision()
        || file.count(FINGERPRINT) != network.fingerprint()) {
      throw new IllegalArgumentException(
          "%s holds %d values (%s) an item, of another network or budget; this one stores %d (%s): write anew"
              .formatted(
                  file.path(), values, precision, network.storedValues(), network.precision()));
    }
  }
}
