package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measured in bytes allocated by this thread, once the code is warm. */
class RelatedSearcherAllocationTest {
  private static final int REQUESTS = 2_000;

  @TempDir Path directory;
  private final InMemoryLiveState live = new InMemoryLiveState();
  private Recommender recommender;
  private RelatedSearcher searcher;
  private final RelatedResult result = new RelatedResult(30);

  @BeforeEach
  void open() throws IOException {
    recommender = Recommender.open(new TinyWorld().write(directory.resolve("snap")), live);
    searcher = recommender.searcher();
    live.hide("100");
    live.hide("111");
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void listFromTheTableAllocatesNothing() {
    StringBuilder id = new StringBuilder();
    allocatesNothing(
        i -> {
          id.setLength(0);
          id.append(100 + i % TinyWorld.ITEMS);
          searcher.related(id, 5, result);
        });
    assertTrue(result.precomputed());
  }

  @Test
  void numericIdAllocatesNothing() {
    allocatesNothing(i -> searcher.related(100L + i % TinyWorld.ITEMS, 5, result));
    assertTrue(result.precomputed());
  }

  @Test
  void scoringWithWeightsAndExclusionsAllocatesNothing() {
    allocatesNothing(
        i -> {
          searcher.clearExclusions();
          searcher.excludeOrdinal(i % TinyWorld.ITEMS);
          searcher.excludeOrdinal((i + 2) % TinyWorld.ITEMS);
          searcher.weight(0, 0.5 + i % 3);
          searcher.relatedToOrdinal(i % TinyWorld.ITEMS, 1 + i % 30, result);
        });
    assertFalse(result.precomputed());
  }

  @Test
  void searchingAllItemsAllocatesNothing() {
    allocatesNothing(
        i -> {
          searcher.gate(false);
          searcher.weight(0, 0.5 + i % 3);
          searcher.relatedToOrdinal(i % TinyWorld.ITEMS, 1 + i % 30, result);
        });
    assertFalse(result.precomputed());
  }

  @Test
  void rerankingForEachRequestAllocatesNothing() {
    Reranking diverse = Reranking.none().withDiversity(Diversity.of(0.5));
    allocatesNothing(
        i -> {
          searcher.rerank(diverse);
          searcher.relatedToOrdinal(i % TinyWorld.ITEMS, 1 + i % 30, result);
        });
    assertFalse(result.precomputed());
  }

  private static void allocatesNothing(IntConsumer request) {
    long allocated =
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < REQUESTS; i++) {
                request.accept(i);
              }
            });
    assertEquals(0, allocated, "bytes allocated by " + REQUESTS + " requests after warm-up");
  }
}
