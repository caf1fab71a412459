package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches while one thread changes and another merges: each answer must be that of one state
 * between the beginning and the end of the search. Torn rows, rows found twice and rows missed
 * between removal and replacement all give scores that no state has.
 */
class LiveIndexStressTest {
  private static final int IDS = 60;
  private static final int DIM = 8;
  private static final int STEPS = 6000;
  private static final int K = 7;
  private static final int SEARCHES_AT_LEAST = 500;
  private static final long SEED = 11;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger checked = new AtomicInteger();

  @Test
  void eachAnswerIsThatOfAStateDuringTheSearch(@TempDir Path directory)
      throws IOException, InterruptedException {
    LiveOptions options =
        LiveOptions.defaults().withDeltaRows(16).withGraph(new HnswOptions(4, 16, 1));
    try (LiveIndex index = LiveIndex.create(directory.resolve("live"), DIM, Metric.L2, options)) {
      List<Thread> searching = new ArrayList<>();
      for (int reader = 0; reader < 4; reader++) {
        int number = reader;
        Thread.Builder builder = reader < 2 ? Thread.ofPlatform() : Thread.ofVirtual();
        searching.add(builder.start(() -> search(index, number)));
      }
      for (int step = 0; step < STEPS && failure.get() == null; step++) {
        begun.incrementAndGet();
        if (isPut(step)) {
          index.put(idOf(step), vector(step), 0);
        } else {
          index.remove(idOf(step));
        }
        done.incrementAndGet();
        if (step % 50 == 0) {
          Thread.yield();
        }
      }
      for (Thread thread : searching) {
        thread.join();
      }
      assertTrue(index.mergeFailure().isEmpty(), () -> index.mergeFailure().toString());
    }
    if (failure.get() != null) {
      throw new AssertionError("seed " + SEED, failure.get());
    }
    assertTrue(checked.get() >= SEARCHES_AT_LEAST, checked + " searches");
  }

  private void search(LiveIndex index, int number) {
    try {
      Draws draws = Draws.of(SEED, "queries", number);
      LiveNeighbors found = new LiveNeighbors(K);
      LiveSearcher own = number % 2 == 0 ? index.searcher() : null;
      // The step that put each id last, or -1; as after this many steps.
      int[] puts = new int[IDS];
      Arrays.fill(puts, -1);
      int at = 0;
      float[] query = new float[DIM];
      boolean last;
      do {
        for (int i = 0; i < DIM; i++) {
          query[i] = draws.nextInt(100) - 50;
        }
        int from = done.get();
        last = from == STEPS;
        if (own == null) {
          index.search(query, K, found);
        } else {
          own.search(query, K, found);
        }
        int to = begun.get();
        while (at < from) {
          apply(at++, puts);
        }
        int[] state = puts.clone();
        boolean matches = isAnswer(found, query, state);
        for (int step = from; step < to && !matches; step++) {
          apply(step, state);
          matches = isAnswer(found, query, state);
        }
        assertTrue(matches, "states " + from + " to " + to + " don't give " + describe(found));
        checked.incrementAndGet();
        Thread.yield();
      } while (!last && failure.get() == null);
      assertEquals(STEPS, done.get());
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private static boolean isAnswer(LiveNeighbors found, float[] query, int[] puts) {
    float[] scores = new float[IDS];
    int live = 0;
    for (int put : puts) {
      if (put >= 0) {
        scores[live++] = score(query, put);
      }
    }
    Arrays.sort(scores, 0, live);
    if (found.size() != Math.min(K, live)) {
      return false;
    }
    for (int rank = 0; rank < found.size(); rank++) {
      int put = puts[(int) found.longId(rank)];
      // Whole numbers this small are exact as floats, in any order of summation.
      if (put < 0
          || found.score(rank) != scores[live - 1 - rank]
          || found.score(rank) != score(query, put)) {
        return false;
      }
      for (int other = 0; other < rank; other++) {
        if (found.longId(other) == found.longId(rank)) {
          return false;
        }
      }
    }
    return true;
  }

  private static void apply(int step, int[] puts) {
    puts[idOf(step)] = isPut(step) ? step : -1;
  }

  private static boolean isPut(int step) {
    return Draws.of(SEED, "kind", step).nextInt(3) > 0;
  }

  private static int idOf(int step) {
    return Draws.of(SEED, "id", step).nextInt(IDS);
  }

  private static float[] vector(int step) {
    Draws draws = Draws.of(SEED, "vector", step);
    float[] vector = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      vector[i] = draws.nextInt(100) - 50;
    }
    return vector;
  }

  private static float score(float[] query, int step) {
    float[] vector = vector(step);
    float sum = 0;
    for (int i = 0; i < DIM; i++) {
      sum += (query[i] - vector[i]) * (query[i] - vector[i]);
    }
    return -sum;
  }

  private static String describe(LiveNeighbors found) {
    StringBuilder text = new StringBuilder();
    for (int rank = 0; rank < found.size(); rank++) {
      text.append(found.id(rank)).append('=').append(found.score(rank)).append(' ');
    }
    return text.toString();
  }
}
