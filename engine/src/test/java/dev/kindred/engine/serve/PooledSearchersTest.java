package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.related.Channel;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searchers that a recommender lends to its requests come back, unless one failed midway. */
class PooledSearchersTest {
  private static final int TIMES = 40; // below the 64 leases that are kept without a look

  @TempDir Path directory;
  private Recommender recommender;

  @BeforeEach
  void open() throws IOException {
    recommender = Recommender.open(new TinyWorld().write(directory.resolve("snap")));
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void requestsThatAreRefusedMakeNoSearchers() {
    recommender.related("104", 5);
    recommender.similar(SimilarQuery.channel("click", Channel.Kind.LINEAR, new float[30]));
    int before = recommender.leases();
    RelatedQuery query = RelatedQuery.item("104");
    for (int i = 0; i < TIMES; i++) {
      assertThrows(UnknownItemException.class, () -> recommender.related("none", 5));
      assertThrows(
          IllegalArgumentException.class, () -> recommender.related(query.weight("clack", 1)));
      assertThrows(
          IllegalArgumentException.class,
          () -> recommender.similar(SimilarQuery.vector(new float[3])));
      assertThrows(UnknownItemException.class, () -> recommender.explain("104", "none"));
    }
    assertEquals(before, recommender.leases());
  }

  @Test
  void nothingOfARefusedRequestStays() {
    List<RelatedItem> before = recommender.related("104", 20);
    String best = before.getFirst().id();
    RelatedQuery query =
        RelatedQuery.item("104")
            .weight("click", 0.25)
            .exclude(best)
            .filter(ItemFilter.where("type = 'film'"))
            .rerank(Reranking.none().withWhere("colour = 'red'"));
    assertThrows(IllegalArgumentException.class, () -> recommender.related(query));
    assertEquals(before, recommender.related("104", 20));
  }

  @Test
  void aSearcherThatFailedWhileItScoredIsNotLentAgain() {
    recommender.related("104", 5);
    int before = recommender.leases();
    ItemFilter broken =
        snapshot ->
            ordinal -> {
              throw new IllegalArgumentException("no luck with " + ordinal);
            };
    RelatedQuery query = RelatedQuery.item("104").filter(broken);
    String message =
        assertThrows(IllegalArgumentException.class, () -> recommender.related(query)).getMessage();
    assertTrue(message.startsWith("no luck"), message);
    assertFalse(recommender.related("104", 5).isEmpty());
    assertEquals(before + 1, recommender.leases());
  }
}
