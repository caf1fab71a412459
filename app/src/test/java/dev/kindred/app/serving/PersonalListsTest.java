package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import dev.kindred.engine.serve.RecommendQuery;
import dev.kindred.engine.serve.RecommendedItem;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.WhyNot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server on a generated snapshot with a ranker: personal lists, rules, recall. */
final class PersonalListsTest {
  private static final String HIDDEN = "7";

  @TempDir static Path directory;
  private static Path snapshot;
  private static Serving serving;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    snapshot = RankedSnapshot.write(directory.resolve("snapshot"));
    serving =
        Serving.start(
            RankedSnapshot.served(snapshot)
                .withRules(List.of(Rule.hide(Selection.of(HIDDEN))))
                .withRecallShare(1),
            TinyServer.silent());
    port = serving.port();
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  void aPersonalListIsThatOfTheEmbeddedRecommender() throws IOException {
    try (Recommender recommender = Recommender.open(snapshot)) {
      RecommendQuery asked =
          RecommendQuery.user("user-3").top(25).weight("like", 2).exclude("11", HIDDEN);
      List<RecommendedItem> expected = recommender.recommend(asked).items();
      JsonNode reply =
          json(
              "/v1/recommend?user=user-3&n=25&weight=like:2&exclude=11&explain=true&show=topic&deadline-millis=60000");
      assertTrue(reply.get("known").asBoolean());
      assertEquals(
          expected.stream().map(RecommendedItem::id).toList(), ids(reply), reply::toString);
      for (int i = 0; i < expected.size(); i++) {
        JsonNode item = reply.get("items").get(i);
        assertEquals(expected.get(i).score(), item.get("score").floatValue());
        assertEquals(expected.get(i).sources().size(), item.get("sources").size(), item::toString);
        float sum = 0;
        for (JsonNode term : item.get("terms")) {
          sum += term.get("term").floatValue();
        }
        assertEquals(item.get("score").floatValue(), sum);
        assertTrue(item.at("/profile/topic/0").asText().startsWith("topic-"), item::toString);
      }
      assertEquals(25, reply.at("/funnel/returned").asInt());
    }
  }

  @Test
  void aHistoryStandsInForAUserAndNobodyGetsPopularItems() throws IOException {
    JsonNode after = json("/v1/recommend?history=1&history=2&n=5");
    assertTrue(after.get("known").asBoolean());
    assertFalse(ids(after).contains("1"));
    assertTrue(ids(json("/v1/recommend?history=1&n=500&watched-too=true")).contains("1"));
    JsonNode nobody = json("/v1/recommend?user=stranger&n=5");
    assertFalse(nobody.get("known").asBoolean());
    assertEquals("popular", nobody.at("/items/0/sources/0").asText());
    assertTrue(nobody.at("/notes/0").asText().contains("stranger"), nobody::toString);
  }

  @Test
  void faultsAreNamed() throws IOException {
    assertRefused("bad-parameter", "/v1/recommend?user=a&history=1");
    assertRefused("unknown-objective", "/v1/recommend?user=a&weight=likes:1");
    assertRefused("unknown-field", "/v1/recommend?user=a&where=colour+%3D+'red'");
    assertRefused("bad-parameter", "/v1/recommend?user=a&n=501");
    assertRefused("unknown-parameter", "/v1/recommend?usr=a");
    assertRefused("missing-parameter", "/v1/why-not?item=1");
    assertRefused("unknown-field", "/v1/recommend?user=a&show=colour");
    assertRefused("bad-parameter", "/v1/recommend?user=a&deadline-millis=soon");
  }

  @Test
  void rulesOfTheServerShapeEveryList() throws IOException {
    String other;
    try (Recommender recommender = Recommender.open(snapshot)) {
      other =
          IntStream.rangeClosed(1, 300)
              .mapToObj(Integer::toString)
              .filter(id -> related(recommender, id).contains(HIDDEN))
              .findFirst()
              .orElseThrow();
    }
    assertFalse(ids(json("/v1/related?n=20&item=" + other)).contains(HIDDEN));
    assertFalse(ids(json("/v1/related?n=20&explain=true&item=" + other)).contains(HIDDEN));
    assertFalse(ids(json("/v1/recommend?n=500&watched-too=true&user=user-1")).contains(HIDDEN));
    JsonNode why = json("/v1/why-not?n=20&item=" + other + "&target=" + HIDDEN);
    assertEquals("hidden-by-rule", why.get("stage").asText(), why::toString);
  }

  private static List<String> related(Recommender recommender, String id) {
    return recommender.related(id, 20).stream().map(item -> item.id()).toList();
  }

  @Test
  void whyNotIsThatOfTheEmbeddedRecommender() throws IOException {
    try (Recommender recommender = Recommender.open(snapshot)) {
      RelatedQuery query = RelatedQuery.item("1").top(5);
      for (String target : new String[] {"1", "2", "3", "40", "299", "none"}) {
        WhyNot expected = recommender.whyNot(query, target);
        JsonNode reply = json("/v1/why-not?item=1&n=5&target=" + target);
        assertEquals(ConstantName.of(expected.stage()), reply.get("stage").asText());
        assertEquals(expected.explanation().isPresent(), reply.has("explanation"));
      }
    }
    assertEquals("excluded", json("/v1/why-not?item=1&target=2&exclude=2").get("stage").asText());
  }

  @Test
  void recallOfSearchesOverAllItemsIsGauged() throws IOException {
    String metrics = RawHttp.get(port, "/metrics").body();
    assertTrue(metrics.contains("# TYPE kindred_recall_at_10 gauge"), metrics);
    // The comparison runs on a thread of its own, which drops a search that finds it busy.
    for (int i = 0; metrics.contains("kindred_recall_queries{result=\"compared\"} 0\n"); i++) {
      json("/v1/related?ungated=true&n=10&item=" + (1 + i % 300));
      metrics = RawHttp.get(port, "/metrics").body();
    }
    String gauge =
        metrics.lines().filter(l -> l.startsWith("kindred_recall_at_10 ")).toList().get(0);
    double recall = Double.parseDouble(gauge.substring(gauge.indexOf(' ') + 1));
    assertTrue(recall > 0.5 && recall <= 1, gauge);
  }

  @Test
  void theSnapshotSaysThatItRecommends() throws IOException {
    assertTrue(json("/v1/snapshot").get("recommends").asBoolean());
  }

  private static JsonNode json(String target) throws IOException {
    RawHttp.Answer answer = RawHttp.get(port, target);
    assertEquals(200, answer.status(), answer.body());
    return new JsonMapper().readTree(answer.body());
  }

  private static List<String> ids(JsonNode reply) {
    List<String> ids = new ArrayList<>();
    reply.get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }

  private static void assertRefused(String code, String target) throws IOException {
    RawHttp.Answer answer = RawHttp.get(port, target);
    assertEquals(400, answer.status(), answer.body());
    assertEquals(code, new JsonMapper().readTree(answer.body()).at("/error/code").asText());
  }
}
