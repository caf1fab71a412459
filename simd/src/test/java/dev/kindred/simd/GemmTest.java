package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.guarded;
import static dev.kindred.simd.Samples.sumTolerance;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GemmTest {
  private static final int[] INNER = {0, 1, 2, 7, 16, 33};

  /** All remainders of tiles, and of packed ones. */
  private static final int[] ROWS =
      IntStream.concat(IntStream.rangeClosed(0, 14), IntStream.rangeClosed(24, 30)).toArray();

  private static final int[] COLUMNS = {
    0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 97, 131, 200
  };

  @Test
  void rowsOfAPackedMatrixMakeTheProductOfTheirColumnsAlone() {
    int k = 11;
    for (int n : new int[] {1, 7, 16, 24, 53}) {
      float[] b = values(5, k * n);
      PackedMatrix whole = PackedMatrix.pack(b, 0, k, n);
      PackedMatrix part = PackedMatrix.withRoom(k, n);
      for (int[] rows : new int[][] {{}, {4}, {0, 3, 10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}) {
        part.takeRows(whole, rows, rows.length);
        assertEquals(rows.length, part.rows());
        float[] kept = new float[rows.length * n];
        for (int r = 0; r < rows.length; r++) {
          System.arraycopy(b, rows[r] * n, kept, r * n, n);
        }
        assertArrayEquals(PackedMatrix.pack(kept, 0, rows.length, n).data, firsts(part));
      }
      assertThrows(IndexOutOfBoundsException.class, () -> part.takeRows(whole, new int[] {k}, 1));
      PackedMatrix small = PackedMatrix.withRoom(1, n);
      assertThrows(
          IndexOutOfBoundsException.class, () -> small.takeRows(whole, new int[] {1, 2}, 2));
      PackedMatrix other = PackedMatrix.withRoom(k, n + 1);
      assertThrows(IllegalArgumentException.class, () -> other.takeRows(whole, new int[] {0}, 1));
    }
  }

  private static float[] firsts(PackedMatrix matrix) {
    return Arrays.copyOf(matrix.data, matrix.rows() * matrix.columns());
  }

  @Test
  void productsWithBiasAndReluAgreeWithDoubleSumsAndTheTwin() {
    ScalarGemm twin = new ScalarGemm();
    for (int m : ROWS) {
      for (int k : INNER) {
        for (int n : COLUMNS) {
          int lda = k + m % 3;
          int ldc = n + m % 2;
          float[] a = guarded(values(1, m * lda), 1, 0);
          float[] b = values(2, k * n);
          float[] bias = values(3, n);
          PackedMatrix packed = PackedMatrix.pack(guarded(b, 2, 0), 2, k, n);
          float[] plain = guarded(new float[m * ldc], 3, 1);
          float[] relu = plain.clone();
          Arrays.fill(plain, GUARD);
          Arrays.fill(relu, GUARD);
          float[] expected = relu.clone();
          Gemm.multiply(a, 1, lda, m, packed, plain, 3, ldc);
          Gemm.multiplyBias(a, 1, lda, m, packed, relu, 3, ldc, bias, Activation.RELU);
          twin.multiply(a, 1, lda, m, packed, bias, true, expected, 3, ldc);
          for (int i = 0; i < plain.length; i++) {
            int row = i < 3 || ldc == 0 ? -1 : (i - 3) / ldc;
            int column = row < 0 ? -1 : (i - 3) % ldc;
            String at = "m " + m + ", k " + k + ", n " + n + ", index " + i;
            if (row < 0 || row >= m || column >= n) {
              assertEquals(GUARD, plain[i], at);
              assertEquals(GUARD, relu[i], at);
              continue;
            }
            double sum = 0;
            double magnitudes = 0;
            for (int p = 0; p < k; p++) {
              double product = (double) a[1 + row * lda + p] * b[p * n + column];
              sum += product;
              magnitudes += Math.abs(product);
            }
            assertEquals(sum, plain[i], sumTolerance(k, magnitudes), at);
            double tolerance = sumTolerance(k + 1, magnitudes + 1);
            assertEquals(Math.max(0, sum + bias[column]), relu[i], tolerance, at);
            assertEquals(expected[i], relu[i], 2 * tolerance, at);
          }
        }
      }
    }
  }

  @Test
  void packedRowsGiveTheBitsOfRowsAsTheyLie() {
    for (int k : new int[] {0, 1, 7, 33, 1001, 2049}) {
      PackedRows rows = new PackedRows(53, k);
      assertEquals(0, rows.rows());
      for (int m : new int[] {0, 1, 23, 53, 24, 25, 31, 32, 5}) {
        int lda = k + 3;
        float[] a = values(7, 2 + m * lda);
        rows.pack(a, 2, lda, m);
        for (int n : COLUMNS) {
          PackedMatrix b = PackedMatrix.pack(values(8, k * n), 0, k, n);
          float[] bias = values(9, n);
          int ldc = n + 1;
          float[] packed = new float[1 + m * ldc];
          float[] plain = new float[1 + m * ldc];
          Activation act = m % 2 == 0 ? Activation.RELU : Activation.NONE;
          Gemm.multiplyBias(rows, b, packed, 1, ldc, bias, act);
          for (int i = 0; i < m; i++) {
            int row = 1 + i * ldc;
            Gemm.multiplyBias(a, 2 + i * lda, lda, 1, b, plain, row, ldc, bias, act);
          }
          assertArrayEquals(plain, packed, "m " + m + ", k " + k + ", n " + n);
        }
      }
    }
  }

  @Test
  void packedRowsThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PackedRows(-1, 4));
    assertThrows(IllegalArgumentException.class, () -> new PackedRows(1 << 20, 1 << 12));
    PackedRows rows = new PackedRows(2, 4);
    assertThrows(IllegalArgumentException.class, () -> rows.pack(new float[12], 0, 4, 3));
    assertThrows(IllegalArgumentException.class, () -> rows.pack(new float[7], 0, 4, 2));
    rows.pack(new float[8], 0, 4, 2);
    PackedMatrix b = PackedMatrix.pack(new float[15], 0, 5, 3);
    float[] c = new float[6];
    float[] bias = new float[3];
    assertThrows(
        IllegalArgumentException.class,
        () -> Gemm.multiplyBias(rows, b, c, 0, 3, bias, Activation.NONE));
  }

  @Test
  void rowOfABatchHasTheBitsOfABatchOfOne() {
    int m = 53;
    // The long rows are more than are packed at a time.
    for (int k : new int[] {37, 1001}) {
      float[] a = values(4, m * k);
      for (int n : COLUMNS) {
        PackedMatrix b = PackedMatrix.pack(values(5, k * n), 0, k, n);
        float[] bias = values(6, n);
        float[] batch = new float[m * n];
        float[] alone = new float[m * n];
        Gemm.multiplyBias(a, 0, k, m, b, batch, 0, n, bias, Activation.NONE);
        for (int i = 0; i < m; i++) {
          Gemm.multiplyBias(a, i * k, k, 1, b, alone, i * n, n, bias, Activation.NONE);
        }
        assertArrayEquals(alone, batch, "k = " + k + ", n = " + n);
      }
    }
  }

  @Test
  void longSumsCutTheBatchIntoBlocks() {
    longSums(27, 8000, 35);
    longSums(61, 1500, 70);
  }

  private static void longSums(int m, int k, int n) {
    float[] a = values(7, m * k);
    float[] b = values(8, k * n);
    float[] c = new float[m * n];
    Gemm.multiply(a, 0, k, m, PackedMatrix.pack(b, 0, k, n), c, 0, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[i * k + p] * b[p * n + j];
        }
        assertEquals(sum, c[i * n + j], 1e-3);
      }
    }
  }

  @Test
  void transposedPackingIsThePackingOfTheTranspose() {
    for (int n : COLUMNS) {
      int k = 19;
      float[] b = values(9, n * k);
      float[] transposed = new float[k * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < k; j++) {
          transposed[j * n + i] = b[i * k + j];
        }
      }
      PackedMatrix packed = PackedMatrix.pack(transposed, 0, k, n);
      PackedMatrix fromTranspose = PackedMatrix.packTransposed(guarded(b, 1, 0), 1, n, k);
      assertArrayEquals(packed.data, fromTranspose.data, "n = " + n);
      assertEquals(k, fromTranspose.rows());
      assertEquals(n, fromTranspose.columns());
      PackedMatrix reused = PackedMatrix.pack(values(10, k * n), 0, k, n);
      reused.repack(transposed, 0);
      assertArrayEquals(packed.data, reused.data);
      reused.repackTransposed(b, 0);
      assertArrayEquals(packed.data, reused.data);
    }
  }

  @Test
  void gradientsAgreeWithDoubleSumsAndTheTwin() {
    ScalarGemm twin = new ScalarGemm();
    for (int m : new int[] {0, 1, 2, 5, 33}) {
      for (int k : new int[] {0, 1, 5, 6, 7, 12, 16, 23}) {
        for (int n : COLUMNS) {
          int lda = k + 1;
          int ldb = n + m % 2;
          int ldc = n + k % 2;
          float[] a = guarded(values(11, m * lda), 1, 0);
          float[] b = guarded(values(12, m * ldb), 2, 0);
          float[] before = guarded(values(13, k * ldc), 1, 1);
          float[] c = before.clone();
          float[] expected = before.clone();
          Gemm.multiplyTransposedAdd(a, 1, lda, b, 2, ldb, m, k, n, c, 1, ldc);
          twin.multiplyTransposedAdd(a, 1, lda, b, 2, ldb, m, k, n, expected, 1, ldc);
          for (int i = 0; i < c.length; i++) {
            int row = i < 1 || ldc == 0 ? -1 : (i - 1) / ldc;
            int column = row < 0 ? -1 : (i - 1) % ldc;
            String at = "m " + m + ", k " + k + ", n " + n + ", index " + i;
            if (row < 0 || row >= k || column >= n) {
              assertEquals(before[i], c[i], at);
              continue;
            }
            double sum = before[i];
            double magnitudes = Math.abs(sum);
            for (int r = 0; r < m; r++) {
              double product = (double) a[1 + r * lda + row] * b[2 + r * ldb + column];
              sum += product;
              magnitudes += Math.abs(product);
            }
            double tolerance = sumTolerance(m + 1, magnitudes);
            assertEquals(sum, c[i], tolerance, at);
            assertEquals(expected[i], c[i], 2 * tolerance, at);
          }
        }
      }
    }
  }

  @Test
  void gradientOfALongBatchEqualsThatOfItsPieces() {
    int m = 1100;
    int k = 9;
    int n = 37;
    float[] a = values(14, m * k);
    float[] b = values(15, m * n);
    float[] whole = new float[k * n];
    float[] pieces = new float[k * n];
    Gemm.multiplyTransposedAdd(a, 0, k, b, 0, n, m, k, n, whole, 0, n);
    Gemm.multiplyTransposedAdd(a, 0, k, b, 0, n, 1000, k, n, pieces, 0, n);
    Gemm.multiplyTransposedAdd(a, 1000 * k, k, b, 1000 * n, n, 100, k, n, pieces, 0, n);
    assertArrayEquals(pieces, whole);
  }

  @Test
  void nanReachesItsOutputsAndNoOthers() {
    for (int n : new int[] {41, 70}) {
      int k = 5;
      int m = 27;
      float[] a = values(16, m * k);
      float[] clean = a.clone();
      a[4 * k + 2] = Float.NaN;
      a[26 * k] = Float.POSITIVE_INFINITY;
      float[] c = new float[m * n];
      PackedMatrix b = PackedMatrix.pack(values(17, k * n), 0, k, n);
      float[] bias = new float[n];
      Gemm.multiplyBias(a, 0, k, m, b, c, 0, n, bias, Activation.RELU);
      for (int i = 0; i < c.length; i++) {
        assertEquals(i / n == 4, Float.isNaN(c[i]), "index " + i);
        assertTrue(i / n < 26 || c[i] == 0 || c[i] == Float.POSITIVE_INFINITY, "index " + i);
      }
      // What is kept for the next product gets into none of its results.
      Gemm.multiplyBias(clean, 0, k, m - 2, b, c, 0, n, bias, Activation.RELU);
      for (int i = 0; i < (m - 2) * n; i++) {
        assertTrue(Float.isFinite(c[i]), "index " + i);
      }
    }
  }

  @Test
  void shapesThatDoNotFitAreRefusedWithTheirSizes() {
    PackedMatrix b = PackedMatrix.pack(new float[12], 0, 3, 4);
    float[] c = new float[8];
    Exception tooShort =
        assertThrows(
            IllegalArgumentException.class, () -> Gemm.multiply(new float[5], 0, 3, 2, b, c, 0, 4));
    assertTrue(tooShort.getMessage().contains("a [2 x 3]"), tooShort.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> Gemm.multiply(new float[6], 0, 3, 2, b, c, 0, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> Gemm.multiplyBias(new float[6], 0, 3, 2, b, c, 0, 4, new float[3], Activation.NONE));
    assertThrows(IllegalArgumentException.class, () -> PackedMatrix.pack(new float[5], 0, 2, 3));
    assertThrows(
        IllegalArgumentException.class, () -> PackedMatrix.pack(new float[5], 0, 70_000, 70_000));
  }
}
