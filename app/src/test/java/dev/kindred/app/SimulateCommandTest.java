package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.world.World;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code simulate}, and {@code doctor} and {@code estimate} on what it wrote. */
final class SimulateCommandTest {
  @TempDir static Path directory;
  private static Path config;
  private static JsonNode simulated;

  @BeforeAll
  static void simulate() throws IOException {
    Run run =
        Run.kindred(
            "simulate",
            "--items",
            "300",
            "--users",
            "400",
            "--samples",
            "30000",
            "--seed",
            "5",
            "--json",
            "--out",
            directory.resolve("site").toString());
    assertEquals(0, run.exitCode(), run.err());
    simulated = new JsonMapper().readTree(run.out());
    config = Path.of(simulated.get("config").asText());
  }

  private static List<JsonNode> json(Run run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    return run.json();
  }

  @Test
  void whatIsWrittenReadsBackAsTheWorldThatItDescribes() throws IOException {
    TrainConfig read = TrainConfig.read(config, false);
    assertEquals(World.objectives(), read.objectives());
    assertEquals(World.eventColumns(), read.events().columns());
    assertEquals(World.itemFields(), read.items().orElseThrow().fields());
    assertEquals(World.userFields(), read.users().orElseThrow().fields());
    TrainingData data = TrainingData.read(read, Progress.none());
    assertEquals(simulated.get("samples").asInt(), data.input().events().size());
    for (ReadReport report : data.reports()) {
      assertEquals(0, report.badRows() + report.badValues() + report.outOfOrder());
    }
    for (int k = 0; k < World.objectives().size(); k++) {
      assertEquals(
          simulated.get("happened").get(World.objectives().get(k).name()).asInt(),
          data.input().events().count(k));
    }
    assertFalse(Files.exists(config.resolveSibling("kindred.toml.tmp")));
  }

  @Test
  void listsForUsersAreACommentAwayAndNoneByDefault() throws IOException {
    assertEquals(Optional.empty(), TrainConfig.read(config, false).options().rank());
    Path ranked = config.resolveSibling("ranked.toml");
    Files.writeString(ranked, Files.readString(config).replaceAll("(?m)^#(?! )", ""));
    assertEquals(
        Optional.of(
            RankOptions.defaults()
                .withTopic("styles")
                .withSeries("series")
                .withPosition("position")),
        TrainConfig.read(ranked, false).options().rank());
  }

