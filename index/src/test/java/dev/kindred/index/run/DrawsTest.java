package dev.kindred.index.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {
  private static final long SEED = 42;

  @Test
  void theSameKeyGivesTheSameStreamHoweverItWasReached() {
    Draws direct = Draws.of(SEED, "stage", 3, 9);
    Draws moved = Draws.of(SEED, "stage");
    moved.nextGaussian();
    moved.reset(3, 9);
    for (int i = 0; i < 20; i++) {
      assertEquals(direct.nextGaussian(), moved.nextGaussian());
    }
    assertEquals(Draws.of(SEED, "stage", 5).nextLong(), at(moved, 5));
    moved.reset();
    assertEquals(Draws.of(SEED, "stage").nextLong(), moved.nextLong());
    moved.reset(1, 2, 3);
    assertEquals(Draws.of(SEED, "stage", 1, 2, 3).nextLong(), moved.nextLong());
  }

  @Test
  void theStreamIsTheSameInEveryRelease() {
    Draws draws = Draws.of(1, "golden", 2, 3);
    long[] first = new long[3];
    Arrays.setAll(first, i -> draws.nextLong());
    assertArrayEquals(
        new long[] {-7233689088814877792L, -3122246622755480703L, 3164552971012258606L}, first);
  }

  @Test
  void seedsStagesAndKeysAllMatter() {
    Set<Long> firsts = new HashSet<>();
    int streams = 0;
    for (long seed = -2; seed < 3; seed++) {
      for (String stage : new String[] {"", "a", "b", "ab", "ba"}) {
        firsts.add(Draws.of(seed, stage).nextLong());
        firsts.add(Draws.of(seed, stage, 0).nextLong());
        firsts.add(Draws.of(seed, stage, 0, 0).nextLong());
        firsts.add(Draws.of(seed, stage, 1, 0).nextLong());
        firsts.add(Draws.of(seed, stage, 0, 1).nextLong());
        streams += 5;
      }
    }
    assertEquals(streams, firsts.size());
  }

  @Test
  void streamsOfNeighbouringKeysAreUncorrelated() {
    Draws draws = Draws.of(SEED, "rows");
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    double products = 0;
    double previous = 0;
    for (int row = 0; row < n; row++) {
      draws.reset(0, row);
      double x = draws.nextDouble() - 0.5;
      sum += x;
      squares += x * x;
      products += x * previous;
      previous = x;
    }
    // Four standard errors each.
    assertEquals(0, sum / n, 4 * Math.sqrt(1 / 12.0 / n));
    assertEquals(1 / 12.0, squares / n, 4 * Math.sqrt(1 / 180.0 / n));
    assertEquals(0, products / n, 4 / 12.0 / Math.sqrt(n));
  }

  @Test
  void boundedIntsAreUniformAlsoForBoundsThatAreNoPowerOfTwo() {
    Draws draws = Draws.of(SEED, "ints");
    for (int bound : new int[] {1, 2, 3, 10, 100}) {
      int[] counts = new int[bound];
      int n = 20_000 * bound;
      for (int i = 0; i < n; i++) {
        counts[draws.nextInt(bound)]++;
      }
      for (int count : counts) {
        assertEquals(20_000, count, 5 * Math.sqrt(20_000), "bound " + bound);
      }
    }
    int large = (1 << 30) + 1;
    int upper = 0;
    for (int i = 0; i < 10_000; i++) {
      int value = draws.nextInt(large);
      assertTrue(value >= 0 && value < large);
      upper += value >= large / 2 ? 1 : 0;
    }
    assertEquals(5_000, upper, 250);
    assertThrows(IllegalArgumentException.class, () -> draws.nextInt(0));
  }

  @Test
  void gaussiansHaveTheMomentsOfANormal() {
    Draws draws = Draws.of(SEED, "normal");
    int n = 200_000;
    double[] moments = new double[5];
    for (int i = 0; i < n; i++) {
      double x = draws.nextGaussian();
      for (int power = 1; power < 5; power++) {
        moments[power] += Math.pow(x, power) / n;
      }
    }
    assertEquals(0, moments[1], 0.01);
    assertEquals(1, moments[2], 0.02);
    assertEquals(0, moments[3], 0.05);
    assertEquals(3, moments[4], 0.1);
  }

  @Test
  void unitDrawsStayBelowOne() {
    Draws draws = Draws.of(SEED, "unit");
    for (int i = 0; i < 100_000; i++) {
      float f = draws.nextFloat();
      double d = draws.nextDouble();
      assertTrue(f >= 0 && f < 1 && d >= 0 && d < 1);
    }
  }

  @Test
  void shufflePermutesOnlyItsRange() {
    int[] values = new int[50];
    Arrays.setAll(values, i -> i);
    Draws.of(SEED, "shuffle").shuffle(values, 10, 40);
    for (int i = 0; i < 50; i++) {
      if (i < 10 || i >= 40) {
        assertEquals(i, values[i]);
      }
    }
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < 50; i++) {
      assertEquals(i, sorted[i]);
    }
    assertNotEquals(Arrays.toString(sorted), Arrays.toString(values));
  }

  private static long at(Draws draws, long key) {
    draws.reset(key);
    return draws.nextLong();
  }
}
