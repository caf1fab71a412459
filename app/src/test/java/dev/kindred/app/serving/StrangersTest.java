package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers send to a real server: it refuses, and goes on to serve the next one. */
final class StrangersTest {
  private static final String INGEST = "ingest-0123456789";
  private static final int WORKERS = 2;

  @TempDir static Path directory;
  private static final StringWriter LOG = new StringWriter();
  private static Serving serving;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    serving =
        Serving.start(
            ServingOptions.of(snapshot)
                .withServer(
                    ServerOptions.defaults()
                        .withPort(0)
                        .withWorkers(WORKERS)
                        .withDeadlineMillis(60_000)
                        .withBodyBytes(64 * 1024)
                        .withBodyMillis(400)
                        .withIdleMillis(600)
                        .withDrainMillis(500))
                .withTokens(Tokens.of(INGEST, "")),
            new AccessLog(new PrintWriter(LOG), 0, false));
    port = serving.port();
  }

  @AfterAll
  static void stop() {
    serving.close();
    assertTrue(!LOG.toString().contains("request-failed"), LOG.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/related?item=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/related?item=a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/../v1/related?item=100 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET //v1//related?item=100 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/related;x=1?item=nothing HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://elsewhere/v1/related HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ingest-0123456789\r\n"
            + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"
      })
  void nonsenseIsRefusedOrDroppedAndTheNextIsServed(String request) throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      int status = http.ask(request).status();
      assertTrue(status == -1 || status >= 400 && status < 500, request + " -> " + status);
    }
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\r\n\r\n",
        "GET /v1/related?item=a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /caf\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET http://elsewhere/v1/related HTTP/1.1\r\nHost: x\r\n\r\n"
      })
  void whatIsNoRequestIsRefusedInJsonAndCounted(String request) throws IOException {
    RawHttp.Answer answer = RawHttp.once(port, request);
    assertMalformed(answer);
    assertTrue(count("kindred_http_requests_total{route=\"none\",status=\"400\"}") > 0);
  }

  @Test
  void aWrongEscapeIsNamedWithTheRemedy() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"/v1/related?item=%zz&n=5", "parameter 'item' is '%zz': a percent sign must be"},
          {"/v1/related?n=5&item=100%", "parameter 'item' is '100%': a percent sign must be"},
          {"/v1/related?item=%ff", "parameter 'item' is '%ff': its escapes are no UTF-8"},
          {"/v1/rel%ated?item=100", "the path is '/v1/rel%ated': a percent sign must be"}
        }) {
      RawHttp.Answer answer = RawHttp.get(port, wrong[0]);
      assertEquals(400, answer.status(), answer.body());
      JsonNode body = new JsonMapper().readTree(answer.body());
      assertEquals("malformed-query", body.at("/error/code").asText());
      assertTrue(body.at("/error/message").asText().startsWith(wrong[1]), answer.body());
      assertEquals(answer.headers().get("x-request-id"), body.get("requestId").asText());
    }
    // What is no UTF-8 can be parsed: it is named however it is sent, and the connection stays. A
    // sign without its digits can't: in pieces it is malformed like anything else.
    try (RawHttp http = new RawHttp(port)) {
      for (int i = 0; i < 2; i++) {
        RawHttp.Answer answer = inPieces(http, "GET /health/live?it", "em=%ff");
        assertTrue(answer.body().contains("parameter 'item' is '%ff'"), answer.body());
        assertEquals("keep-alive", answer.headers().get("connection"));
      }
      assertMalformed(inPieces(http, "GET /health/live?it", "em=%zz"));
    }
    assertEquals(404, RawHttp.get(port, "/v1/rel%ffated").status());
    // Escapes that are sound reach the route; another fault of such a request keeps its message.
    assertEquals(200, RawHttp.get(port, "/v1/related?item=%31%300").status());
    assertMalformed(RawHttp.once(port, "GET /?item=%31 HTTP/1.1\r\nHost x\r\n\r\n"));
  }

  private static RawHttp.Answer inPieces(RawHttp http, String begin, String end)
      throws IOException, InterruptedException {
    http.send(begin);
    Thread.sleep(300); // for the server to read it by itself
    return http.ask(end + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @Test
  void oversizedHeadersAreRefusedInJsonAndCounted() throws IOException {
    String counter = "kindred_http_rejected_total{reason=\"malformed\"}";
    double before = count(counter);
    String many = "";
    for (int i = 0; i < 101; i++) {
      many += "X-" + i + ": 1\r\n";
    }
    assertMalformed(RawHttp.once(port, "GET /health/live HTTP/1.1\r\nHost: x\r\n" + many + "\r\n"));
    assertMalformed(
        RawHttp.once(port, "GET /?" + "a=1&".repeat(1001) + "b=1 HTTP/1.1\r\nHost: x\r\n\r\n"));
    assertEquals(before + 2, count(counter));
  }

  @Test
  void aMalformedRequestDoesNotTakeTheReplyBeforeItAlong() throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      http.send("GET /v1/item?item=100 HTTP/1.1\r\nHost: x\r\n\r\nGET\r\n\r\n");
      assertEquals(200, http.answer().status());
      assertMalformed(http.answer());
      assertEquals(-1, http.answer().status());
    }
  }

  @Test
  void bodiesOfRoutesThatTakeNoneAreRefused() throws IOException {
    for (String request :
        new String[] {
          "GET /v1/related?item=100 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
          "GET /health/live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "DELETE /v1/items?item=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + INGEST
              + "\r\nContent-Length: 2\r\n\r\n{}"
        }) {
      RawHttp.Answer answer = RawHttp.once(port, request);
      assertEquals(400, answer.status(), request);
      assertTrue(answer.body().contains("\"unexpected-body\""), answer.body());
    }
  }

  private static void assertMalformed(RawHttp.Answer answer) throws IOException {
    assertEquals(400, answer.status());
    JsonNode body = new JsonMapper().readTree(answer.body());
    assertEquals("malformed-request", body.at("/error/code").asText(), answer.body());
    assertEquals(answer.headers().get("x-request-id"), body.get("requestId").asText());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertEquals("close", answer.headers().get("connection"));
  }

  private static double count(String sample) throws IOException {
    return RawHttp.get(port, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .sum();
  }

  @Test
  void drawnBytesNeverMakeItFail() throws IOException {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      StringBuilder request =
          new StringBuilder(random.nextBoolean() ? "GET /v1/related?item=" : "");
      for (int i = random.nextInt(200); i >= 0; i--) {
        request.append(
            (char) (random.nextInt(4) == 0 ? random.nextInt(256) : 33 + random.nextInt(90)));
      }
      request.append(" HTTP/1.1\r\nHost: x\r\n\r\n");
      try (RawHttp http = new RawHttp(port)) {
        int status = http.ask(request.toString()).status();
        assertTrue(status < 500, "seed " + seed + ": status " + status);
      }
    }
    assertServes();
  }

  @Test
  void oversizedRequestsAreRefusedBeforeTheyAreRead() throws IOException {
    String head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + INGEST + "\r\n";
    try (RawHttp http = new RawHttp(port)) {
      assertEquals(413, http.ask(head + "Content-Length: 9999999999\r\n\r\n").status());
    }
    try (RawHttp http = new RawHttp(port)) {
      String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
      assertEquals(411, http.ask(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk).status());
    }
    int longUrl = RawHttp.get(port, "/v1/related?item=" + "x".repeat(40_000)).status();
    assertTrue(longUrl >= 400 && longUrl < 500 || longUrl == -1, "status " + longUrl);
    StringBuilder headers = new StringBuilder("GET /health/live HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 300; i++) {
      headers.append("X-").append(i).append(": 1\r\n");
    }
    int many = RawHttp.once(port, headers.append("\r\n").toString()).status();
    assertTrue(many >= 400 && many < 500 || many == -1, "status " + many);
    assertServes();
  }

  @Test
  void aGuardedBodyIsNotReadWithoutItsToken() throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      // The reply comes although the body never does.
      assertEquals(
          401,
          http.ask("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
              .status());
    }
  }

  @Test
  void slowClientsLoseTheirConnectionAndHoldUpNobody() throws IOException {
    List<RawHttp> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        RawHttp headers = new RawHttp(port);
        headers.send("GET /v1/related?item=100 HTTP/1.1\r\nHos");
        slow.add(headers);
        RawHttp body = new RawHttp(port);
        body.send(
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + INGEST
                + "\r\nContent-Length: 1000\r\n\r\n{");
        slow.add(body);
      }
      for (int i = 0; i < 50; i++) {
        assertServes();
      }
      for (int i = 0; i < slow.size(); i++) {
        RawHttp.Answer answer = slow.get(i).answer();
        if (i % 2 == 0) {
          assertEquals(-1, answer.status(), "a reply to half a head");
        } else {
          assertEquals(408, answer.status());
          assertTrue(answer.body().contains("\"slow-body\""), answer.toString());
        }
      }
      assertSlowBodiesAreNoSuccess();
    } finally {
      for (RawHttp http : slow) {
        http.close();
      }
    }
    assertServes();
  }

  /** A connection may be counted a little after it ended. */
  private void assertSlowBodiesAreNoSuccess() throws IOException {
    String counted = "kindred_http_requests_total{route=\"events\",status=\"408\"} ";
    String metrics = "";
    long end = System.nanoTime() + 60_000_000_000L;
    while (!metrics.contains(counted) && System.nanoTime() < end) {
      try (RawHttp http = new RawHttp(port)) {
        metrics = http.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").body();
      }
    }
    assertTrue(metrics.contains(counted), metrics);
  }

  @Test
  void aClientThatGoesAwayInTheMiddleDoesNoHarm() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawHttp http = new RawHttp(port)) {
        http.send("GET /v1/related?item=100&n=50&explain=true HTTP/1.1\r\nHost: x\r\n\r\n");
      }
    }
    assertServes();
  }

  @Test
  void clientsThatNeverReadTheirRepliesLoseTheirConnectionAndHoldUpNobody() throws Exception {
    // More than the buffers of both ends take, whose size the system finds by itself: up to some
    // megabytes.
    String request = "GET /v1/related?item=100&n=50&explain=true HTTP/1.1\r\nHost: x\r\n\r\n";
    int replyBytes = RawHttp.once(port, request).body().length();
    int requests = 1 + (16 << 20) / replyBytes;
    List<RawHttp> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 2 * WORKERS; i++) {
        deaf.add(new RawHttp(port, 4096));
        deaf.getLast().send(request.repeat(requests));
      }
      for (RawHttp http : deaf) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (isOpen(http)) {
          assertServes();
          assertTrue(System.nanoTime() < end, "the server keeps a client that reads nothing");
        }
      }
    } finally {
      for (RawHttp http : deaf) {
        http.close();
      }
    }
    assertServes();
  }

  /** Whether more can be sent; what can't be told by reading, which is what it doesn't. */
  private static boolean isOpen(RawHttp http) throws InterruptedException {
    try {
      http.send("\r\n");
      Thread.sleep(20);
      return true;
    } catch (IOException e) {
      return false; // reset
    }
  }

  @Test
  void requestsOfOneConnectionAreAnsweredInTurn() throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      StringBuilder pipeline = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        pipeline.append("GET /v1/item?item=10").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      http.send(pipeline.toString());
      for (int i = 0; i < 10; i++) {
        RawHttp.Answer answer = http.answer();
        assertTrue(answer.body().startsWith("{\"id\":\"10" + i + "\""), answer.body());
      }
    }
  }

  private static void assertServes() throws IOException {
    assertEquals(200, RawHttp.get(port, "/v1/related?item=100&n=5").status());
  }
}