  @Test
  void theDoctorTellsSizesNoiseAndLeaksOfASoundLog() throws IOException {
    List<JsonNode> lines = json(Run.kindred("doctor", "--config", config.toString(), "--json"));
    JsonNode facts = lines.getFirst();
    assertEquals(simulated.get("samples"), facts.get("shape").get("rows"));
    assertEquals(0, facts.get("badRows").asInt());
    assertEquals(0, facts.get("outOfOrder").asInt());
    assertEquals(35, facts.get("days").asDouble(), 1.5);
    assertEquals(5, lines.stream().filter(line -> line.has("objective")).count());
    JsonNode quits =
        lines.stream()
            .filter(line -> line.path("quickQuits").path("objective").asText().equals("click"))
            .findFirst()
            .orElseThrow()
            .get("quickQuits");
    // Of a world's clicks 30% are noise, all quit within five seconds; a few meant ones are too.
    double share = quits.get("quits").asDouble() / quits.get("timed").asDouble();
    assertEquals(.3, share, .05);
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.path("leak").path("column").asText().equals("dwell_seconds")
                        && line.path("leak").path("objective").asText().equals("click")),
        "dwell is filled only where a click happened");
    assertFalse(
        lines.stream()
            .anyMatch(line -> line.path("leak").path("column").asText().equals("position")),
        "a position is no label");
    Run text = Run.kindred("doctor", "--config", config.toString());
    assertTrue(text.out().contains("verdict: "), text.out());
    String twins = "click and watch happen in the same rows: one says whether, the other how much";
    assertTrue(text.out().contains(twins), text.out());
  }

  @Test
  void theDoctorFindsWhatIsWrongAndSaysWhatToDo() throws IOException {
    Path sick = Files.createDirectories(directory.resolve("sick"));
    StringBuilder log = new StringBuilder("user,item,time,click,copy,rare\n");
    long now = 1_700_000_000L;
    for (int row = 0; row < 3_000; row++) {
      int click = row % 3 == 0 ? 1 : 0;
      long time = row == 2_999 ? 4_000_000_000L : now + (row % 100 == 50 ? 0 : row * 60L);
      log.append("u" + row % 200 + ",i" + row % 31 + "," + time + "," + click);
      log.append("," + (click * 7 + .5) + "," + (row == 10 ? 1 : 0) + "\n");
    }
    log.append("u1,i1,soon,1,7.5,0\n".repeat(40));
    log.append("u5,i5,1700000300,0,.5,0\n".repeat(60));
    Files.writeString(sick.resolve("log.csv"), log);
    Path toml =
        Files.writeString(
            sick.resolve("site.toml"),
            """
            [events]
            file = "log.csv"
            user = "user"
            item = "item"
            time = "time"
            time-format = "seconds"
            [[objectives]]
            name = "click"
            column = "click"
            [[objectives]]
            name = "again"
            column = "copy"
            at-least = 5
            [[objectives]]
            name = "rare"
            column = "rare"
            """);
    Run run = Run.kindred("doctor", "--config", toml.toString());
    assertEquals(0, run.exitCode(), run.err());
    for (String found :
        List.of(
            "40 of 3,100",
            "rows are earlier than the one before",
            "1 rows after tomorrow",
            "starved",
            "objectives click and again are one label: both happen in the same rows",
            "copy has its high numbers where it happened",
            "user, item and time of another")) {
      assertTrue(run.out().contains(found), "no '" + found + "' in\n" + run.out());
    }
    assertTrue(run.out().contains("to see to before training"), run.out());
  }

  @Test
  void anEstimateNamesFilesStagesAndPeaks() throws IOException {
    List<JsonNode> lines =
        json(
            Run.kindred(
                "estimate",
                "--items",
                "100000",
                "--users",
                "200000",
                "--interactions",
                "10000000",
                "--objectives",
                "5",
                "--dim",
                "32",
                "--json"));
    long files =
        lines.stream()
            .filter(line -> line.has("file"))
            .mapToLong(line -> line.get("file").get("bytes").asLong())
            .sum();
    assertEquals(files, lines.getFirst().get("fileBytes").asLong());
    double seconds =
        lines.stream()
            .filter(line -> line.has("stage"))
            .mapToDouble(line -> line.get("stage").get("seconds").asDouble())
            .sum();
    assertEquals(seconds, lines.getFirst().get("seconds").asDouble(), 1e-6 * seconds);
    JsonNode channels =
        lines.stream()
            .filter(line -> line.path("file").path("name").asText().equals("channels.kvec"))
            .findFirst()
            .orElseThrow();
    // 100,000 rows of 5 vectors of 64 and 5 of 32 floats and 10 marks, padded to 1,984 bytes.
    assertEquals(198_400_000, channels.get("file").get("bytes").asLong(), 10_000);
    List<String> args =
        List.of("estimate", "--items", "300", "--users", "400", "--interactions", "30000");
    Run text = Run.kindred(with(args, "--config", config.toString()));
    assertTrue(text.out().contains("\nals click "), text.out());
    assertTrue(text.out().contains("  linear channel, ALS\n"), text.out());
    Run others = Run.kindred(with(args, "--config", config.toString(), "--objectives", "2"));
    assertTrue(others.out().contains("\nals objective 2 "), others.out());
    Run wrong = Run.kindred("estimate", "--items", "0", "--users", "1", "--interactions", "1");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("number of items to estimate for is 0"), wrong.err());
  }

  @Test
  void aWorldOutOfRangeIsAUsageError() {
    Run run =
        Run.kindred("simulate", "--items", "5", "--out", directory.resolve("none").toString());
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("items of a world is 5, must be from 100"), run.err());
    assertFalse(Files.exists(directory.resolve("none")));
  }

  @Test
  void thePlaceIsTriedBeforeTheWork() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    for (Path out : List.of(file, file.resolve("below"))) {
      Run run = Run.kindred("simulate", "--out", out.toString());
      assertEquals(3, run.exitCode(), run.err());
      assertTrue(run.err().startsWith("kindred: " + out + ": can't be written to"), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskNamesTheDirectoryAndWhatItWasToHold() throws IOException {
    Path site = Files.createDirectories(directory.resolve("full"));
    Files.createSymbolicLink(site.resolve("events.csv.gz.tmp"), Path.of("/dev/full"));
    Run run =
        Run.kindred(
            "simulate",
            "--items",
            "200",
            "--users",
            "300",
            "--samples",
            "20000",
            "--quiet",
            "--out",
            site.toString());
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(
        run.err().startsWith("kindred: " + site + ": the disk is full; about 273 KiB"), run.err());
    assertTrue(run.err().contains("free some space, or choose another place"), run.err());
    assertEquals(0, site.toFile().list().length);
  }

  @Test
  void theConfigurationBeginsWithTheCommandThatMakesTheSame() throws IOException {
    List<String> lines = Files.readAllLines(config);
    assertEquals(
        List.of(
            "# A simulated video site, made to try Kindred on. The same again:",
            "#   kindred simulate --items 300 --users 400 --samples 30000 --days 35 --seed 5 --out"
                + " DIR",
            ""),
        lines.subList(0, 3));
  }

  private static String[] with(List<String> args, String... more) {
    return Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new);
  }
}
