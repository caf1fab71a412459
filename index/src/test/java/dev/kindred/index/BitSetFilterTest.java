package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import org.junit.jupiter.api.Test;

class BitSetFilterTest {
  @Test
  void behavesAsAnArrayOfBooleansUnderAnyChanges() {
    Draws draws = Draws.of(1, "bits");
    for (int size : new int[] {0, 1, 63, 64, 65, 130, 200}) {
      BitSetFilter set = new BitSetFilter(size);
      boolean[] expected = new boolean[size];
      for (int round = 0; round < 60 && size > 0; round++) {
        int at = draws.nextInt(size);
        if (draws.nextInt(3) > 0) {
          set.set(at);
          expected[at] = true;
        } else {
          set.clear(at);
          expected[at] = false;
        }
        OrdinalFilter dull = ordinal -> ordinal < size && expected[ordinal];
        for (int n : new int[] {0, 1, 64, size / 2, size, size + 70}) {
          int count = 0;
          for (int i = 0; i < Math.min(n, size); i++) {
            count += expected[i] ? 1 : 0;
          }
          assertEquals(count, set.cardinality(n), "size " + size + " n " + n);
          for (int from = 0; from <= n; from += 1 + n / 9) {
            assertEquals(dull.next(from, n), set.next(from, n), "size " + size + " from " + from);
          }
        }
      }
      assertFalse(set.accepts(size));
      assertFalse(set.accepts(-1));
      assertEquals(set.cardinality(), BitSetFilter.of(size, set).cardinality());
      set.clear();
      assertEquals(0, set.cardinality());
      assertEquals(size, set.next(0, size));
    }
  }

  @Test
  void ofAsksAnyFilterOnce() {
    BitSetFilter set = BitSetFilter.of(100, ordinal -> ordinal % 7 == 3);
    assertEquals(14, set.cardinality());
    assertTrue(set.accepts(73));
    assertFalse(set.accepts(74));
  }

  @Test
  void ordinalsOutOfRangeAreRefused() {
    BitSetFilter set = new BitSetFilter(10);
    assertThrows(IndexOutOfBoundsException.class, () -> set.set(10));
    assertThrows(IndexOutOfBoundsException.class, () -> set.clear(-1));
    assertThrows(IllegalArgumentException.class, () -> new BitSetFilter(-1));
  }
}
