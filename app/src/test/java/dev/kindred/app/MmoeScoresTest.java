package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.mmoe.MmoeModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code mmoe} measures and prints, and what it leaves out for want of labels. */
final class MmoeScoresTest extends MmoeRuns {
  @Test
  void jsonHasALinePerNetworkWithScoresGatesListsAndHash() throws IOException {
    Run run = run("--json", "--baselines", "--threads", "2");
    assertEquals(0, run.exitCode(), run.err());
    List<Object> models = new ArrayList<>();
    for (String line : run.lines()) {
      models.add(JSON.std.mapFrom(line).get("model"));
    }
    assertEquals(
        List.of(
            "mmoe",
            "mmoe without bias tower",
            "shared bottom",
            "single task",
            "logistic regression"),
        models);
    Map<String, Object> first = JSON.std.mapFrom(run.lines().getFirst());
    List<?> tasks = (List<?>) first.get("tasks");
    Map<?, ?> click = (Map<?, ?>) tasks.getFirst();
    double auc = ((Number) click.get("auc")).doubleValue();
    assertTrue(auc > 0.6 && auc > ((Number) click.get("low")).doubleValue(), click.toString());
    assertTrue(((Map<?, ?>) tasks.get(2)).containsKey("rmse"));
    assertEquals(3, ((List<?>) first.get("gates")).size());
    assertEquals(5, ((List<?>) first.get("positionCurve")).size());
    assertTrue(((Number) first.get("positionCorrelation")).doubleValue() < -0.8, first.toString());
    assertTrue(((Number) first.get("weightedNdcg")).doubleValue() > 0.4);
    assertTrue(((Number) first.get("validationScore")).doubleValue() > 0.4);
    assertEquals(64, first.get("modelHash").toString().length());
  }

  @Test
  void theTextRanksTheListsByTheModelAndByEachBaselineAsJsonDoes() throws IOException {
    String[] same = {"--baselines", "--epochs", "1", "--threads", "1"};
    Run text = run(same);
    assertEquals(0, text.exitCode(), text.err());
    List<String> lines = text.out().lines().toList();
    List<String> ranked = lines.subList(lines.indexOf("") + 1, lines.size());
    assertEquals(
        "model lists ndcg weighted ndcg position correlation",
        ranked.getFirst().replaceAll(" +", " "));
    Run json = run(Stream.concat(Stream.of("--json"), Stream.of(same)).toArray(String[]::new));
    assertEquals(5, json.lines().size(), json.out());
    assertEquals(6, ranked.size(), text.out());
    for (int i = 0; i < 5; i++) {
      Map<String, Object> each = JSON.std.mapFrom(json.lines().get(i));
      String expected = each.get("model").toString();
      for (String key : List.of("lists", "ndcg", "weightedNdcg", "positionCorrelation")) {
        assertEquals(
            !each.containsKey(key),
            key.equals("positionCorrelation") && expected.startsWith("mmoe without bias tower"),
            key + " of " + each);
        expected += each.containsKey(key) ? " " + each.get(key) : "";
      }
      assertEquals(expected, ranked.get(i + 1).replaceAll(" +", " "));
    }
  }

