package dev.kindred.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.Run;
import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.evaluation.NextItemComparison;
import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.app.output.JsonLines;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run of a world smaller than that of {@code demo --quick}, and what it found out. */
class DemoTest {
  private static final DemoOptions TINY =
      DemoOptions.quick()
          .withWorld(WorldOptions.defaults().withSize(300, 500, 40_000))
          .withPipeline(
              PipelineOptions.defaults()
                  .withCoordinate(Optional.of(CoordinateOptions.defaults().withSteps(200)))
                  .withAls(AlsOptions.defaults().withRank(16).withIterations(5))
                  .withTower(
                      Optional.of(
                          TowerOptions.defaults()
                              .withHidden(List.of(16))
                              .withDim(16)
                              .withEmbeddingDim(8)
                              .withNegatives(64)
                              .withEpochs(1))));

  @TempDir static Path directory;
  private static final List<DemoFact> FACTS = new ArrayList<>();

  @BeforeAll
  static void run() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory);
        Workers workers = Workers.of(2)) {
      new Demo(TINY, directory, workers, Progress.none(), FACTS::add).run(out);
    }
  }

  private static <T extends DemoFact> T fact(Class<T> kind) {
    return FACTS.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }

  @Test
  void theWorldIsSplitByTimeAndTheSnapshotSaysSo() throws IOException {
    DemoFact.Simulated simulated = fact(DemoFact.Simulated.class);
    DemoFact.Trained trained = fact(DemoFact.Trained.class);
    assertEquals(.8, (double) trained.samples() / simulated.samples(), .01);
    assertTrue(simulated.mistakes() > .2 * simulated.clicks(), simulated.toString());
    try (Recommender recommender = Recommender.open(directory)) {
      assertEquals(
          Optional.of(new Holdout(TINY.testShare(), Holdout.By.TIME)),
          Holdout.of(recommender.manifest()));
      assertEquals(trained.notes(), recommender.manifest().notes());
    }
    assertTrue(SnapshotVerifier.verify(trained.snapshot()).isSound());
  }

  @Test
  void theListsAreInTruthMoreRelatedThanThoseOfPopularityAndCooccurrence() {
    Map<String, TrueRelatedness.Score> scores =
        fact(DemoFact.Truth.class).rows().stream()
            .collect(Collectors.toMap(TrueRelatedness.Score::lists, score -> score));
    for (String objective : List.of("click", "watch", "like", "share")) {
      double kindred = relatedness(scores, NextItemComparison.KINDRED, objective);
      double best = relatedness(scores, TrueRelatedness.BEST, objective);
      assertTrue(kindred > relatedness(scores, NextItemComparison.COSINE, objective), objective);
      assertTrue(
          kindred > relatedness(scores, NextItemComparison.COOCCURRENCE, objective), objective);
      assertTrue(
          kindred > relatedness(scores, NextItemComparison.POPULARITY, objective), objective);
      assertTrue(kindred < best, objective);
    }
    assertTrue(
        scores.get(NextItemComparison.KINDRED).disliked()
            < scores.get(NextItemComparison.POPULARITY).disliked());
  }

  private static double relatedness(
      Map<String, TrueRelatedness.Score> scores, String lists, String objective) {
    return scores.get(lists).relatedness().get(objective);
  }

  @Test
  void whatWasClickedNextIsWhatEvaluateMeasures() throws IOException {
    String config = directory.resolve(Demo.DATA).resolve(Demo.CONFIG).toString();
    Run run =
        Run.kindred(
            "evaluate", "--config", config, "--model", "" + directory, "-k", "10", "--json");
    assertEquals(0, run.exitCode(), run.err());
    Map<String, JsonNode> evaluated = new LinkedHashMap<>();
    for (String line : run.lines()) {
      JsonNode json = new JsonMapper().readTree(line);
      if (json.has("hr@10") && json.has("itemHr@10")) {
        evaluated.put(json.get("objective").asText() + " " + json.get("model").asText(), json);
      }
    }
    List<NextItemScore> scores = fact(DemoFact.NextItem.class).rows();
    for (NextItemScore score : scores) {
      JsonNode same = evaluated.get(score.objective() + " " + score.lists());
      assertEquals(same.get("hr@10").asDouble(), score.hitRate().mean(), score.toString());
      assertEquals(same.get("mrr@10").asDouble(), score.mrr(), score.toString());
      assertEquals(same.get("itemHr@10").asDouble(), score.itemHitRate(), score.toString());
    }
    assertEquals(evaluated.size(), scores.size());
  }

  @Test
  void sourcesAreSpelledAsOverHttp() throws IOException {
    List<String> args = new ArrayList<>(List.of("related", "--json", "--model", "" + directory));
    for (int item = 1; item <= 40; item++) {
      args.addAll(List.of("--item", "v%04d".formatted(item)));
    }
    Set<String> sources = new TreeSet<>();
    for (String line : Run.kindred(args.toArray(String[]::new)).lines()) {
      sources.add(new JsonMapper().readTree(line).get("source").asText());
    }
    // As ServedDescriptionTest has it for /openapi.json.
    assertTrue(sources.contains("content-relaxed"), sources.toString());
  }

  @Test
  void trueRelatednessIsTheMeanOfWhatTheWorldSays() {
    World world = World.generate(WorldOptions.defaults().withSize(100, 50, 2_000));
    int[] sources = {3, 3, 8};
    List<TrueRelatedness.Score> scores;
    try (Workers workers = Workers.of(2)) {
      scores =
          new TrueRelatedness(world, sources, 2, workers)
              .scores(
                  new TreeMap<>(
                      Map.of(
                          "some",
                          (item, n, out) -> {
                            out[0] = item + 1;
                            out[1] = item + 2;
                            return item == 8 ? 1 : 2;
                          },
                          "whole",
                          (item, n, out) -> {
                            out[0] = item + 1;
                            out[1] = item + 2;
                            return 2;
                          })));
    }
    assertEquals(
        List.of(TrueRelatedness.BEST, "some", "whole"),
        scores.stream().map(TrueRelatedness.Score::lists).toList());
    for (int objective = 0; objective < 4; objective++) {
      double mean =
          (2 * world.relatedness(objective, 3, 4)
                  + 2 * world.relatedness(objective, 3, 5)
                  + world.relatedness(objective, 8, 9))
              / 5;
      String name = World.objectives().get(objective).name();
      assertEquals(mean, scores.get(1).relatedness().get(name), 1e-5, name);
      // Shorter lists weigh their sources less, so only whole ones compare with the best.
      double best = scores.get(0).relatedness().get(name);
      assertTrue(best >= scores.get(2).relatedness().get(name) - 1e-9, name);
    }
  }

  @Test
  void everyPositiveObjectiveIsComparedWithTheBaselines() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (NextItemScore score : fact(DemoFact.NextItem.class).rows()) {
      lists.computeIfAbsent(score.objective(), name -> new ArrayList<>()).add(score.lists());
      assertTrue(
          score.steps() > 0 && score.hitRate().mean() >= score.ndcg().mean(), score.toString());
      assertTrue(score.ndcg().mean() >= score.mrr() && score.mrr() >= 0, score.toString());
    }
    assertEquals(List.of("click", "watch", "like", "share"), List.copyOf(lists.keySet()));
    lists.values().forEach(of -> assertEquals(lists.get("click"), of));
    assertEquals(4, lists.get("click").size());
  }

  @Test
  void theCoordinatingNetworkRemovesMoreOfTheMistakesThanOfTheMeantClicks() {
    DemoFact.Routed routed = fact(DemoFact.Routed.class);
    assertTrue(
        (double) routed.mistakesRemoved() / routed.mistakes()
            > (double) routed.meantRemoved() / routed.meant(),
        routed.toString());
  }

  @Test
  void theShownListsAreThoseOfTheSnapshot() throws IOException {
    List<DemoFact.Listed> listed =
        FACTS.stream()
            .filter(DemoFact.Listed.class::isInstance)
            .map(DemoFact.Listed.class::cast)
            .toList();
    assertEquals(2, listed.size());
    try (Recommender recommender = Recommender.open(directory)) {
      for (DemoFact.Listed list : listed) {
        var related = recommender.related(list.video().id(), list.related().size());
        assertEquals(5, related.size());
        for (int i = 0; i < related.size(); i++) {
          assertEquals(related.get(i).id(), list.related().get(i).video().id());
          assertFalse(list.related().get(i).video().title().isEmpty());
        }
      }
      Explanation explanation = fact(DemoFact.Explained.class).explanation();
      assertEquals(Explanation.sum(explanation.terms()), explanation.score());
      assertEquals(listed.getFirst().related().getFirst().video().id(), explanation.target());
    }
  }

  @Test
  void theBlockbustersAreWatchedTogetherButNotRelated() {
    DemoFact.Blockbusters pair = fact(DemoFact.Blockbusters.class);
    assertTrue(pair.usersOfBoth() > 50, pair.toString());
    assertTrue(pair.cooccurrenceRank() >= 1 && pair.cooccurrenceRank() <= 3, pair.toString());
    assertEquals(0, pair.rank());
    assertEquals(0, pair.trueRelatedness(), .005);
  }

  @Test
  void theHiddenVideoIsGoneForWhoeverOpensTheStateAfterwards() throws IOException {
    DemoFact.Hidden hidden = fact(DemoFact.Hidden.class);
    assertEquals(1, hidden.before());
    assertEquals(0, hidden.after());
    try (var live = ChronicleLiveState.open(hidden.live(), LiveStateOptions.defaults());
        Recommender recommender = Recommender.open(directory, live)) {
      assertEquals(
          hidden.firstAfter().id(), recommender.related(hidden.of().id(), 1).getFirst().id());
    }
  }

  @Test
  void theConfigurationLeftBehindDescribesTheWorldAsItIs() throws IOException {
    Path data = fact(DemoFact.Simulated.class).data();
    TrainConfig config = TrainConfig.read(data.resolve(Demo.CONFIG), false);
    assertEquals(World.objectives(), config.objectives());
    assertEquals(World.eventColumns(), config.events().columns());
    assertEquals(World.itemFields(), config.items().orElseThrow().fields());
    assertEquals(World.userFields(), config.users().orElseThrow().fields());
  }

  @Test
  void theCommandsToTryNextWork() {
    for (String command : fact(DemoFact.Next.class).commands()) {
      String[] words = command.split(" ");
      assertEquals("kindred", words[0]);
      Run run = Run.kindred(Stream.of(words).skip(1).toArray(String[]::new));
      assertEquals(0, run.exitCode(), command + ": " + run.err());
      assertFalse(run.out().isEmpty(), command);
    }
    // One of them has shown it again; other tests look at the state as the demo left it.
    DemoFact.Hidden hidden = fact(DemoFact.Hidden.class);
    Run.kindred("live", "hide", "--live", hidden.live().toString(), hidden.hidden().id());
  }

  @Test
  void textAndJsonTellEveryFact() throws IOException {
    StringWriter text = new StringWriter();
    StringWriter json = new StringWriter();
    DemoText people = new DemoText(new PrintWriter(text));
    DemoJson machines = new DemoJson(new JsonLines(new PrintWriter(json)));
    FACTS.forEach(people);
    FACTS.forEach(machines);
    assertTrue(text.toString().lines().allMatch(line -> line.length() <= 160), text.toString());
    assertTrue(
        text.toString().contains(fact(DemoFact.Hidden.class).hidden().id()), text.toString());
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (String line : json.toString().lines().toList()) {
      JsonNode node = new JsonMapper().readTree(line);
      lines.merge(node.get("fact").asText(), 1, Integer::sum);
    }
    Map<String, Integer> expected = new LinkedHashMap<>();
    expected.put("simulated", 1);
    expected.put("trained", 1);
    expected.put("routed", 1);
    expected.put("truth", 6);
    expected.put("nextItem", 16);
    expected.put("related", 10);
    expected.put("explained", 1);
    expected.put("blockbusters", 1);
    expected.put("hidden", 1);
    expected.put("next", 1);
    assertEquals(expected, lines);
  }

  @Test
  void anUnusableDirectoryIsRefusedBeforeAnythingIsSimulated() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Run run = Run.kindred("demo", "--out", file.toString());
    assertEquals(3, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("kindred: " + file), run.err());
  }
}
