package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FactorNeighborsTest {
  private static float[] vectors(int items, int dim) {
    Draws draws = Draws.of(8, "factor-neighbors-test");
    float[] vectors = new float[items * dim];
    for (int i = 0; i < items; i++) {
      if (i % 10 == 3) {
        continue; // unknown to the model
      }
      float scale = 0.1f + 9 * draws.nextFloat();
      for (int j = 0; j < dim; j++) {
        vectors[i * dim + j] = scale * (float) draws.nextGaussian();
      }
    }
    return vectors;
  }

  private static double cosine(float[] vectors, int dim, int a, int b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int j = 0; j < dim; j++) {
      dot += (double) vectors[a * dim + j] * vectors[b * dim + j];
      aa += (double) vectors[a * dim + j] * vectors[a * dim + j];
      bb += (double) vectors[b * dim + j] * vectors[b * dim + j];
    }
    return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
  }

  @Test
  void findsTheItemsOfHighestCosine() {
    int items = 1500; // two blocks of targets, the last ones not full
    int dim = 13;
    int kept = 20;
    float[] vectors = vectors(items, dim);
    try (Workers workers = Workers.of(2)) {
      CandidateLists lists =
          FactorNeighbors.candidates(vectors, items, dim, kept, 0, workers, Progress.none());
      for (int item = 0; item < items; item++) {
        if (item % 10 == 3) {
          assertEquals(0, lists.count(item));
          continue;
        }
        double[] cosines = new double[items];
        for (int other = 0; other < items; other++) {
          cosines[other] = other == item ? -1 : cosine(vectors, dim, item, other);
        }
        double[] sorted = cosines.clone();
        Arrays.sort(sorted);
        assertEquals(kept, lists.count(item));
        for (int rank = 0; rank < kept; rank++) {
          long at = lists.start(item) + rank;
          assertEquals(sorted[items - 1 - rank], lists.similarity(at), 1e-5);
          assertEquals(cosines[lists.item(at)], lists.similarity(at), 1e-5);
          assertTrue(lists.item(at) % 10 != 3);
          assertEquals(CandidateSource.FACTORS, lists.source(at));
        }
      }
    }
  }

  @Test
  void candidatesAreTheSameForAnyNumberOfThreadsAndAboveTheMinimum() {
    int items = 300;
    float[] vectors = vectors(items, 8);
    try (Workers one = Workers.of(1);
        Workers three = Workers.of(3)) {
      CandidateLists a =
          FactorNeighbors.candidates(vectors, items, 8, 300, 0.5f, one, Progress.none());
      CandidateLists b =
          FactorNeighbors.candidates(vectors, items, 8, 300, 0.5f, three, Progress.none());
      assertEquals(a.size(), b.size());
      for (long at = 0; at < a.size(); at++) {
        assertEquals(a.item(at), b.item(at));
        assertEquals(a.similarity(at), b.similarity(at));
        assertTrue(a.similarity(at) > 0.5f);
      }
    }
  }

  @Test
  void noItemsGiveNoLists() {
    try (Workers workers = Workers.of(1)) {
      assertEquals(
          0,
          FactorNeighbors.candidates(new float[0], 0, 8, 5, 0, workers, Progress.none()).items());
    }
  }
}
