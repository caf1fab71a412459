package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.als.SymmetricEigen;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpectralStartTest {
  private static final int USERS = 60;
  private static final int ITEMS = 40;

  private static Interactions drawn() {
    Draws draws = Draws.of(4, "positives");
    return Interactions.of(
        USERS,
        ITEMS,
        sink -> {
          draws.reset(1);
          for (int i = 0; i < 400; i++) {
            sink.add(draws.nextInt(USERS), draws.nextInt(ITEMS - 1), 1 + draws.nextInt(3));
          }
        },
        Duplicates.SUM);
  }

  /** [items x items] product of the normalised positives with themselves, by plain loops. */
  private static double[] gram(Interactions positives) {
    double[] byUser = new double[USERS];
    double[] byItem = new double[ITEMS];
    double[][] dense = new double[USERS][ITEMS];
    for (int u = 0; u < USERS; u++) {
      for (long i = positives.start(u); i < positives.end(u); i++) {
        dense[u][positives.column(i)] = positives.value(i);
        byUser[u] += positives.value(i);
        byItem[positives.column(i)] += positives.value(i);
      }
    }
    double[] gram = new double[ITEMS * ITEMS];
    for (int a = 0; a < ITEMS; a++) {
      for (int b = 0; b < ITEMS; b++) {
        for (int u = 0; u < USERS; u++) {
          double degrees = byUser[u] * Math.sqrt(byItem[a] * byItem[b]);
          gram[a * ITEMS + b] += degrees > 0 ? dense[u][a] * dense[u][b] / degrees : 0;
        }
      }
    }
    return gram;
  }

  @Test
  void singularValuesAreTheRootsOfTheEigenvaluesOfTheProduct() {
    Interactions positives = drawn();
    double[] expected = new SymmetricEigen(gram(positives), ITEMS).values().clone();
    Arrays.sort(expected);
    try (Workers workers = Workers.of(2)) {
      double[] values = SpectralStart.of(positives, 8, 1, workers).singularValues();
      assertEquals(8, values.length);
      assertEquals(1, values[0], 1e-4, "the graph is whole");
      for (int j = 0; j < 8; j++) {
        assertEquals(Math.sqrt(expected[ITEMS - 1 - j]), values[j], 2e-3, "value " + j);
      }
    }
  }

  /** A graph in two parts has the largest singular value twice, and its vectors tell the parts. */
  @Test
  void usersAndItemsOfOneBlockStandTogetherAndThoseOfAnotherApart() {
    Interactions blocks =
        Interactions.of(
            30,
            20,
            sink -> {
              for (int u = 0; u < 30; u++) {
                for (int i = u % 2; i < 20; i += 2) {
                  if ((u + i) % 3 != 0) {
                    sink.add(u, i, 1);
                  }
                }
              }
            },
            Duplicates.SUM);
    try (Workers workers = Workers.of(2)) {
      SpectralStart start = SpectralStart.of(blocks, 2, 1, workers);
      float[] users = start.users(1);
      float[] items = start.items(1);
      for (int u = 0; u < 30; u++) {
        for (int i = 0; i < 20; i++) {
          double cosine = users[2 * u] * items[2 * i] + users[2 * u + 1] * items[2 * i + 1];
          assertEquals(u % 2 == i % 2 ? 1 : 0, cosine, 1e-3, "user %d, item %d".formatted(u, i));
        }
      }
    }
  }

  @Test
  void anyNumberOfThreadsFindsTheSameBitsAndWhoHasNoPositivesHasZeros() {
    Interactions positives = drawn();
    try (Workers one = Workers.of(1);
        Workers three = Workers.of(3)) {
      SpectralStart a = SpectralStart.of(positives, 50, 1, one);
      SpectralStart b = SpectralStart.of(positives, 50, 1, three);
      assertArrayEquals(a.items(0.5), b.items(0.5));
      assertArrayEquals(a.users(0.5), b.users(0.5));
      float[] items = a.items(1);
      for (int item = 0; item < ITEMS; item++) {
        double squared = 0;
        for (int j = 0; j < 50; j++) {
          squared += items[item * 50 + j] * items[item * 50 + j];
          assertTrue(j < ITEMS || items[item * 50 + j] == 0, "there are but 40 directions");
        }
        assertEquals(item == ITEMS - 1 ? 0 : 1, squared, 1e-5, "item " + item);
      }
    }
  }
}
