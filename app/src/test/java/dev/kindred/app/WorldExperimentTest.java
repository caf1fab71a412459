package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code evaluate --table1} and its kin in small worlds. */
final class WorldExperimentTest {
  private static final List<String> METRICS =
      List.of("clicking", "playedTime", "satisfaction", "negative");

  private static Run evaluate(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "evaluate";
    all[1] = "--threads";
    all[2] = "2";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return Run.kindred(all);
  }

  @Test
  void theTableHasNineGroupsWithIntervalsAndEndsInALineOfJson() throws IOException {
    Run run =
        evaluate(
            "--table1",
            "--no-controls",
            "--world-size",
            "10",
            "--seeds",
            "1",
            "--equal-weights",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.lines().size(), run.out());
    JsonNode part = new JsonMapper().readTree(run.lines().getFirst());
    assertEquals(7, part.get("seed").asInt());
    assertEquals(9, part.get("aaCheck").get("users").size());
    assertTrue(part.get("notes").toString().contains("coordinating network, click"), run.out());
    JsonNode table = new JsonMapper().readTree(run.lines().getLast());
    JsonNode groups = table.get("groups");
    assertEquals(9, groups.size());
    for (int g = 0; g < 9; g++) {
      assertEquals(g + 1, groups.get(g).get("no").asInt());
      for (String metric : METRICS) {
        JsonNode change = groups.get(g).get(metric);
        double value = change.get("value").asDouble();
        assertTrue(change.get("low").asDouble() <= value, metric + " of " + groups.get(g));
        assertTrue(change.get("high").asDouble() >= value, metric + " of " + groups.get(g));
        assertEquals(g == 0, value == 0, metric + " of " + groups.get(g));
      }
    }
    assertTrue(table.get("words").get(0).asText().startsWith("No. 9 "), table.toString());
  }

  @Test
  void experimentsNeedNoDataAndNameWhatTheyDontKnow() {
    assertBad(evaluate("--table1", "--world", "radio"), "must be one of video, short-video");
    assertBad(evaluate("--table1", "--config", "site.toml"), "need no data");
    assertBad(evaluate("--ablations", "--seeds", "0"), "--seeds is 0");
    assertBad(evaluate("--ablations", "--table1", "--paper-epochs", "0"), "epochs");
    assertBad(evaluate("--table1", "--personalised"), "have no --personalised");
    assertBad(evaluate("--table1", "--split", "user"), "hold nothing out");
    assertBad(
        evaluate("--table1", "--world-size", "0"), "--world-size is 0 percent of world 'video'");
    assertBad(
        evaluate("--config", "site.toml", "--seeds", "5"),
        "experiments in a world have --seeds: leave that out, or give --table1");
    assertBad(evaluate("--table1", "--controls", "--no-controls"), "exclude each other");
    assertBad(evaluate("--table1", "--no-towers"), "one channel alone: leave out --no-linear");
    assertBad(evaluate("--table1", "--no-linear", "--no-towers"), "neither the linear nor");
    assertBad(evaluate(), "give --config FILE, or --table1");
  }

  @Test
  void anOptionOfExperimentsIsNoticedWithoutOneEvenIfItsValueIsTheDefault() {
    assertBad(
        evaluate("--config", "site.toml", "--seeds", "3"), "experiments in a world have --seeds:");
    assertBad(
        evaluate("--config", "site.toml", "--world", "video"),
        "experiments in a world have --world:");
    assertBad(
        evaluate("--config", "site.toml", "--world-size=100", "--paper-epochs", "100"),
        "experiments in a world have --paper-epochs, --world-size:");
    assertBad(
        evaluate("--config", "site.toml", "--world-seed", "7"),
        "experiments in a world have --world-seed:");
    assertBad(
        evaluate("--config", "site.toml", "--no-controls"),
        "experiments in a world have --no-controls:");
  }

  private static void assertBad(Run run, String message) {
    assertEquals(2, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains(message), run.err());
  }
}
