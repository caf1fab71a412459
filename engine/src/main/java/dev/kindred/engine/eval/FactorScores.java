package dev.kindred.engine.eval;

import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;

/**
 * Inner products of user and item vectors, computed in blocks.
 *
 * <p>Holds a packed copy of the item vectors. Safe for use by any number of threads.
 */
public final class FactorScores implements Scores {
  private final float[] users;
  private final int rank;
  private final int items;
  private final PackedMatrix[] tiles;

  /**
   * @param users [users x rank], row-major; kept, not copied
   * @param items [items x rank], row-major
   */
  public FactorScores(float[] users, float[] items, int rank) {
    this.users = users;
    this.rank = rank;
    this.items = items.length / rank;
    tiles = new PackedMatrix[(this.items + TILE - 1) / TILE];
    for (int t = 0; t < tiles.length; t++) {
      int count = Math.min(TILE, this.items - t * TILE);
      tiles[t] = PackedMatrix.packTransposed(items, t * TILE * rank, count, rank);
    }
  }

  @Override
  public int items() {
    return items;
  }

  @Override
  public void score(
      int[] ordinals, int from, int count, int firstItem, int itemCount, float[] target) {
    PackedMatrix tile = tiles[firstItem / TILE];
    // Neighbouring users go in one product; their rows are read again for every tile, from cache.
    for (int i = 0; i < count; ) {
      int run = 1;
      while (i + run < count && ordinals[from + i + run] == ordinals[from + i] + run) {
        run++;
      }
      Gemm.multiply(
          users, ordinals[from + i] * rank, rank, run, tile, target, i * itemCount, itemCount);
      i += run;
    }
  }
}
