package dev.kindred.app.serving;

import static dev.kindred.app.serving.TinyServer.ADMIN;
import static dev.kindred.app.serving.TinyServer.INGEST;
import static dev.kindred.app.serving.TinyServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.serve.RelatedQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists, items, events and what is refused of a real server over a socket, on a small snapshot. */
final class ServingTest extends OnTinyServer {
  @Test
  void relatedListsAreThoseOfTheEmbeddedRecommender() throws IOException {
    try (Recommender recommender = Recommender.open(server.snapshot())) {
      for (String query : new String[] {"", "&weight=click:0", "&exclude=101&exclude=104"}) {
        JsonNode reply = json(RawHttp.get(port, "/v1/related?item=100&n=20" + query));
        RelatedQuery asked = RelatedQuery.item("100").top(20);
        asked = query.contains("weight") ? asked.weight("click", 0) : asked;
        asked = query.contains("exclude") ? asked.exclude("101", "104") : asked;
        List<RelatedItem> expected = recommender.related(asked).items();
        assertEquals(expected.size(), reply.get("items").size());
        for (int i = 0; i < expected.size(); i++) {
          JsonNode item = reply.get("items").get(i);
          assertEquals(expected.get(i).id(), item.get("id").asText(), query);
          assertEquals(expected.get(i).score(), item.get("score").floatValue(), query);
        }
      }
    }
  }

  @Test
  void conditionsPinsAndBuriedItemsShapeTheList() throws IOException {
    JsonNode films =
        json(RawHttp.get(port, "/v1/related?item=100&n=50&show=year&where=year+%3E%3D+1980"));
    assertTrue(films.get("items").size() > 5, films.toString());
    for (JsonNode item : films.get("items")) {
      assertTrue(item.at("/profile/year/0").asDouble() >= 1980, item.toString());
    }
    List<String> plain = ids(json(RawHttp.get(port, "/v1/related?item=100&n=20")));
    String first = plain.get(0);
    List<String> shaped =
        ids(
            json(
                RawHttp.get(
                    port,
                    "/v1/related?item=100&n=50&bury=" + first + "&pin=" + plain.get(3) + ":2")));
    assertEquals(plain.get(3), shaped.get(1));
    assertEquals(first, shaped.getLast());
    assertRefused(400, "bad-request", "/v1/related?item=100&where=year+~+5");
    assertRefused(400, "unknown-field", "/v1/related?item=100&where=colour+%3D+'red'");
    assertRefused(400, "bad-parameter", "/v1/related?item=100&pin=101");
    assertEquals(plain, ids(json(RawHttp.get(port, "/v1/related?item=100&n=20"))));
  }

  private static List<String> ids(JsonNode reply) {
    List<String> ids = new ArrayList<>();
    reply.get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }

  @Test
  void settingsOfOneRequestDontReachTheNext() throws IOException {
    String plain = RawHttp.get(port, "/v1/related?item=100").body();
    String other = RawHttp.get(port, "/v1/related?item=100&weight=click:0&exclude=102").body();
    assertNotEquals(plain, other);
    for (int i = 0; i < 2 * serving.recommender().size(); i++) {
      assertEquals(plain, RawHttp.get(port, "/v1/related?item=100").body());
    }
    // Nor do those of a request that failed in the middle.
    assertEquals(400, RawHttp.get(port, "/v1/related?item=100&weight=click:0&weight=x:1").status());
    assertEquals(plain, RawHttp.get(port, "/v1/related?item=100").body());
  }

  @Test
  void explanationsSumToTheScore() throws IOException {
    JsonNode reply =
        json(RawHttp.get(port, "/v1/related?item=100&n=5&explain=true&show=type&show=tags"));
    assertEquals(5, reply.get("items").size());
    for (JsonNode item : reply.get("items")) {
      float sum = 0;
      for (JsonNode term : item.at("/explanation/terms")) {
        sum += term.get("contribution").floatValue();
      }
      assertEquals(item.get("score").floatValue(), sum);
      assertEquals("film", item.at("/profile/type/0").asText());
      assertEquals(2, item.at("/profile/tags").size());
    }
    JsonNode pair = json(RawHttp.get(port, "/v1/explain?item=100&target=101"));
    Explanation expected = serving.recommender().explain("100", "101");
    assertEquals(expected.score(), pair.get("score").floatValue());
    assertEquals("no", pair.get("candidate").asText());
  }

