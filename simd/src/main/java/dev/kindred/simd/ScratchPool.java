package dev.kindred.simd;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Arrays for what a kernel needs while it runs: each belongs to one call at a time, and calls of
 * any thread, virtual ones too, find one without allocating. As many remain as calls ever ran at
 * once, at most {@link #SLOTS}.
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
    for (int i = 0; i < SLOTS; i++) {
      int slot = slot(i);
      if (slots.getPlain(slot) != null) {
        float[] array = slots.getAndSet(slot, null);
        if (array != null && array.length >= size) {
          return array;
        }
      }
    }
    return new float[Math.max(size, usualSize)];
  }

  /** Gives an array back; the caller keeps no reference. */
  void give(float[] array) {
    for (int i = 0; i < SLOTS; i++) {
      int slot = slot(i);
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, array)) {
        return;
      }
    }
  }

  /** Threads begin at different slots, so that they rarely meet. */
  private static int slot(int i) {
    return (int) (Thread.currentThread().threadId() + i) & SLOTS - 1;
  }
}
