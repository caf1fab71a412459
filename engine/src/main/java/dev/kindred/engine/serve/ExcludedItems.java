package dev.kindred.engine.serve;

import dev.kindred.index.IdTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The items that a searcher leaves out: bits of one snapshot's ordinals, and copies of the ids, by
 * which they are found again in the next snapshot when this one is unmapped already. Allocates only
 * to grow. For one thread at a time.
 */
final class ExcludedItems {
  private IdTable ids;
  private long[] bits = new long[0]; // made by the first exclusion

  private int[] ordinals = new int[8];
  private int[] idEnds = new int[8];
  private byte[] idBytes = new byte[64];
  private int known;

  /** Ids that the snapshot doesn't know. */
  private char[] unknownChars = new char[64];

  private int[] unknownEnds = new int[8];
  private int unknown;

  /** Goes over to another snapshot. */
  void bind(IdTable next) {
    String[] all = new String[known + unknown];
    for (int i = 0; i < known; i++) {
      int start = start(idEnds, i);
      all[i] = new String(idBytes, start, idEnds[i] - start, StandardCharsets.UTF_8);
    }
    for (int i = 0; i < unknown; i++) {
      int start = start(unknownEnds, i);
      all[known + i] = new String(unknownChars, start, unknownEnds[i] - start);
    }
    clear();
    ids = next;
    if (bits.length != 0 && bits.length != words(next)) {
      bits = new long[words(next)];
    }
    for (String id : all) {
      add(id, next.ordinalOf(id));
    }
  }

  /** Leaves an item out; -1 stands for one that the snapshot doesn't know. */
  void add(CharSequence id, int ordinal) {
    if (ordinal >= 0) {
      addOrdinal(ordinal);
      return;
    }
    if (unknown == unknownEnds.length) {
      unknownEnds = Arrays.copyOf(unknownEnds, 2 * unknown);
    }
    int start = start(unknownEnds, unknown);
    int end = Math.addExact(start, id.length());
    if (end > unknownChars.length) {
      unknownChars = Arrays.copyOf(unknownChars, Math.max(end, 2 * unknownChars.length));
    }
    for (int i = start; i < end; i++) {
      unknownChars[i] = id.charAt(i - start);
    }
    unknownEnds[unknown++] = end;
  }

  /** Leaves an item of the snapshot out. */
  void addOrdinal(int ordinal) {
    if (bits.length == 0) {
      bits = new long[words(ids)];
    }
    if (contains(ordinal)) {
      return;
    }
    bits[ordinal >> 6] |= 1L << ordinal;
    if (known == ordinals.length) {
      ordinals = Arrays.copyOf(ordinals, 2 * known);
      idEnds = Arrays.copyOf(idEnds, 2 * known);
    }
    int start = start(idEnds, known);
    int end = Math.addExact(start, ids.idBytes(ordinal));
    if (end > idBytes.length) {
      idBytes = Arrays.copyOf(idBytes, Math.max(end, 2 * idBytes.length));
    }
    ids.copyId(ordinal, idBytes, start);
    idEnds[known] = end;
    ordinals[known++] = ordinal;
  }

  /** How many items of the snapshot are left out. */
  int size() {
    return known;
  }

  boolean contains(int ordinal) {
    return HiddenItems.isSet(bits, ordinal);
  }

  /** Whether an item is left out that the snapshot doesn't know. */
  boolean containsUnknown(String id) {
    for (int i = 0; i < unknown; i++) {
      int start = start(unknownEnds, i);
      int length = unknownEnds[i] - start;
      int same = 0;
      while (same < length && same < id.length() && id.charAt(same) == unknownChars[start + same]) {
        same++;
      }
      if (same == length && same == id.length()) {
        return true;
      }
    }
    return false;
  }

  /** Leaves nothing out any more. */
  void clear() {
    for (int i = 0; i < known; i++) {
      bits[ordinals[i] >> 6] = 0;
    }
    known = 0;
    unknown = 0;
  }

  private static int start(int[] ends, int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  private static int words(IdTable ids) {
    return (ids.size() + 63) >> 6;
  }
}
