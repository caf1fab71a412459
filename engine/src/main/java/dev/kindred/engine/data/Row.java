package dev.kindred.engine.data;

import java.util.Arrays;
import java.util.List;

/**
 * The wanted cells of the present row of a table as characters in one reused buffer, with the
 * parsing of numbers. For one thread.
 */
final class Row {
  private static final double[] POWERS_OF_TEN = new double[23];

  static {
    double power = 1;
    for (int i = 0; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = power;
      power *= 10; // exact up to 1e22
    }
  }

  /** Joins the elements of a JSON array in a cell; a separator to MULTI fields. */
  static final char ELEMENT_SEPARATOR = '\u001f';

  private final List<String> columns;
  private final Cell[] cells;
  private char[] text = new char[256];
  private int used;
  private Fault problem;

  Row(List<String> columns) {
    this.columns = columns;
    cells = new Cell[columns.size()];
    for (int c = 0; c < cells.length; c++) {
      cells[c] = new Cell();
    }
  }

  /** Empties all cells. */
  void clear() {
    used = 0;
    problem = null;
    for (Cell cell : cells) {
      cell.start = 0;
      cell.end = 0;
      cell.trimmed = false;
    }
  }

  /** Fills a cell; blanks around the text are left out. */
  void set(int column, char[] source, int offset, int length) {
    int from = offset;
    int to = offset + length;
    while (from < to && source[from] <= ' ') {
      from++;
    }
    while (to > from && source[to - 1] <= ' ') {
      to--;
    }
    int n = to - from;
    ensure(n);
    for (int i = 0; i < n; i++) {
      char c = source[from + i];
      if (c == '\ufffd') {
        fail(column, "holds bytes that are not in the charset; declare it, e.g. ISO-8859-1");
      }
      text[used + i] = c;
    }
    cells[column].start = used;
    cells[column].end = used + n;
    cells[column].trimmed = n < length;
    used += n;
  }

  /** Adds an element to a cell of many. */
  void append(int column, char[] source, int offset, int length) {
    Cell cell = cells[column];
    if (cell.length() == 0) {
      set(column, source, offset, length);
      return;
    }
    char[] joined = new char[cell.length() + 1 + length];
    System.arraycopy(text, cell.start, joined, 0, cell.length());
    joined[cell.length()] = ELEMENT_SEPARATOR;
    System.arraycopy(source, offset, joined, cell.length() + 1, length);
    set(column, joined, 0, joined.length);
  }

  private void ensure(int more) {
    if (text.length - used < more) {
      text = Arrays.copyOf(text, Math.max(Math.addExact(used, more), text.length * 2));
    }
  }

  /** Declares the whole row bad; the first reason stays. */
  void fail(String reason) {
    fail(Fault.of(reason));
  }

  /** Declares the row bad because of a cell; the first reason stays. */
  void fail(int column, String reason) {
    fail("column '" + columns.get(column) + "' " + reason);
  }

  /**
   * Declares the row bad because of what a cell holds; the first reason stays.
   *
   * @param verb with a blank behind it
   * @param shown the cell, as a message shows it
   * @param after what it should be
   */
  void fail(int column, String verb, String shown, String after) {
    fail(new Fault("column '" + columns.get(column) + "' " + verb, shown, after));
  }

  private void fail(Fault fault) {
    if (problem == null) {
      problem = fault;
    }
  }

  /** Takes the row as it is: what was wrong with it does not matter to the caller. */
  void forgive() {
    problem = null;
  }

  /** What is wrong with the row, or null. */
  Fault problem() {
    return problem;
  }

  /** Whether the cell is absent, empty or says that it holds nothing: NULL, null, \N. */
  boolean isMissing(int column) {
    Cell cell = cells[column];
    return switch (cell.length()) {
      case 0 -> true;
      case 2 -> cell.charAt(0) == '\\' && cell.charAt(1) == 'N';
      case 4 -> cell.is("NULL") || cell.is("null");
      default -> false;
    };
  }

  /** The characters of the cell; valid until the next row. */
  Cell cell(int column) {
    return cells[column];
  }

  /** Whether blanks around the text of the cell were left out. */
  boolean isTrimmed(int column) {
    return cells[column].trimmed;
  }

  /** The whole number that orders the row among others; if there is none it has a problem. */
  long sequence(int column) {
    if (isMissing(column)) {
      fail(column, "is empty, but every row needs its place in the order");
      return 0;
    }
    double number = number(column);
    if (number != Math.rint(number) || Math.abs(number) > 1L << 53) {
      fail(column, "is ", shown(column), ", not a whole number");
    }
    return (long) number;
  }

  /** The number in the cell, NaN if it is missing; if it is no number the row has a problem. */
  double number(int column) {
    if (isMissing(column)) {
      return Double.NaN;
    }
    Cell cell = cells[column];
    long mantissa = 0;
    int digits = 0;
    int fraction = -1; // digits after the point, -1 before it
    int i = cell.start;
    boolean negative = text[i] == '-';
    if (negative || text[i] == '+') {
      i++;
    }
    for (; i < cell.end; i++) {
      int digit = text[i] - '0';
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digits++;
        fraction += fraction >= 0 ? 1 : 0;
      } else if (text[i] == '.' && fraction < 0) {
        fraction = 0;
      } else {
        return parseSlowly(column);
      }
    }
    // Both operands are exact doubles, so the division rounds once: the right double.
    if (digits == 0 || digits > 15) {
      return parseSlowly(column);
    }
    double value = fraction > 0 ? mantissa / POWERS_OF_TEN[fraction] : mantissa;
    return negative ? -value : value;
  }

  private double parseSlowly(int column) {
    Cell cell = cells[column];
    if (cell.is("true") || cell.is("True") || cell.is("TRUE")) {
      return 1;
    }
    if (cell.is("false") || cell.is("False") || cell.is("FALSE")) {
      return 0;
    }
    if (cell.is("nan") || cell.is("NAN")) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(cell.toString());
    } catch (NumberFormatException e) {
      fail(column, "is ", quoted(column), ", not a number");
      return Double.NaN;
    }
  }

  /** The text of a cell for a message, cut where it is long. */
  String shown(int column) {
    String all = cells[column].toString();
    return all.length() <= 40 ? all : all.substring(0, 40) + "...";
  }

  /** The same in quotes. */
  String quoted(int column) {
    return "'" + shown(column) + "'";
  }

  /** A view of some characters of the row. */
  final class Cell implements CharSequence {
    private int start;
    private int end;
    private boolean trimmed;

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public char charAt(int index) {
      return text[start + index];
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new String(text, start + from, to - from);
    }

    @Override
    public String toString() {
      return new String(text, start, end - start);
    }

    boolean is(String word) {
      if (word.length() != length()) {
        return false;
      }
      for (int i = 0; i < word.length(); i++) {
        if (charAt(i) != word.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
