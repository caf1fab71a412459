package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.BestLists;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemSumsTest {
  private static final int ITEMS = 5000;

  @Test
  void sumsAreThoseOfMapsAndStartAnewWithEachRequest() {
    ItemSums sums = new ItemSums(ITEMS, 2);
    Draws draws = Draws.of(1, "sums");
    for (int request = 0; request < 3; request++) {
      Map<Integer, float[]> expected = new LinkedHashMap<>();
      sums.begin(ITEMS);
      for (int list = 0; list < 40; list++) {
        int[] items = new int[50];
        float[] amounts = new float[50];
        for (int i = 0; i < items.length; i++) {
          items[i] = draws.nextInt(1500);
          amounts[i] = (float) draws.nextDouble();
          float[] sum = expected.computeIfAbsent(items[i], item -> new float[2]);
          sum[0] += 0.5f * amounts[i];
          sum[1] += 0.25f * amounts[i];
        }
        sums.add(items, amounts, items.length, 0.5f, 0.25f);
      }
      assertEquals(expected.size(), sums.size());
      int at = 0;
      for (Map.Entry<Integer, float[]> entry : expected.entrySet()) {
        assertEquals(entry.getKey(), sums.item(at), "in the order of their coming");
        assertEquals(at, sums.index(entry.getKey()));
        assertEquals(entry.getValue()[0], sums.sum(at));
        assertEquals(entry.getValue()[1], sums.sum(at++, 1));
      }
      assertEquals(-1, sums.index(1500));
    }
  }

  @Test
  void whatHasNoRoomIsLeftOut() {
    ItemSums sums = new ItemSums(3, 1);
    sums.begin(3);
    for (int item : new int[] {4, 5, 4, 6, 7, 5}) {
      sums.add(item, 1);
    }
    assertEquals(3, sums.size());
    assertEquals(-1, sums.index(7));
    assertEquals(2, sums.sum(sums.index(5)));
  }

  @Test
  void theLikelyBarLetsSomeMoreThroughThanAreWanted() {
    ItemSums sums = new ItemSums(ITEMS, 1);
    BestLists best = new BestLists();
    for (int length : new int[] {1, 64, 96, 100}) {
      // Lists that begin with their best, as those of candidates do.
      sums.begin(ITEMS);
      Draws draws = Draws.of(2, "lists", length);
      for (int i = 0; i < ITEMS; i++) {
        float amount = (float) (draws.nextDouble() + 1.0 / (1 + i % length));
        sums.add(i, amount);
      }
      for (int wanted : new int[] {50, 125, 175, 500}) {
        int listed = sums.listAtLeast(sums.likelyBar(wanted, best));
        assertTrue(listed >= 0.9 * wanted && listed <= 3 * wanted, wanted + " wanted, " + listed);
      }
    }
    sums.begin(ITEMS);
    for (int i = 0; i < ITEMS; i++) {
      sums.add(i, i % 100 == 0 ? 1 : Float.NaN);
    }
    assertEquals(Float.NEGATIVE_INFINITY, sums.likelyBar(175, best), "of a damaged file");
    sums.begin(ITEMS);
    sums.add(9, 1);
    assertEquals(Float.NEGATIVE_INFINITY, sums.likelyBar(50, best), "too few to guess from");
  }

  @Test
  void listsWhatReachesABarInTheOrderOfComing() {
    ItemSums sums = new ItemSums(8, 2);
    sums.begin(8);
    sums.add(new int[] {3, 9, 1, 7}, new float[] {0.5f, 2, 1, 0.99f}, 4, 1, 7);
    int listed = sums.listAtLeast(0.99f);
    int[] places = new int[listed];
    Arrays.setAll(places, sums::listed);
    assertEquals("[1, 2, 3]", Arrays.toString(places));
  }
}
