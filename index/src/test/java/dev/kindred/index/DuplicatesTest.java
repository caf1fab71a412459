package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
  private static final int DIM = 64;

  @Test
  void rowsThatDifferInSignsAloneHaveHashesOfTheirOwn() {
    // Rows of equal hash are compared pair by pair, so a hash that is blind to signs takes hours.
    int n = 5_000;
    Draws draws = Draws.of(3, "signs");
    float[] values = new float[n * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = draws.nextFloat() < 0.5f ? -0.125f : 0.125f;
    }
    Embeddings rows = TestVectors.embeddings(values, DIM);
    Set<Integer> hashes = new HashSet<>();
    for (int row = 0; row < n; row++) {
      hashes.add(Duplicates.hash(rows, row));
    }
    assertTrue(hashes.size() >= n - 2, n + " rows, " + hashes.size() + " hashes");
  }

  @Test
  void theFirstOfEqualRowsStandsForTheOthers() {
    float[] values = TestVectors.normal(100, DIM, 4);
    for (int copy : new int[] {40, 70, 71}) {
      System.arraycopy(values, 7 * DIM, values, copy * DIM, DIM);
    }
    try (Workers workers = Workers.of(1)) {
      Duplicates found = Duplicates.find(TestVectors.embeddings(values, DIM), workers);
      assertEquals(3, found.size());
      assertEquals(3, found.count(7));
      assertEquals(0, found.count(8));
      assertTrue(found.isSame(7, 7) && found.isSame(7, 70));
      assertFalse(found.isSame(7, 8) || found.isSame(8, 7));
      boolean[] flags = found.flags();
      assertTrue(flags[40] && flags[70] && flags[71] && !flags[7]);
    }
  }
}
