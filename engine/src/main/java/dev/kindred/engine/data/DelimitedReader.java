package dev.kindred.engine.data;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Rows of delimited cells, quoted as in RFC 4180. Cells of unwanted columns are never copied.
 *
 * <p>A line whose quotes are wrong (one that never closes, or text after one that did) is a bad row
 * of its own and the next line is read as usual. That is why no CSV library reads here: those found
 * give up the whole file, or swallow it up to the next quote.
 */
final class DelimitedReader extends TableReader {
  /** Line breaks within quotes are followed up to this many characters. */
  private static final int MAX_QUOTED_CHARS = 1 << 20;

  private static final int UNWANTED = -1;

  private final Lines lines;
  private final char delimiter; // its first character
  private final String delimiterRest;
  private final boolean quotes;
  private final char quote;
  private final List<String> names = new ArrayList<>();
  private int[] target; // column of the file -> wanted column
  private boolean pending; // the first line is a row that was looked at only for its width
  private int cells;
  private char[] unescaped = new char[64];

  DelimitedReader(TableSource source, List<String> wanted, Reader text) {
    super(source, wanted);
    lines = new Lines(text);
    delimiter = source.delimiter().charAt(0);
    delimiterRest = source.delimiter().substring(1);
    quotes = !source.quote().isEmpty();
    quote = quotes ? source.quote().charAt(0) : 0;
    try {
      readNames();
    } catch (IOException e) {
      throw unreadable(source.file(), lines.number(), e);
    }
  }

  private void readNames() throws IOException {
    TableSource source = source();
    if (!nextLine()) {
      throw new InputException(
          source.file() + ": holds only empty lines; give a file with at least one row of data");
    }
    readCells();
    if (row().problem() != null) {
      throw new InputException(source.file() + ": line " + lines.number() + " " + row().problem());
    }
    if (!source.columns().isEmpty()) {
      if (source.header() && names.size() != source.columns().size()) {
        throw new InputException(
            source.file()
                + ": "
                + source.columns().size()
                + " columns are declared but its header has "
                + names.size()
                + ": "
                + String.join(", ", names));
      }
      names.clear();
      names.addAll(source.columns());
    } else if (!source.header()) {
      for (int c = 0; c < names.size(); c++) {
        names.set(c, Integer.toString(c + 1));
      }
    }
    int[] columns = new int[names.size()];
    Arrays.fill(columns, UNWANTED);
    for (int w = 0; w < wanted().size(); w++) {
      String name = wanted().get(w);
      int c = names.indexOf(name);
      if (c < 0) {
        throw missing(name, new LinkedHashSet<>(names));
      }
      if (c != names.lastIndexOf(name)) {
        throw new InputException(
            source.file()
                + ": has two columns '"
                + name
                + "'; rename one of them, or declare the names of all columns");
      }
      columns[c] = w;
    }
    target = columns;
    pending = !source.header();
  }

  @Override
  List<String> names() {
    return List.copyOf(names);
  }

  private boolean nextLine() throws IOException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (lines.isBlank());
    return true;
  }

  @Override
  boolean advance() throws IOException {
    if (pending) {
      pending = false;
      lines.cutBack();
    } else if (!nextLine()) {
      return false;
    }
    readCells();
    if (row().problem() == null && cells != target.length) {
      row().fail("has " + cells + " cells instead of " + target.length);
    }
    if (row().problem() != null && lines.isExtended()) {
      lines.cutBack(); // the quote that joined the lines may be the mistake
    }
    return true;
  }

  private void readCells() throws IOException {
    row().clear();
    cells = 0;
    if (lines.tooLong()) {
      row().fail("is longer than 16 million characters");
      return;
    }
    int at = 0; // counted from the start of the line, for extending it may move it
    while (at >= 0) {
      at = readCell(at);
      cells++;
    }
  }

  /**
   * Reads the cell that begins at {@code at} and returns where the next begins, -1 = at the end.
   */
  private int readCell(int at) throws IOException {
    if (quotes) {
      int open = lines.start() + at;
      while (open < lines.end() && lines.buffer()[open] == ' ') {
        open++;
      }
      if (open < lines.end() && lines.buffer()[open] == quote) {
        return readQuoted(open + 1 - lines.start());
      }
    }
    char[] text = lines.buffer();
    int from = lines.start() + at;
    int end = lines.end();
    int to = from;
    while (to < end && !(text[to] == delimiter && restFollows(text, to + 1, end))) {
      to++;
    }
    put(text, from, to - from);
    return to < end ? to + 1 + delimiterRest.length() - lines.start() : -1;
  }

  private boolean restFollows(char[] text, int at, int end) {
    int n = delimiterRest.length();
    if (n > end - at) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (text[at + i] != delimiterRest.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #readCell}, from behind the opening quote. */
  private int readQuoted(int from) throws IOException {
    int at = from;
    int used = 0;
    while (true) {
      int length = lines.end() - lines.start();
      if (at == length) {
        if (length > MAX_QUOTED_CHARS || !lines.extend()) {
          row()
              .fail("has a quote that does not close; mend it or declare that quotes mean nothing");
          return -1;
        }
        continue;
      }
      char c = lines.buffer()[lines.start() + at++];
      if (c == quote) {
        if (at == lines.end() - lines.start() || lines.buffer()[lines.start() + at] != quote) {
          break;
        }
        at++; // a doubled quote is one
      }
      if (used == unescaped.length) {
        unescaped = Arrays.copyOf(unescaped, used * 2);
      }
      unescaped[used++] = c;
    }
    put(unescaped, 0, used);
    char[] text = lines.buffer();
    int end = lines.end();
    int next = lines.start() + at;
    while (next < end && text[next] == ' ' && delimiter != ' ') {
      next++;
    }
    if (next == end) {
      return -1;
    }
    if (text[next] == delimiter && restFollows(text, next + 1, end)) {
      return next + 1 + delimiterRest.length() - lines.start();
    }
    row().fail("has text after a closing quote; double the quotes within a cell");
    return -1;
  }

  private void put(char[] text, int offset, int length) {
    if (target == null) {
      names.add(new String(text, offset, length).strip());
    } else if (cells < target.length && target[cells] != UNWANTED) {
      row().set(target[cells], text, offset, length);
    }
  }

  @Override
  long line() {
    return lines.number();
  }

  @Override
  void finish() {
    // A missing column was found in the header.
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw unreadable(source().file(), line(), e);
    }
  }
}