  @Test
  void aSnapshotWithoutARankerSaysWhatItNeeds() throws IOException {
    assertRefused(409, "no-ranking", "/v1/recommend?user=u1");
    assertTrue(RawHttp.get(port, "/v1/recommend").body().contains("enabled = true under [rank]"));
    assertFalse(json(RawHttp.get(port, "/v1/snapshot")).get("recommends").asBoolean());
  }

  @Test
  void anUnknownItemIsToldWithTheNameOfTheSnapshotAndNoPath() throws IOException {
    String body = RawHttp.get(port, "/v1/related?item=nothing").body();
    String name = json(RawHttp.get(port, "/v1/snapshot")).get("name").asText();
    String said = json(body).at("/error/message").asText();
    assertTrue(said.contains(" items of snapshot " + name + "; check the id"), said);
  }

  @Test
  void faultsOfARequestAreNamedAndCoded() throws IOException {
    assertRefused(404, "unknown-item", "/v1/related?item=nothing");
    assertRefused(400, "missing-parameter", "/v1/related");
    assertRefused(400, "bad-parameter", "/v1/related?item=");
    assertRefused(400, "bad-parameter", "/v1/related?item=100&n=501");
    assertRefused(400, "bad-parameter", "/v1/related?item=100&weight=click");
    for (String list :
        new String[] {
          "related?item=100",
          "related?item=100&explain=true",
          "recommend?user=u",
          "why-not?item=100&target=101"
        }) {
      String twice = "/v1/" + list + "&weight=click:1&weight=click:2";
      assertRefused(400, "repeated-parameter", twice);
    }
    assertRefused(400, "unknown-objective", "/v1/related?item=100&weight=clicks:1");
    assertRefused(400, "bad-weight", "/v1/related?item=100&weight=click:-1");
    assertRefused(400, "bad-weight", "/v1/related?item=100&weight=click:NaN");
    String explained = "/v1/related?item=100&explain=true";
    assertRefused(400, "bad-weight", explained + "&weight=click:-1");
    assertRefused(400, "unknown-objective", explained + "&weight=clicks:1");
    assertRefused(400, "unknown-field", explained + "&where=colour+%3D+'red'");
    assertRefused(400, "unknown-parameter", "/v1/related?item=100&explian=true");
    assertRefused(400, "unknown-field", "/v1/related?item=100&show=colour");
    assertRefused(400, "unknown-field", "/v1/related?item=100&show=colour&explain=true");
    assertRefused(400, "bad-parameter", "/v1/related?item=100&deadline-millis=0");
    assertRefused(400, "bad-parameter", "/v1/related?item=100&deadline-millis=60001");
    for (String path :
        new String[] {"/health/live", "/health/ready", "/metrics", "/openapi.json"}) {
      assertRefused(400, "unknown-parameter", path + "?x=1");
    }
    assertEquals(
        RawHttp.get(port, "/").body(), RawHttp.get(port, "/?utm_source=x&utm_medium=y").body());
    assertRefused(404, "no-such-route", "/v1/relatd?item=100");
    assertRefused(404, "unknown-snapshot", "/v1/related?item=100&snapshot=..%2F..");
    RawHttp.Answer wrong = RawHttp.send(port, "POST", "/v1/related?item=100", "", "");
    assertEquals(405, wrong.status());
    assertEquals("GET", wrong.headers().get("allow"));
  }

  @Test
  void aListOfNoItemsIsRefusedWithTheAllowedRange() throws IOException {
    for (String path :
        new String[] {
          "/v1/related?item=100",
          "/v1/related?item=100&explain=true",
          "/v1/why-not?item=100&target=101",
          "/v1/recommend?user=u1",
          "/v1/items?query=1"
        }) {
      assertRefused(400, "bad-parameter", path + "&n=0");
      String body = RawHttp.get(port, path + "&n=0").body();
      assertTrue(body.contains("'0', must be a whole number from 1 to 500"), body);
    }
    RawHttp.Answer similar =
        RawHttp.send(port, "POST", "/v1/similar", "", "{\"vector\":[1],\"n\":0}");
    assertEquals(400, similar.status());
    assertTrue(similar.body().contains("'n' must be a whole number from 1 to 500"), similar.body());
  }

