package dev.kindred.index.run;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Objects lent to any number of threads, virtual ones included: taken for one piece of work, then
 * given back.
 *
 * <p>At most {@code capacity} objects are kept. While more are out at once than that, each further
 * one is made for its borrower and dropped when it comes back: nobody ever waits. Takes no lock,
 * and allocates nothing while enough are kept. Free to share.
 */
public final class Slots<T> {
  private final AtomicReferenceArray<T> free;
  private final Supplier<? extends T> maker;

  /**
   * Makes an empty pool.
   *
   * @param capacity most objects kept, at least 1
   * @param maker makes one more
   */
  public Slots(int capacity, Supplier<? extends T> maker) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, got " + capacity);
    }
    this.free = new AtomicReferenceArray<>(capacity);
    this.maker = maker;
  }

  /** An object that nobody else has until it is given back. */
  public T take() {
    int capacity = free.length();
    int start = start(capacity);
    for (int i = 0; i < capacity; i++) {
      int slot = start + i < capacity ? start + i : start + i - capacity;
      if (free.getPlain(slot) != null) {
        T taken = free.getAndSet(slot, null);
        if (taken != null) {
          return taken;
        }
      }
    }
    return maker.get();
  }

  /** Takes an object back; whoever gives it must not use it any more. */
  public void give(T object) {
    int capacity = free.length();
    int start = start(capacity);
    for (int i = 0; i < capacity; i++) {
      int slot = start + i < capacity ? start + i : start + i - capacity;
      if (free.getPlain(slot) == null && free.compareAndSet(slot, null, object)) {
        return;
      }
    }
  }

  /** Drops what is kept, and with it what that refers to. */
  public void clear() {
    for (int slot = 0; slot < free.length(); slot++) {
      free.set(slot, null);
    }
  }

  /** The same slot for the same thread, so that it mostly gets its own object back. */
  private static int start(int capacity) {
    return (int)
        ((Thread.currentThread().threadId() * 0x9E3779B9L & 0xFFFFFFFFL) * capacity >>> 32);
  }
}
