package dev.kindred.engine.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * Ids of users, items or field values and their ordinals 0, 1, 2, ... in the order of first sight;
 * it only grows.
 *
 * <p>One object is shared by the events and the catalogue, so an ordinal means the same in both.
 * Not for adding from several threads; any number may read once nobody adds any more.
 */
public final class Ids {
  /** More would leave the hash table, at most half full, no power of two to grow to. */
  private static final int MAX_SIZE = 1 << 29;

  /** Characters of an id in a message: a stranger may have sent kilobytes. */
  private static final int MOST_SHOWN = 60;

  private String[] ids;
  private int[] table; // ordinal + 1, 0 = free; open addressing with linear probing
  private int size;

  /** No ids yet. */
  public Ids() {
    ids = new String[16];
    table = new int[64];
  }

  /** The ids in the order given; a repeated one keeps its first ordinal. */
  public static Ids of(Iterable<? extends CharSequence> ids) {
    Ids result = new Ids();
    for (CharSequence id : ids) {
      result.add(id);
    }
    return result;
  }

  /**
   * Refuses an id that no log or catalogue can hold: readers of files leave blanks around ids out,
   * so one that is given with them would never be that of the file.
   *
   * @param what names the id in the message: user, item
   * @return the id
   * @throws IllegalArgumentException if it has blanks around it
   */
  public static String requireTrimmed(String what, String id) {
    if (!id.isEmpty() && (id.charAt(0) <= ' ' || id.charAt(id.length() - 1) <= ' ')) {
      throw new IllegalArgumentException(
          what
              + " id '"
              + (id.length() <= MOST_SHOWN ? id : id.substring(0, MOST_SHOWN) + "...")
              + "' has blanks around it, but ids have none; leave them out");
    }
    return id;
  }

  /** How many there are; ordinals run from 0 to size() - 1. */
  public int size() {
    return size;
  }

  /** The ordinal of the id, a new one if it was not there. The characters are copied if needed. */
  public int add(CharSequence id) {
    int slot = slotOf(id);
    if (table[slot] != 0) {
      return table[slot] - 1;
    }
    if (size == MAX_SIZE) {
      throw new IllegalStateException("more than " + MAX_SIZE + " ids; split the data");
    }
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
    }
    ids[size] = id.toString();
    table[slot] = ++size;
    if (size * 2L > table.length) {
      grow();
    }
    return size - 1;
  }

  /** The ordinal of the id, or -1 if it is not there. Allocates nothing. */
  public int ordinalOf(CharSequence id) {
    return table[slotOf(id)] - 1;
  }

  /** The id of an ordinal in [0, size()). */
  public String idOf(int ordinal) {
    return ids[Objects.checkIndex(ordinal, size)];
  }

  private int slotOf(CharSequence id) {
    int mask = table.length - 1;
    int slot = spread(hash(id)) & mask;
    while (table[slot] != 0 && !ids[table[slot] - 1].contentEquals(id)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    table = new int[table.length * 2];
    int mask = table.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = spread(ids[i].hashCode()) & mask;
      while (table[slot] != 0) {
        slot = slot + 1 & mask;
      }
      table[slot] = i + 1;
    }
  }

  /** {@link String#hashCode} of any characters. */
  private static int hash(CharSequence id) {
    if (id instanceof String s) {
      return s.hashCode();
    }
    int h = 0;
    for (int i = 0; i < id.length(); i++) {
      h = 31 * h + id.charAt(i);
    }
    return h;
  }

  /** Consecutive numbers have consecutive hash codes: mix them, or linear probing crawls. */
  private static int spread(int h) {
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    return h;
  }
}
