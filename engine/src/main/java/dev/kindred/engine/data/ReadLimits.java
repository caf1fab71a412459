package dev.kindred.engine.data;

/**
 * How many bad rows a file may have before reading it fails: more than {@code rows} and more than
 * {@code share} of all rows.
 *
 * @param rows that many are always forgiven
 * @param share of all rows, in [0, 1]
 * @param samples how many bad rows the report describes
 */
public record ReadLimits(long rows, double share, int samples) {
  public ReadLimits {
    if (rows < 0 || !(share >= 0 && share <= 1) || samples < 1) {
      throw new IllegalArgumentException(
          "read limits of rows "
              + rows
              + ", share "
              + share
              + ", samples "
              + samples
              + "; want rows >= 0, share in [0, 1], samples >= 1");
    }
  }

  /** 100 rows or 1%, 10 samples. */
  public static ReadLimits defaults() {
    return new ReadLimits(100, .01, 10);
  }

  /** No bad row is forgiven. */
  public static ReadLimits strict() {
    return new ReadLimits(0, 0, 10);
  }

  /** Whether so many bad rows are too many. */
  public boolean refuse(long badRows, long rowCount) {
    return badRows > rows && badRows > share * rowCount;
  }

  /** The same limits with another share. */
  public ReadLimits withShare(double newShare) {
    return new ReadLimits(rows, newShare, samples);
  }

  /** The same limits with another number of rows. */
  public ReadLimits withRows(long newRows) {
    return new ReadLimits(newRows, share, samples);
  }
}
