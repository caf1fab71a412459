package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import org.junit.jupiter.api.Test;

/** Lists added up for users, and lists of neighbours, by hand. */
final class ListScoresTest {
  private static Interactions met(int[][] itemsOfUsers, int items) {
    return Interactions.of(
        itemsOfUsers.length,
        items,
        sink -> {
          for (int user = 0; user < itemsOfUsers.length; user++) {
            for (int item : itemsOfUsers[user]) {
              sink.add(user, item, 1);
            }
          }
        },
        Interactions.Duplicates.LAST);
  }

  @Test
  void aUsersScoresAreTheSumsOfTheListsBesideHisItems() {
    int[][] lists = {{2, 3}, {3, 2000}, {}};
    float[][] scores = {{.5f, .25f}, {1, 2}, {}};
    ScoredLists source =
        (item, n, items, values) -> {
          int length = item < 3 ? Math.min(n, lists[item].length) : 0;
          for (int i = 0; i < length; i++) {
            items[i] = lists[item][i];
            values[i] = scores[item][i];
          }
          return length;
        };
    Interactions met = met(new int[][] {{0, 1}, {2}}, 2001);
    ListScores of = new ListScores(source, met, 10);
    float[] tile = new float[2 * Scores.TILE];
    of.score(new int[] {0, 1}, 0, 2, 0, Scores.TILE, tile);
    assertEquals(.5f, tile[2]);
    assertEquals(1.25f, tile[3]);
    assertEquals(Float.NEGATIVE_INFINITY, tile[4]);
    assertEquals(Float.NEGATIVE_INFINITY, tile[Scores.TILE + 3]);
    int last = 2001 - Scores.TILE;
    of.score(new int[] {0}, 0, 1, Scores.TILE, last, tile);
    assertEquals(2, tile[2000 - Scores.TILE]);
  }

  @Test
  void coOccurrenceScoresAreTheCosinesOfUserCounts() {
    Interactions train = met(new int[][] {{0, 1}, {0, 1}, {0, 2}, {0}}, 4);
    try (Workers workers = Workers.of(2)) {
      BaselineLists lists = BaselineLists.cooccurrence(train, true, 3, workers);
      int[] items = new int[3];
      float[] scores = new float[3];
      assertEquals(2, lists.related(0, 3, items, scores));
      assertArrayEquals(new int[] {1, 2}, new int[] {items[0], items[1]});
      assertEquals(2 / Math.sqrt(4 * 2), scores[0], 1e-6);
      assertEquals(1 / Math.sqrt(4 * 1), scores[1], 1e-6);
      assertEquals(0, lists.related(3, 3, items, scores), "an item that nobody met has no list");
    }
  }

  @Test
  void nearestItemsAreThoseOfTheLargestCosine() {
    float[] vectors = {1, 0, 2, 2, 0, 3, 0, 0, -1, 0};
    try (Workers workers = Workers.of(2)) {
      BaselineLists lists = BaselineLists.nearest(vectors, 2, 4, workers);
      int[] items = new int[4];
      float[] scores = new float[4];
      assertEquals(3, lists.related(0, 4, items, scores), "the zero vector stands in no list");
      assertArrayEquals(new int[] {1, 2, 4}, new int[] {items[0], items[1], items[2]});
      assertEquals(Math.sqrt(.5), scores[0], 1e-6);
      assertEquals(-1, scores[2], 1e-6);
      assertEquals(0, lists.related(3, 4, items, scores), "the zero vector has no list");
    }
  }
}
