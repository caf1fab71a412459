package dev.kindred.index;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import dev.kindred.simd.SignCodes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One bit per dimension of every link of level 0, in the node's own block, so that one read of
 * consecutive memory tells which neighbours are worth a look.
 *
 * <p>The bits are the signs of neighbour - node after a random rotation. With r = neighbour - node
 * and s = sign(R r), the inner product of r and any vector v is about |r|^2 / |R r|_1 times that of
 * s and R v. Source: Gao and Long, "RaBitQ" (SIGMOD 2024), with the node as the centroid, as in Gou
 * et al., "SymphonyQG" (SIGMOD 2025). So
 *
 * <pre>
 * score(query, neighbour) ~ score(query, node) + addend + factor * (s . R (query - mean))
 * </pre>
 *
 * where addend and factor belong to the link.
 *
 * <pre>
 * block: | neighbour: i32[width] | {@link SignCodes} of up to 64 links | of the next 64 | .. |
 * </pre>
 *
 * <p>Immutable and free to share.
 */
final class LinkCodes {
  private static final int BITS_PER_WORD = Integer.SIZE;

  /** Fewer bits say too little: short vectors are rotated into more dimensions. */
  private static final int LEAST_BITS = 64;

  private static final int NODES_PER_PIECE = 256;

  private final RowCodes rows;
  private final int bits;
  private final float[] rotation;
  private final float[] rotatedMean;
  private final MemorySegment rotationMemory;

  /** Wraps a rotation f32[bits x dim]. */
  LinkCodes(RowCodes rows, MemorySegment rotation) {
    this.rows = rows;
    this.bits = bits(rows.dim());
    this.rotation = new float[bits * rows.dim()];
    this.rotationMemory = rotation;
    MemorySegment.copy(rotation, RowCodes.FLOAT, 0, this.rotation, 0, this.rotation.length);
    this.rotatedMean = new float[bits];
    Distances.dotRange(
        rows.means(), 0, this.rotation, 0, rows.dim(), bits, rows.dim(), rotatedMean, 0);
  }

  /** Bits per link: a whole number of words, at least one per dimension. */
  static int bits(int dim) {
    return (Math.max(dim, LEAST_BITS) + BITS_PER_WORD - 1) / BITS_PER_WORD * BITS_PER_WORD;
  }

  static long rotationBytes(int dim) {
    return (long) bits(dim) * dim * Float.BYTES;
  }

  /** Links of a block with those that fill up its last group. */
  static int width(int maxDegree) {
    return (maxDegree + SignCodes.GROUP - 1) / SignCodes.GROUP * SignCodes.GROUP;
  }

  static long blockBytes(int maxDegree, int dim) {
    int words = bits(dim) / BITS_PER_WORD;
    return (long) width(maxDegree) * Integer.BYTES + SignCodes.blockBytes(width(maxDegree), words);
  }

  /**
   * Codes all links of a graph.
   *
   * @param bottom its level 0, with blocks of {@link #blockBytes}, of which this fills the codes
   */
  static LinkCodes of(
      Embeddings embeddings,
      RowCodes rows,
      GraphLevel bottom,
      long seed,
      Arena arena,
      Workers workers,
      Progress.Stage stage) {
    int dim = rows.dim();
    MemorySegment rotation = arena.allocate(rotationBytes(dim), Float.BYTES);
    float[] drawn = rotation(bits(dim), dim, seed);
    MemorySegment.copy(drawn, 0, rotation, RowCodes.FLOAT, 0, drawn.length);
    LinkCodes codes = new LinkCodes(rows, rotation);
    try (Arena scratch = Arena.ofShared()) {
      long stride = (long) codes.bits * Float.BYTES;
      MemorySegment rotated = scratch.allocate(rows.size() * stride, 64);
      workers.forEachRange(
          rows.size(),
          NODES_PER_PIECE,
          (from, to, worker) -> codes.rotate(embeddings, from, to, rotated));
      workers.forEachRange(
          rows.size(),
          NODES_PER_PIECE,
          (from, to, worker) -> {
            codes.encode(bottom, from, to, rotated);
            stage.add(to - from);
          });
    }
    return codes;
  }

