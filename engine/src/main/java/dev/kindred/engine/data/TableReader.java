package dev.kindred.engine.data;

import dev.kindred.index.run.Progress;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Goes through the rows of a table and hands out the wanted columns. For one thread.
 *
 * <p>Whatever is wrong with the file as a whole is an {@link InputException}; what is wrong with
 * one row is its {@link Row#problem}.
 */
abstract class TableReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Characters of the names of columns in an error, about. */
  private static final int MOST_SHOWN = 2000;

  /** Characters of one name there. */
  private static final int LONGEST_NAME = 60;

  private final TableSource source;
  private final List<String> wanted;
  private final Row row;

  TableReader(TableSource source, List<String> wanted) {
    this.source = source;
    this.wanted = wanted;
    row = new Row(wanted);
  }

  /**
   * Opens the table.
   *
   * @param wanted the columns to hand out; repeated and empty names are dropped
   */
  static TableReader open(TableSource source, List<String> wanted, Progress.Stage stage) {
    Set<String> distinct = new LinkedHashSet<>(wanted);
    distinct.remove("");
    List<String> columns = List.copyOf(distinct);
    Reader text = openText(source, stage);
    try {
      return switch (source.format()) {
        case CSV, TSV -> new DelimitedReader(source, columns, text);
        case JSONL -> new JsonLinesReader(source, columns, text);
      };
    } catch (RuntimeException e) {
      try {
        text.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /** How many bytes the file has, for a progress stage. */
  static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return -1; // opening it will say what is wrong
    }
  }

  /** Opens a file as text: decompressed, without a byte order mark, undecodable bytes as U+FFFD. */
  static Reader openText(TableSource source, Progress.Stage stage) {
    Path file = source.file();
    try {
      if (Files.isDirectory(file)) {
        throw new InputException(file + ": is a directory; name the file in it");
      }
      InputStream raw = new CountedStream(Files.newInputStream(file), stage);
      try {
        return decoded(source, raw);
      } catch (IOException | RuntimeException e) {
        raw.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file; check the path", e);
    } catch (AccessDeniedException e) {
      throw new InputException(file + ": may not be read; check its permissions", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Reader decoded(TableSource source, InputStream raw) throws IOException {
    Path file = source.file();
    InputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
    in.mark(4);
    int first = in.read();
    int second = in.read();
    in.reset();
    if (first < 0) {
      throw new InputException(file + ": is empty; give a file with at least one row of data");
    }
    if (first == 0x1f && second == 0x8b) {
      in = new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
    } else if (file.toString().endsWith(".gz")) {
      throw new InputException(file + ": is not a gzip file; compress it or drop .gz of its name");
    }
    in.mark(4);
    byte[] start = in.readNBytes(3);
    in.reset();
    if (start.length == 3 && (start[0] & 0xff) == 0xef && (start[1] & 0xff) == 0xbb) {
      in.skipNBytes(3);
    } else if (start.length >= 2
        && ((start[0] & 0xff) == 0xfe && (start[1] & 0xff) == 0xff
            || (start[0] & 0xff) == 0xff && (start[1] & 0xff) == 0xfe)
        && !source.charset().name().startsWith("UTF-16")) {
      throw new InputException(
          file + ": is UTF-16 text but is read as " + source.charset() + "; declare the charset");
    }
    return new InputStreamReader(
        in,
        source
            .charset()
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE));
  }

  /** The index of a wanted column, for {@link Row}; -1 for the empty name. */
  final int column(String name) {
    return wanted.indexOf(name);
  }

  /** The present row; reused by {@link #next}. */
  final Row row() {
    return row;
  }

  final List<String> wanted() {
    return wanted;
  }

  final TableSource source() {
    return source;
  }

  /**
   * Goes to the next row, good or bad.
   *
   * @return false at the end
   */
  final boolean next() {
    try {
      return advance();
    } catch (IOException e) {
      throw unreadable(source.file(), line(), e);
    } catch (UncheckedIOException e) {
      throw unreadable(source.file(), line(), e.getCause());
    }
  }

  static InputException unreadable(Path file, long line, IOException e) {
    String where = file + ": after line " + line + " ";
    if (e instanceof EOFException) {
      return new InputException(where + "the compressed file ends early; copy it again", e);
    }
    if (e instanceof ZipException) {
      return new InputException(where + "the compressed data are damaged; copy it again", e);
    }
    return new InputException(where + "cannot be read: " + e.getMessage(), e);
  }

  /** Fills {@link #row} from the file. */
  abstract boolean advance() throws IOException;

  /** The names of all columns; of JSON lines those of the rows read so far. */
  abstract List<String> names();

  /** The line, from 1, where the present row begins. */
  abstract long line();

  /**
   * To be called after the last row.
   *
   * @throws InputException if a wanted column never came
   */
  abstract void finish();

  @Override
  public abstract void close();

  final InputException missing(String column, Iterable<String> found) {
    StringBuilder names = new StringBuilder();
    int left = 0;
    for (String name : found) {
      if (names.length() > MOST_SHOWN) {
        left++;
      } else {
        names.append(names.isEmpty() ? "" : ", ").append(printable(name));
      }
    }
    return new InputException(
        source.file()
            + ": has no column '"
            + column
            + "'; it has "
            + (names.isEmpty() ? "none" : names)
            + (left > 0 ? " and " + left + " more" : ""));
  }

  /**
   * A name without control characters, which a terminal would obey, and not longer than a name is:
   * the first line of a file that is no table may hold anything.
   */
  private static String printable(String name) {
    int[] shown =
        name.codePoints()
            .limit(LONGEST_NAME)
            .map(c -> Character.isISOControl(c) || c == 0xFFFD ? '?' : c)
            .toArray();
    String text = new String(shown, 0, shown.length);
    return name.codePointCount(0, name.length()) <= LONGEST_NAME ? text : text + "...";
  }

  /** Tells a progress stage how many bytes of the file were read. */
  private static final class CountedStream extends FilterInputStream {
    private final Progress.Stage stage;

    CountedStream(InputStream in, Progress.Stage stage) {
      super(in);
      this.stage = stage;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      stage.add(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      int n = super.read(b, off, len);
      stage.add(Math.max(n, 0));
      return n;
    }
  }
}
