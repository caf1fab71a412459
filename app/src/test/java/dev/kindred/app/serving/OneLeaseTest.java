package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that begins on one snapshot ends on it, though another one is served by then. */
final class OneLeaseTest {
  @TempDir Path directory;

  /** A desk at which the snapshot is replaced between the search and the profiles. */
  private final class SwappingDesk extends Desk {
    private final Recommender recommender;

    SwappingDesk(Recommender recommender) {
      super(recommender);
      this.recommender = recommender;
    }

    @Override
    void list(String kind) {
      try {
        publishOthers();
        assertTrue(recommender.refresh());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&explain=true"})
  void profilesAreOfTheSnapshotThatTheListIsOf(String more) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      new TinyWorld().fill(out, true);
      out.publish();
    }
    // Nobody waits for the request that holds the old snapshot: it swaps itself.
    RecommenderOptions options = RecommenderOptions.defaults().withDrainMillis(0);
    try (Recommender recommender = Recommender.open(directory, options)) {
      Reply reply =
          new RelatedRoute(recommender, 20)
              .answer(request("item=100&n=5&show=type" + more), new SwappingDesk(recommender));
      assertFalse(recommender.contains("100"), "the other snapshot is served");
      JsonNode items =
          new JsonMapper().readTree(new String(reply.body(), StandardCharsets.UTF_8)).get("items");
      assertEquals(5, items.size());
      for (JsonNode item : items) {
        assertEquals("film", item.at("/profile/type/0").asText(), item::toString);
      }
      assertEquals(0, recommender.replacedInUse(), "the old snapshot is unmapped");
    }
  }

  @Test
  void settingsOfAnAnswerDontStayWithItsSearcher() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("one"));
    try (Recommender recommender = Recommender.open(snapshot)) {
      Desk desk = new Desk(recommender);
      RelatedRoute route = new RelatedRoute(recommender, 20);
      String plain = body(route, desk, "item=100&n=5");
      body(route, desk, "item=100&n=5&explain=true&weight=click:0&exclude=102&bury=104");
      assertEquals(plain, body(route, desk, "item=100&n=5"));
    }
  }

  private static String body(RelatedRoute route, Desk desk, String query) {
    return new String(route.answer(request(query), desk).body(), StandardCharsets.UTF_8);
  }

  private static Request request(String query) {
    return new Request(
        "id", "GET", "/v1/related", Query.parse(query), "", Request.NO_BODY, System.nanoTime());
  }

  /** Items 1, 2, 3, ...: none of the first snapshot's, and without its fields. */
  private void publishOthers() throws IOException {
    GeneratedOptions options = new GeneratedOptions(50, 2, 8, 10, 5, false, List.of(), 1);
    try (SnapshotWriter out = SnapshotWriter.under(directory);
        Workers workers = Workers.of(1)) {
      GeneratedSnapshot.write(options, out, workers, Progress.none());
      out.publish();
    }
  }
}