  /** Orthonormal columns [bits x dim]: Gram-Schmidt on columns of normal draws. */
  private static float[] rotation(int bits, int dim, long seed) {
    Draws draws = Draws.of(seed, "link code rotation");
    double[][] columns = new double[dim][bits];
    for (int c = 0; c < dim; c++) {
      double[] column = columns[c];
      for (int i = 0; i < bits; i++) {
        column[i] = draws.nextGaussian();
      }
      for (int p = 0; p < c; p++) {
        double dot = 0;
        for (int i = 0; i < bits; i++) {
          dot += column[i] * columns[p][i];
        }
        for (int i = 0; i < bits; i++) {
          column[i] -= dot * columns[p][i];
        }
      }
      double squared = 0;
      for (double value : column) {
        squared += value * value;
      }
      double scale = 1 / Math.sqrt(squared);
      for (int i = 0; i < bits; i++) {
        column[i] *= scale;
      }
    }
    float[] rotation = new float[bits * dim];
    for (int i = 0; i < bits; i++) {
      for (int c = 0; c < dim; c++) {
        rotation[i * dim + c] = (float) columns[c][i];
      }
    }
    return rotation;
  }

  MemorySegment rotation() {
    return rotationMemory;
  }

  private void rotate(Embeddings embeddings, long from, long to, MemorySegment rotated) {
    float[] row = new float[rows.dim()];
    float[] turned = new float[bits];
    for (long ordinal = from; ordinal < to; ordinal++) {
      embeddings.copyRow((int) ordinal, row, 0);
      rotate(row, turned);
      MemorySegment.copy(turned, 0, rotated, RowCodes.FLOAT, ordinal * bits * Float.BYTES, bits);
    }
  }

  /** target = R (vector - mean). Changes the vector. */
  private void rotate(float[] vector, float[] target) {
    int dim = rows.dim();
    for (int k = 0; k < dim; k++) {
      vector[k] -= rows.means()[k];
    }
    Distances.dotRange(vector, 0, rotation, 0, dim, bits, dim, target, 0);
  }

  private void encode(GraphLevel bottom, long from, long to, MemorySegment rotated) {
    float[] own = new float[bits];
    float[] other = new float[bits];
    int width = width(bottom.maxDegree());
    int words = bits / BITS_PER_WORD;
    int[] signs = new int[words];
    for (int node = (int) from; node < to; node++) {
      MemorySegment.copy(rotated, RowCodes.FLOAT, (long) node * bits * Float.BYTES, own, 0, bits);
      for (int i = 0; i < width; i++) {
        int neighbor = i < bottom.maxDegree() ? bottom.slot(node, i) : -1;
        long at = bottom.blockAt(node) + codesAt(width, i);
        int count = chunkWidth(width, i);
        if (neighbor < 0) {
          bottom.blocks().set(GraphLevel.INT, at, bf16(Float.NEGATIVE_INFINITY) << 16);
          continue;
        }
        MemorySegment.copy(
            rotated, RowCodes.FLOAT, (long) neighbor * bits * Float.BYTES, other, 0, bits);
        bottom.blocks().set(GraphLevel.INT, at, numbers(own, other, signs));
        for (int w = 0; w < words; w++) {
          bottom
              .blocks()
              .set(GraphLevel.INT, at + (long) (w + 1) * count * Integer.BYTES, signs[w]);
        }
      }
    }
  }

  /** Where the numbers of link i stand in a block. */
  private long codesAt(int width, int i) {
    int chunk = i / SignCodes.MAX_COUNT * SignCodes.MAX_COUNT;
    long before = SignCodes.blockBytes(chunk, bits / BITS_PER_WORD);
    return (long) width * Integer.BYTES + before + (long) (i - chunk) * Integer.BYTES;
  }

