package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and re-ranking on the command line, {@code why-not} and {@code live add}. */
final class RerankingCommandTest {
  @TempDir Path directory;
  private Path snapshot;

  @BeforeEach
  void writeSnapshot() throws IOException {
    snapshot = new TinyWorld().write(directory.resolve("snapshot"));
  }

  private Run kindred(String command, String... args) {
    return Run.kindred(
        Stream.concat(Stream.of(command, "--model", snapshot.toString()), Stream.of(args))
            .toArray(String[]::new));
  }

  private List<JsonNode> related(String... args) throws IOException {
    Run run =
        kindred(
            "related",
            Stream.concat(Stream.of("--item", "100", "--json"), Stream.of(args))
                .toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return run.json();
  }

  private static List<String> ids(List<JsonNode> lines) {
    return lines.stream().map(line -> line.get("id").textValue()).toList();
  }

  @Test
  void optionsReRankTheList() throws IOException {
    List<String> plain = ids(related("-n", "29"));
    String top = plain.get(0);
    String last = plain.get(28);
    assertEquals(List.of(last, top), ids(related("-n", "2", "--pin", last + "=1")));
    assertEquals(last, ids(related("-n", "3", "--boost", last + "=1e9")).get(0));
    assertEquals(top, ids(related("-n", "29", "--bury", top)).get(28));
    for (String id : ids(related("-n", "29", "--where", "year >= 1980 and type = film"))) {
      assertTrue(Integer.parseInt(id) >= 130, id);
    }
    assertEquals(1, related("-n", "29", "--cap", "type=1").size());
    assertEquals("158", ids(related("-n", "29", "--half-life", "year=0.001")).get(0));
    assertFalse(
        plain.equals(ids(related("-n", "29", "--diversity-by", "VECTORS", "--diversity", "0.3"))));
    assertEquals(plain, ids(related("-n", "29", "--diversity", "1", "--explore", "epsilon=0")));
    List<JsonNode> drawn = related("-n", "5", "--explore", "softmax=1", "--seed", "7");
    assertTrue(drawn.get(0).get("propensity").doubleValue() < 1);
    assertEquals(ids(drawn), ids(related("-n", "5", "--explore", "softmax=1", "--seed", "7")));
  }

  @Test
  void termsAndAdjustmentsOfTheJsonSumToTheScore() throws IOException {
    for (JsonNode item :
        related("-n", "9", "--explain", "--half-life", "year=9", "--boost", "104=3")) {
      float sum = 0;
      for (JsonNode term : item.at("/explanation/terms")) {
        sum += term.get("contribution").floatValue();
      }
      for (JsonNode adjustment : item.at("/explanation/adjustments")) {
        sum += adjustment.get("value").floatValue();
      }
      assertEquals(item.get("score").floatValue(), sum);
    }
  }

  @Test
  void rulesOfAFileHoldUntilTheyExpire() throws IOException {
    List<String> plain = ids(related("-n", "29"));
    Path rules = directory.resolve("rules.toml");
    Files.writeString(
        rules,
        """
        [[rules]]
        name = "season"
        action = "pin"
        items = ["%s"]
        slot = 1
        until = 2999-01-01

        [[rules]]
        action = "hide"
        where = "year < 1960"
        lists-where = "type = film"

        [[rules]]
        action = "bury"
        items = ["%s"]
        until = 2020-01-01T00:00:00Z
        """
            .formatted(plain.get(20), plain.get(0)));
    List<JsonNode> lines = related("-n", "29", "--rules", rules.toString(), "--explain");
    assertEquals(plain.get(20), ids(lines).get(0));
    assertEquals("pinned", lines.get(0).get("placing").textValue());
    assertTrue(
        lines.get(0).at("/explanation/remarks/0").textValue().contains("season"),
        lines.get(0).toString());
    assertEquals(plain.get(0), ids(lines).get(1), "the last rule has expired");
    assertTrue(ids(lines).stream().noneMatch(id -> Integer.parseInt(id) < 110));
  }

  @Test
  void faultsOfARulesFileNameRuleAndKey() throws IOException {
    String[][] faults = {
      {"[[rules]]\nitems = [\"a\"]", "[[rules]] number 1 action is missing"},
      {"[[rules]]\naction = \"boost\"\nitems = [\"a\"]", "factor is missing"},
      {"[[rules]]\naction = \"hide\"\nitems = [\"a\"]\nfactor = 2", "factor is for"},
      {"[[rules]]\naction = \"pin\"\nitems = [\"a\"]", "slot is missing"},
      {"[[rules]]\naction = \"hide\"", "names no items"},
      {"[[rules]]\naction = \"hide\"\nwhere = \"year >\"", "character 7"},
      {"[[rules]]\naction = \"hide\"\nitem = [\"a\"]", "did you mean items"},
      {"[[rules]]\naction = \"hide\"\nitems = [\"a\"]\nuntil = \"soon\"", "must be a day or time"},
      {"[[rules]]\naction = \"show\"\nitems = [\"a\"]", "hide, pin, boost, bury"},
    };
    for (String[] fault : faults) {
      Path rules = Files.writeString(directory.resolve("rules.toml"), fault[0]);
      Run run = kindred("related", "--item", "100", "--rules", rules.toString());
      assertEquals(3, run.exitCode(), fault[0] + "\n" + run.err());
      assertTrue(run.err().contains(fault[1]), run.err());
      assertTrue(run.err().startsWith("kindred: " + rules), run.err());
    }
  }

  @Test
  void diversityByProfileNeedsACatalogue() throws IOException {
    snapshot = directory.resolve("bare");
    try (SnapshotWriter out = SnapshotWriter.into(snapshot)) {
      new TinyWorld().fill(out, false);
      out.publish();
    }
    for (String command : List.of("related", "why-not")) {
      List<String> args = new ArrayList<>(List.of("--item", "100", "--diversity", "0.5"));
      if (command.equals("why-not")) {
        args.addAll(List.of("--target", "101"));
      }
      Run run = kindred(command, args.toArray(String[]::new));
      assertEquals(3, run.exitCode(), run.err());
      assertEquals("", run.out());
      assertTrue(run.err().startsWith("kindred: diversity by profile needs a catal"), run.err());
    }
    assertEquals(5, related("-n", "5", "--diversity", "0.5", "--diversity-by", "vectors").size());
  }

  @Test
  void optionsOutOfRangeAreUsageErrors() {
    String[][] wrong = {
      {"--where", "year >>", "character 7"},
      {"--diversity", "2", "must be in [0, 1]"},
      {"--explore", "often", "NAME=NUMBER"},
      {"--explore", "epsilon=2", "[0, 1]"},
      {"--half-life", "year", "NAME=NUMBER"},
      {"--pin", "100=0", "slot"},
    };
    for (String[] option : wrong) {
      Run run = kindred("related", "--item", "100", option[0], option[1]);
      assertEquals(2, run.exitCode(), option[0] + " " + run.err());
      assertTrue(run.err().contains(option[2]), run.err());
    }
    for (String[] alone : new String[][] {{"--diversity-by", "vectors"}, {"--pool", "9"}}) {
      for (Run run :
          List.of(
              kindred("related", "--item", "100", alone[0], alone[1]),
              kindred("related", "--item", "100", alone[0], alone[1], "--diversity", "1"))) {
        assertEquals(2, run.exitCode(), alone[0] + " " + run.err());
        assertTrue(run.err().contains(alone[0] + " does nothing without"), run.err());
      }
    }
    Run field = kindred("related", "--item", "100", "--cap", "colour=2");
    assertEquals(3, field.exitCode());
    assertTrue(field.err().contains("'colour' is no field"), field.err());
  }

  @Test
  void whyNotNamesTheStage() throws IOException {
    Run text = kindred("why-not", "--item", "100", "--target", "101");
    assertEquals(0, text.exitCode(), text.err());
    assertTrue(text.lines().get(0).startsWith("100 -> 101: profile similarity"), text.out());
    assertTrue(text.lines().get(1).startsWith("100 -> 101: score"), text.out());
    Run json = kindred("why-not", "--item", "100", "--target", "102", "--exclude", "102", "--json");
    JsonNode line = new JsonMapper().readTree(json.lines().get(0));
    assertEquals("excluded", line.get("stage").textValue());
    assertFalse(line.at("/explanation/terms").isMissingNode());
    Run user = kindred("why-not", "--user", "ann", "--target", "101");
    assertEquals(3, user.exitCode(), user.err());
    assertTrue(user.err().contains("has no personalised ranking; train it"), user.err());
    assertFalse(user.err().contains("unexpected"), user.err());
  }

  @Test
  void anItemAddedOnTheCommandLineIsServed() throws IOException {
    String live = directory.resolve("live").toString();
    Run added =
        Run.kindred(
            "live",
            "add",
            "--live",
            live,
            "--model",
            snapshot.toString(),
            "--item",
            "new",
            "--value",
            "type=film",
            "--value",
            "tags=tag-0",
            "--value",
            "tags=all",
            "--value",
            "year=2030");
    assertEquals(0, added.exitCode(), added.err());
    assertEquals(List.of("new added"), added.lines());
    assertTrue(ids(related("-n", "100", "--live", live)).contains("new"));
    Run own = kindred("related", "--item", "new", "--live", live, "-n", "3", "--explain");
    assertEquals(0, own.exitCode(), own.err());
    assertEquals("Related to new:", own.lines().get(0));
    assertTrue(Run.kindred("live", "added", "--live", live).out().contains("new  {type=[film]"));
    Run wrong =
        Run.kindred(
            "live",
            "add",
            "--live",
            live,
            "--model",
            snapshot.toString(),
            "--item",
            "x",
            "--value",
            "colour=red");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("'colour'"), wrong.err());
    assertEquals(
        List.of("new taken away"), Run.kindred("live", "remove", "--live", live, "new").lines());
    assertFalse(ids(related("-n", "100", "--live", live)).contains("new"));
  }

