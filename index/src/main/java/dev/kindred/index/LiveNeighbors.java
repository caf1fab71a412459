package dev.kindred.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a search of a {@link LiveIndex} found: ids and scores, best first.
 *
 * <p>Holds copies, nothing of the index. Owned by the caller and reused from search to search: the
 * next one overwrites it. Not thread-safe.
 */
public final class LiveNeighbors {
  private float[] scores;
  private int[] ends;
  private byte[] text;
  private int size;

  /**
   * Makes room for a number of entries.
   *
   * @param capacity at least 0; searches for more make it grow
   */
  public LiveNeighbors(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity must be at least 0, got " + capacity);
    }
    scores = new float[capacity];
    ends = new int[capacity];
    text = new byte[16 * Math.max(1, Math.min(capacity, 1 << 20))];
  }

  /** Number of entries. */
  public int size() {
    return size;
  }

  /** Score of the entry at a rank, 0 being the best. */
  public float score(int rank) {
    return scores[Objects.checkIndex(rank, size)];
  }

  /** The id of the entry at a rank, as a new string. */
  public String id(int rank) {
    int start = start(Objects.checkIndex(rank, size));
    return new String(text, start, ends[rank] - start, StandardCharsets.UTF_8);
  }

  /**
   * The id of the entry at a rank as a number; allocates nothing.
   *
   * @throws NumberFormatException if it isn't a number in decimal
   */
  public long longId(int rank) {
    int start = start(Objects.checkIndex(rank, size));
    int end = ends[rank];
    int at = start;
    boolean negative = at < end && text[at] == '-';
    at += negative ? 1 : 0;
    // Below zero, because the magnitude of Long.MIN_VALUE has no positive form.
    long value = 0;
    boolean good = at < end && end - at <= 19;
    for (; good && at < end; at++) {
      int digit = text[at] - '0';
      good = digit >= 0 && digit <= 9 && value >= (Long.MIN_VALUE + digit) / 10;
      value = value * 10 - digit;
    }
    if (!good || !negative && value == Long.MIN_VALUE) {
      throw new NumberFormatException("id '" + id(rank) + "' isn't a whole number of 64 bits");
    }
    return negative ? value : -value;
  }

  /** Number of UTF-8 bytes of the id at a rank. */
  public int idBytes(int rank) {
    return ends[Objects.checkIndex(rank, size)] - start(rank);
  }

  /** Copies the UTF-8 bytes of the id at a rank to target[offset, offset + {@link #idBytes}). */
  public void copyId(int rank, byte[] target, int offset) {
    System.arraycopy(text, start(Objects.checkIndex(rank, size)), target, offset, idBytes(rank));
  }

  private int start(int rank) {
    return rank == 0 ? 0 : ends[rank - 1];
  }

  void clear() {
    size = 0;
  }

  /** Appends an entry; returns where in {@link #text} its id is to be written. */
  int append(float score, int idBytes) {
    if (size == scores.length) {
      scores = Arrays.copyOf(scores, 2 * size + 1);
      ends = Arrays.copyOf(ends, 2 * size + 1);
    }
    int start = start(size);
    int end = Math.addExact(start, idBytes);
    if (end > text.length) {
      text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 8, 2L * end));
    }
    scores[size] = score;
    ends[size++] = end;
    return start;
  }

  byte[] text() {
    return text;
  }
}
