package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code off-policy} on a log small enough to work out by hand. */
final class OffPolicyCommandTest {
  @TempDir Path directory;

  private Run run(String log, String... more) throws IOException {
    Path file = Files.writeString(directory.resolve("log.csv"), log);
    String[] line = new String[9 + more.length];
    String[] first = {
      "off-policy", "--log", file.toString(), "--reward", "r", "--propensity", "p", "--target", "q"
    };
    System.arraycopy(first, 0, line, 0, first.length);
    System.arraycopy(more, 0, line, first.length, more.length);
    return Run.kindred(line);
  }

  @Test
  void estimatesAreThoseWorkedOutByHand() throws IOException {
    Run run =
        run(
            "r,p,q,e,v\n1,.5,.25,.7,.6\n0,.25,.5,.1,.4\n",
            "--model-logged",
            "e",
            "--model-target",
            "v",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    Map<String, JsonNode> lines = new LinkedHashMap<>();
    for (String line : run.lines()) {
      JsonNode node = new JsonMapper().readTree(line);
      lines.put(node.get("estimator").asText(), node);
    }
    assertEquals(.25, lines.get("ips").get("value").asDouble(), 1e-12);
    assertEquals(.2, lines.get("snips").get("value").asDouble(), 1e-12);
    assertEquals(.475, lines.get("doubly robust").get("value").asDouble(), 1e-12);
    assertEquals(.5, lines.get("logged").get("value").asDouble(), 1e-12);
    assertEquals(6.25 / 4.25, lines.get("ips").get("effectiveSampleSize").asDouble(), 1e-12);
    assertTrue(run.err().contains("the mean weight is 1.250"), run.err());
  }

  @Test
  void whatAnEstimateCannotRestOnIsSaid() throws IOException {
    Run one = run("r,p,q\n1,.5,.5\n");
    assertTrue(one.err().contains("rest on 1 of 1 choices"), one.err());
    Run none = run("r,p,q\n1,.5,0\n0,.5,0\n", "--json");
    JsonNode snips = new JsonMapper().readTree(none.lines().get(2));
    assertEquals("snips", snips.get("estimator").asText());
    assertTrue(snips.get("value").isNull() && snips.get("low").isNull(), snips.toString());
    Run cut = run("r,p,q\n1,.1,.5\n0,.5,.25\n", "--clip", "1");
    assertTrue(cut.err().contains("what --clip cut"), cut.err());
    Run uncut = run("r,p,q\n1,.5,.5\n0,.5,.5\n", "--clip", "2");
    assertFalse(uncut.err().contains("what --clip cut"), uncut.err());
  }

  private static void assertRefused(String message, Run run) {
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals("", run.out());
  }

  @Test
  void whatIsNoProbabilityIsRefusedByFileAndLine() throws IOException {
    assertRefused("log.csv: line 2: propensity is 0.0", run("r,p,q\n1,0,.5\n"));
    assertRefused(
        "log.csv: line 4: target probability is 1.5", run("r,p,q\n1,.5,.5\n\n1,.5,1.5\n"));
    assertRefused("log.csv: line 3: column 'r' is empty", run("r,p,q\n1,.5,.5\n,.5,.5\n"));
    assertRefused("log.csv: line 2: column 'p' is empty", run("r,p,q\n1,,.5\n"));
    assertRefused("log.csv: line 2: column 'q' is empty", run("r,p,q\n1,.5,\n"));
    assertRefused("the first is 'x' in line 3", run("r,p,q\n1,.5,.5\n1,x,.5\n"));
    assertRefused("log.csv: has no row", run("r,p,q\n"));
    String[] model = {"--model-logged", "e", "--model-target", "v"};
    assertRefused("log.csv: line 2: column 'v' is empty", run("r,p,q,e,v\n1,.5,.5,1,\n", model));
    Run half = run("r,p,q\n1,.5,.5\n", "--model-logged", "r");
    assertEquals(2, half.exitCode(), half.err());
    assertTrue(half.err().contains("go together"), half.err());
  }

  @Test
  void choicesOfTheSimulatorAreEstimatedToBeWorthWhatTheyAreInTruth() throws IOException {
    Run simulated =
        Run.kindred(
            "simulate",
            "--items",
            "300",
            "--users",
            "200",
            "--samples",
            "8000",
            "--choices",
            "20000",
            "--out",
            directory.toString(),
            "--json");
    assertEquals(0, simulated.exitCode(), simulated.err());
    double truth = new JsonMapper().readTree(simulated.out()).get("targetTruth").asDouble();
    Run run =
        Run.kindred(
            "off-policy",
            "--log",
            directory.resolve("choices.csv").toString(),
            "--reward",
            "click",
            "--propensity",
            "propensity",
            "--target",
            "target",
            "--model-logged",
            "model_logged",
            "--model-target",
            "model_target",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    for (String line : run.lines()) {
      JsonNode node = new JsonMapper().readTree(line);
      double error = Math.abs(node.get("value").asDouble() - truth);
      boolean near = error <= 3.5 * node.get("standardError").asDouble();
      String estimator = node.get("estimator").asText();
      boolean sound = !estimator.equals("logged") && !estimator.equals("direct");
      assertEquals(sound, near, line + ", in truth " + truth);
    }
  }
}
