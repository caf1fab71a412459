package dev.kindred.simd;

/**
 * Dense products of float matrices in arrays (row-major, rows {@code ld} floats apart).
 *
 * <p>Every element is one sum over k in ascending order (for the last columns, those that fill no
 * vector: in a fixed order of lanes), so for one vector width a row of the result depends only on
 * its row of a and on b, never on m: a batch of 500 gives the bits of 500 batches of one.
 *
 * <p>Safe for any number of threads on distinct outputs and distinct {@link PackedRows}. Outputs
 * must not overlap inputs. Shapes that do not fit throw {@link IllegalArgumentException}.
 */
public final class Gemm {
  private static final GemmKernels KERNELS = Kernels.GEMM;

  private Gemm() {}

  /** c [m x n] = a [m x k] b; k and n are those of b. */
  public static void multiply(
      float[] a, int aOffset, int lda, int m, PackedMatrix b, float[] c, int cOffset, int ldc) {
    Shapes.check("a", a, aOffset, lda, m, b.rows());
    Shapes.check("c", c, cOffset, ldc, m, b.columns());
    KERNELS.multiply(a, aOffset, lda, m, b, null, false, c, cOffset, ldc);
  }

  /** c [m x n] = act(a [m x k] b + bias), bias [n] added to every row. */
  public static void multiplyBias(
      float[] a,
      int aOffset,
      int lda,
      int m,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int ldc,
      float[] bias,
      Activation act) {
    Shapes.check("a", a, aOffset, lda, m, b.rows());
    Shapes.check("c", c, cOffset, ldc, m, b.columns());
    Shapes.check("bias", bias, 0, b.columns(), 1, b.columns());
    KERNELS.multiply(a, aOffset, lda, m, b, bias, act == Activation.RELU, c, cOffset, ldc);
  }

  /**
   * c [m x n] = act(a [m x k] b + bias) for rows that were packed before; the bits are those of the
   * rows unpacked.
   */
  public static void multiplyBias(
      PackedRows a, PackedMatrix b, float[] c, int cOffset, int ldc, float[] bias, Activation act) {
    if (a.columns() != b.rows()) {
      throw new IllegalArgumentException(
          "a has " + a.columns() + " columns, b " + b.rows() + " rows: they must be as many");
    }
    Shapes.check("c", c, cOffset, ldc, a.rows, b.columns());
    Shapes.check("bias", bias, 0, b.columns(), 1, b.columns());
    KERNELS.multiply(a, b, bias, act == Activation.RELU, c, cOffset, ldc);
  }

  /**
   * c [k x n] += a [m x k]^T b [m x n]: the gradient of a layer's weights from its inputs a and the
   * gradients b of its outputs. Sums over m in ascending order.
   */
  public static void multiplyTransposedAdd(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      int m,
      int k,
      int n,
      float[] c,
      int cOffset,
      int ldc) {
    Shapes.check("a", a, aOffset, lda, m, k);
    Shapes.check("b", b, bOffset, ldb, m, n);
    Shapes.check("c", c, cOffset, ldc, k, n);
    KERNELS.multiplyTransposedAdd(a, aOffset, lda, b, bOffset, ldb, m, k, n, c, cOffset, ldc);
  }
}
