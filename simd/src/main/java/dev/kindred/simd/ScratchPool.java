package dev.kindred.simd;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Arrays for what a kernel needs while it runs: each belongs to one call at a time, and calls of
 * any thread, virtual ones too, find one without allocating. A caller's scratch would be better
 * where there is one; products have none.
 *
 * <p>As many arrays stay as calls ever ran at once, at most {@link #SLOTS}, each as long as the
 * longest it was asked for; more calls at once allocate theirs anew. One that is too short is
 * dropped for a longer.
 */
final class ScratchPool {
  private static final int SLOTS = 64;

  private final AtomicReferenceArray<float[]> slots = new AtomicReferenceArray<>(SLOTS);
  private final int usualSize;

  /** A pool of arrays of {@code usualSize} floats, and longer ones where they are asked for. */
  ScratchPool(int usualSize) {
    this.usualSize = usualSize;
  }

  /** An array of at least so many floats, whose values are anything. */
  float[] take(int size) {
    int first = firstSlot();
    for (int i = 0; i < SLOTS; i++) {
      int slot = first + i & SLOTS - 1;
      if (slots.getPlain(slot) != null) {
        float[] array = slots.getAndSet(slot, null);
        if (array != null) {
          return array.length >= size ? array : new float[size];
        }
      }
    }
    return new float[Math.max(size, usualSize)];
  }

  /** Gives an array back; the caller keeps no reference. */
  void give(float[] array) {
    int first = firstSlot();
    for (int i = 0; i < SLOTS; i++) {
      int slot = first + i & SLOTS - 1;
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, array)) {
        return;
      }
    }
  }

  /** Threads begin at different slots, so that they rarely meet. */
  private static int firstSlot() {
    return (int) Thread.currentThread().threadId();
  }
}
