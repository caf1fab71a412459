package dev.kindred.engine.nn;

/**
 * A named matrix of weights, trained in place.
 *
 * <p>Not thread-safe: while an {@link Updater} steps, nobody else may read.
 */
public final class Parameter {
  private final String name;
  private final int rows;
  private final int columns;
  private final Kind kind;
  private final float[] values;

  private enum Kind {
    DENSE,
    EMBEDDING,
    STATISTIC
  }

  private Parameter(String name, int rows, int columns, Kind kind) {
    if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "parameter %s [%d x %d] must have between 1 and %d values"
              .formatted(name, rows, columns, Integer.MAX_VALUE - 8));
    }
    this.name = name;
    this.rows = rows;
    this.columns = columns;
    this.kind = kind;
    this.values = new float[rows * columns];
  }

  /** Weights of which every step uses all, [rows x columns], zero. */
  public static Parameter dense(String name, int rows, int columns) {
    return new Parameter(name, rows, columns, Kind.DENSE);
  }

  /** Weights of which a step touches few rows, [rows x columns], zero. */
  public static Parameter embedding(String name, int rows, int columns) {
    return new Parameter(name, rows, columns, Kind.EMBEDDING);
  }

  /**
   * Numbers that are measured rather than learned, [rows x columns], zero: where others have their
   * gradient, a pass holds what it measured, and a step moves the value towards the mean of that.
   */
  public static Parameter statistic(String name, int rows, int columns) {
    return new Parameter(name, rows, columns, Kind.STATISTIC);
  }

  public String name() {
    return name;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** Whether a step updates only the rows that its examples looked up. */
  public boolean isEmbedding() {
    return kind == Kind.EMBEDDING;
  }

  /** Whether the values are measured rather than learned. */
  public boolean isStatistic() {
    return kind == Kind.STATISTIC;
  }

  /** The weights themselves, row-major, not a copy. */
  public float[] values() {
    return values;
  }

  /** Overwrites the weights; the shape must be this one's. */
  public void set(float[] source, int sourceRows, int sourceColumns) {
    if (sourceRows != rows || sourceColumns != columns) {
      throw new IllegalArgumentException(
          "weights of shape [%d x %d] don't fit parameter %s of shape [%d x %d]"
              .formatted(sourceRows, sourceColumns, name, rows, columns));
    }
    System.arraycopy(source, 0, values, 0, values.length);
  }
}
