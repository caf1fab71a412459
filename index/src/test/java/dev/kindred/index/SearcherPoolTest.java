package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SearcherPoolTest {
  private static final int DIM = 24;

  private final ExactSearch index =
      ExactSearch.of(TestVectors.embeddings(TestVectors.clustered(800, DIM, 9, 1), DIM), Metric.L2);

  @Test
  void manyVirtualThreadsGetTheAnswersOfOneSearcher()
      throws InterruptedException, ExecutionException {
    SearcherPool pool = new SearcherPool(index, 3);
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int q = 0; q < 400; q++) {
        int number = q;
        answers.add(
            threads.submit(
                () -> {
                  Neighbors found = new Neighbors(5);
                  pool.search(query(number), 5, found);
                  return describe(found);
                }));
      }
      for (int q = 0; q < 400; q++) {
        assertEquals(describe(index.searcher().search(query(q), 5)), answers.get(q).get());
      }
    }
  }

  @Test
  void searchesAllocateNothing() {
    SearcherPool pool = new SearcherPool(index, 2);
    Neighbors found = new Neighbors(5);
    float[] query = query(1);
    assertEquals(
        0,
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < 50; i++) {
                pool.search(query, 5, found);
              }
            }));
  }

  @Test
  void slotsLendEachObjectOnceAndKeepNoMoreThanTheyHaveRoomFor() {
    AtomicInteger made = new AtomicInteger();
    Slots<Integer> slots = new Slots<>(2, made::incrementAndGet);
    Integer first = slots.take();
    Integer second = slots.take();
    Integer third = slots.take();
    assertNotSame(first, second);
    assertEquals(3, made.get());
    slots.give(first);
    slots.give(second);
    slots.give(third);
    assertSame(Integer.class, slots.take().getClass());
    slots.take();
    assertEquals(3, made.get());
    slots.take();
    assertEquals(4, made.get());
    assertThrows(IllegalArgumentException.class, () -> new SearcherPool(index, 0));
  }

  @Test
  void aSearchThatFailsDoesNotSpoilThePool() {
    SearcherPool pool = new SearcherPool(index, 1);
    Neighbors found = new Neighbors(5);
    assertThrows(IllegalArgumentException.class, () -> pool.search(new float[1], 5, found));
    pool.search(query(2), 5, found);
    assertEquals(describe(index.searcher().search(query(2), 5)), describe(found));
  }

  private static float[] query(int number) {
    Draws draws = Draws.of(number, "query");
    float[] query = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      query[i] = (float) draws.nextGaussian();
    }
    return query;
  }

  private static String describe(Neighbors found) {
    StringBuilder text = new StringBuilder();
    for (int rank = 0; rank < found.size(); rank++) {
      text.append(found.ordinal(rank)).append('=').append(found.score(rank)).append(' ');
    }
    return text.toString();
  }
}
