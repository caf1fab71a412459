package dev.kindred.engine.als;

/**
 * Thrown when a strength's confidence would drown all else. It knows the entry by its place only;
 * who has ids can name it by {@link #of}.
 */
public final class StrengthException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int row;
  private final int column;
  private final String fault;

  /**
   * @param fault what is wrong with the strength and the remedy
   */
  StrengthException(int row, int column, String fault) {
    super("the strength of row " + row + ", column " + column + " " + fault);
    this.row = row;
    this.column = column;
    this.fault = fault;
  }

  /** Row of the entry: its user, where rows are users. */
  public int row() {
    return row;
  }

  /** Column of the entry: its item, where columns are items. */
  public int column() {
    return column;
  }

  /** The message with the entry's own name in it: "user 'a' and item 'b'". */
  public String of(String entry) {
    return "the strength of " + entry + " " + fault;
  }
}
