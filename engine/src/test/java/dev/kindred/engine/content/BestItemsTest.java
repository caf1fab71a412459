package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BestItemsTest {
  private record Pair(int item, float score) {}

  @Test
  void takesWhatAnOfferWouldKeep() {
    BestItems best = new BestItems(2);
    assertTrue(best.takes(9, Float.NEGATIVE_INFINITY));
    best.offer(5, 0f);
    assertTrue(best.takes(9, -1));
    best.offer(7, 1);
    assertFalse(best.takes(9, -1));
    assertFalse(best.takes(5, -0f), "an equal pair");
    assertFalse(best.takes(6, 0f), "among equals the lower ordinal stays");
    assertTrue(best.takes(4, 0f));
    assertTrue(best.takes(9, 0.5f));
    assertFalse(new BestItems(0).takes(0, 1));
  }

  @Test
  void keepsWhatSortingWouldPutFirst() {
    Draws draws = Draws.of(7, "best-items-test");
    for (int trial = 0; trial < 500; trial++) {
      draws.reset(trial);
      int capacity = draws.nextInt(12);
      int offers = draws.nextInt(60);
      BestItems best = new BestItems(capacity);
      List<Pair> all = new ArrayList<>();
      for (int item = 0; item < offers; item++) {
        // few distinct scores, so that ties are common; negative ones among them
        float score = (draws.nextInt(9) - 4) / 3f;
        all.add(new Pair(item, score));
      }
      List<Pair> shuffled = new ArrayList<>(all);
      for (int i = shuffled.size() - 1; i > 0; i--) {
        shuffled.set(i, shuffled.set(draws.nextInt(i + 1), shuffled.get(i)));
      }
      shuffled.forEach(pair -> best.offer(pair.item(), pair.score()));
      best.sort();
      all.sort(Comparator.comparing(Pair::score).reversed().thenComparing(Pair::item));
      List<Pair> expected = all.subList(0, Math.min(capacity, offers));
      List<Pair> kept = new ArrayList<>();
      for (int rank = 0; rank < best.size(); rank++) {
        kept.add(new Pair(best.item(rank), best.score(rank)));
      }
      assertEquals(expected, kept, "trial " + trial + " of capacity " + capacity);
    }
  }

  @Test
  void zerosOfEitherSignAreEqual() {
    BestItems best = new BestItems(1);
    best.offer(1, 0f);
    best.offer(0, -0f);
    best.sort();
    assertEquals(0, best.item(0));
  }

  @Test
  void ranksAreThereOnlyAfterSorting() {
    BestItems best = new BestItems(2);
    best.offer(3, 1);
    assertThrows(IllegalStateException.class, () -> best.item(0));
    best.sort();
    assertEquals(3, best.item(0));
    assertThrows(IllegalStateException.class, () -> best.item(1));
    best.clear();
    assertEquals(0, best.size());
  }

  @Test
  void offersInBulkEqualASortWithoutWhatIsMasked() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int n = random.nextInt(60);
      int k = random.nextInt(12);
      float[] scores = new float[n];
      for (int i = 0; i < n; i++) {
        scores[i] =
            switch (random.nextInt(8)) {
              case 0 -> Float.NEGATIVE_INFINITY;
              case 1 -> Float.NaN;
              default -> random.nextInt(6) - 3;
            };
      }
      int[] expected =
          IntStream.range(0, n)
              .filter(i -> scores[i] > Float.NEGATIVE_INFINITY)
              .boxed()
              .sorted(
                  Comparator.comparing((Integer i) -> -scores[i])
                      .thenComparing(Comparator.naturalOrder()))
              .limit(k)
              .mapToInt(Integer::intValue)
              .toArray();
      BestItems best = new BestItems(k);
      int half = n / 2;
      best.offer(scores, 0, half, 0);
      best.offer(scores, half, n - half, half);
      int[] kept = new int[k];
      int length = best.drain(kept);
      assertArrayEquals(expected, Arrays.copyOf(kept, length), "seed " + seed);
      assertEquals(0, best.size());
    }
  }
}
