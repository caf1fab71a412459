package dev.kindred.engine.related;

import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import dev.kindred.simd.Distances;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * The item vectors that one model learned for one objective: unit rows, so that an inner product is
 * a cosine. The zero row says that the item lacks the channel (the model never saw it). A {@link
 * Kind#PRIOR} holds numbers of any size instead.
 *
 * <p>Rows lie in a segment: a copy off heap while training, the mapped file when serving. Immutable
 * as long as the segment is; may be shared by threads.
 */
public final class Channel {
  /** What kind of model a channel comes from. */
  public enum Kind {
    /** Matrix factorisation: the S_ij of the paper. */
    LINEAR("linear"),
    /** A network's item tower: the W_ij of the paper. */
    NON_LINEAR("non-linear"),
    /**
     * One number per item, what is known of it whatever the source: its log-odds against the
     * average item. The place of the cosine takes the target's number. Not in the paper, see {@link
     * ItemPrior}.
     */
    PRIOR("item prior"),
    /**
     * What users go on to: it differs by direction, and the place of the cosine takes pointwise
     * mutual information. Not in the paper, see {@link NextItemChannel}.
     */
    DIRECTED("next item"),
    /**
     * What users take to besides, in whatever order: the place of the cosine of vectors takes that
     * of the two items' sets of users. Not in the paper, see {@link TogetherChannel}.
     */
    TOGETHER("taken together");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Name for people. */
    public String label() {
      return label;
    }

    /** Whether it holds values of pairs ({@link PairValues}) in place of a row for each item. */
    public boolean isOfPairs() {
      return this == DIRECTED || this == TOGETHER;
    }
  }

  private final String objective;
  private final Kind kind;
  private final MemorySegment rows;
  private final long strideBytes;
  private final int items;
  private final int dim;
  private final PairValues pairs; // null where there are rows

  private Channel(
      String objective,
      Kind kind,
      MemorySegment rows,
      long strideBytes,
      int items,
      int dim,
      PairValues pairs) {
    this.objective = objective;
    this.kind = kind;
    this.rows = rows;
    this.strideBytes = strideBytes;
    this.items = items;
    this.dim = dim;
    this.pairs = pairs;
  }

  /**
   * A channel over rows that lie there already: little-endian floats, of length 1 or all zero.
   *
   * @param objective name of the objective
   * @param rows row i starts at byte i strideBytes
   */
  public static Channel of(
      String objective, Kind kind, MemorySegment rows, long strideBytes, int items, int dim) {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(kind, "kind");
    if (dim < 1
        || (kind == Kind.PRIOR && dim != 1)
        || kind.isOfPairs()
        || items < 0
        || strideBytes < (long) dim * Float.BYTES) {
      throw new IllegalArgumentException(
          "a channel of "
              + items
              + " items, "
              + dim
              + " dimensions and rows of "
              + strideBytes
              + " bytes: needs items >= 0, dimensions >= 1 (a prior: 1) and rows that hold them");
    }
    long needed = items == 0 ? 0 : (items - 1) * strideBytes + (long) dim * Float.BYTES;
    if (rows.byteSize() < needed) {
      throw new IllegalArgumentException(
          "rows of " + rows.byteSize() + " bytes hold fewer than the " + items + " items stated");
    }
    return new Channel(objective, kind, rows, strideBytes, items, dim, null);
  }

  /**
   * A channel of learned vectors of any length: scaled copies off heap, freed with the channel.
   *
   * @param vectors [items x dim], row-major, finite; a zero row stays zero
   */
  public static Channel normalized(
      String objective, Kind kind, float[] vectors, int items, int dim) {
    Objects.checkFromIndexSize(0, Math.multiplyExact(items, dim), vectors.length);
    long strideBytes = Sections.padded((long) dim * Float.BYTES);
    long bytes = Math.max(Sections.ALIGNMENT, items * strideBytes);
    MemorySegment rows = Arena.ofAuto().allocate(bytes, Sections.ALIGNMENT);
    float[] row = new float[dim];
    for (int i = 0; i < items; i++) {
      System.arraycopy(vectors, i * dim, row, 0, dim);
      for (int j = 0; j < dim; j++) {
        if (!Float.isFinite(row[j])) {
          throw new IllegalArgumentException(
              kind.label()
                  + " vector of item "
                  + i
                  + " for objective '"
                  + objective
                  + "' holds "
                  + row[j]
                  + " at "
                  + j
                  + "; the model diverged, lower its learning rate or raise its regularization");
        }
      }
      Distances.normalize(row, 0, dim);
      MemorySegment.copy(row, 0, rows, LittleEndian.FLOAT, i * strideBytes, dim);
    }
    return new Channel(objective, kind, rows, strideBytes, items, dim, null);
  }

  /**
   * A prior.
   *
   * @param numbers log-odds per item, finite; 0 = nothing is known
   */
  public static Channel prior(String objective, float[] numbers) {
    MemorySegment rows = Arena.ofAuto().allocate(Math.max(64, numbers.length * 64L), 64);
    for (int i = 0; i < numbers.length; i++) {
      rows.set(LittleEndian.FLOAT, i * 64L, numbers[i]);
    }
    return of(objective, Kind.PRIOR, rows, 64, numbers.length, 1);
  }

  /**
   * A channel of pairs, without rows.
   *
   * @param kind one that {@link Kind#isOfPairs is of pairs}
   */
  public static Channel ofPairs(String objective, Kind kind, PairValues pairs) {
    Objects.requireNonNull(objective, "objective");
    if (!kind.isOfPairs()) {
      throw new IllegalArgumentException("a " + kind.label() + " channel has rows, not pairs");
    }
    return new Channel(objective, kind, MemorySegment.NULL, Float.BYTES, pairs.items(), 1, pairs);
  }

  /** The pairs of a channel without rows; empty for others. */
  public Optional<PairValues> pairs() {
    return Optional.ofNullable(pairs);
  }

  /** Name of the objective. */
  public String objective() {
    return objective;
  }

  /** Name for people. What is counted is mostly called much like its kind: "next next item". */
  public String name() {
    return kind.isOfPairs()
        ? "objective '" + objective + "' (" + kind.label() + ")"
        : objective + " " + kind.label();
  }

  /** What kind of model it comes from. */
  public Kind kind() {
    return kind;
  }

  /** Number of rows. */
  public int items() {
    return items;
  }

  /** Length of a row. */
  public int dim() {
    return dim;
  }

  /** All rows, little-endian floats; none for a channel of pairs. */
  public MemorySegment rows() {
    return rows;
  }

  /** Bytes from one row to the next. */
  public long strideBytes() {
    return strideBytes;
  }

  /** Copies the row of an item to target[0, dim()). */
  public void copyRow(int item, float[] target) {
    Objects.checkIndex(item, items);
    MemorySegment.copy(rows, LittleEndian.FLOAT, item * strideBytes, target, 0, dim);
  }

  /**
   * Whether the model knows the item as a target: its row is not zero. Cost: up to the first value
   * not 0.
   */
  public boolean has(int item) {
    if (pairs != null) {
      return pairs.isReached(item);
    }
    long at = Objects.checkIndex(item, items) * strideBytes;
    for (int j = 0; j < dim; j++, at += Float.BYTES) {
      if (rows.get(LittleEndian.FLOAT, at) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether the channel says something of a target next to a source. */
  public boolean covers(int source, int target) {
    return speaksFor(source) && has(target);
  }

  /** Whether a list for the source can use the channel; a prior serves every source. */
  boolean speaksFor(int source) {
    return kind == Kind.PRIOR || (pairs != null ? pairs.leaves(source) : has(source));
  }

  /** Whether it has rows of unit vectors, so that a cosine is an inner product. */
  public boolean isVectors() {
    return kind == Kind.LINEAR || kind == Kind.NON_LINEAR;
  }

  /**
   * Cosines of a source that it speaks for and targets[from, to); 0 of a target without the
   * channel.
   *
   * @param queries what {@link #copyQuery} wrote for the source, from {@code queryAt} on
   */
  void cosines(
      int source, float[] queries, int queryAt, int[] targets, int from, int to, float[] out) {
    if (pairs != null) {
      pairs.values(source, targets, from, to, out);
    } else {
      Distances.dotRows(queries, queryAt, rows, strideBytes, targets, from, to, dim, out);
    }
  }

  /** What the rows of targets are multiplied with: the source's row, or 1 for a prior. */
  void copyQuery(int source, float[] target, int offset) {
    if (kind == Kind.PRIOR) {
      target[offset] = 1;
    } else if (pairs == null) {
      Objects.checkIndex(source, items);
      MemorySegment.copy(rows, LittleEndian.FLOAT, source * strideBytes, target, offset, dim);
    }
  }

  /**
   * Cosine of two items; 0 if either lacks the channel. For a prior the second one's number, for a
   * channel of pairs what the pair is worth, of the first to the second.
   */
  public float cosine(int first, int second) {
    if (pairs != null) {
      return pairs.value(first, second);
    }
    Objects.checkIndex(second, items);
    if (kind == Kind.PRIOR) {
      return rows.get(LittleEndian.FLOAT, second * strideBytes);
    }
    Objects.checkIndex(first, items);
    return Distances.dot(rows, first * strideBytes, rows, second * strideBytes, dim);
  }

  @Override
  public String toString() {
    return name() + " (" + items + " items, " + dim + " dimensions)";
  }
}