  @Test
  void anItemWhoseIdBeginsLikeAnOptionIsAddedAskedForAndTakenAway() throws IOException {
    String live = directory.resolve("live").toString();
    for (String id : List.of("-n", "--json")) {
      Run added =
          Run.kindred(
              "live", "add", "--live", live, "--item=" + id, "--value", "type=film", "--quiet");
      assertEquals(List.of(id + " added"), added.lines(), added.err());
      assertTrue(ids(related("-n", "100", "--live", live)).contains(id));
      assertFalse(ids(related("-n", "100", "--live", live, "--exclude=" + id)).contains(id));
      Run own = kindred("related", "--item=" + id, "--live", live, "-n", "3");
      assertEquals("Related to " + id + ":", own.lines().getFirst(), own.err());
      Run removed = Run.kindred("live", "remove", "--live", live, "--", id);
      assertEquals(List.of(id + " taken away"), removed.lines(), removed.err());
    }
  }

  @Test
  void hidingTellsOfIdsThatTheSnapshotDoesNotKnow() {
    String live = directory.resolve("state").toString();
    Run unchecked = Run.kindred("live", "hide", "--live", live, "typo");
    assertEquals(List.of("typo hidden"), unchecked.lines());
    assertTrue(
        unchecked.err().contains("this id was not looked up in a snapshot: give --model DIR"),
        unchecked.err());
    Run.kindred("live", "add", "--live", live, "--item", "new");
    Run added = Run.kindred("live", "hide", "--live", live, "new");
    assertEquals("", added.err());
    Run checked =
        Run.kindred(
            "live",
            "hide",
            "--live",
            live,
            "--model",
            snapshot.toString(),
            "100",
            "new",
            "typo",
            "other");
    assertEquals("", checked.err());
    String unknown = ", but unknown to " + snapshot + ": it is hidden once it appears";
    assertEquals(
        List.of(
            "100 hidden",
            "new was hidden already",
            "typo was hidden already" + unknown,
            "other hidden" + unknown),
        checked.lines());
    Run json =
        Run.kindred(
            "live", "hide", "--live", live, "--model", snapshot.toString(), "--json", "101", "no");
    assertEquals(
        List.of(
            "{\"item\":\"101\",\"hidden\":true,\"known\":true}",
            "{\"item\":\"no\",\"hidden\":true,\"known\":false}"),
        json.lines());
    Run wrong = Run.kindred("live", "hide", "--live", live, "--model", "nowhere", "102");
    assertEquals(3, wrong.exitCode());
    assertFalse(Run.kindred("live", "list", "--live", live).lines().contains("102"));
  }
}
