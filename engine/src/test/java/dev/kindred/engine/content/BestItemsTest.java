package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestItemsTest {
  private record Pair(int item, float score) {}

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
}
