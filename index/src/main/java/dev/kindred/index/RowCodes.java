package dev.kindred.index;

import dev.kindred.index.file.HugePages;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.CacheLines;
import dev.kindred.simd.Codes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * All rows in 8 bits per value (scalar quantisation): code = round((value - mean) / step), with the
 * mean and the step of each dimension, so that no value is cut off.
 *
 * <pre>
 * head:   f32[dim] means | f32[dim] steps | f32 longest code | f32 longest row
 *         | f32 spread: mean squared distance from the mean
 * codes:  i8[size x stride], zeros beyond dim
 * biases: f32[size], for squared distances only: minus the squared length of what a row's code means
 * </pre>
 *
 * <p>Immutable and free to share.
 */
final class RowCodes {
  private static final int LARGEST_CODE = 127;
  private static final long ROWS_PER_PIECE = 4096;

  private final Metric metric;
  private final int size;
  private final int dim;
  private final int stride;
  private final float[] means;
  private final float[] steps;
  private final float longestCode;
  private final float longestRow;
  private final float spread;

  private final MemorySegment head;
  private final MemorySegment codes;
  private final MemorySegment biases;

  /** Wraps the three parts; {@code biases} is null unless the metric is L2. */
  RowCodes(
      Metric metric,
      int size,
      int dim,
      MemorySegment head,
      MemorySegment codes,
      MemorySegment biases) {
    this.metric = metric;
    this.size = size;
    this.dim = dim;
    this.stride = stride(dim);
    this.means = new float[dim];
    this.steps = new float[dim];
    MemorySegment.copy(head, LittleEndian.FLOAT, 0, means, 0, dim);
    MemorySegment.copy(head, LittleEndian.FLOAT, (long) dim * Float.BYTES, steps, 0, dim);
    // Copied, not read one by one: making the first reader of a layout takes a process 20 ms.
    float[] lengths = new float[3];
    MemorySegment.copy(
        head, LittleEndian.FLOAT, 2L * dim * Float.BYTES, lengths, 0, lengths.length);
    this.longestCode = lengths[0];
    this.longestRow = lengths[1];
    this.spread = lengths[2];
    this.head = head;
    this.codes = codes;
    this.biases = biases;
  }

  static int stride(int dim) {
    return Codes.paddedLength(dim);
  }

  static long headBytes(int dim) {
    return (2L * dim + 3) * Float.BYTES;
  }

  /** Codes all rows into memory of the arena. */
  static RowCodes of(Embeddings rows, Metric metric, Arena arena, Workers workers) {
    int n = rows.size();
    int dim = rows.dim();
    float[] lows = new float[dim];
    float[] highs = new float[dim];
    double[] sums = new double[dim];
    double spread = 0;
    float longestRow = 0;
    float[] row = new float[dim];
    for (int ordinal = 0; ordinal < n; ordinal++) {
      rows.copyRow(ordinal, row, 0);
      double squared = 0;
      for (int k = 0; k < dim; k++) {
        float value = row[k];
        lows[k] = ordinal == 0 ? value : Math.min(lows[k], value);
        highs[k] = ordinal == 0 ? value : Math.max(highs[k], value);
        sums[k] += value;
        squared += (double) value * value;
      }
      longestRow = Math.max(longestRow, (float) Math.sqrt(squared));
      spread += squared / n;
    }
    MemorySegment head = arena.allocate(headBytes(dim), Long.BYTES);
    float[] means = new float[dim];
    float[] steps = new float[dim];
    for (int k = 0; k < dim; k++) {
      means[k] = n == 0 ? 0 : (float) (sums[k] / n);
      float reach = Math.max(highs[k] - means[k], means[k] - lows[k]);
      steps[k] = reach / LARGEST_CODE;
      spread -= (double) means[k] * means[k];
    }
    MemorySegment codes = HugePages.allocate((long) n * stride(dim), Sections.ALIGNMENT, arena);
    MemorySegment biases =
        metric == Metric.L2 ? arena.allocate((long) n * Float.BYTES, Sections.ALIGNMENT) : null;
    float[] longest = new float[workers.threads()];
    workers.forEachRange(
        n,
        ROWS_PER_PIECE,
        (from, to, worker) -> {
          float[] values = new float[dim];
          byte[] code = new byte[stride(dim)];
          for (int ordinal = (int) from; ordinal < to; ordinal++) {
            rows.copyRow(ordinal, values, 0);
            int squared = 0;
            double meant = 0;
            for (int k = 0; k < dim; k++) {
              int c = steps[k] == 0 ? 0 : Math.round((values[k] - means[k]) / steps[k]);
              // A step may round down: 127.5 must not become -128.
              c = Math.max(-LARGEST_CODE, Math.min(LARGEST_CODE, c));
              code[k] = (byte) c;
              squared += c * c;
              meant += (double) c * steps[k] * c * steps[k];
            }
            MemorySegment.copy(
                code, 0, codes, ValueLayout.JAVA_BYTE, (long) ordinal * code.length, code.length);
            if (biases != null) {
              biases.setAtIndex(LittleEndian.FLOAT, ordinal, (float) -meant);
            }
            longest[worker] = Math.max(longest[worker], (float) Math.sqrt(squared));
          }
        });
    MemorySegment.copy(means, 0, head, LittleEndian.FLOAT, 0, dim);
    MemorySegment.copy(steps, 0, head, LittleEndian.FLOAT, (long) dim * Float.BYTES, dim);
    long at = 2L * dim * Float.BYTES;
    head.set(LittleEndian.FLOAT, at, max(longest));
    head.set(LittleEndian.FLOAT, at + Float.BYTES, longestRow);
    head.set(LittleEndian.FLOAT, at + 2 * Float.BYTES, (float) Math.max(spread, 0));
    return new RowCodes(metric, n, dim, head, codes, biases);
  }

