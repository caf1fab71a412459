package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Request;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.TinyWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What routes with reasons say when a request's deadline passes while they answer it. */
final class DeadlineTest {
  private static final Duration WITHIN = Duration.ofHours(1);

  @TempDir Path directory;
  private Recommender recommender;
  private Desk desk;
  private RelatedDefaults defaults;

  @BeforeEach
  void open() throws Exception {
    recommender = Recommender.open(new TinyWorld().write(directory.resolve("snapshot")));
    desk = new Desk(recommender);
    defaults =
        new RelatedDefaults(
            500, new ServerWeights(recommender, Map.of()), Reranking.none(), WITHIN);
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void anExplainedListEndsWithANote() throws Exception {
    RelatedRoute route = new RelatedRoute(defaults, null);
    Request asked = request("item=100&n=5&explain=true", Duration.ZERO);
    JsonNode whole = new JsonMapper().readTree(route.answer(asked, desk).body());
    assertEquals(5, whole.get("items").size());
    Request late = request("item=100&n=5&explain=true", WITHIN);
    JsonNode cut = new JsonMapper().readTree(route.answer(late, desk).body());
    assertTrue(cut.path("cutShort").asBoolean(), cut.toString());
    assertEquals(1, cut.get("items").size());
    assertEquals(whole.at("/items/0"), cut.at("/items/0"));
    assertTrue(cut.get("notes").toString().contains("reasons of 4 more entries"), cut.toString());
  }

  @Test
  void whyNotIsRefusedAndMayBeAskedAgain() throws Exception {
    String target = recommender.related("100", 5).getFirst().id();
    var route = ServedModel.explained(new WhyNotRoute(recommender, defaults));
    Request asked = request("item=100&target=" + target, Duration.ZERO);
    JsonNode why = new JsonMapper().readTree(route.answer(asked, desk).body());
    assertEquals("listed", why.get("stage").asText());
    Request late = request("item=100&target=" + target, WITHIN);
    Refusal refusal = assertThrows(Refusal.class, () -> route.answer(late, desk));
    assertEquals(503, refusal.status());
    assertEquals("too-late", refusal.code());
    assertEquals(1, refusal.retryAfterSeconds());
  }

  /** A request that came in so long ago. */
  private static Request request(String query, Duration ago) {
    return new Request(
        "", "GET", "/", Query.parse(query), "", Request.NO_BODY, System.nanoTime() - ago.toNanos());
  }
}
