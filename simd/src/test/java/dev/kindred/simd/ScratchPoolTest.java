package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScratchPoolTest {
  @Test
  void anArrayComesBackToTheNextWhoAsks() {
    ScratchPool pool = new ScratchPool(10);
    float[] first = pool.take(3);
    assertEquals(10, first.length);
    assertNotSame(first, pool.take(3));
    pool.give(first);
    assertSame(first, pool.take(10));
  }

  @Test
  void aShortArrayIsReplacedByALongerOne() {
    ScratchPool pool = new ScratchPool(10);
    pool.give(new float[10]);
    float[] longer = pool.take(11);
    assertEquals(11, longer.length);
    pool.give(longer);
    assertSame(longer, pool.take(5));
  }

  @Test
  void moreArraysThanSlotsAreForgotten() {
    ScratchPool pool = new ScratchPool(1);
    List<float[]> taken = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      taken.add(pool.take(1));
    }
    taken.forEach(pool::give);
    Set<float[]> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(taken);
    int kept = 0;
    for (int i = 0; i < 100; i++) {
      kept += known.remove(pool.take(1)) ? 1 : 0;
    }
    assertEquals(64, kept);
  }

  @Test
  void noTwoThreadsHoldOneArray() throws InterruptedException {
    ScratchPool pool = new ScratchPool(1);
    AtomicInteger clashes = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int own = t + 1;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 20_000; i++) {
                      float[] array = pool.take(1);
                      array[0] = own;
                      Thread.onSpinWait();
                      clashes.addAndGet(array[0] == own ? 0 : 1);
                      pool.give(array);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, clashes.get());
    assertTrue(pool.take(1).length >= 1);
  }
}
