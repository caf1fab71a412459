package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AucTest {

  @Test
  void handWorkedWithTies() {
    // Positives 3, 1; negatives 2, 1, -1. Pairs won: 3 beats all three; 1 ties once, beats -1.
    float[] scores = {3, 2, 1, 1, -1};
    boolean[] positive = {true, false, true, false, false};
    assertEquals((3 + 1.5) / 6, Auc.of(scores, positive), 1e-12);
  }

  @Test
  void equalsCountingAllPairs() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int n = 50;
      float[] scores = new float[n];
      boolean[] positive = new boolean[n];
      for (int i = 0; i < n; i++) {
        scores[i] = (random.nextInt(13) - 6) / 2f;
        positive[i] = i < 2 ? i == 0 : random.nextInt(3) == 0;
      }
      double wins = 0;
      int pairs = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (positive[i] && !positive[j]) {
            pairs++;
            wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
          }
        }
      }
      assertEquals(wins / pairs, Auc.of(scores, positive), 1e-12, "seed " + seed);
    }
  }

  @Test
  void zeroTiesWithMinusZero() {
    assertEquals(0.5, Auc.of(new float[] {0f, -0f}, new boolean[] {true, false}));
  }

  @Test
  void undefinedWithOneClassAndRefusesNaN() {
    assertTrue(Double.isNaN(Auc.of(new float[] {1, 2}, new boolean[] {true, true})));
    assertTrue(Double.isNaN(Auc.of(new float[0], new boolean[0])));
    assertThrows(
        IllegalArgumentException.class,
        () -> Auc.of(new float[] {Float.NaN}, new boolean[] {true}));
  }
}