  private static float max(float[] values) {
    float max = 0;
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  int size() {
    return size;
  }

  int dim() {
    return dim;
  }

  /** Bytes per row of codes. */
  int stride() {
    return stride;
  }

  Metric metric() {
    return metric;
  }

  MemorySegment head() {
    return head;
  }

  MemorySegment codes() {
    return codes;
  }

  /** Null unless the metric is L2. */
  MemorySegment biases() {
    return biases;
  }

  /** Mean of each dimension, not to be changed. */
  float[] means() {
    return means;
  }

  /** A query in the terms of the codes. Not thread-safe. */
  final class Query {
    private final short[] codes = new short[stride];
    private final float[] scaled = new float[dim];
    private final int[] rounded = new int[dim];
    private int[] sums = new int[64];
    private float scale;
    private float offset;
    private float ceiling;
    private float reach;

    /** Keeps the compiler from dropping the touches. */
    private int touched;

    /** Takes a prepared query [dim]: of length 1 for cosine. */
    void set(float[] query) {
      double length = 0;
      double constant = 0;
      double squared = 0;
      boolean l2 = metric == Metric.L2;
      for (int k = 0; k < dim; k++) {
        float value = l2 ? 2 * (query[k] - means[k]) : query[k];
        scaled[k] = value * steps[k];
        length += (double) scaled[k] * scaled[k];
        constant += l2 ? -0.25 * value * value : (double) value * means[k];
        squared += (double) query[k] * query[k];
      }
      // The longest query that any code may meet, less what rounding adds to it.
      double room = Codes.MAX_PRODUCT / Math.max(1.0, longestCode) - Math.sqrt(dim) / 2;
      double k = length == 0 ? 0 : Math.max(0, room) / Math.sqrt(length);
      float toCode = (float) k;
      // Rounding takes several at a time by itself, but not if it narrows too.
      for (int i = 0; i < dim; i++) {
        rounded[i] = Math.round(scaled[i] * toCode);
      }
      for (int i = 0; i < dim; i++) {
        codes[i] = (short) rounded[i];
      }
      scale = k == 0 ? 0 : (float) (1 / k);
      offset = (float) constant;
      double norm = Math.sqrt(squared);
      ceiling = l2 ? 0 : (float) (norm * longestRow);
      reach = l2 ? (float) (4 * (-constant + spread)) : 2 * ceiling;
    }

    /** No true score is above it. */
    float ceiling() {
      return ceiling;
    }

    /** Few scores that matter are further below the ceiling. */
    float reach() {
      return reach;
    }

    /** Estimates the scores of rows ordinals[0, count). */
    void score(int[] ordinals, int count, float[] scores) {
      if (sums.length < count) {
        sums = new int[2 * count];
      }
      // Where the arithmetic of one row would keep those after the next from being asked for.
      touched += CacheLines.touch(RowCodes.this.codes, stride, stride, ordinals, 0, count);
      Codes.dotRows(codes, RowCodes.this.codes, stride, ordinals, 0, count, stride, sums);
      for (int i = 0; i < count; i++) {
        scores[i] = sums[i] * scale + offset;
      }
      if (biases != null) {
        for (int i = 0; i < count; i++) {
          scores[i] += biases.getAtIndex(LittleEndian.FLOAT, ordinals[i]);
        }
      }
    }
  }
}
