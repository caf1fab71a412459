package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {

  @Test
  void equalsASortWithTies() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int n = random.nextInt(60);
      int k = 1 + random.nextInt(12);
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) {
        scores[i] = random.nextInt(8) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(6) - 3;
      }
      int[] expected =
          IntStream.range(0, n)
              .filter(i -> scores[i] != Float.NEGATIVE_INFINITY)
              .boxed()
              .sorted(
                  Comparator.comparing((Integer i) -> -scores[i])
                      .thenComparing(Comparator.naturalOrder()))
              .limit(k)
              .mapToInt(Integer::intValue)
              .toArray();
      TopK best = new TopK(k);
      int half = n / 2;
      best.offer(scores, 0, half, 0);
      best.offer(scores, half, n - half, half);
      int[] kept = new int[k];
      int length = best.drain(kept);
      assertArrayEquals(expected, Arrays.copyOf(kept, length), "seed " + seed);
      assertEquals(0, best.size());
    }
  }

  @Test
  void leavesOutNaN() {
    TopK best = new TopK(2);
    best.offer(new float[] {Float.NaN, 1, Float.NaN, 2, 3, Float.NaN}, 0, 6, 0);
    int[] kept = new int[2];
    assertEquals(2, best.drain(kept));
    assertArrayEquals(new int[] {4, 3}, kept);
  }
}