  @Test
  void hiddenItemsAreGoneWithTheNextReplyAndBackAfterwards() throws IOException {
    String best = json(RawHttp.get(port, "/v1/related?item=100")).at("/items/0/id").asText();
    String body = "{\"items\":[\"" + best + "\"]}";
    assertEquals(401, RawHttp.send(port, "POST", "/v1/items/hide", "", body).status());
    assertEquals(403, RawHttp.send(port, "POST", "/v1/items/hide", INGEST, body).status());
    RawHttp.Answer hide = RawHttp.send(port, "POST", "/v1/items/hide", ADMIN, body);
    assertEquals("{\"changed\":1}", hide.body());
    assertFalse(RawHttp.get(port, "/v1/related?item=100").body().contains("\"" + best + "\""));
    assertEquals(
        "{\"items\":[\"" + best + "\"]}",
        RawHttp.send(port, "GET", "/v1/items/hidden", ADMIN, "").body());
    RawHttp.send(port, "POST", "/v1/items/unhide", ADMIN, body);
    assertTrue(RawHttp.get(port, "/v1/related?item=100").body().contains("\"" + best + "\""));
  }

  @Test
  void anIdWithBlanksAroundItIsNoItems() throws IOException {
    RawHttp.Answer hide =
        RawHttp.send(port, "POST", "/v1/items/hide", ADMIN, "{\"items\":[\"100 \"]}");
    assertEquals(400, hide.status());
    assertTrue(hide.body().contains("item id '100 ' has blanks around it"), hide.body());
    assertEquals(400, RawHttp.send(port, "POST", "/v1/items", INGEST, "{\"id\":\" x\"}").status());
    assertRefused(404, "unknown-item", "/v1/related?item=100%20");
  }

  @Test
  void eventsAreLoggedWholeOrNotAtAll() throws IOException {
    String two =
        "{\"user\":\"u1\",\"item\":\"100\",\"event\":\"click\",\"time\":5,\"dwell\":1.5}\n"
            + "{\"user\":7,\"item\":\"101\",\"event\":\"impression\"}\n";
    assertEquals("{\"accepted\":2}", RawHttp.send(port, "POST", "/v1/events", INGEST, two).body());
    RawHttp.Answer bad =
        RawHttp.send(port, "POST", "/v1/events", INGEST, two + "{\"user\":\"u2\"}\n");
    assertEquals(400, bad.status());
    assertTrue(bad.body().contains("line 3 needs item"), bad.body());
    for (String line :
        new String[] {"[1]", "nonsense", "{\"user\":\"\",\"item\":\"1\"}", "{} {}"}) {
      assertEquals(400, RawHttp.send(port, "POST", "/v1/events", INGEST, line).status(), line);
    }
    assertEventRefused(
        two + "{\"user\":\"u\",\"item\":\"1\",\"event\":\"clikc\"}",
        "line 3 has an event 'clikc', must be one of click, dislike, impression, search");
    for (String nothing : new String[] {"", ",\"evnt\":\"click\""}) {
      assertEventRefused(
          "{\"user\":\"u\",\"item\":\"1\"" + nothing + "}",
          "line 1 needs event, one of click, dislike, impression, search");
    }
    assertEventRefused(
        "{\"user\":\"u\",\"item\":\"1\",\"event\":\"\"}", "line 1 has an event '', must be one of");
    assertEventRefused(
        "\n{\"user\":\"u\",\"item\":\"1\",\"event\":\"click\",\"time\":-1}",
        "line 2 has the time -1, must be");
    long tomorrow = System.currentTimeMillis() + 25 * 3_600_000L;
    assertEventRefused(
        "{\"user\":\"u\",\"item\":\"1\",\"event\":\"click\",\"time\":" + tomorrow + "}",
        "line 1 has the time " + tomorrow);
    assertEventRefused(
        "{\"user\":\"u\",\"item\":\" 1\",\"event\":\"click\"}",
        "line 1 is refused: item id ' 1' has blanks around it, but ids have none");
    assertEventRefused(
        "{\"user\":\"u\",\"item\":\" " + "x".repeat(3000) + "\",\"event\":\"click\"}",
        "item id ' " + "x".repeat(59) + "...' has blanks");
    assertEventRefused("{\"user\":\"u\",}", "line 1 is no JSON, at column 13; nothing was taken");
    assertEventRefused("{\"user\":\"u\"", "line 1 is no JSON: it ends too early, at column 12");
    List<String> lines = Files.readAllLines(server.eventLog());
    assertEquals(2, lines.size());
    assertEquals(1.5, json(lines.get(0)).get("dwell").doubleValue());
    assertTrue(json(lines.get(1)).get("time").longValue() > 1_500_000_000_000L);
  }

