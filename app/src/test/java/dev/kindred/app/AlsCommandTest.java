package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.IdTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AlsCommandTest {
  @TempDir Path directory;
  private Path train;
  private Path test;

  @BeforeEach
  void writeSplit() throws IOException {
    HalvesSplit split = HalvesSplit.write(directory);
    train = split.train();
    test = split.test();
  }

  private Run run(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("--train", train.toString(), "--test", test.toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return Run.kindred(arguments.toArray(String[]::new));
  }

  @Test
  void jsonHasALineForPopularityAndOneForAlsWhichBeatsIt() throws IOException {
    String[] options = {"--rank", "8", "--iterations", "5", "-k", "10", "--json"};
    Run run = run("als", options);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, run.lines().size());
    Map<String, Object> popularity = JSON.std.mapFrom(run.lines().get(0));
    Map<String, Object> als = JSON.std.mapFrom(run.lines().get(1));
    assertEquals("popularity", popularity.get("model"));
    assertEquals("als", als.get("model"));
    double base = ((Number) popularity.get("recall@10")).doubleValue();
    double recall = ((Number) als.get("recall@10")).doubleValue();
    assertTrue(recall > 1.2 * base, "recall " + recall + ", popularity " + base);
    for (String key : List.of("ndcg@10", "hr@10", "trainSeconds")) {
      assertTrue(als.containsKey(key), key);
    }
    Run again = run("als", "--rank", "8", "--iterations", "5", "--json", "--threads", "1");
    assertEquals(als.get("modelHash"), JSON.std.mapFrom(again.lines().get(1)).get("modelHash"));
  }

  @Test
  void syntheticDataMeasuresSpeed() throws IOException {
    Run run =
        Run.kindred(
            "als",
            "--synthetic",
            "300x200x5000",
            "--rank",
            "8",
            "--iterations",
            "2",
            "--solver",
            "conjugate-gradient",
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().get(0));
    assertEquals("conjugate-gradient", result.get("solver"));
    assertEquals("conjugate-gradient", result.get("solverUsed"));
    for (String key :
        List.of(
            "medianIterationCpuSeconds",
            "interactionsPerSecondPerCore",
            "gflops",
            "peakGflops",
            "fraction",
            "peakToDataAndFactors",
            "modelHash")) {
      assertTrue(result.containsKey(key), key);
    }
  }

  @Test
  void theWrongPartOfSyntheticSizesIsTold() {
    Map<String, String> faults =
        Map.of(
            "300x200", "has 2 numbers",
            "10x10x20x3", "has 4 numbers",
            "1x1x1", "has 1 pair",
            "99999999999x2x3", "has '99999999999' users, must be 1 to 2147483647;",
            "3x0x1", "has '0' items",
            "3x2x6", "has '6' interactions, must be 1 to 3, half of all pairs",
            "3xmanyx6", "has 'many' items",
            "3x2x99999999999999999999", "has '99999999999999999999' interactions");
    faults.forEach(
        (sizes, fault) -> {
          Run run = Run.kindred("als", "--synthetic", sizes);
          assertEquals(2, run.exitCode(), sizes);
          assertTrue(run.err().contains("'" + sizes + "': " + fault), run.err());
        });
  }

  @Test
  void repeatedPairsAreSummedUnlessTheLastIsWanted() throws IOException {
    List<String> once = new ArrayList<>();
    List<String> twice = new ArrayList<>();
    for (int u = 0; u < 20; u++) {
      for (int i = 0; i < 6; i++) {
        int item = (u + 2 * i) % 15;
        once.add("u" + u + ",i" + item + "," + (1 + i % 3));
        twice.add("u" + u + ",i" + item + ",7");
      }
    }
    twice.addAll(once);
    test = Files.writeString(directory.resolve("pairs.csv"), "u1,i1\n");
    train = Files.write(directory.resolve("once.csv"), once);
    String[] options = {"--rank", "4", "--iterations", "2", "--json"};
    Object expected = lastLine(run("als", options)).get("modelHash");
    train = Files.write(directory.resolve("twice.csv"), twice);
    assertNotEquals(expected, lastLine(run("als", options)).get("modelHash"));
    Run last = run("als", with(options, "--duplicates", "last"));
    assertEquals(expected, lastLine(last).get("modelHash"));
    Run tuned = run("tune als", with(options, "--duplicates", "LAST", "--trials", "1"));
    String arguments = lastLine(tuned).get("arguments").toString();
    assertTrue(arguments.contains("--duplicates last"), arguments);
    Run wrong = run("als", "--duplicates", "first");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("must be one of sum, last"), wrong.err());
  }

  private static Map<String, Object> lastLine(Run run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    return JSON.std.mapFrom(run.lines().getLast());
  }

  @Test
  void theSolverThatAutoPickedIsTold() throws IOException {
    String[] at129 = {"als", "--synthetic", "40x30x200", "--rank", "129", "--iterations", "1"};
    Run json = Run.kindred(with(at129, "--json"));
    assertEquals(0, json.exitCode(), json.err());
    Map<String, Object> result = JSON.std.mapFrom(json.lines().get(0));
    assertEquals("auto", result.get("solver"));
    assertEquals("conjugate-gradient", result.get("solverUsed"));
    String[] at8 = {"als", "--synthetic", "40x30x200", "--rank", "8", "--iterations", "1"};
    Run table = Run.kindred(at8);
    assertEquals(0, table.exitCode(), table.err());
    assertTrue(table.out().matches("(?s).*solverUsed +cholesky.*"), table.out());
  }

  @Test
  void whatTakesLessThanAStepOfProcessorTimeHasASpeedByTheClock() throws IOException {
    Run run =
        Run.kindred(
            "als --synthetic 10x10x50 --rank 2 --iterations 1 --threads 1 --json".split(" "));
    assertEquals(0, run.exitCode(), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().getFirst());
    long speed = ((Number) result.get("interactionsPerSecondPerCore")).longValue();
    assertTrue(speed > 0 && speed < 1_000_000_000_000L, run.out());
    for (String key : List.of("gflops", "fraction", "fractionByCpu")) {
      double value = ((Number) result.get(key)).doubleValue();
      assertTrue(value >= 0 && value < 1000, key + " in " + run.out());
    }
  }

  @Test
  void factorsCanBeSavedWithTheirIds() throws IOException {
    Path model = directory.resolve("model");
    Run run = run("als", "--rank", "8", "--iterations", "2", "--save", model.toString());
    assertEquals(0, run.exitCode(), run.err());
    try (Arena arena = Arena.ofConfined()) {
      EmbeddingFile users = EmbeddingFile.open(model.resolve("users.kvec"), arena);
      EmbeddingFile items = EmbeddingFile.open(model.resolve("items.kvec"), arena);
      IdTable userIds = IdTable.open(model.resolve("users.kids"), arena);
      IdTable itemIds = IdTable.open(model.resolve("items.kids"), arena);
      assertEquals(120, users.size());
      assertEquals(8, users.dim());
      assertEquals(8, items.dim());
      assertEquals(users.size(), userIds.size());
      assertEquals(items.size(), itemIds.size());
      assertEquals("u7", userIds.idOf(userIds.ordinalOf("u7")));
    }
    assertEquals(
        2, Run.kindred("als", "--synthetic", "30x20x50", "--save", model.toString()).exitCode());
  }

  @Test
  void aTestPartOfStrangersIsRefused() throws IOException {
    test = Files.write(directory.resolve("other.txt"), List.of("v1 j1 j2", "v2 j3"));
    Run run = run("als", "--rank", "8", "--iterations", "2");
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains("none of its 3 pairs"), run.err());
  }

  private static String[] loud(String command, Path train, Path test) {
    String files = " --train " + train + " --test " + test;
    return (command + files + " --rank 2 --iterations 2 --json").split(" ");
  }

  @Test
  void testPairsThatWereNotLikedAreNothingToFind() throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,x,1", "a,y,1", "b,x,1", "b,z,1", "c,y,1"));
    for (int i = 0; i < 12; i++) {
      lines.add("d,item" + i + ",1");
    }
    train = Files.write(directory.resolve("train.csv"), lines);
    test = Files.write(directory.resolve("liked.csv"), List.of("a,z,1", "c,x,1"));
    Path mixed =
        Files.write(
            directory.resolve("mixed.csv"),
            List.of("a,z,1", "b,y,-1", "c,x,1", "c,z,0", "a,y,2", "a,y,-2"));
    for (String command : List.of("als", "tune als --trials 1")) {
      Run liked = Run.kindred(loud(command, train, test));
      Run both = Run.kindred(loud(command, train, mixed));
      assertEquals(0, liked.exitCode(), liked.err());
      assertEquals(0, both.exitCode(), both.err());
      Map<String, Object> expected = JSON.std.mapFrom(liked.lines().getLast());
      Map<String, Object> got = JSON.std.mapFrom(both.lines().getLast());
      for (String key : List.of("recall@20", "ndcg@20", "hr@20")) {
        assertEquals(expected.get(key), got.get(key), key);
      }
      assertTrue(both.err().contains("3 of its 5 pairs have a value of 0 or less"), both.err());
      assertFalse(liked.err().contains("or less"), liked.err());
      Path disliked = Files.write(directory.resolve("disliked.csv"), List.of("a,z,-1", "c,x,0"));
      Run none = Run.kindred(loud(command, train, disliked));
      assertEquals(3, none.exitCode());
      assertTrue(none.err().contains("none of its 2 pairs has a value above 0"), none.err());
    }
  }

  @Test
  void measuresThatMustBeZeroAreExplained() throws IOException {
    Run known = Run.kindred(loud("als", train, train));
    assertEquals(0, known.exitCode(), known.err());
    assertTrue(known.err().contains("pairs to find are in " + train + " too"), known.err());
    assertTrue(known.err().contains(train + ": all its "), known.err());
    train = Files.write(directory.resolve("train.csv"), List.of("a,x,-1", "a,y,0", "b,z,-3"));
    test = Files.write(directory.resolve("test.csv"), List.of("a,z,1"));
    Run zeros = Run.kindred(loud("als", train, test));
    assertEquals(0, zeros.exitCode(), zeros.err());
    assertTrue(zeros.err().contains("nothing but zeros"), zeros.err());
  }

  @Test
  void aStrengthThatIsTooGreatIsNamedByItsFileAndIds() throws IOException {
    train =
        Files.write(directory.resolve("train.csv"), List.of("a,x,1", "a,y,2", "b,z,1e13", "b,x,1"));
    test = Files.write(directory.resolve("test.csv"), List.of("a,z,1"));
    Run run = Run.kindred(loud("als", train, test));
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(
        run.err().contains(train + ": the strength of user 'b' and item 'z' is "), run.err());
    assertTrue(run.err().contains("use the convention log"), run.err());
  }

  @Test
  void badValuesAndFilesAreOneLineAndTheRightExitCode() {
    Run rank = run("als", "--rank", "0");
    assertEquals(2, rank.exitCode());
    assertTrue(rank.err().contains("rank is 0"), rank.err());
    assertEquals(2, run("als", "--convention", "none").exitCode());
    assertEquals(2, Run.kindred("als").exitCode());
    assertEquals(2, Run.kindred("als", "--train", train.toString()).exitCode());
    assertEquals(2, Run.kindred("tune").exitCode());
    Run missing = Run.kindred("als", "--train", "none.txt", "--test", test.toString());
    assertEquals(3, missing.exitCode());
    assertTrue(missing.err().contains("none.txt"), missing.err());
    assertFalse(missing.err().contains("\tat "), missing.err());
  }

  @Test
  void tuningListsItsTrialsAndGoesOnFromItsLog() throws IOException {
    Path log = directory.resolve("tune.jsonl");
    String[] options = {"--rank", "4", "--iterations", "2", "--json", "--log", log.toString()};
    Run first = run("tune als", with(options, "--trials", "3"));
    assertEquals(0, first.exitCode(), first.err());
    assertEquals(5, first.lines().size());
    // The last line is cut off, as by a crash.
    String text = Files.readString(log);
    Files.writeString(log, text.substring(0, text.length() - 9));
    Run second = run("tune als", with(options, "--trials", "5"));
    assertEquals(0, second.exitCode(), second.err());
    assertEquals(7, second.lines().size());
    for (int t = 0; t < 3; t++) {
      assertEquals(
          JSON.std.mapFrom(first.lines().get(t)).get("recall@20"),
          JSON.std.mapFrom(second.lines().get(t)).get("recall@20"));
    }
    double best = 0;
    for (int t = 0; t < 5; t++) {
      best = Math.max(best, score(JSON.std.mapFrom(second.lines().get(t))));
    }
    Map<String, Object> chosen = JSON.std.mapFrom(second.lines().get(5));
    assertEquals(best, score(chosen));
    Map<String, Object> trial = JSON.std.mapFrom(second.lines().get((int) chosen.get("best")));
    assertEquals(trial.get("arguments"), chosen.get("arguments"));
    Map<String, Object> measured = JSON.std.mapFrom(second.lines().get(6));
    assertEquals(chosen.get("arguments"), measured.get("arguments"));
    assertTrue(measured.containsKey("modelHash"));
    assertTrue(measured.get("arguments").toString().contains("--rank 4"));
    Run other = run("tune als", with(options, "--trials", "5", "--seed", "9"));
    assertEquals(3, other.exitCode());
    assertTrue(other.err().contains("--log"), other.err());
  }

  @Test
  void whatTheConventionHasNoPlaceForIsRefused() {
    for (String option :
        List.of("--unobserved-weight", "--frequency-exponent", "--popularity-exponent")) {
      for (String command :
          List.of("als --convention spark", "als --paper click", "tune als --convention log")) {
        Run run = run(command, option, "0.3");
        assertEquals(2, run.exitCode(), command + " " + option);
        assertTrue(run.err().contains(option + " is 0.3, but only the convention ials"), run.err());
      }
    }
  }

  private static double score(Map<String, Object> trial) {
    return (double) trial.get("recall@20") + (double) trial.get("ndcg@20");
  }

  @Test
  void theArgumentsOfTheBestTrialTrainTheModelThatWasMeasured() throws IOException {
    for (String convention : List.of("ials", "spark")) {
      String options = "--rank 6 --iterations 4 --solver block --tolerance 0.01 -k 7 --trials 4";
      Run tuned = run("tune als " + options, "--convention", convention, "--json");
      assertEquals(0, tuned.exitCode(), tuned.err());
      Map<String, Object> measured = JSON.std.mapFrom(tuned.lines().getLast());
      String arguments = measured.get("arguments").toString();
      Run als = run("als " + arguments, "--json");
      assertEquals(0, als.exitCode(), arguments + ": " + als.err());
      Map<String, Object> again = JSON.std.mapFrom(als.lines().getLast());
      for (String key : List.of("modelHash", "recall@7", "ndcg@7", "hr@7")) {
        assertEquals(measured.get(key), again.get(key), key + " of " + arguments);
      }
    }
  }

  @Test
  void aDamagedLineOfTheLogIsToldAndTheFileStays() throws IOException {
    Path log = directory.resolve("tune.jsonl");
    String[] options = {"--rank", "4", "--iterations", "2", "--json", "--log", log.toString()};
    assertEquals(0, run("tune als", with(options, "--trials", "3")).exitCode());
    List<String> lines = Files.readAllLines(log);
    String trial = lines.get(2);
    assertTrue(trial.contains("\"recall\":0."), trial);
    List<String> damaged =
        List.of(
            trial.substring(0, 30),
            "",
            "null",
            trial + "}",
            trial.replace("\"number\":1", "\"number\":2"),
            trial.replaceFirst("\"recall\":[0-9.E-]+", "\"recall\":\"NaN\""),
            trial.replaceFirst("\"recall\":[0-9.E-]+", "\"recall\":1.5"),
            trial.replaceFirst("\"ndcg\":[0-9.E-]+", "\"ndcg\":null"),
            trial.replaceFirst("\"ndcg\":[0-9.E-]+,", ""),
            trial.replaceFirst("\"seconds\":[0-9.E-]+", "\"seconds\":-1"));
    for (String line : damaged) {
      lines.set(2, line);
      Files.write(log, lines);
      assertDamaged(log, "line 3", options);
    }
    lines.set(2, trial);
    lines.set(3, lines.get(3).replaceFirst("\"recall\":[0-9.E-]+", "\"recall\":-0.5"));
    Files.writeString(log, String.join("\n", lines)); // a whole last line that only lacks its end
    assertDamaged(log, "line 4 has recall -0.5", options);
    lines.set(0, lines.get(0).substring(0, 40));
    Files.write(log, lines);
    assertDamaged(log, "its first line is damaged", options);
  }

  private void assertDamaged(Path log, String fault, String... options) throws IOException {
    String before = Files.readString(log);
    Run run = run("tune als", with(options, "--trials", "4"));
    assertEquals(4, run.exitCode(), before + run.err());
    assertTrue(run.err().contains(log + ": " + fault), run.err());
    assertEquals(before, Files.readString(log));
  }

  private static String[] with(String[] options, String... more) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void factorsAreNotSavedOverTheFilesOfASnapshot() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshots").resolve("first"));
    Run run = run("als", "--rank", "4", "--iterations", "1", "--save", snapshot.toString());
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains(snapshot + ": is a snapshot, which never changes"), run.err());
    assertEquals(List.of(), SnapshotVerifier.verify(snapshot).faults());
    assertFalse(Files.exists(snapshot.resolve("users.kids")));
  }
}
