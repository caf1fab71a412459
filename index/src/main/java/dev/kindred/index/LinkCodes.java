package dev.kindred.index;

import dev.kindred.index.file.HugePages;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import dev.kindred.simd.SignCodes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
 * block: | neighbour: i32[width] | {@link SignCodes} of up to 64 links | of the next 64 | .. |   padded to 64 bytes
 * </pre>
 *
 * <p>Immutable and free to share.
 */
final class LinkCodes {
  /** Bits come in so many pieces of {@link SignCodes} at a time. */
  private static final int GRAIN = SignCodes.PIECE * SignCodes.PIECES;

  /** Fewer bits say too little: short vectors are rotated into more dimensions. */
  private static final int LEAST_BITS = 64;

  private static final int NODES_PER_PIECE = 256;

  private final RowCodes rows;
  private final int bits;
  private final float[] rotation;
  private final MemorySegment rotationMemory;

  /** Wraps a rotation f32[bits x dim]. */
  LinkCodes(RowCodes rows, MemorySegment rotation) {
    this.rows = rows;
    this.bits = bits(rows.dim());
    this.rotation = new float[bits * rows.dim()];
    this.rotationMemory = rotation;
    MemorySegment.copy(rotation, LittleEndian.FLOAT, 0, this.rotation, 0, this.rotation.length);
  }

  /** Bits per link: whole pairs of pieces, at least one per dimension. */
  static int bits(int dim) {
    return (Math.max(dim, LEAST_BITS) + GRAIN - 1) / GRAIN * GRAIN;
  }

  static long rotationBytes(int dim) {
    return (long) bits(dim) * dim * Float.BYTES;
  }

  /** Links of a block with those that fill up its last group. */
  static int width(int maxDegree) {
    return (maxDegree + SignCodes.GROUP - 1) / SignCodes.GROUP * SignCodes.GROUP;
  }

  static long blockBytes(int maxDegree, int dim) {
    int pieces = bits(dim) / SignCodes.PIECE;
    int width = width(maxDegree);
    long bytes = (long) width * Integer.BYTES + SignCodes.blockBytes(width, pieces);
    return Sections.padded(bytes);
  }

  /**
   * Codes all links of a graph.
   *
   * @param bottom its level 0, with blocks of {@link #blockBytes}, of which this fills the codes
   * @param order the nodes that have links; neighbours near each other in it are fast
   */
  static LinkCodes of(
      Embeddings embeddings,
      RowCodes rows,
      GraphLevel bottom,
      int[] order,
      long seed,
      Arena arena,
      Workers workers,
      Progress.Stage stage) {
    int dim = rows.dim();
    MemorySegment rotation = arena.allocate(rotationBytes(dim), Float.BYTES);
    float[] drawn = rotation(bits(dim), dim, seed);
    MemorySegment.copy(drawn, 0, rotation, LittleEndian.FLOAT, 0, drawn.length);
    LinkCodes codes = new LinkCodes(rows, rotation);
    // Only here: opening a graph doesn't wait until kernels are loaded.
    float[] rotatedMean = new float[codes.bits];
    Distances.dotRange(rows.means(), 0, drawn, 0, dim, codes.bits, dim, rotatedMean, 0);
    try (Arena scratch = Arena.ofShared()) {
      long stride = (long) codes.bits * Float.BYTES;
      MemorySegment rotated = HugePages.allocate(rows.size() * stride, 64, scratch);
      workers.forEachRange(
          rows.size(),
          NODES_PER_PIECE,
          (from, to, worker) -> codes.rotate(embeddings, from, to, rotated));
      workers.forEachRange(
          order.length,
          NODES_PER_PIECE,
          (from, to, worker) -> {
            codes.encode(bottom, order, from, to, rotated, rotatedMean);
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
      MemorySegment.copy(
          turned, 0, rotated, LittleEndian.FLOAT, ordinal * bits * Float.BYTES, bits);
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

  private void encode(
      GraphLevel bottom,
      int[] order,
      long from,
      long to,
      MemorySegment rotated,
      float[] rotatedMean) {
    float[] own = new float[bits];
    float[] uncentred = new float[bits];
    float[] sums = new float[4];
    int width = width(bottom.maxDegree());
    int pieces = bits / SignCodes.PIECE;
    byte[] signs = new byte[pieces];
    MemorySegment blocks = bottom.blocks();
    for (int n = (int) from; n < to; n++) {
      int node = order[n];
      MemorySegment.copy(
          rotated, LittleEndian.FLOAT, (long) node * bits * Float.BYTES, own, 0, bits);
      for (int k = 0; k < bits; k++) {
        uncentred[k] = own[k] + rotatedMean[k];
      }
      for (int i = 0; i < width; i++) {
        int neighbor = i < bottom.maxDegree() ? bottom.slot(node, i) : -1;
        long chunk = bottom.blockAt(node) + chunkAt(width, i);
        int link = i % SignCodes.MAX_COUNT;
        long at = chunk + (long) link * Integer.BYTES;
        if (neighbor < 0) {
          blocks.set(LittleEndian.INT, at, bf16(Float.NEGATIVE_INFINITY) << 16);
          continue;
        }
        long other = (long) neighbor * bits * Float.BYTES;
        SignCodes.residual(own, uncentred, rotated, other, bits, signs, sums);
        blocks.set(LittleEndian.INT, at, numbers(sums));
        int count = chunkWidth(width, i);
        for (int piece = 0; piece < pieces; piece++) {
          long byteAt = chunk + SignCodes.signsAt(count, pieces, link, piece);
          blocks.set(ValueLayout.JAVA_BYTE, byteAt, signs[piece]);
        }
      }
    }
  }

  /** Where the codes of link i and of those coded with it begin in a block. */
  private long chunkAt(int width, int i) {
    int chunk = i / SignCodes.MAX_COUNT * SignCodes.MAX_COUNT;
    return (long) width * Integer.BYTES + SignCodes.blockBytes(chunk, bits / SignCodes.PIECE);
  }

  private static int chunkWidth(int width, int i) {
    int chunk = i / SignCodes.MAX_COUNT * SignCodes.MAX_COUNT;
    return Math.min(SignCodes.MAX_COUNT, width - chunk);
  }

  /** The two numbers of a link, from the sums of its residual. */
  private int numbers(float[] sums) {
    double squared = sums[0];
    double absolute = sums[1];
    double signedOwn = sums[2];
    double along = sums[3];
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
    private final float[] centred = new float[rows.dim()];
    private final float[] rotated = new float[bits];
    private final byte[] whole = new byte[bits];
    private final byte[] tables = new byte[SignCodes.tableBytes(bits / SignCodes.PIECE)];
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
      float step = largest / (SignCodes.MOST + 0.5f);
      float perStep = step == 0 ? 0 : 1 / step;
      int sum = 0;
      for (int k = 0; k < bits; k++) {
        int value = Math.round(rotated[k] * perStep);
        value = Math.max(SignCodes.LEAST, Math.min(SignCodes.MOST, value));
        sum += value;
        whole[k] = (byte) value;
      }
      SignCodes.fillTables(whole, bits / SignCodes.PIECE, tables);
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
                block + chunkAt(width, first),
                chunkWidth(width, first),
                bits / SignCodes.PIECE,
                tables,
                scale,
                shift,
                least - score);
        while (passing != 0) {
          int i = first + Long.numberOfTrailingZeros(passing);
          passing &= passing - 1;
          target[listed++] = blocks.get(LittleEndian.INT, block + (long) i * Integer.BYTES);
        }
      }
      return listed - offset;
    }
  }
}
