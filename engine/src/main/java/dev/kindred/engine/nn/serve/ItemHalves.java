package dev.kindred.engine.nn.serve;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What a ranker's first layers make of each item, as 16-bit floats in a memory-mapped file
 * (docs/formats.md): the item half of {@link SplitMmoe}.
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
  private static final int ALIGNMENT = 64;
  private static final int ROWS_AT_ONCE = 240;

  /** Largest magnitude that rounds to a finite half. */
  private static final float LARGEST = 65_504;

  private final CheckedFile file;
  private final int items;
  private final int values;
  private final long stride;

  private ItemHalves(CheckedFile file, int items, int values, long stride) {
    this.file = file;
    this.items = items;
    this.values = values;
    this.stride = stride;
  }

  /** Gives the inputs of items, one after the other. */
  public interface Inputs {
    /** Writes the item inputs of an item to target[offset ..). */
    void copy(int ordinal, float[] target, int offset);
  }

  /**
   * Computes and writes what the network stores of items [0, items).
   *
   * @throws IllegalArgumentException naming the item, if a value doesn't fit a 16-bit float
   */
  public static void write(Path target, SplitMmoe network, int items, Inputs inputs)
      throws IOException {
    int values = network.storedValues();
    if (values == 0 || items < 1) {
      throw new IllegalArgumentException(
          "%d items of %d stored values make no file; allow more bytes an item"
              .formatted(items, values));
    }
    int in = network.itemInputs();
    float[] x = new float[ROWS_AT_ONCE * in];
    float[] sums = new float[ROWS_AT_ONCE * values];
    byte[] row = new byte[values * Short.BYTES];
    try (CheckedFileWriter out = CheckedFileWriter.create(target, KIND, VERSION)) {
      for (int from = 0; from < items; from += ROWS_AT_ONCE) {
        int n = Math.min(ROWS_AT_ONCE, items - from);
        for (int i = 0; i < n; i++) {
          inputs.copy(from + i, x, i * in);
        }
        network.storedHalves(x, n, sums);
        for (int i = 0; i < n; i++) {
          round(sums, i * values, row, from + i);
          out.writeBytes(row, 0, row.length);
          out.alignTo(ALIGNMENT);
        }
      }
      out.elementType(ElementType.F16);
      out.count(ITEMS, items);
      out.count(VALUES, values);
      out.count(STRIDE, strideFor(values));
      out.count(FINGERPRINT, network.fingerprint());
      out.commit();
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

  private static long strideFor(long values) {
    return (values * Short.BYTES + ALIGNMENT - 1) & -(long) ALIGNMENT;
  }

  /**
   * Maps a file; the time doesn't depend on its size.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static ItemHalves open(Path path, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, arena);
    if (file.elementType() != ElementType.F16) {
      throw new CorruptFileException(
          path, -1, "holds " + file.elementType() + " values, this Kindred reads F16");
    }
    long items = file.count(ITEMS);
    long values = file.count(VALUES);
    boolean sized =
        items >= 1 && items <= Integer.MAX_VALUE && values >= 1 && values <= Integer.MAX_VALUE / 2;
    if (!sized
        || file.count(STRIDE) != strideFor(values)
        || file.body().byteSize() != items * strideFor(values)) {
      throw new CorruptFileException(
          path,
          -1,
          "%d items of %d values in rows of %d bytes don't make the body of %d bytes; write it again"
              .formatted(items, values, file.count(STRIDE), file.body().byteSize()));
    }
    return new ItemHalves(file, (int) items, (int) values, strideFor(values));
  }

  /** Number of items. */
  public int size() {
    return items;
  }

  /** Values of an item, 2 bytes each. */
  public int values() {
    return values;
  }

  /** Bytes from item to item. */
  public long strideBytes() {
    return stride;
  }

  /** Copies the values of an item, widened, to target[offset, offset + values). */
  public void copy(int ordinal, float[] target, int offset) {
    long at = offset(ordinal);
    for (int i = 0; i < values; i++) {
      byte low = file.body().get(ValueLayout.JAVA_BYTE, at + 2L * i);
      byte high = file.body().get(ValueLayout.JAVA_BYTE, at + 2L * i + 1);
      target[offset + i] = Float.float16ToFloat((short) (high << Byte.SIZE | low & 0xff));
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

  MemorySegment halves() {
    return file.body();
  }

  long offset(int ordinal) {
    if (ordinal < 0 || ordinal >= items) {
      throw new IllegalArgumentException(
          "item " + ordinal + " isn't among the " + items + " stored ones");
    }
    return ordinal * stride;
  }

  /**
   * Reads a byte of every cache line of some items: reads that wait for nothing overlap in memory,
   * whereas the sums made of them afterwards would meet one miss after the other.
   */
  int touch(int[] ordinals, int from, int count) {
    MemorySegment halves = file.body();
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      long row = offset(ordinals[i]);
      for (long at = 0; at < stride; at += ALIGNMENT) {
        sum += halves.get(ValueLayout.JAVA_BYTE, row + at);
      }
    }
    return sum;
  }

  void check(SplitMmoe network) {
    if (values != network.storedValues() || file.count(FINGERPRINT) != network.fingerprint()) {
      throw new IllegalArgumentException(
          "%s holds %d values an item, of another network or budget; this one stores %d: write anew"
              .formatted(file.path(), values, network.storedValues()));
    }
  }
}
