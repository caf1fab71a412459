package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.nn.Adagrad;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Sgd;
import dev.kindred.engine.tower.TowerLoss;
import dev.kindred.engine.tower.TowerModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class TwoTowerCommandTest {
  private static final List<String> SMALL =
      List.of(
          "--hidden=",
          "--dim",
          "16",
          "--history",
          "0",
          "--batch",
          "128",
          "--epochs",
          "12",
          "--learning-rate",
          ".01",
          "--negatives",
          "0",
          "--patience",
          "0",
          "--quiet");

  @TempDir Path directory;
  private Path train;
  private Path test;

  @BeforeEach
  void writeSplit() throws IOException {
    HalvesSplit split = HalvesSplit.write(directory);
    train = split.train();
    test = split.test();
  }

  private Run run(String... more) {
    List<String> options = new ArrayList<>(SMALL);
    options.addAll(List.of(more));
    return bare(options.toArray(String[]::new));
  }

  /** Without the options of {@link #SMALL}. */
  private Run bare(String... options) {
    List<String> arguments = new ArrayList<>(List.of("two-tower", "--train", train.toString()));
    arguments.addAll(List.of("--test", test.toString()));
    arguments.addAll(List.of(options));
    return Run.kindred(arguments.toArray(String[]::new));
  }

  @Test
  void jsonHasALineForPopularityAndOneForTheTowersWhichBeatIt() throws IOException {
    Run run = run("-k", "20", "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.lines().size());
    Map<String, Object> popularity = JSON.std.mapFrom(run.lines().get(0));
    Map<String, Object> towers = JSON.std.mapFrom(run.lines().get(1));
    assertEquals("popularity", popularity.get("model"));
    assertEquals("two-tower", towers.get("model"));
    double base = ((Number) popularity.get("recall@20")).doubleValue();
    double recall = ((Number) towers.get("recall@20")).doubleValue();
    assertTrue(recall > 1.3 * base, "recall " + recall + ", popularity " + base);
    for (String key : List.of("ndcg@20", "hr@20", "trainSeconds", "epochs", "modelHash")) {
      assertTrue(towers.containsKey(key), key);
    }
    assertEquals(
        towers.get("modelHash"),
        JSON.std
            .mapFrom(run("-k", "20", "--json", "--threads", "1").lines().get(1))
            .get("modelHash"));
  }

  @Test
  void withoutJsonItPrintsATableAndTheModelCanBeSaved() {
    Path model = directory.resolve("tower.safetensors");
    Run run = run("--save", model.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("model"), run.out());
    assertTrue(run.out().contains("two-tower"), run.out());
    assertTrue(Files.exists(model));
  }

  @Test
  void popularityChangesTheListsAndTheModel() throws IOException {
    Run with = run("--popularity", "1", "--json");
    Run without = run("--json");
    assertEquals(0, with.exitCode(), with.err());
    Map<String, Object> one = JSON.std.mapFrom(with.lines().getLast());
    Map<String, Object> other = JSON.std.mapFrom(without.lines().getLast());
    assertNotEquals(other.get("modelHash"), one.get("modelHash"));
    assertNotEquals(other.get("ndcg@20"), one.get("ndcg@20"));
  }

  @Test
  void theOrderOfOptionsIsNoReasonToRefuseThem() {
    for (List<String> options :
        List.of(
            List.of("--batch", "4", "--negatives", "1"),
            List.of("--negatives", "600", "--batch", "1024"))) {
      List<String> arguments =
          new ArrayList<>(List.of("--paper", "--hidden", "4", "--dim", "4", "--epochs", "1"));
      arguments.addAll(options);
      Run run = bare(arguments.toArray(String[]::new));
      assertEquals(0, run.exitCode(), options + ": " + run.err());
    }
  }

  @Test
  void aLearnedScaleMakesAnotherModelAndIsRefusedWhereThereIsNone() throws IOException {
    String[] pairs = {
      "--hidden=",
      "--dim",
      "8",
      "--history",
      "0",
      "--patience",
      "0",
      "--epochs",
      "2",
      "--quiet",
      "--loss",
      "scaled_cross_entropy",
      "--negatives",
      "4",
      "--scale",
      "5",
      "--json"
    };
    List<String> learned = new ArrayList<>(List.of(pairs));
    learned.add("--learn-scale");
    Run with = bare(learned.toArray(String[]::new));
    Run without = bare(pairs);
    assertEquals(0, with.exitCode(), with.err());
    assertEquals(0, without.exitCode(), without.err());
    assertNotEquals(
        JSON.std.mapFrom(without.lines().getLast()).get("modelHash"),
        JSON.std.mapFrom(with.lines().getLast()).get("modelHash"));
    Run paper = bare("--paper", "--learn-scale");
    assertEquals(2, paper.exitCode());
    assertTrue(paper.err().contains("--learn-scale would have no effect"), paper.err());
    Run popularity = run("--learn-scale", "--popularity", ".5");
    assertEquals(2, popularity.exitCode());
    assertTrue(popularity.err().contains("a fixed scale"), popularity.err());
  }

  @Test
  void bayesianPersonalisedRankingLearnsIsSavedAndTakesItsOwnNegatives() throws IOException {
    Path model = directory.resolve("tower.safetensors");
    List<String> ranking = new ArrayList<>(SMALL);
    ranking.set(ranking.indexOf("--negatives") + 1, "4");
    ranking.addAll(List.of("--loss", "bpr"));
    List<String> kept = new ArrayList<>(ranking);
    kept.addAll(List.of("--json", "--save", model.toString()));
    Run run = bare(kept.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    Map<String, Object> popularity = JSON.std.mapFrom(run.lines().getFirst());
    Map<String, Object> towers = JSON.std.mapFrom(run.lines().getLast());
    double base = ((Number) popularity.get("recall@20")).doubleValue();
    double recall = ((Number) towers.get("recall@20")).doubleValue();
    assertTrue(recall > 1.3 * base, "recall " + recall + ", popularity " + base);
    TowerModel saved = TowerModel.load(model);
    assertEquals(TowerLoss.BPR, saved.options().loss());
    assertEquals(towers.get("modelHash"), saved.hash());
    Run none = run("--loss", "bpr");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("negatives is 0, must be 1 to 65536 with bpr"), none.err());
    ranking.add("--no-batch-negatives");
    Run shared = bare(ranking.toArray(String[]::new));
    assertEquals(2, shared.exitCode());
    assertTrue(shared.err().contains("--no-batch-negatives would have no effect"), shared.err());
    Run misspelt = run("--loss", "bpr2");
    assertEquals(2, misspelt.exitCode());
    assertTrue(misspelt.err().contains("bpr, sampled-softmax"), misspelt.err());
  }

  @Test
  void aLossOfOwnNegativesDrawsFourWhereNoneAreGiven() throws IOException {
    for (String loss : List.of("bpr", "scaled-cross-entropy", "cosine-cross-entropy")) {
      assertEquals(4, savedNegatives("--loss", loss), loss);
    }
    assertEquals(7, savedNegatives("--loss", "bpr", "--negatives", "7"));
    assertEquals(4, savedNegatives("--paper"));
    assertEquals(0, savedNegatives());
    assertEquals(0, savedNegatives("--loss", "cosine-contrastive"));
  }

  private int savedNegatives(String... more) throws IOException {
    Path model = directory.resolve("negatives.safetensors");
    List<String> options =
        new ArrayList<>(List.of("--hidden", "4", "--dim", "4", "--epochs", "1", "--quiet"));
    options.addAll(List.of("--save", model.toString()));
    options.addAll(List.of(more));
    Run run = bare(options.toArray(String[]::new));
    assertEquals(0, run.exitCode(), options + ": " + run.err());
    return TowerModel.load(model).options().negatives();
  }

  @Test
  void whatHasNoEffectIsToldBeforeValuesOutOfRange() {
    for (String[] options :
        new String[][] {
          {"--loss", "bpr", "--margin", ".5"},
          {"--loss", "bpr", "--margin", "5"},
          {"--loss", "bpr", "--margin", ".5", "--negatives", "0"},
          {"--loss", "bpr", "--margin", ".5", "--batch", "2"}
        }) {
      Run run = bare(options);
      assertEquals(2, run.exitCode(), String.join(" ", options));
      assertTrue(
          run.err().contains("--margin would have no effect with --loss bpr"),
          String.join(" ", options) + ": " + run.err());
    }
  }

  @Test
  void aBatchWithoutRoomForAPositiveAndItsNegativesIsToldWhy() {
    Run run = bare("--loss", "bpr", "--negatives", "4", "--batch", "2");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err()
            .contains(
                "batch is 2, must be 5 to 65536, as a batch holds each positive with its 4"
                    + " negatives"),
        run.err());
  }

  @Test
  void listsThatAreNoBetterThanPopularityAreNoted() throws IOException {
    String advice =
        "its recall is no better than popularity's: try a smaller --batch or more --epochs";
    List<String> loud = new ArrayList<>(SMALL);
    loud.remove("--quiet");
    Run better = bare(loud.toArray(String[]::new));
    assertEquals(0, better.exitCode(), better.err());
    assertFalse(better.err().contains("no better than"), better.err());
    // What is to be found is the most popular item, at which nothing can beat popularity.
    List<String> lines = new ArrayList<>(Files.readAllLines(train));
    for (int u = 0; u < 60; u++) {
      lines.set(u, lines.get(u) + " hit");
    }
    Files.write(train, lines);
    Files.writeString(test, "u70 hit\nu71 hit\n");
    List<String> few = List.of("--hidden", "--dim", "4", "--epochs", "1", "-k", "1", "--json");
    Run none = bare(few.toArray(String[]::new));
    assertEquals(0, none.exitCode(), none.err());
    assertTrue(none.err().contains(advice), none.err());
    assertEquals(2, none.lines().size(), none.out());
    loud.addAll(List.of("-k", "1"));
    Run patient = bare(loud.toArray(String[]::new));
    assertEquals(0, patient.exitCode(), patient.err());
    assertTrue(patient.err().contains(advice), patient.err());
  }

  @Test
  void adagradIsAnOptimizerToo() throws IOException {
    Path model = directory.resolve("tower.safetensors");
    Run run = run("--optimizer", "adagrad", "--save", model.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(Adagrad.of(0.01), TowerModel.load(model).options().optimizer());
    Run misspelt = run("--optimizer", "adamw");
    assertEquals(2, misspelt.exitCode());
    assertTrue(misspelt.err().contains("adam, adagrad, sgd"), misspelt.err());
  }

  /** As of {@code [tower]} and of specifications of {@code kindred mmoe}. */
  @Test
  void withoutALearningRateAnOptimizerBringsItsOwn() throws IOException {
    Map<String, Optimizer> expected =
        Map.of("adam", Adam.of(0.001), "adagrad", Adagrad.of(0.01), "sgd", Sgd.of(0.01));
    for (Map.Entry<String, Optimizer> each : expected.entrySet()) {
      for (boolean paper : new boolean[] {false, true}) {
        Path model = directory.resolve(each.getKey() + paper + ".safetensors");
        List<String> options =
            new ArrayList<>(List.of("--hidden", "4", "--dim", "4", "--epochs", "1", "--quiet"));
        options.addAll(List.of("--optimizer", each.getKey(), "--save", model.toString()));
        if (paper) {
          options.add("--paper");
        }
        Run run = bare(options.toArray(String[]::new));
        assertEquals(0, run.exitCode(), options + ": " + run.err());
        assertEquals(
            each.getValue(), TowerModel.load(model).options().optimizer(), options.toString());
      }
    }
  }

  @Test
  void testPairsThatCannotBeFoundAreCounted() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(test));
    lines.set(0, "stranger i1");
    lines.set(1, "u1 novelty");
    Files.write(test, lines);
    List<String> arguments = new ArrayList<>(SMALL);
    arguments.remove("--quiet");
    arguments.addAll(List.of("--train", train.toString(), "--json"));
    Run some = twoTower(arguments, test);
    assertEquals(0, some.exitCode(), some.err());
    assertTrue(
        some.err().contains("2 of its 120 pairs to find have a user or an item that " + train),
        some.err());
    for (String line : some.lines()) {
      Map<String, Object> result = JSON.std.mapFrom(line);
      assertEquals(120, result.get("testPairs"), line);
      assertEquals(2, result.get("unknownPairs"), line);
    }
    Run same = twoTower(arguments, train);
    assertEquals(0, same.exitCode(), same.err());
    assertTrue(same.err().contains("pairs to find are in " + train + " too"), same.err());
    Map<String, Object> masked = JSON.std.mapFrom(same.lines().getLast());
    assertEquals(masked.get("testPairs"), masked.get("pairsInTraining"));
    Files.writeString(test, "stranger i1\nu1 novelty\n");
    Run none = twoTower(arguments, test);
    assertEquals(3, none.exitCode(), none.err());
    assertTrue(none.err().contains("none of its 2 pairs has a user and an item"), none.err());
  }

  private static Run twoTower(List<String> arguments, Path test) {
    List<String> all = new ArrayList<>(List.of("two-tower", "--test", test.toString()));
    all.addAll(arguments);
    return Run.kindred(all.toArray(String[]::new));
  }

  @Test
  void aCheckpointOfOtherOptionsAndAFileThatIsNoneAreToldWithTheRemedy() throws IOException {
    String checkpoint = directory.resolve("checkpoint").toString();
    String model = directory.resolve("model").toString();
    assertEquals(0, run("--checkpoint", checkpoint, "--save", model).exitCode());
    Run other = run("--checkpoint", checkpoint, "--dropout", ".1");
    assertEquals(3, other.exitCode(), other.err());
    assertTrue(other.err().contains("made with dropout 0.0, now 0.1;"), other.err());
    Run annealed = run("--checkpoint", checkpoint, "--anneal");
    assertEquals(3, annealed.exitCode(), annealed.err());
    assertTrue(
        annealed.err().contains("made with anneal false, now over 12 epochs;"), annealed.err());
    Run weights = run("--checkpoint", model);
    assertEquals(3, weights.exitCode(), weights.err());
    assertTrue(weights.err().contains(model + " holds weights but is no check"), weights.err());
    Path text = Files.writeString(directory.resolve("text"), "no weights: but a few words");
    Run none = run("--checkpoint", text.toString());
    assertEquals(4, none.exitCode(), none.err());
    assertTrue(none.err().contains("it is no checkpoint, or a damaged one"), none.err());
    assertTrue(none.err().startsWith("kindred: " + text + " (byte "), none.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aTrainingThatIsToldToEndSaysThatItsCheckpointStays() throws Exception {
    Path checkpoint = directory.resolve("checkpoint");
    Path err = directory.resolve("err.txt");
    Process process =
        JavaProcess.of(
                Kindred.class,
                "two-tower",
                "--train",
                train.toString(),
                "--test",
                test.toString(),
                "--epochs",
                "1000000",
                "--patience",
                "0",
                "--threads",
                "1",
                "--checkpoint",
                checkpoint.toString())
            .redirectError(err.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      while (!Files.exists(checkpoint) && process.isAlive()) {
        Thread.sleep(20);
      }
      process.destroy(); // SIGTERM
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(err);
    assertEquals(143, process.exitValue(), said);
    assertTrue(said.contains("interrupted: " + checkpoint + " keeps the training"), said);
  }

  @Test
  void badValuesAndFilesAreOneLineAndTheRightExitCode() {
    Run usage = run("--scale", "-1");
    assertEquals(2, usage.exitCode());
    assertTrue(usage.err().contains("scale is -1"), usage.err());
    assertEquals(2, run("--hidden=wide").exitCode());
    Run idle = run("--margin", ".3");
    assertEquals(2, idle.exitCode());
    assertTrue(idle.err().contains("--margin would have no effect"), idle.err());
    Run popularity = run("--popularity", ".5", "--loss", "cosine_contrastive");
    assertEquals(2, popularity.exitCode());
    assertTrue(popularity.err().contains("--popularity would have no effect"), popularity.err());
    Run contrastive = run("--scale", "9", "--loss", "cosine_contrastive");
    assertEquals(2, contrastive.exitCode());
    assertTrue(contrastive.err().contains("--scale would have no effect"), contrastive.err());
    Run paper = bare("--paper", "--scale", "9");
    assertEquals(2, paper.exitCode());
    assertTrue(
        paper.err().contains("--scale would have no effect with --loss cosine-cross-entropy;"),
        paper.err());
    Run exponent = run("--popularity-exponent", ".5");
    assertEquals(2, exponent.exitCode());
    assertTrue(exponent.err().contains("no negatives are drawn"), exponent.err());
    Run missing = Run.kindred("two-tower", "--train", "none.txt", "--test", test.toString());
    assertEquals(3, missing.exitCode());
    assertTrue(missing.err().contains("none.txt"), missing.err());
    Run diverged =
        Run.kindred(
            "two-tower",
            "--train",
            train.toString(),
            "--test",
            test.toString(),
            "--paper",
            "--hidden",
            "8",
            "--loss",
            "scaled_cross_entropy",
            "--learning-rate",
            "1e30");
    assertEquals(1, diverged.exitCode());
    assertTrue(diverged.err().contains("learning rate 1.0E30"), diverged.err());
    assertFalse(diverged.err().contains("\tat "), diverged.err());
  }
}
