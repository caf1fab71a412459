package dev.kindred.engine.tower;

import dev.kindred.engine.als.SymmetricEigen;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Where users and items stand in the graph of the positives, to start training from: the leading
 * singular vectors of the normalised positives r(u, i) / sqrt(degree(u) degree(i)).
 *
 * <p>These are what graph networks with linear layers draw near to the deeper they are (Shen et
 * al., "How powerful is graph convolution for recommendation?", CIKM 2021; Peng et al., "SVD-GCN",
 * CIKM 2022). Found by block power iteration with a Rayleigh-Ritz step each time (Halko, Martinsson
 * and Tropp, "Finding structure with randomness", SIAM Review 2011).
 *
 * <p>Immutable; same bits for any number of threads.
 */
final class SpectralStart {
  private static final int ROUNDS = 12;

  /** Vectors iterated beyond those asked for; the last ones of a block settle slowly. */
  private static final int SPARE = 16;

  private static final int ROWS_AT_ONCE = 1024;
  private static final int PRODUCTS = 64;

  /** An eigenvalue below this share of the largest is rounding. */
  private static final double NEGLIGIBLE = 1e-9;

  private final int dim;
  private final int width;
  private final double[] singular;
  private final float[] users;
  private final float[] items;

  private SpectralStart(int dim, int width, double[] singular, float[] users, float[] items) {
    this.dim = dim;
    this.width = width;
    this.singular = singular;
    this.users = users;
    this.items = items;
  }

  /**
   * Finds the vectors.
   *
   * @param positives [users x items]
   * @param dim values per vector; zeros follow where there are fewer singular values
   */
  static SpectralStart of(Interactions positives, int dim, long seed, Workers workers) {
    int least = Math.min(positives.rows(), positives.columns());
    int width = Math.min(dim + SPARE, least);
    Interactions back = positives.transposed();
    double[] byUser = inverseRoots(positives);
    double[] byItem = inverseRoots(back);
    float[] items = new float[Math.multiplyExact(positives.columns(), width)];
    float[] users = new float[Math.multiplyExact(positives.rows(), width)];
    Draws draws = Draws.of(seed, "tower.spectral");
    for (int i = 0; i < items.length; i++) {
      items[i] = (float) draws.nextGaussian();
    }
    double[] singular = new double[width];
    for (int round = 0; round < ROUNDS; round++) {
      multiply(positives, byUser, byItem, items, users, width, workers);
      orthonormalize(users, width, workers);
      multiply(back, byItem, byUser, users, items, width, workers);
      singular = orthonormalize(items, width, workers);
    }
    multiply(positives, byUser, byItem, items, users, width, workers);
    for (int i = 0; i < users.length; i++) {
      double value = singular[i % width];
      users[i] = value > 0 ? (float) (users[i] / value) : 0;
    }
    return new SpectralStart(dim, width, singular, users, items);
  }

  /** 1 / sqrt of the sum of each row's values; 0 for a row without any. */
  private static double[] inverseRoots(Interactions links) {
    double[] roots = new double[links.rows()];
    for (int row = 0; row < roots.length; row++) {
      double sum = 0;
      for (long i = links.start(row); i < links.end(row); i++) {
        sum += links.value(i);
      }
      roots[row] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
    return roots;
  }

  /** target [rows x width] = normalised links x source [columns x width]. */
  private static void multiply(
      Interactions links,
      double[] byRow,
      double[] byColumn,
      float[] source,
      float[] target,
      int width,
      Workers workers) {
    workers.forEachRange(
        links.rows(),
        ROWS_AT_ONCE,
        (from, to, worker) -> {
          Arrays.fill(target, (int) from * width, (int) to * width, 0);
          for (int row = (int) from; row < to; row++) {
            for (long i = links.start(row); i < links.end(row); i++) {
              int column = links.column(i);
              float weight = (float) (links.value(i) * byRow[row] * byColumn[column]);
              Distances.axpy(weight, source, column * width, target, row * width, width);
            }
          }
        });
  }

  /**
   * Turns x [rows x width] so that its columns are orthonormal, by falling lengths before; columns
   * that are rounding become zero (Stathopoulos and Wu, "A block orthogonalization procedure with
   * constant synchronization requirements", 2002).
   *
   * @return those lengths
   */
  private static double[] orthonormalize(float[] x, int width, Workers workers) {
    int rows = x.length / width;
    // Few products, whatever the number of rows: they take memory.
    int rowsOfProduct = Math.max(ROWS_AT_ONCE, (rows + PRODUCTS - 1) / PRODUCTS);
    int chunks = (rows + rowsOfProduct - 1) / rowsOfProduct;
    float[][] products = new float[chunks][width * width];
    workers.forEachRange(
        chunks,
        1,
        (from, to, worker) -> {
          for (int c = (int) from; c < to; c++) {
            int at = c * rowsOfProduct * width;
            int n = Math.min(rowsOfProduct, rows - c * rowsOfProduct);
            Gemm.multiplyTransposedAdd(
                x, at, width, x, at, width, n, width, width, products[c], 0, width);
          }
        });
    double[] gram = new double[width * width];
    for (float[] product : products) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += product[i];
      }
    }
    SymmetricEigen eigen = new SymmetricEigen(gram, width);
    Integer[] order = IntStream.range(0, width).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(j -> -eigen.values()[j]));
    double[] lengths = new double[width];
    float[] turn = new float[width * width];
    double least = NEGLIGIBLE * eigen.values()[order[0]];
    for (int j = 0; j < width; j++) {
      double value = eigen.values()[order[j]];
      if (value > least) {
        lengths[j] = Math.sqrt(value);
        for (int i = 0; i < width; i++) {
          turn[i * width + j] = (float) (eigen.vectors()[order[j] * width + i] / lengths[j]);
        }
      }
    }
    PackedMatrix packed = PackedMatrix.pack(turn, 0, width, width);
    float[][] scratch = new float[workers.threads()][ROWS_AT_ONCE * width];
    workers.forEachRange(
        rows,
        ROWS_AT_ONCE,
        (from, to, worker) -> {
          int n = (int) (to - from);
          System.arraycopy(x, (int) from * width, scratch[worker], 0, n * width);
          Gemm.multiply(scratch[worker], 0, width, n, packed, x, (int) from * width, width);
        });
    return lengths;
  }

  /** Singular values, falling, the largest 1 if the graph is whole; a copy. */
  double[] singularValues() {
    return Arrays.copyOf(singular, Math.min(dim, width));
  }

  /**
   * [users x dim], each value times its singular value to the power, each row of length 1 then; a
   * user without positives has zeros.
   */
  float[] users(double power) {
    return weighted(users, power);
  }

  /** [items x dim], likewise. */
  float[] items(double power) {
    return weighted(items, power);
  }

  private float[] weighted(float[] vectors, double power) {
    int rows = vectors.length / width;
    float[] result = new float[Math.multiplyExact(rows, dim)];
    for (int j = 0; j < Math.min(dim, width); j++) {
      float factor = singular[j] > 0 ? (float) Math.pow(singular[j], power) : 0;
      for (int row = 0; row < rows; row++) {
        result[row * dim + j] = factor * vectors[row * width + j];
      }
    }
    for (int row = 0; row < rows; row++) {
      if (Distances.dot(result, row * dim, result, row * dim, dim) > 0) {
        Distances.normalize(result, row * dim, dim);
      }
    }
    return result;
  }
}