  @Test
  void withoutListsTheTextHasOneTable() throws IOException {
    Files.writeString(
        spec,
        SPEC.replace("[lists]\ngroup = \"list\"\nposition = \"place\"\ntask = \"click\"\n", ""));
    Run run = run("--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(4, run.lines().size(), run.out());
    assertTrue(!run.out().contains("ndcg"), run.out());
  }

  @Test
  void theHashIsTheSameForAnyNumberOfThreadsAndSeedsAreAveraged() throws IOException {
    Path weights = directory.resolve("weights.safetensors");
    Run one = run("--json", "--threads", "1", "--seeds", "2", "--save", weights.toString());
    Run three = run("--json", "--threads", "3", "--seeds", "2");
    assertEquals(0, one.exitCode(), one.err());
    assertEquals(3, one.lines().size());
    for (int line = 0; line < 2; line++) {
      assertEquals(
          JSON.std.mapFrom(one.lines().get(line)).get("modelHash"),
          JSON.std.mapFrom(three.lines().get(line)).get("modelHash"));
    }
    assertEquals(2, JSON.std.mapFrom(one.lines().getLast()).get("seeds"));
    MmoeModel loaded = MmoeModel.load(weights);
    assertEquals(JSON.std.mapFrom(one.lines().getFirst()).get("modelHash"), loaded.hash());
  }

  @Test
  void aSplitByTimeMeasuresTheLatestRowsAndTheTableIsForReaders() throws IOException {
    Files.writeString(
        spec,
        SPEC.replace("by = \"column\"\ncolumn = \"list\"", "by = \"time\"\ncolumn = \"list\""));
    Run run = run("--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("bought"), run.out());
  }

  /** Later lists know nothing of outcome and seconds, have no click, and all rows at one place. */
  @Test
  void whatTheHeldOutRowsDoNotSayIsLeftOutAndNotPrintedAsZero() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(directory.resolve("shown.csv")));
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      if (Integer.parseInt(cells[0]) >= 280) {
        cells[1] = "1";
        cells[6] = "0";
        cells[7] = "";
        cells[8] = "";
        lines.set(i, String.join(",", cells));
      }
    }
    Files.write(directory.resolve("shown.csv"), lines);
    Files.writeString(spec, SPEC.replace("by = \"column\"", "by = \"time\""));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--json", "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().getFirst());
    List<?> tasks = (List<?>) result.get("tasks");
    assertEquals(
        Set.of("task", "rows", "positives", "logLoss"), ((Map<?, ?>) tasks.getFirst()).keySet());
    assertEquals(Map.of("task", "bought", "rows", 0, "positives", 0), tasks.get(1));
    assertEquals(Map.of("task", "seconds", "rows", 0), tasks.get(2));
    assertEquals(0, result.get("lists"));
    assertEquals(1, ((List<?>) result.get("positionCurve")).size());
    for (String key : List.of("ndcg", "weightedNdcg", "positionCorrelation", "validationScore")) {
      assertFalse(result.containsKey(key), key);
    }
    for (String task : List.of("bought", "seconds")) {
      String note = "task " + task + " has no label in the 400 rows to measure on";
      assertTrue(run.err().contains(note), run.err());
    }
    assertFalse(run.err().contains("task click has no label"), run.err());
    Run text = run("--epochs", "1", "--baselines", "--seeds", "2");
    assertEquals(0, text.exitCode(), text.err());
    String bought = text.lines().stream().filter(l -> l.contains("bought")).findFirst().get();
    assertTrue(bought.matches("mmoe +bought( +-){3} .*"), bought);
  }

  /** All rows are of one time, so none is later than the others. */
  @Test
  void withoutRowsToMeasureOnThereAreNoFiguresAndNoGates() throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("shown.csv"));
    Files.write(
        directory.resolve("shown.csv"),
        lines.stream().map(line -> line + (line.startsWith("list") ? ",day" : ",1")).toList());
    Files.writeString(
        spec,
        SPEC.replace("by = \"column\"\ncolumn = \"list\"", "by = \"time\"\ncolumn = \"day\""));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--json", "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("task click has no label in the 0 rows"), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().getFirst());
    assertEquals(
        Set.of(
            "model",
            "seed",
            "tasks",
            "lists",
            "positionCurve",
            "epochs",
            "bestEpoch",
            "trainSeconds",
            "modelHash"),
        result.keySet());
    assertEquals(
        Map.of("task", "click", "rows", 0, "positives", 0),
        ((List<?>) result.get("tasks")).getFirst());
  }

  @Test
  void aNetworkThatIsWorseThanTheMeanIsNoted() throws IOException {
    Files.writeString(spec, SPEC.replace("learning-rate = 0.01", "learning-rate = 1000"));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("mmoe: task click is worse than its mean"), run.err());
    Files.writeString(spec, SPEC);
    Run usual = Run.kindred("mmoe", "--spec", spec.toString());
    assertEquals(0, usual.exitCode(), usual.err());
    assertFalse(usual.err().contains("task click is worse than its mean"), usual.err());
  }
}
