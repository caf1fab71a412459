package dev.kindred.app.serving;

import static dev.kindred.app.serving.TinyServer.ADMIN;
import static dev.kindred.app.serving.TinyServer.json;
import static dev.kindred.app.serving.TinyServer.silent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.content.CandidateSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code /openapi.json} against the routes that answer. */
final class ServedDescriptionTest extends OnTinyServer {
  @Test
  void theDescriptionAgreesWithTheRoutes() throws IOException {
    JsonNode api = json(RawHttp.get(port, "/openapi.json"));
    Set<String> described = new TreeSet<>();
    api.get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          JsonNode operation = method.getValue();
                          String access =
                              operation.has("security")
                                  ? operation.at("/security/0").fieldNames().next()
                                  : "open";
                          described.add(
                              method.getKey().toUpperCase()
                                  + " "
                                  + path.getKey()
                                  + " "
                                  + operation.get("operationId").asText()
                                  + " "
                                  + access);
                        }));
    Set<String> routed = new TreeSet<>();
    for (Route<Desk> route : serving.allRoutes()) {
      routed.add(
          route.method()
              + " "
              + route.path()
              + " "
              + route.name()
              + " "
              + route.access().name().toLowerCase());
    }
    assertEquals(routed, described);
  }

  @Test
  void theDescriptionTellsWhatIsRefusedWhileTheSnapshotIsLoaded() throws IOException {
    JsonNode api = json(RawHttp.get(port, "/openapi.json"));
    try (Serving early = Serving.listen(server.options(), silent())) {
      Set<String> answered = new TreeSet<>();
      early.allRoutes().forEach(route -> answered.add(route.name()));
      answered.remove("ready"); // refuses with another reason
      for (Route<Desk> route : serving.allRoutes()) {
        JsonNode operation = api.get("paths").get(route.path()).get(route.method().toLowerCase());
        assertEquals(
            !answered.contains(route.name()),
            operation.get("responses").has("503"),
            route.name() + " lists 503");
      }
    }
  }

  @Test
  void theDescribedSourcesAreThoseThatThereAre() throws IOException {
    JsonNode api = json(RawHttp.get(port, "/openapi.json"));
    List<String> described = new ArrayList<>();
    api.at("/components/schemas/RelatedItem/properties/source/enum")
        .forEach(source -> described.add(source.asText()));
    List<String> sources = Arrays.stream(CandidateSource.values()).map(ConstantName::of).toList();
    assertEquals(sources, described);
    assertTrue(described.contains("content-relaxed"), described.toString());
  }

  @Test
  void everyDescribedParameterIsKnownAndNoOther() throws IOException {
    JsonNode api = json(RawHttp.get(port, "/openapi.json"));
    List<String> checked = new ArrayList<>();
    for (Route<Desk> route : serving.allRoutes()) {
      if (!route.path().startsWith("/v1/")) {
        continue;
      }
      JsonNode operation = api.get("paths").get(route.path()).get(route.method().toLowerCase());
      Set<String> names = new TreeSet<>();
      operation.path("parameters").forEach(parameter -> names.add(parameter.get("name").asText()));
      RawHttp.Answer refused =
          RawHttp.send(
              port, route.method(), route.path() + "?no-such=1", ADMIN, route.body() ? "{}" : "");
      assertEquals(400, refused.status(), route.name());
      String message = json(refused.body()).at("/error/message").asText();
      String known = names.isEmpty() ? "takes none" : "knows " + String.join(", ", names);
      assertEquals("no parameter 'no-such'; this route " + known, message);
      checked.add(route.name());
    }
    assertTrue(checked.size() > 10, checked.toString());
  }
}
