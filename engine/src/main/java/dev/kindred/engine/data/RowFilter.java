package dev.kindred.engine.data;

/** Chooses rows of {@link Events}. */
@FunctionalInterface
public interface RowFilter {
  /** Keeps every row. */
  RowFilter ALL = row -> true;

  /** Whether the row is kept. */
  boolean keeps(int row);
}
