package dev.kindred.app.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of plain text: columns as wide as their widest cell, numbers right-aligned, two spaces
 * between. Not thread-safe.
 */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;
  private final int[] width;

  /** A table with these headings; a heading that starts with {@code >} makes its column right. */
  public TextTable(String... headings) {
    right = new boolean[headings.length];
    width = new int[headings.length];
    String[] names = new String[headings.length];
    for (int c = 0; c < headings.length; c++) {
      right[c] = headings[c].startsWith(">");
      names[c] = right[c] ? headings[c].substring(1) : headings[c];
    }
    row((Object[]) names);
  }

  /** Adds a row; null cells are blank. */
  public TextTable row(Object... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(
          "a row of " + cells.length + " cells in a table of " + right.length + " columns");
    }
    String[] row =
        Arrays.stream(cells)
            .map(cell -> cell == null ? "" : escaped(cell.toString()))
            .toArray(String[]::new);
    for (int c = 0; c < row.length; c++) {
      width[c] = Math.max(width[c], row[c].codePointCount(0, row[c].length()));
    }
    rows.add(row);
    return this;
  }

  /**
   * A text with the control characters in it written as escapes, as a row is one line and an id may
   * hold any character. A backslash is doubled, so that a line break and the two characters that
   * stand for it differ.
   */
  public static String escaped(String text) {
    return printable(text.replace("\\", "\\\\"));
  }

  /**
   * The same with backslashes as they are, for sentences: a terminal would obey control characters
   * of what they name.
   */
  public static String printable(String text) {
    StringBuilder line = new StringBuilder();
    for (char c : text.toCharArray()) {
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            line.append(String.format("\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    return line.toString();
  }

  public void print(PrintWriter out) {
    print(out, "");
  }

  /** Prints with something, such as blanks, before each line. */
  public void print(PrintWriter out, String indent) {
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.length; c++) {
        String pad = " ".repeat(width[c] - row[c].codePointCount(0, row[c].length()));
        line.append(c == 0 ? "" : "  ");
        line.append(right[c] ? pad + row[c] : row[c] + pad);
      }
      out.println((indent + line).stripTrailing());
    }
  }
}
