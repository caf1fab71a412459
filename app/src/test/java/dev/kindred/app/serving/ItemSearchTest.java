package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.serve.InMemoryLiveState;
import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ItemSearchTest {
  @TempDir Path directory;
  private final LiveState live = new InMemoryLiveState();
  private Recommender recommender;

  @BeforeEach
  void open() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    recommender = Recommender.open(snapshot, RecommenderOptions.defaults(), live);
    recommender.add(
        new LiveItem(
            "new-1", Map.of("type", List.of("film"), "title", List.of("Night Harbor")), 1));
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void everyWordIsLookedForInAnyOrderAndCase() {
    assertEquals(List.of("new-1"), ids(search("harbor NIGHT", 10)));
    assertEquals(List.of("new-1"), ids(search("NEW  night", 10)));
    assertEquals(List.of("102"), ids(search("2 10", 1)));
    assertEquals(List.of(), ids(search("night paper", 10)));
  }

  @Test
  void anAddedItemIsFoundByItsTitleUntilItIsTakenAway() {
    assertEquals(new ItemSearch.Found("new-1", "Night Harbor"), search("arbo", 10).found().get(0));
    assertEquals(List.of("new-1"), ids(search("new-1", 10)));
    live.removeItem("new-1");
    assertEquals(List.of(), ids(search("arbo", 10)));
  }

  @Test
  void theItemOfThatIdComesFirstAndNoItemTwice() {
    List<String> ids = ids(search("10", 500));
    assertEquals(ids.size(), ids.stream().distinct().count());
    assertEquals("105", ids(search("105", 500)).getFirst());
    assertEquals(recommender.size() + 1, ids(search("", 500)).size());
  }

  @Test
  void itIsCompleteIfItSawAllOrFoundEnough() {
    assertTrue(search("no such words", 10).isComplete());
    assertTrue(search("10", 2).isComplete());
    ItemSearch late = search("no such words", 10, System.nanoTime() - 1);
    assertFalse(late.isComplete());
  }

  private ItemSearch search(String words, int most) {
    return search(words, most, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
  }

  private ItemSearch search(String words, int most, long until) {
    RelatedSearcher items = recommender.searcher();
    items.pin();
    try {
      ItemSearch search = new ItemSearch(items, live, words, most, until);
      search.run();
      return search;
    } finally {
      items.unpin();
    }
  }

  private static List<String> ids(ItemSearch search) {
    return search.found().stream().map(ItemSearch.Found::id).toList();
  }
}
