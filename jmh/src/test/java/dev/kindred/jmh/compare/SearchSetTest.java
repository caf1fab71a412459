package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

final class SearchSetTest {
  /** Products with the query (1, 2): 1, 2, 3. */
  private final SearchSet set =
      new SearchSet(
          Embeddings.copyOf(new float[] {1, 0, 0, 1, 1, 1}, 2, Arena.ofAuto()),
          Embeddings.copyOf(new float[] {1, 2}, 2, Arena.ofAuto()),
          new IntRows(new int[] {2, 1, 0}, 3),
          Metric.DOT);

  @Test
  void rightAnswersPassAndCount() {
    Answers right = answers(2, 3, 1, 2);
    assertDoesNotThrow(() -> set.check("peer", right));
    assertEquals(1, set.recall(right));
    Answers half = answers(2, 3, 0, 1);
    assertDoesNotThrow(() -> set.check("peer", half));
    assertEquals(0.5, set.recall(half));
  }

  @Test
  void wrongAnswersAreNamed() {
    assertRefused("score", answers(2, 3, 1, 2.5f));
    assertRefused("a second time", answers(2, 3, 2, 3));
    assertRefused("better than the one before", answers(1, 2, 2, 3));
    assertRefused("row -1", answers(2, 3));
    assertRefused("row 3 of 3", answers(3, 3, 1, 2));
  }

  private void assertRefused(String part, Answers answers) {
    String message =
        assertThrows(IllegalStateException.class, () -> set.check("peer", answers)).getMessage();
    assertTrue(message.contains(part) && message.startsWith("peer, query 0"), message);
  }

  /** Pairs of row and score, for the two best. */
  private static Answers answers(float... pairs) {
    Answers answers = new Answers(1, 2);
    for (int i = 0; i < pairs.length; i += 2) {
      answers.set(0, i / 2, (int) pairs[i], pairs[i + 1]);
    }
    return answers;
  }
}
