package dev.kindred.engine.nn.serve;

import dev.kindred.simd.CompactMatrix;
import dev.kindred.simd.Distances;
import dev.kindred.simd.PackedRows;
import java.util.List;

/**
 * A multi-layer perceptron, forward only; its outputs may be brought to length 1, which makes it a
 * tower of a two-tower network.
 *
 * <p>Immutable; safe for any number of threads, each with its own {@link Scratch}.
 */
public final class Mlp {
  /** Rows that run through all layers before the next: their activations stay in the L2 cache. */
  static final int BLOCK = 144;

  /** Rows of fewer values follow each other without much of a gap. */
  private static final int NARROW = 64;

  /** Floats in a cache line. */
  private static final int LINE = 16;

  private final List<DenseLayer> layers;
  private final boolean normalized;
  private final int widest;

  /**
   * @param normalized whether outputs are divided by their Euclidean length; a zero row stays zero
   * @throws IllegalArgumentException if there is no layer, or one doesn't take what the one before
   *     it gives
   */
  public Mlp(List<DenseLayer> layers, boolean normalized) {
    this.layers = List.copyOf(layers);
    this.normalized = normalized;
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one layer");
    }
    int width = 0;
    for (int i = 0; i + 1 < layers.size(); i++) {
      width = Math.max(width, layers.get(i).outputs());
      if (layers.get(i).outputs() != layers.get(i + 1).inputs()) {
        throw new IllegalArgumentException(
            "layer %d gives %d values, layer %d takes %d"
                .formatted(i, layers.get(i).outputs(), i + 1, layers.get(i + 1).inputs()));
      }
    }
    widest = width;
  }

  /**
   * This network for rows that come alone, as a user's does: where it is faster, layers multiply
   * them by a second copy of their weights that has 21 bits of each ({@link CompactMatrix}).
   * Outputs of one row differ from those of the same row in a batch by some millionths of the
   * largest; batches are as before. Layers with weights far above the others of their column stay
   * as they are.
   */
  public Mlp forSingleRows() {
    return new Mlp(layers.stream().map(DenseLayer::forSingleRows).toList(), normalized);
  }

  /** What a run writes to between input and output; for one thread at a time. */
  public static final class Scratch {
    private final float[] even;
    private final float[] odd;

    private Scratch(int width, int layers) {
      int size = BLOCK * stride(width);
      even = new float[layers > 1 ? size : 0];
      odd = new float[layers > 2 ? size : 0];
    }
  }

  /** A scratch for this network, enough for batches of any size. */
  public Scratch scratch() {
    return new Scratch(widest, layers.size());
  }

  /** From input to output. */
  public List<DenseLayer> layers() {
    return layers;
  }

  public boolean normalized() {
    return normalized;
  }

  public int inputs() {
    return layers.getFirst().inputs();
  }

  public int outputs() {
    return layers.getLast().outputs();
  }

  /**
   * Computes y [rows x outputs] from x [rows x inputs], rows ldx and ldy floats apart; any number
   * of rows.
   *
   * @throws IllegalArgumentException if a range doesn't lie in its array
   */
  public void forward(
      float[] x, int xOffset, int ldx, int rows, float[] y, int yOffset, int ldy, Scratch scratch) {
    if (rows == 1) {
      alone(x, xOffset, y, yOffset, scratch);
      return;
    }
    for (int from = 0; from < rows; from += BLOCK) {
      int n = Math.min(BLOCK, rows - from);
      block(0, x, xOffset + from * ldx, ldx, n, y, yOffset + from * ldy, ldy, scratch);
    }
  }

  /** All layers, for a row that comes alone. */
  private void alone(float[] x, int xOffset, float[] y, int yOffset, Scratch scratch) {
    float[] from = x;
    int fromOffset = xOffset;
    int last = layers.size() - 1;
    for (int i = 0; i < last; i++) {
      float[] to = i % 2 == 0 ? scratch.even : scratch.odd;
      layers.get(i).forwardAlone(from, fromOffset, to, 0);
      from = to;
      fromOffset = 0;
    }
    layers.get(last).forwardAlone(from, fromOffset, y, yOffset);
    normalize(1, y, yOffset, outputs());
  }

  /**
   * How far apart rows of so many values are where that is ours to choose: for {@link #NARROW} and
   * more an odd number of cache lines, so that the same columns of many rows don't meet in a few
   * sets of the cache.
   */
  static int stride(int width) {
    return width < NARROW ? Lanes.roundUp(width) : (Math.ceilDiv(width, LINE) | 1) * LINE;
  }

  /** All layers, for at most {@link #BLOCK} rows that other networks read too. */
  void block(PackedRows x, float[] y, int yOffset, int ldy, Scratch scratch) {
    int rows = x.rows();
    DenseLayer first = layers.getFirst();
    if (layers.size() == 1) {
      first.forward(x, y, yOffset, ldy);
      normalize(rows, y, yOffset, ldy);
      return;
    }
    int stride = stride(first.outputs());
    first.forward(x, scratch.even, 0, stride);
    block(1, scratch.even, 0, stride, rows, y, yOffset, ldy, scratch);
  }

  /** The layers from {@code first} on, for at most {@link #BLOCK} rows. */
  void block(
      int first,
      float[] x,
      int xOffset,
      int ldx,
      int rows,
      float[] y,
      int yOffset,
      int ldy,
      Scratch scratch) {
    float[] from = x;
    int fromOffset = xOffset;
    int ld = ldx;
    int last = layers.size() - 1;
    for (int i = first; i < last; i++) {
      float[] to = i % 2 == 0 ? scratch.even : scratch.odd;
      DenseLayer layer = layers.get(i);
      int stride = stride(layer.outputs());
      layer.forward(from, fromOffset, ld, rows, to, 0, stride);
      from = to;
      fromOffset = 0;
      ld = stride;
    }
    layers.get(last).forward(from, fromOffset, ld, rows, y, yOffset, ldy);
    normalize(rows, y, yOffset, ldy);
  }

  private void normalize(int rows, float[] y, int yOffset, int ldy) {
    for (int i = 0; normalized && i < rows; i++) {
      Distances.normalize(y, yOffset + i * ldy, outputs());
    }
  }
}