  @Test
  void theWordsOfASearchMayHaveBlanksAroundThem() throws IOException {
    String search = "{\"user\":\"u1\",\"item\":\" old film \",\"event\":\"search\",\"time\":5}";
    assertEquals(
        "{\"accepted\":1}", RawHttp.send(port, "POST", "/v1/events", INGEST, search).body());
    assertEquals(List.of(search), Files.readAllLines(server.eventLog()));
    assertEventRefused(search.replace("u1", "u1 "), "line 1 is refused: user id 'u1 ' has blanks");
  }

  private void assertEventRefused(String body, String message) throws IOException {
    RawHttp.Answer answer = RawHttp.send(port, "POST", "/v1/events", INGEST, body);
    assertEquals(400, answer.status(), body);
    assertTrue(json(answer.body()).at("/error/message").asText().contains(message), answer.body());
  }

  @Test
  void faultsOfBodiesAreToldInOurWords() throws IOException {
    RawHttp.Answer broken =
        RawHttp.send(port, "POST", "/v1/similar", "", "{\"vector\":\n [1, 2,, 3]}");
    assertEquals(
        "the body is no JSON, at line 2, column 8",
        json(broken.body()).at("/error/message").asText());
    RawHttp.Answer more = RawHttp.send(port, "POST", "/v1/similar", "", "{} {}");
    assertEquals(
        "the body is no single JSON value: more comes after its end, at line 1, column 4",
        json(more.body()).at("/error/message").asText());
    RawHttp.Answer repeated =
        RawHttp.send(port, "PUT", "/v1/weights", ADMIN, "{\"click\":1,\"click\":2}");
    assertEquals(400, repeated.status());
    assertTrue(
        repeated.body().contains("the body has the key 'click' twice; keep one of them, at line 1"),
        repeated.body());
    assertEventRefused(
        "{\"user\":\"u\",\"user\":\"v\"}", "line 1 has the key 'user' twice; keep one of them, at");
    RawHttp.Answer deep = RawHttp.send(port, "POST", "/v1/similar", "", "[".repeat(50));
    assertTrue(deep.body().contains("nests too deep"), deep.body());
    RawHttp.Answer refresh = RawHttp.send(port, "POST", "/v1/snapshot/refresh", ADMIN, "{}");
    assertEquals(
        "POST /v1/snapshot/refresh takes no body; leave it out",
        json(refresh.body()).at("/error/message").asText());
  }

