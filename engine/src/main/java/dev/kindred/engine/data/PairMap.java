package dev.kindred.engine.data;

/** From a (user, item) pair to a number 0 or more: open addressing on primitive arrays. */
final class PairMap {
  private long[] pairs;
  private int[] numbers; // number + 1, 0 = free
  private int size;

  PairMap() {
    this(1 << 8);
  }

  /** With room for some pairs; it grows where more come. */
  PairMap(int room) {
    int slots = Integer.highestOneBit(Math.clamp(room, 4, 1 << 28)) << 2;
    pairs = new long[slots];
    numbers = new int[slots];
  }

  /** The slot of the pair, to be used before the next call. May move the other slots. */
  int slotOf(int user, int item) {
    if (size * 2L > pairs.length) {
      grow();
    }
    long pair = (long) user << 32 | item;
    int slot = find(pair);
    pairs[slot] = pair;
    return slot;
  }

  /** The number in the slot, or -1. */
  int get(int slot) {
    return numbers[slot] - 1;
  }

  void put(int slot, int number) {
    if (numbers[slot] == 0) {
      size++;
    }
    numbers[slot] = number + 1;
  }

  private int find(long pair) {
    int mask = pairs.length - 1;
    long h = pair * 0x9e3779b97f4a7c15L;
    int slot = (int) (h >>> 32 ^ h >>> 48) & mask;
    while (numbers[slot] != 0 && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    if (pairs.length == 1 << 30) {
      throw new IllegalStateException("more than 2^29 pairs of user and item; split the log");
    }
    long[] oldPairs = pairs;
    int[] oldNumbers = numbers;
    pairs = new long[oldPairs.length * 2];
    numbers = new int[oldPairs.length * 2];
    for (int i = 0; i < oldPairs.length; i++) {
      if (oldNumbers[i] != 0) {
        int slot = find(oldPairs[i]);
        pairs[slot] = oldPairs[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
