package dev.kindred.engine.data;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Lines of a text in one reused buffer; they end with LF, CR LF or the end of the text. A line may
 * be extended by those that follow and be cut back again. For one thread.
 */
final class Lines implements AutoCloseable {
  private static final int MAX_CHARS = 1 << 24;

  private final Reader text;
  private char[] buffer = new char[1 << 16];
  private int filled;
  private int start;
  private int end;
  private int after; // where the line after the present one begins
  private int firstEnd; // end and after of the present line before it was extended,
  private int firstAfter; // both counted from start
  private long number;
  private int extensions;
  private boolean tooLong;

  Lines(Reader text) {
    this.text = text;
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end
   */
  boolean next() throws IOException {
    number += extensions;
    extensions = 0;
    start = after;
    tooLong = false;
    if (!readLine(start)) {
      return false;
    }
    firstEnd = end - start;
    firstAfter = after - start;
    number++;
    return true;
  }

  /**
   * Adds the next line to the present one, with the line break between them.
   *
   * @return false at the end; then nothing has changed
   */
  boolean extend() throws IOException {
    int oldLength = end - start;
    if (!readLine(after)) {
      end = start + oldLength;
      return false;
    }
    extensions++;
    return true;
  }

  /** Cuts an extended line back to its first, so that {@link #next} goes to the second. */
  void cutBack() {
    end = start + firstEnd;
    after = start + firstAfter;
    extensions = 0;
  }

  /** Finds the end of the line that begins at {@code from}; what begins at start is kept. */
  private boolean readLine(int from) throws IOException {
    int scan = from;
    int begin = from;
    while (true) {
      while (scan < filled) {
        if (buffer[scan++] == '\n') {
          after = scan;
          end = scan - 1;
          if (end > begin && buffer[end - 1] == '\r') {
            end--;
          }
          return true;
        }
      }
      // What is kept goes to the front of the buffer; a line too long loses its beginning.
      int kept = filled - start;
      if (kept >= MAX_CHARS) {
        tooLong = true;
        kept = 0;
      }
      System.arraycopy(buffer, filled - kept, buffer, 0, kept);
      begin = Math.max(0, begin - start);
      start = 0;
      filled = kept;
      scan = kept;
      after = filled;
      if (filled == buffer.length) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
      int read = text.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        end = filled;
        return filled > begin || tooLong;
      }
      filled += read;
    }
  }

  /** The characters of all lines; the present one is [start, end). */
  char[] buffer() {
    return buffer;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The number of the present line or, if it was extended, of its first, from 1. */
  long number() {
    return number;
  }

  /** Whether the present line was extended. */
  boolean isExtended() {
    return extensions > 0;
  }

  /**
   * Whether the present line had more than 16 million characters, of which only the last are kept.
   */
  boolean tooLong() {
    return tooLong;
  }

  boolean isBlank() {
    for (int i = start; i < end; i++) {
      if (buffer[i] > ' ') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