  private static int chunkWidth(int width, int i) {
    int chunk = i / SignCodes.MAX_COUNT * SignCodes.MAX_COUNT;
    return Math.min(SignCodes.MAX_COUNT, width - chunk);
  }

  /** Signs and the two numbers of a link between two rotated rows. */
  private int numbers(float[] own, float[] other, int[] signs) {
    double squared = 0;
    double absolute = 0;
    double signedOwn = 0;
    double along = 0;
    for (int w = 0; w < signs.length; w++) {
      int word = 0;
      for (int b = 0; b < BITS_PER_WORD; b++) {
        int k = w * BITS_PER_WORD + b;
        float difference = other[k] - own[k];
        squared += (double) difference * difference;
        absolute += Math.abs(difference);
        along += (double) difference * (own[k] + rotatedMean[k]);
        if (difference >= 0) {
          word |= 1 << b;
          signedOwn += own[k];
        } else {
          signedOwn -= own[k];
        }
      }
      signs[w] = word;
    }
    // Two rows that rounding made equal.
    double factor = absolute == 0 ? 0 : squared / absolute;
    double addend;
    if (rows.metric() == Metric.L2) {
      factor *= 2;
      addend = -factor * signedOwn - squared;
    } else {
      addend = along - factor * signedOwn;
    }
    return bf16((float) addend) << 16 | bf16((float) factor);
  }

  /** The upper half of a float's bits, rounded to nearest. */
  private static int bf16(float value) {
    return Float.floatToRawIntBits(value) + (Float.isFinite(value) ? 0x8000 : 0) >>> 16;
  }

  /** A query in the terms of the codes. Not thread-safe. */
  final class Query {
    private static final int LEAST = -8;
    private static final int MOST = 7;

    private final float[] centred = new float[rows.dim()];
    private final float[] rotated = new float[bits];
    private final int[] planes = new int[SignCodes.PLANES * bits / BITS_PER_WORD];
    private float scale;
    private float shift;

    /** Takes a prepared query. */
    void set(float[] query) {
      System.arraycopy(query, 0, centred, 0, centred.length);
      rotate(centred, rotated);
      float largest = 0;
      for (float value : rotated) {
        largest = Math.max(largest, Math.abs(value));
      }
      float step = largest / (MOST + 0.5f);
      float perStep = step == 0 ? 0 : 1 / step;
      Arrays.fill(planes, 0);
      int sum = 0;
      for (int k = 0; k < bits; k++) {
        int value = Math.max(LEAST, Math.min(MOST, Math.round(rotated[k] * perStep)));
        sum += value;
        int first = SignCodes.PLANES * (k / BITS_PER_WORD);
        for (int p = 0; p < SignCodes.PLANES; p++) {
          planes[first + p] |= (value >> p & 1) << k;
        }
      }
      scale = 2 * step;
      shift = -step * sum;
    }

    /**
     * Lists the neighbours of a node that are estimated to score {@code least} or more.
     *
     * @param score the node's own
     * @return how many stand in target from {@code offset} on
     */
    int passing(GraphLevel bottom, int node, float score, float least, int[] target, int offset) {
      MemorySegment blocks = bottom.blocks();
      long block = bottom.blockAt(node);
      int width = width(bottom.maxDegree());
      int listed = offset;
      for (int first = 0; first < width; first += SignCodes.MAX_COUNT) {
        long passing =
            SignCodes.passing(
                blocks,
                block + codesAt(width, first),
                chunkWidth(width, first),
                bits / BITS_PER_WORD,
                planes,
                scale,
                shift,
                least - score);
        while (passing != 0) {
          int i = first + Long.numberOfTrailingZeros(passing);
          passing &= passing - 1;
          target[listed++] = blocks.get(GraphLevel.INT, block + (long) i * Integer.BYTES);
        }
      }
      return listed - offset;
    }
  }
}
