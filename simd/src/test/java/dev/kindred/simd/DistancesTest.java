package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.LENGTHS;
import static dev.kindred.simd.Samples.guarded;
import static dev.kindred.simd.Samples.sumTolerance;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class DistancesTest {
  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ScalarDistances twin = new ScalarDistances();

  /** A segment with the values at a byte offset, ending right behind the last. */
  private static MemorySegment fill(MemorySegment segment, long offsetBytes, float[] values) {
    for (int i = 0; i < values.length; i++) {
      segment.set(LITTLE_ENDIAN, offsetBytes + 4L * i, values[i]);
    }
    return segment;
  }

  @Test
  void sumsAgreeWithDoubleSumsAndTheTwinAtEveryLengthAndOffset() {
    for (int n : LENGTHS) {
      float[] x = values(1, n);
      float[] y = values(2, n);
      double dot = 0;
      double magnitude = 0;
      double squared = 0;
      double xx = 0;
      double yy = 0;
      for (int i = 0; i < n; i++) {
        dot += (double) x[i] * y[i];
        magnitude += Math.abs((double) x[i] * y[i]);
        squared += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
        xx += (double) x[i] * x[i];
        yy += (double) y[i] * y[i];
      }
      double cosine = n == 0 ? 0 : dot / Math.sqrt(xx * yy);
      for (int offset = 0; offset < 4; offset++) {
        // NaN around the range: whoever reads past it, fails.
        float[] a = guarded(x, offset, 0);
        float[] b = guarded(y, 3 - offset, 1);
        b[b.length - 1] = Float.NaN;
        String at = "n = " + n + ", offset " + offset;
        double tolerance = sumTolerance(n, magnitude);
        assertEquals(dot, Distances.dot(a, offset, b, 3 - offset, n), tolerance, at);
        assertEquals(
            twin.dot(a, offset, b, 3 - offset, n),
            Distances.dot(a, offset, b, 3 - offset, n),
            2 * tolerance,
            at);
        // Differences are rounded before they are squared: two more roundings each.
        double squaredTolerance = sumTolerance(n + 2, squared);
        assertEquals(
            squared, Distances.squaredL2(a, offset, b, 3 - offset, n), squaredTolerance, at);
        assertEquals(
            twin.squaredL2(a, offset, b, 3 - offset, n),
            Distances.squaredL2(a, offset, b, 3 - offset, n),
            2 * squaredTolerance,
            at);
        assertEquals(
            cosine,
            Distances.cosine(a, offset, b, 3 - offset, n),
            n == 0 ? 0 : sumTolerance(n + 2, 2 * magnitude / Math.sqrt(xx * yy) + 1),
            at);
        assertEquals(Math.sqrt(xx), Distances.norm(a, offset, n), sumTolerance(n, 1 + xx), at);
      }
    }
  }

  @Test
  void arraysNativeSegmentsAndHeapSegmentsOverFloatsGiveTheSameBits() {
    try (Arena arena = Arena.ofConfined()) {
      for (int n : LENGTHS) {
        float[] x = values(3, n);
        float[] y = values(4, n);
        float dot = Distances.dot(x, 0, y, 0, n);
        float squared = Distances.squaredL2(x, 0, y, 0, n);
        float cosine = Distances.cosine(x, 0, y, 0, n);
        for (int offset : new int[] {0, 1, 4, 7, 64}) {
          String at = "n = " + n + ", byte offset " + offset;
          MemorySegment a = fill(arena.allocate(offset + 4L * n, 64), offset, x);
          MemorySegment b = fill(arena.allocate(offset + 4L * n + 1, 1), offset, y);
          assertEquals(dot, Distances.dot(x, 0, b, offset, n), at);
          assertEquals(dot, Distances.dot(a, offset, b, offset, n), at);
          assertEquals(squared, Distances.squaredL2(x, 0, b, offset, n), at);
          assertEquals(squared, Distances.squaredL2(a, offset, b, offset, n), at);
          assertEquals(cosine, Distances.cosine(x, 0, b, offset, n), at);
          assertEquals(cosine, Distances.cosine(a, offset, b, offset, n), at);
        }
        MemorySegment heap = MemorySegment.ofArray(guarded(y, 3, 0)).asSlice(4);
        MemorySegment own = fill(arena.allocate(4L * n, 4), 0, x);
        assertEquals(dot, Distances.dot(x, 0, heap, 8, n));
        assertEquals(dot, Distances.dot(own, 0, heap, 8, n));
        assertEquals(dot, Distances.dot(heap, 8, own, 0, n));
        assertEquals(dot, Distances.dot(MemorySegment.ofArray(x), 0, heap, 8, n));
        assertEquals(squared, Distances.squaredL2(x, 0, heap, 8, n));
        assertEquals(squared, Distances.squaredL2(own, 0, heap, 8, n));
        assertEquals(squared, Distances.squaredL2(heap, 8, own, 0, n));
        assertEquals(cosine, Distances.cosine(x, 0, heap, 8, n));
        assertEquals(cosine, Distances.cosine(own, 0, heap, 8, n));
        assertEquals(cosine, Distances.cosine(heap, 8, own, 0, n));
      }
    }
  }

  @Test
  void otherHeapSegmentsWorkToo() {
    float[] x = values(5, 37);
    float[] y = values(6, 37);
    MemorySegment bytes = fill(MemorySegment.ofArray(new byte[3 + 4 * 37]), 3, y);
    MemorySegment readOnly = MemorySegment.ofArray(y).asReadOnly();
    float dot = Distances.dot(x, 0, y, 0, 37);
    for (int i = 0; i < 2; i++) {
      MemorySegment b = i == 0 ? bytes : readOnly;
      int offset = i == 0 ? 3 : 0;
      assertEquals(dot, Distances.dot(x, 0, b, offset, 37), 1e-5);
      assertEquals(dot, Distances.dot(b, offset, MemorySegment.ofArray(x), 0, 37), 1e-5);
      assertEquals(
          Distances.squaredL2(x, 0, y, 0, 37), Distances.squaredL2(x, 0, b, offset, 37), 1e-4);
      assertEquals(Distances.cosine(x, 0, y, 0, 37), Distances.cosine(x, 0, b, offset, 37), 1e-6);
      float[] scores = new float[1];
      Distances.dotRows(x, 0, b, 4, new int[] {0}, 0, 1, 36, scores);
      assertEquals(Distances.dot(x, 0, b, 0, 36), scores[0]);
    }
  }

  @Test
  void rowsScoredTogetherGetTheBitsOfRowsScoredAlone() {
    int rows = 11;
    try (Arena arena = Arena.ofConfined()) {
      for (int n : LENGTHS) {
        int stride = n + 3;
        float[] query = guarded(values(7, n), 2, 0);
        float[] array = values(8, rows * stride);
        long strideBytes = 4L * stride;
        // The last row ends with the segment.
        MemorySegment mapped =
            fill(
                arena.allocate(Math.max(1, 4L * (rows * stride - 3)), 4),
                0,
                java.util.Arrays.copyOf(array, rows * stride - 3));
        MemorySegment heap = MemorySegment.ofArray(array);
        int[] ordinals = {9, 10, 0, 3, 3, 7, 1, 2, 10, 5};
        for (int to = 1; to <= ordinals.length; to++) {
          float[] scores = new float[ordinals.length];
          float[] distances = new float[ordinals.length];
          float[] heapScores = new float[ordinals.length];
          Distances.dotRows(query, 2, mapped, strideBytes, ordinals, 1, to, n, scores);
          Distances.squaredL2Rows(query, 2, mapped, strideBytes, ordinals, 1, to, n, distances);
          Distances.dotRows(query, 2, heap, strideBytes, ordinals, 1, to, n, heapScores);
          for (int i = 0; i < ordinals.length; i++) {
            boolean scored = i >= 1 && i < to;
            int at = ordinals[i] * stride;
            assertEquals(scored ? Distances.dot(query, 2, array, at, n) : 0, scores[i]);
            assertEquals(scored ? Distances.squaredL2(query, 2, array, at, n) : 0, distances[i]);
          }
          assertArrayEquals(scores, heapScores);
        }
        for (int count = 0; count <= rows - 2; count++) {
          float[] scores = new float[count + 2];
          float[] same = new float[count + 2];
          Distances.dotRange(query, 2, mapped, strideBytes, 2, count, n, scores, 1);
          Distances.dotRange(query, 2, array, 2 * stride, stride, count, n, same, 1);
          for (int i = 0; i < count; i++) {
            assertEquals(
                Distances.dot(query, 2, array, (i + 2) * stride, n), scores[i + 1], "n = " + n);
          }
          assertEquals(0, scores[0]);
          assertEquals(0, scores[count + 1]);
          assertArrayEquals(scores, same);
        }
      }
    }
  }

  @Test
  void oneNanAnywhereMakesEveryResultNan() {
    for (int n : new int[] {1, 3, 4, 5, 15, 16, 17, 33, 67}) {
      for (int i = 0; i < n; i++) {
        float[] a = values(9, n);
        float[] b = values(10, n);
        a[i] = Float.NaN;
        assertEquals(Float.NaN, Distances.dot(a, 0, b, 0, n));
        assertEquals(Float.NaN, Distances.squaredL2(a, 0, b, 0, n));
        assertEquals(Float.NaN, Distances.cosine(a, 0, b, 0, n));
        assertEquals(Float.NaN, Distances.norm(a, 0, n));
        assertEquals(Float.NaN, Distances.normalize(a, 0, n));
      }
    }
  }

  @Test
  void cosineAndNormAreRightForHugeAndSubnormalValues() {
    for (float size : new float[] {1e-45f, 1e-42f, 1e-30f, 1e-20f, 1f, 1e18f, 1e25f, 3e38f}) {
      for (int n : new int[] {1, 2, 7, 16, 31, 64}) {
        float[] a = new float[n];
        float[] b = new float[n];
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
          a[i] = (i % 3 + 1) * (size / 3);
          b[i] = (i % 2 == 0 ? 1 : -0.5f) * size;
          dot += (double) a[i] * b[i];
          aa += (double) a[i] * a[i];
          bb += (double) b[i] * b[i];
        }
        String at = "size " + size + ", n = " + n;
        double expected = aa == 0 ? 0 : dot / Math.sqrt(aa) / Math.sqrt(bb);
        assertEquals(expected, Distances.cosine(a, 0, b, 0, n), 1e-5, at);
        double norm = Math.sqrt(aa);
        float expectedNorm = (float) norm;
        assertEquals(expectedNorm, Distances.norm(a, 0, n), expectedNorm * 1e-5f, at);
        assertEquals(expectedNorm, Distances.normalize(a, 0, n), expectedNorm * 1e-5f, at);
        if (aa > 0) {
          assertEquals(1, Distances.norm(a, 0, n), 1e-5, at);
        }
      }
    }
    float[] huge = {2e38f, 2e38f, 2e38f, 2e38f, 2e38f};
    assertEquals(Float.POSITIVE_INFINITY, Distances.dot(huge, 0, huge, 0, 5));
  }

  @Test
  void zeroVectorsHaveCosineZeroAndStayZero() {
    for (int n : LENGTHS) {
      float[] zero = new float[n];
      assertEquals(0, Distances.cosine(zero, 0, values(11, n), 0, n));
      assertEquals(0, Distances.cosine(values(11, n), 0, zero, 0, n));
      assertEquals(0, Distances.normalize(zero, 0, n));
      assertArrayEquals(new float[n], zero);
    }
  }

  @Test
  void updatesInPlaceTouchOnlyTheirRange() {
    for (int n : LENGTHS) {
      for (int offset = 0; offset < 3; offset++) {
        float[] x = values(12, n);
        float[] y = values(13, n);
        float[] target = guarded(y, offset, 2);
        Distances.axpy(0.75f, guarded(x, 1, 0), 1, target, offset, n);
        float[] scaled = guarded(x, offset, 2);
        Distances.scale(-3f, scaled, offset, n);
        float[] unit = guarded(x, offset, 2);
        float norm = Distances.normalize(unit, offset, n);
        for (int i = 0; i < n; i++) {
          assertEquals(0.75 * x[i] + y[i], target[offset + i], 2e-7, "n = " + n);
          assertEquals(-3f * x[i], scaled[offset + i]);
          assertEquals(x[i] / (double) norm, unit[offset + i], 2e-7);
        }
        for (float[] a : new float[][] {target, scaled, unit}) {
          for (int i = 0; i < a.length; i++) {
            assertTrue(i >= offset && i < offset + n || a[i] == GUARD, "n = " + n);
          }
        }
      }
    }
  }

  @Test
  void rangesOutsideTheDataAreRefused() {
    float[] a = new float[10];
    MemorySegment heap = MemorySegment.ofArray(a);
    assertThrows(IndexOutOfBoundsException.class, () -> Distances.dot(a, 5, a, 0, 6));
    assertThrows(IndexOutOfBoundsException.class, () -> Distances.dot(a, 0, a, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Distances.dot(a, 0, heap, 4, 10));
    assertThrows(IndexOutOfBoundsException.class, () -> Distances.norm(a, 0, -1));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(40, 4);
      float[] scores = new float[8];
      int[] ordinals = {0, 1, 2, 3, 4};
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> Distances.dotRows(a, 0, rows, 12, ordinals, 0, 5, 3, scores));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> Distances.dotRange(a, 0, rows, 12, 0, 4, 3, scores, 0));
    }
    IllegalArgumentException shape =
        assertThrows(
            IllegalArgumentException.class,
            () -> Distances.dotRange(a, 0, a, 0, 3, 4, 3, new float[4], 0));
    assertTrue(shape.getMessage().contains("[4 x 3]"), shape.getMessage());
  }
}
