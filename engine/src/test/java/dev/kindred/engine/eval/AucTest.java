package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
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

  @Test
  void theIntervalIsThatOfTheDefinition() {
    Draws draws = Draws.of(5, "interval");
    int n = 60;
    float[] scores = new float[n];
    boolean[] positive = new boolean[n];
    for (int i = 0; i < n; i++) {
      positive[i] = draws.nextInt(3) == 0;
      scores[i] = draws.nextInt(8) + (positive[i] ? 2 : 0); // with ties
    }
    double auc = Auc.of(scores, positive);
    double variance = 0;
    for (boolean side : new boolean[] {true, false}) {
      double sum = 0;
      int count = 0;
      for (int i = 0; i < n; i++) {
        if (positive[i] == side) {
          double wins = 0;
          int others = 0;
          for (int j = 0; j < n; j++) {
            if (positive[j] != side) {
              float good = side ? scores[i] : scores[j];
              float bad = side ? scores[j] : scores[i];
              wins += good > bad ? 1 : good == bad ? 0.5 : 0;
              others++;
            }
          }
          sum += Math.pow(wins / others - auc, 2);
          count++;
        }
      }
      variance += sum / (count - 1) / count;
    }
    Auc.Interval interval = Auc.interval(scores, positive);
    assertEquals(auc, interval.auc());
    assertEquals(auc - 1.96 * Math.sqrt(variance), interval.low(), 1e-9);
    assertEquals(Math.min(1, auc + 1.96 * Math.sqrt(variance)), interval.high(), 1e-9);
  }
}
