package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate} on logs in files whose right answers are known. */
final class EvaluateCommandTest {
  private static final String CONFIG =
      """
      [events]
      file = "log.csv"
      user = "user"
      item = "item"
      %s = "n"
      [[objectives]]
      name = "click"
      [[objectives]]
      name = "like"
      column = "rating"
      at-least = 4
      [items]
      file = "items.csv"
      id = "id"
      [[items.fields]]
      name = "genre"
      [als]
      rank = 8
      iterations = 4
      [tower]
      hidden = [16]
      dim = 8
      embedding-dim = 8
      epochs = 1
      [coordinator]
      hidden = [8, 4]
      steps = 20
      [related]
      list-length = 20
      """;
  private static final int TASTES = 8;
  private static final int ITEMS_PER_TASTE = 10;

  @TempDir Path directory;
  private Path config;

  /** Every user moves among the ten items of one taste, and two items are met by all. */
  @BeforeEach
  void writeLog() throws IOException {
    Draws draws = Draws.of(5, "log");
    StringBuilder log = new StringBuilder("user,item,rating,n\n");
    for (int n = 0; n < 15; n++) {
      for (int user = 0; user < 160; user++) {
        int item =
            draws.nextInt(10) == 0
                ? TASTES * ITEMS_PER_TASTE + draws.nextInt(2)
                : user % TASTES * ITEMS_PER_TASTE + draws.nextInt(ITEMS_PER_TASTE);
        int rating = 1 + draws.nextInt(5);
        log.append("u" + user + ",i" + item + "," + rating + "," + (1000 * n + user) + "\n");
      }
    }
    StringBuilder items = new StringBuilder("id,genre\n");
    for (int item = 0; item < TASTES * ITEMS_PER_TASTE + 2; item++) {
      items.append("i" + item + ",g" + item / ITEMS_PER_TASTE + "\n");
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Files.writeString(directory.resolve("items.csv"), items);
    config = Files.writeString(directory.resolve("site.toml"), CONFIG.formatted("order"));
  }

  private Run evaluate(String... more) {
    return Run.kindred(
        Stream.concat(
                Stream.of("evaluate", "--config", config.toString(), "--threads", "2"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static List<JsonNode> json(Run run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    return run.json();
  }

  private static JsonNode score(List<JsonNode> lines, String objective, String model, int k) {
    return lines.stream()
        .filter(line -> !line.has("part"))
        .filter(line -> line.path("objective").asText().equals(objective))
        .filter(line -> line.get("model").asText().equals(model) && line.get("k").asInt() == k)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theEndOfEachUsersRowsIsHeldOutAndTheListsFindIt() throws IOException {
    List<JsonNode> lines = json(evaluate("--json", "-k", "3,9"));
    List<JsonNode> parts =
        lines.stream().filter(line -> line.path("part").asText().equals("segment")).toList();
    assertFalse(parts.isEmpty());
    for (JsonNode part : parts) {
      double hitRate = part.get("hr@3").asDouble();
      assertTrue(part.get("mrr@3").asDouble() <= part.get("ndcg@3").asDouble(), part.toString());
      assertTrue(part.get("ndcg@3").asDouble() <= hitRate, part.toString());
      assertTrue(part.get("ndcg@3High").asDouble() >= part.get("ndcg@3").asDouble());
    }
    JsonNode facts = lines.getFirst();
    assertEquals("{\"share\":0.2,\"by\":\"user\"}", facts.get("holdout").toString());
    assertEquals(160 * 12, facts.get("trainRows").asInt());
    assertEquals(160 * 3, facts.get("heldOutRows").asInt());
    assertEquals(1 + 2 * 2 * 4, lines.stream().filter(line -> !line.has("part")).count());
    // Nine of ten steps stay within the nine other items of the taste, which are the whole list.
    double kindred = score(lines, "click", "kindred", 9).get("hr@9").asDouble();
    assertTrue(kindred > .7, lines.toString());
    assertTrue(kindred > score(lines, "click", "popularity", 9).get("hr@9").asDouble());
    assertTrue(kindred > score(lines, "click", "kindred", 3).get("hr@3").asDouble());
    assertTrue(score(lines, "like", "kindred", 9).get("steps").asInt() > 0);
  }

  @Test
  void aPublishedSnapshotIsEvaluatedOnWhatItHasNotSeenWithTheSameFigures() throws IOException {
    String out = directory.resolve("snapshots").toString();
    List<JsonNode> trained = json(evaluate("--json", "-k", "5", "--holdout", "0.4", "--out", out));
    Run again = evaluate("--json", "-k", "5", "--model", out);
    List<JsonNode> evaluated = json(again);
    assertFalse(again.err().contains("warning: the snapshot"), again.err());
    assertEquals(trained.getFirst().get("holdout"), evaluated.getFirst().get("holdout"));
    assertEquals(
        trained.getFirst().get("snapshot").asText(),
        Path.of(evaluated.getFirst().get("snapshot").asText()).toAbsolutePath().toString());
    assertEquals(trained.subList(1, trained.size()), evaluated.subList(1, evaluated.size()));
    Run other = evaluate("-k", "5", "--model", out, "--holdout", "0.5");
    assertTrue(other.err().contains("all but the last 40% of each user's rows"), other.err());
    Run longer = evaluate("-k", "21", "--model", out);
    assertEquals(2, longer.exitCode());
    assertTrue(longer.err().contains("lists of the snapshot have 20"), longer.err());
  }

  @Test
  void aSnapshotOfAllRowsIsFlatteredAndTheWarningSaysSo() throws IOException {
    String out = directory.resolve("snapshots").toString();
    assertEquals(0, Run.kindred("train", "--config", config.toString(), "--out", out).exitCode());
    Run run = evaluate("-k", "5", "--model", out);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("warning: the snapshot was trained on all rows"), run.err());
    assertTrue(run.out().contains("click: "), run.out());
  }

  @Test
  void stagesLeftOutAreNotTrained() throws IOException {
    String full = json(evaluate("--json", "-k", "5")).getFirst().get("modelHashes").toString();
    Run less = evaluate("--json", "-k", "5", "--no-towers", "--no-coordinator");
    String hashes = json(less).getFirst().get("modelHashes").toString();
    assertTrue(full.contains("tower click"), full);
    assertFalse(hashes.contains("tower"), hashes);
    assertFalse(less.err().contains("coordinating network"), less.err());
  }

  @Test
  void aLogWithTimesIsSplitAtOneMomentUnlessAskedOtherwise() throws IOException {
    Files.writeString(config, CONFIG.formatted("time"));
    List<String> fast = List.of("--no-towers", "--no-coordinator", "--json", "-k", "5");
    JsonNode byTime = json(evaluate(fast.toArray(String[]::new))).getFirst();
    assertEquals("time", byTime.get("holdout").get("by").asText());
    List<String> byUser = new ArrayList<>(fast);
    byUser.addAll(List.of("--split", "user"));
    assertEquals(
        "user",
        json(evaluate(byUser.toArray(String[]::new))).getFirst().get("holdout").get("by").asText());
  }

  @Test
  void theTableNamesEveryListAndLosingToPopularityIsAWarning() throws IOException {
    Run run = evaluate("-k", "5", "--no-towers", "--no-coordinator");
    assertEquals(0, run.exitCode(), run.err());
    for (String list : List.of("kindred", "popularity", "co-occurrence", "co-occurrence cosine")) {
      // Next item and later items of two objectives, and what the lists are like.
      assertEquals(5, run.lines().stream().filter(line -> line.startsWith(list + "  ")).count());
    }
    assertFalse(run.err().contains("popularity"), run.err());
    // Where all move between two items that no profile connects, popularity can't be beaten.
    StringBuilder log = new StringBuilder("user,item,rating,n\n");
    for (int user = 0; user < 60; user++) {
      for (int n = 0; n < 12; n++) {
        log.append("u" + user + ",i" + (n % 3 == 2 ? user : 70 + n % 3 * 5) + ",5," + n + "\n");
      }
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Run popular = evaluate("-k", "5", "--no-towers", "--no-coordinator");
    assertEquals(0, popular.exitCode(), popular.err());
    assertTrue(popular.err().contains("warning: click: hit rate 0."), popular.err());
    assertTrue(popular.err().contains("of popularity"), popular.err());
  }

  @Test
  void thePageHoldsEveryPlotAndLoadsNothing() throws IOException {
    Path page = directory.resolve("reports").resolve("evaluation.html");
    Run run = evaluate("-k", "5", "--segment", "genre", "--als", "--report", page.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("click by genre: hit rate@5 / NDCG@5"), run.out());
    assertTrue(run.out().contains("heavy (12 or more)"), run.out());
    String html = Files.readString(page);
    for (String part :
        List.of(
            "The item that users went on to",
            "by item popularity",
            "by genre",
            "Scores and their calibration",
            "Similarities of each channel",
            "How the models learned",
            "tower click, loss",
            "als")) {
      assertTrue(html.contains(part), "no '" + part + "' in the page");
    }
    assertFalse(html.contains("http"), "the page would load or link something");
    assertFalse(html.contains("<script"), "the page needs no script");
    assertFalse(html.contains("NaN"), "a plot holds no number");
    assertEquals(count(html, "<svg"), count(html, "</svg>"));
    assertTrue(count(html, "<svg") >= 2 + 4 + 4, "plots: " + count(html, "<svg"));
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Test
  void linesTellMetricsOfEveryKindWithIntervalsAndTests() throws IOException {
    List<JsonNode> lines = json(evaluate("--json", "-k", "9"));
    JsonNode kindred = score(lines, "click", "kindred", 9);
    double hit = kindred.get("hr@9").asDouble();
    assertTrue(kindred.get("hr@9Low").asDouble() < hit && hit < kindred.get("hr@9High").asDouble());
    JsonNode beaten = score(lines, "click", "popularity", 9).get("kindredMinus");
    assertTrue(beaten.get("low").asDouble() > 0 && beaten.get("p").asDouble() < .05, "" + beaten);
    JsonNode later = part(lines, "later-items");
    for (String metric : List.of("precision", "recall", "f1", "map", "ndcg", "hr", "mrr")) {
      double value = later.get(metric + "@9").asDouble();
      assertTrue(value > 0 && value <= 1, metric + " " + value);
    }
    for (String metric : List.of("recall@9", "ndcg@9")) {
      double value = later.get(metric).asDouble();
      assertTrue(later.get(metric + "Low").asDouble() < value, metric);
      assertTrue(later.get(metric + "High").asDouble() > value, metric);
    }
    assertFalse(later.has("kindredMinus"));
    JsonNode baseline =
        lines.stream()
            .filter(line -> line.path("part").asText().equals("later-items"))
            .filter(line -> line.path("model").asText().equals("popularity"))
            .filter(line -> line.path("objective").asText().equals("click"))
            .findFirst()
            .orElseThrow();
    JsonNode minus = baseline.get("kindredMinus");
    assertEquals(
        later.get("recall@9").asDouble() - baseline.get("recall@9").asDouble(),
        minus.get("mean").asDouble(),
        1e-9);
    assertTrue(minus.get("low").asDouble() <= minus.get("high").asDouble());
    assertTrue(minus.get("p").asDouble() > 0 && minus.get("p").asDouble() <= 1);
    JsonNode pairs = part(lines, "pairs");
    assertTrue(pairs.get("auc").asDouble() > .8, pairs.toString());
    assertTrue(pairs.get("groupedAuc").asDouble() > .8, pairs.toString());
    assertTrue(pairs.get("logLoss").asDouble() < Math.log(2), pairs.toString());
    assertTrue(pairs.get("rmse").asDouble() < .5, pairs.toString());
    assertTrue(pairs.get("calibrationError").asDouble() < .2, pairs.toString());
    JsonNode without = pairs.get("baselineAuc");
    assertEquals(.5, without.get("popularity").asDouble(), .1, pairs.toString());
    assertTrue(without.get("co-occurrence cosine").asDouble() > .6, pairs.toString());
    JsonNode qualities = part(lines, "lists");
    assertTrue(qualities.get("coverage").asDouble() > .9, qualities.toString());
    assertEquals(0, qualities.get("intraListDiversity").asDouble(), 1e-6, "lists of one genre");
  }

  private static JsonNode part(List<JsonNode> lines, String part) {
    return lines.stream()
        .filter(line -> line.path("part").asText().equals(part))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void listsForUsersAreComparedUserByUserAndTheStagesTellWhatTheyHeld() throws IOException {
    Files.writeString(
        config,
        """
        [rank]
        enabled = true
        topic = "genre"
        [rank.retrieval]
        hidden = [16]
        dim = 8
        batch = 64
        learning-rate = 0.01
        [rank.ranker]
        hidden = [8]
        batch = 128
        learning-rate = 0.01
        """,
        StandardOpenOption.APPEND);
    List<JsonNode> lines =
        json(evaluate("--personalised", "--no-coordinator", "--no-towers", "--json", "-k", "3,9"));
    assertEquals(4 * 2 + 1, lines.size());
    JsonNode ours = lines.get(1);
    assertEquals("kindred", ours.get("lists").asText());
    assertEquals(9, ours.get("k").asInt());
    double recall = ours.get("recall").asDouble();
    // Of ten items of a taste some were not met before, and those that are left are few.
    assertTrue(recall > .8, ours.toString());
    assertTrue(ours.get("recallLow").asDouble() <= recall, ours.toString());
    assertTrue(ours.get("recallHigh").asDouble() >= recall, ours.toString());
    for (JsonNode line : lines.subList(2, 8)) {
      JsonNode same = line.get("k").asInt() == 9 ? ours : lines.getFirst();
      JsonNode minus = line.get("kindredMinus");
      double expected = same.get("recall").asDouble() - line.get("recall").asDouble();
      assertEquals(expected, minus.get("mean").asDouble(), 1e-9, line.toString());
    }
    JsonNode popularity = lines.get(7);
    assertEquals("popularity", popularity.get("lists").asText());
    assertTrue(popularity.get("kindredMinus").get("low").asDouble() > 0, popularity.toString());
    JsonNode stages = lines.getLast();
    assertEquals("candidates", stages.get("part").asText());
    assertTrue(stages.get("recall").asDouble() >= recall - 1e-9, stages.toString());
    for (String source : List.of("tower", "related", "together", "content", "popular")) {
      JsonNode of = stages.get(source);
      assertTrue(of.get("allowed").asDouble() <= of.get("found").asDouble(), stages.toString());
      assertTrue(of.get("recall").asDouble() <= stages.get("recall").asDouble() + 1e-9, source);
    }
  }

  @Test
  void givenTestFilesAreRankedForTheirUsersBesideBaselines() throws IOException {
    StringBuilder pairs = new StringBuilder("user,item\n");
    for (int user = 0; user < 160; user++) {
      pairs.append("u" + user + ",i" + (user % TASTES * ITEMS_PER_TASTE) + "\n");
    }
    Path file = Files.writeString(directory.resolve("test.csv"), pairs);
    List<JsonNode> lines = json(evaluate("--test", "like=" + file, "-k", "10", "--json"));
    Map<String, Double> hits = new LinkedHashMap<>();
    lines.stream()
        .skip(1)
        .forEach(line -> hits.put(line.get("model").asText(), line.get("hr@10").asDouble()));
    assertEquals(5, hits.size(), hits.toString());
    // What a user had liked before is left out, and so can't be found: four of ten.
    assertTrue(hits.get("kindred") > .5, hits.toString());
    assertTrue(hits.get("kindred") > 5 * hits.get("popularity"), hits.toString());
    JsonNode kindred = lines.get(1);
    JsonNode popularity = lines.getLast();
    assertEquals("popularity", popularity.get("model").asText());
    assertFalse(kindred.has("kindredMinus"));
    double recall = kindred.get("recall@10").asDouble();
    assertTrue(kindred.get("recall@10Low").asDouble() < recall, kindred.toString());
    assertTrue(kindred.get("recall@10High").asDouble() > recall, kindred.toString());
    JsonNode minus = popularity.get("kindredMinus");
    assertEquals(
        recall - popularity.get("recall@10").asDouble(), minus.get("mean").asDouble(), 1e-12);
    Files.writeString(file, pairs.append("nobody,i0\nu0,nothing\nu1,nothing\n"));
    Run unknown = evaluate("--test", "like=" + file, "-k", "10", "--no-towers");
    assertEquals(0, unknown.exitCode(), unknown.err());
    assertTrue(unknown.err().contains("3 of 163 rows left out"), unknown.err());
    assertTrue(
        minus.get("low").asDouble() > 0 && minus.get("p").asDouble() < .05, minus.toString());
    Run undeclared = evaluate("--test", "love=" + file);
    assertBad(undeclared, 3, "which the configuration does not declare");
    assertFalse(undeclared.err().contains("log.csv"), "the log is not read: " + undeclared.err());
    assertBad(evaluate("--test", "like=" + file, "--als"), 2, "--test holds nothing out");
    assertBad(evaluate("--segment", "colour", "-k", "5"), 3, "no field 'colour'");
  }

  @Test
  void whatCannotBeEvaluatedIsRefusedInOneLine() throws IOException {
    assertBad(evaluate("--holdout", "1.5"), 2, "the held-out share is 1.5");
    assertBad(evaluate("-k", "0"), 2, "-k is 0");
    assertBad(evaluate("--model", "m", "--paper"), 2, "--model trains nothing");
    assertBad(evaluate("--personalised", "--als"), 2, "--personalised has no --als");
    Path none = directory.resolve("none");
    assertBad(evaluate("--model", none.toString()), 3, none + ": no such snapshot");
    assertBad(evaluate("--split", "time"), 3, "a split by time needs events with times");
    Files.writeString(config, CONFIG.formatted("order").replace("order = \"n\"\n", ""));
    assertBad(evaluate("-k", "5"), 3, "needs events with times or an order");
    assertBad(Run.kindred("evaluate", "--config", none.toString()), 3, none.toString());
  }

  private static void assertBad(Run run, int exitCode, String message) {
    assertEquals(exitCode, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains("kindred: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }
}