  @Test
  void addedItemsAndServerWeightsCanBeTakenBack() throws IOException {
    String add = "{\"id\":\"new\",\"values\":{\"type\":\"film\",\"tags\":[\"all\",\"tag-0\"]}}";
    assertEquals(200, RawHttp.send(port, "POST", "/v1/items", INGEST, add).status());
    assertEquals(409, RawHttp.send(port, "POST", "/v1/items", INGEST, "{\"id\":\"100\"}").status());
    assertEquals(409, RawHttp.send(port, "POST", "/v1/items", INGEST, add).status());
    String colour = add.replace("new", "newer").replace("type", "colour");
    RawHttp.Answer field = RawHttp.send(port, "POST", "/v1/items", INGEST, colour);
    assertEquals(400, field.status());
    assertTrue(field.body().contains("no profile field 'colour'; the snapshot has"), field.body());
    String year = "{\"id\":\"newest\",\"values\":{\"year\":\"soon\"}}";
    RawHttp.Answer number = RawHttp.send(port, "POST", "/v1/items", INGEST, year);
    assertEquals(400, number.status());
    assertTrue(number.body().contains("is [soon], must be one number"), number.body());
    assertRefused(404, "unknown-item", "/v1/related?item=newest");
    assertEquals(200, RawHttp.send(port, "DELETE", "/v1/items?item=new", INGEST, "").status());
    assertEquals(404, RawHttp.send(port, "DELETE", "/v1/items?item=new", INGEST, "").status());

    String plain = RawHttp.get(port, "/v1/related?item=100").body();
    RawHttp.send(port, "PUT", "/v1/weights", ADMIN, "{\"click\":0,\"dislike\":3}");
    String changed = RawHttp.get(port, "/v1/related?item=100").body();
    assertNotEquals(plain, changed);
    assertEquals(
        changed, RawHttp.get(port, "/v1/related?item=100&weight=click:0&weight=dislike:3").body());
    assertCode("unknown-objective", "PUT", "/v1/weights", "{\"clicks\":1}");
    assertCode("bad-weight", "PUT", "/v1/weights", "{\"click\":-1}");
    assertCode("unknown-objective", "POST", "/v1/similar", "{\"vector\":[1],\"objective\":\"x\"}");
    assertCode("unknown-field", "POST", "/v1/similar", "{\"vector\":[1],\"where\":\"x = 1\"}");
    RawHttp.send(port, "PUT", "/v1/weights", ADMIN, "{\"click\":null,\"dislike\":null}");
    assertEquals(plain, RawHttp.get(port, "/v1/related?item=100").body());
  }

  private void assertCode(String code, String method, String path, String body) throws IOException {
    RawHttp.Answer answer = RawHttp.send(port, method, path, ADMIN, body);
    assertEquals(400, answer.status(), answer.body());
    assertEquals(code, json(answer.body()).at("/error/code").asText(), answer.body());
  }

  @Test
  void searchFindsIdsAndSaysWhetherItLookedAtAll() throws IOException {
    assertRefused(400, "bad-parameter", "/v1/items?query=");
    assertRefused(400, "bad-parameter", "/v1/items?query=%20");
    assertEquals(2, json(RawHttp.get(port, "/v1/items?n=2")).get("items").size());
    JsonNode reply = json(RawHttp.get(port, "/v1/items?query=10&n=3"));
    assertEquals(3, reply.get("items").size());
    assertEquals("100", json(RawHttp.get(port, "/v1/items?query=100")).at("/items/0/id").asText());
    JsonNode item = json(RawHttp.get(port, "/v1/item?item=101"));
    assertEquals("série", item.at("/profile/type/0").asText());
    assertEquals(60, json(RawHttp.get(port, "/v1/snapshot")).get("items").intValue());
  }

  @Test
  void theLogHoldsRequestIdsAndNeverParameters() throws IOException {
    RawHttp.Answer answer =
        RawHttp.once(
            port, "GET /v1/related?item=100 HTTP/1.1\r\nHost: x\r\nX-Request-Id: my-id.7\r\n\r\n");
    assertEquals("my-id.7", answer.headers().get("x-request-id"));
    RawHttp.Answer forged =
        RawHttp.once(
            port, "GET /v1/related?item=100 HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\"b c\r\n\r\n");
    assertTrue(forged.headers().get("x-request-id").matches("[0-9a-f]{8}-[0-9a-f]+"));
    RawHttp.send(port, "POST", "/v1/events", INGEST, "{\"user\":\"secret-user\",\"item\":\"1\"}");
    serving.close();
    boolean found = false;
    for (String line : server.log().lines().toList()) {
      JsonNode entry = json(line);
      assertTrue(entry.hasNonNull("time") && entry.hasNonNull("level"), line);
      found |= entry.path("requestId").asText().equals("my-id.7");
    }
    assertTrue(found, server.log());
    assertFalse(server.log().contains("secret-user"), server.log());
    assertFalse(server.log().contains(INGEST), server.log());
  }

  private void assertRefused(int status, String code, String target) throws IOException {
    RawHttp.Answer answer = RawHttp.get(port, target);
    assertEquals(status, answer.status(), target + " " + answer.body());
    JsonNode body = json(answer.body());
    assertEquals(code, body.at("/error/code").asText(), target + " " + answer.body());
    assertEquals(answer.headers().get("x-request-id"), body.get("requestId").asText());
  }
}
