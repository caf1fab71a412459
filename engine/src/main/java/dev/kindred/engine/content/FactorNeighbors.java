package dev.kindred.engine.content;

import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.Objects;

/**
 * Candidates by learned vectors: for each item the items of highest cosine, found exactly by
 * multiplying all pairs, block by block (64 x 1024 products at a time stay in cache).
 *
 * <p>Work is items^2 x dim multiplications. The same for any number of threads.
 */
public final class FactorNeighbors {
  private static final int QUERY_BLOCK = 64;
  private static final int TARGET_BLOCK = 1024;

  private FactorNeighbors() {}

  /**
   * Candidates of every item; an item whose vector is zero has none and is none.
   *
   * @param vectors [items x dim], row-major, of any length; read only
   * @param maxPerItem most candidates kept for an item, best first
   * @param minCosine candidates need a cosine above this
   */
  public static CandidateLists candidates(
      float[] vectors,
      int items,
      int dim,
      int maxPerItem,
      float minCosine,
      Workers workers,
      Progress progress) {
    Objects.checkFromIndexSize(0, Math.multiplyExact(items, dim), vectors.length);
    if (maxPerItem < 1) {
      throw new IllegalArgumentException("maxPerItem is " + maxPerItem + ", must be at least 1");
    }
    float[] unit = new float[items * dim];
    boolean[] known = new boolean[items];
    workers.forEachRange(
        items,
        1024,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            System.arraycopy(vectors, i * dim, unit, i * dim, dim);
            known[i] = Distances.normalize(unit, i * dim, dim) > 0;
          }
        });
    int blocks = (items + TARGET_BLOCK - 1) / TARGET_BLOCK;
    PackedMatrix[] targets = new PackedMatrix[blocks];
    workers.forEachRange(
        blocks,
        1,
        (from, to, worker) -> {
          for (int b = (int) from; b < to; b++) {
            int first = b * TARGET_BLOCK;
            int count = Math.min(TARGET_BLOCK, items - first);
            targets[b] = PackedMatrix.packTransposed(unit, first * dim, count, dim);
          }
        });
    int[][] found = new int[items][];
    float[][] similarities = new float[items][];
    Scratch[] scratch = new Scratch[workers.threads()];
    try (Progress.Stage stage = progress.stage("factor neighbours", items)) {
      workers.forEachRange(
          items,
          QUERY_BLOCK,
          (from, to, worker) -> {
            if (scratch[worker] == null) {
              scratch[worker] = new Scratch(maxPerItem);
            }
            int first = (int) from;
            int rows = (int) (to - from);
            scratch[worker].run(unit, known, targets, first, rows, dim, minCosine);
            for (int r = 0; r < rows; r++) {
              BestItems best = scratch[worker].best[r];
              best.sort();
              found[first + r] = new int[best.size()];
              similarities[first + r] = new float[best.size()];
              for (int i = 0; i < best.size(); i++) {
                found[first + r][i] = best.item(i);
                similarities[first + r][i] = best.score(i);
              }
            }
            stage.add(rows);
          });
    }
    return CandidateLists.of(found, similarities, CandidateSource.FACTORS);
  }

  private static final class Scratch {
    private final float[] products = new float[QUERY_BLOCK * TARGET_BLOCK];
    private final BestItems[] best = new BestItems[QUERY_BLOCK];

    Scratch(int maxPerItem) {
      for (int r = 0; r < QUERY_BLOCK; r++) {
        best[r] = new BestItems(maxPerItem);
      }
    }

    void run(
        float[] unit,
        boolean[] known,
        PackedMatrix[] targets,
        int first,
        int rows,
        int dim,
        float minCosine) {
      for (int r = 0; r < rows; r++) {
        best[r].clear();
      }
      for (int b = 0; b < targets.length; b++) {
        Gemm.multiply(unit, first * dim, dim, rows, targets[b], products, 0, TARGET_BLOCK);
        int base = b * TARGET_BLOCK;
        int count = targets[b].columns();
        for (int r = 0; r < rows; r++) {
          if (known[first + r]) {
            offer(best[r], first + r, r * TARGET_BLOCK, base, count, known, minCosine);
          }
        }
      }
    }

    private void offer(
        BestItems best, int item, int from, int base, int count, boolean[] known, float minCosine) {
      float bar = best.bar();
      for (int j = 0; j < count; j++) {
        float cosine = products[from + j];
        if (cosine >= bar && cosine > minCosine && base + j != item && known[base + j]) {
          best.offer(base + j, cosine);
          bar = best.bar();
        }
      }
    }
  }
}
