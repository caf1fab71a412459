package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.rank.TrainedWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code recommend}: for whom, weights, re-ranking, reasons and searches, on a trained site. */
final class RecommendCommandTest {
  @TempDir static Path directory;
  private static Path snapshot;

  @BeforeAll
  static void train() throws IOException {
    snapshot =
        TrainedWorld.write(
            TrainedWorld.train(TrainedWorld.OPTIONS, 2), directory.resolve("snapshot"));
  }

  private static Run recommend(String... args) {
    return Run.kindred(
        Stream.concat(Stream.of("recommend", "--model", snapshot.toString()), Stream.of(args))
            .toArray(String[]::new));
  }

  private static List<JsonNode> json(String... args) throws IOException {
    Run run = recommend(Stream.concat(Stream.of(args), Stream.of("--json")).toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return run.json();
  }

  private static List<String> ids(String... args) throws IOException {
    return json(args).stream().map(line -> line.get("id").asText()).toList();
  }

  @Test
  void termsAndAdjustmentsSumToTheScoreAndTheLastLineTellsTheStages() throws IOException {
    List<JsonNode> lines =
        json(
            "--user",
            "u0005",
            "-n",
            "6",
            "--explain",
            "--boost",
            ids("--user", "u0005").get(3) + "=2");
    assertEquals(7, lines.size());
    int adjusted = 0;
    for (JsonNode item : lines.subList(0, 6)) {
      float sum = 0;
      for (JsonNode term : item.get("terms")) {
        sum += term.get("term").floatValue();
      }
      for (JsonNode adjustment : item.path("adjustments")) {
        sum += adjustment.get("value").floatValue();
        adjusted++;
      }
      assertEquals(item.get("score").floatValue(), sum, item.toString());
      assertFalse(item.get("sources").isEmpty(), item.toString());
    }
    assertEquals(1, adjusted);
    JsonNode stages = lines.getLast();
    assertEquals(6, stages.get("returned").asInt());
    assertTrue(stages.get("ranked").asInt() > 50, stages.toString());
    assertTrue(stages.at("/funnel/tower/allowed").asInt() > 0, stages.toString());
    Run text = recommend("--user", "u0005", "-n", "2", "--explain");
    assertTrue(text.out().contains("distinct items ranked, 2 returned"), text.out());
  }

  @Test
  void fieldsOfTheItemsAreShownAsAsked() throws IOException {
    JsonNode plain = json("--user", "u0005", "-n", "1").getFirst();
    assertEquals(
        List.of("title"),
        List.copyOf(plain.get("profile").properties()).stream().map(Map.Entry::getKey).toList());
    JsonNode asked = json("--user", "u0005", "-n", "1", "--show", "type,series").getFirst();
    assertTrue(asked.at("/profile/title").isMissingNode(), asked.toString());
    String type = asked.at("/profile/type/0").asText();
    Run shown = recommend("--user", "u0005", "-n", "1", "--show", "type");
    assertTrue(shown.out().stripTrailing().endsWith(" " + type), shown.out());
    Run unknown = recommend("--user", "u0005", "--show", "typ");
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.err().startsWith("kindred: --show names 'typ'"), unknown.err());
  }

  @Test
  void listsAreReRankedAsAsked() throws IOException {
    List<String> plain = ids("--user", "u0007", "-n", "30");
    String last = plain.get(29);
    assertEquals(
        List.of(last, plain.get(0)), ids("--user", "u0007", "-n", "2", "--pin", last + "=1"));
    assertEquals(
        "pinned",
        json("--user", "u0007", "-n", "1", "--pin", last + "=1").get(0).get("placing").asText());
    assertEquals(last, ids("--user", "u0007", "-n", "3", "--boost", last + "=1e9").get(0));
    assertFalse(ids("--user", "u0007", "-n", "29", "--bury", plain.get(0)).contains(plain.get(0)));
    assertFalse(
        ids("--user", "u0007", "-n", "30", "--exclude", plain.get(0)).contains(plain.get(0)));
    var types = new HashSet<String>();
    for (String id : ids("--user", "u0007", "-n", "30", "--cap", "type=1")) {
      var items = TrainedWorld.WORLD.items();
      int field = items.fieldOf("type");
      int item = items.ids().ordinalOf(id);
      String type = items.vocabulary(field).idOf(items.value(items.valueStart(field, item)));
      assertTrue(types.add(type), type + " stands twice");
    }
    assertNotEquals(plain, ids("--user", "u0007", "-n", "30", "--diversity", "0.3"));
    assertEquals(plain, ids("--user", "u0007", "-n", "30", "--diversity", "1"));
    List<JsonNode> drawn =
        json("--user", "u0007", "-n", "5", "--explore", "softmax=1", "--seed", "7");
    assertTrue(drawn.get(0).get("propensity").asDouble() < 1);
    Run wrong = recommend("--user", "u0007", "--diversity", "7");
    assertEquals(2, wrong.exitCode(), wrong.err());
  }

  @Test
  void whyNotAsksAboutTheListOfAUser() throws IOException {
    String third = ids("--user", "u0005", "-n", "3").get(2);
    Run run =
        Run.kindred(
            "why-not",
            "--model",
            snapshot.toString(),
            "--user",
            "u0005",
            "-n",
            "2",
            "--target",
            third,
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode why = new JsonMapper().readTree(run.out());
    assertEquals("user u0005", why.get("for").asText());
    assertEquals("below-list", why.get("stage").asText());
    assertTrue(why.get("reason").asText().contains("place 3 of"), why.toString());
    assertEquals(
        2, Run.kindred("why-not", "--model", snapshot.toString(), "--target", third).exitCode());
  }

  @Test
  void aUserWithoutAnIdIsAnErrorAndNotAnybody() {
    for (String blank : List.of("", "  ")) {
      Run list = recommend("--user", blank);
      assertEquals(2, list.exitCode(), list.out());
      assertTrue(
          list.err().contains("--user is '" + blank + "', must be an id; leave it out"),
          list.err());
      Run why =
          Run.kindred(
              "why-not", "--model", snapshot.toString(), "--user", blank, "--target", "v0001");
      assertEquals(2, why.exitCode(), why.out());
      assertTrue(why.err().contains("--user is '" + blank + "', must be an id"), why.err());
    }
  }

  @Test
  void aHistoryASearchAndNobodyHaveListsOfTheirOwn() throws IOException {
    List<String> anybody = ids("-n", "20");
    assertEquals(20, anybody.size());
    List<String> watched = ids("-n", "20", "--history", anybody.get(0) + "," + anybody.get(1));
    assertFalse(watched.contains(anybody.get(0)) || watched.contains(anybody.get(1)));
    String word = TrainedWorld.WORLD.searches().vocabulary().idOf(0);
    assertNotEquals(anybody, ids("-n", "20", "--searched", word));
    Run text = recommend("-n", "3", "--searched", word);
    assertTrue(text.out().contains("somebody who searched for " + word), text.out());
    assertEquals(2, recommend("--user", "u0001", "--history", "v0001").exitCode());
    List<String> plain = ids("--user", "u0009", "-n", "30");
    assertNotEquals(plain, ids("--user", "u0009", "-n", "30", "--weight", "share=100"));
  }
}
