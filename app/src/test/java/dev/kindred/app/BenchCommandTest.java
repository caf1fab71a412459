package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks and snapshot commands on small generated snapshots: what they tell, not how fast. */
class BenchCommandTest {
  @TempDir Path directory;

  private List<JsonNode> run(int exitCode, String... args) throws IOException {
    Run run = Run.kindred(args);
    assertEquals(exitCode, run.exitCode(), run.err());
    return run.json();
  }

  private JsonNode generate(String seed, String rankers) throws IOException {
    return run(
            0,
            "bench",
            "generate",
            "--items",
            "3000",
            "--list",
            "200",
            "--table",
            "40",
            "--out",
            directory.toString(),
            "--rankers",
            rankers,
            "--seed",
            seed,
            "--json",
            "--quiet")
        .getFirst();
  }

  @Test
  void everyOperationIsMeasured() throws IOException {
    JsonNode made = generate("1", "large,small");
    assertEquals(3000, made.get("items").asInt());
    assertTrue(Files.isDirectory(Path.of(made.get("snapshot").asText())));
    List<JsonNode> lines =
        run(
            0,
            "bench",
            "embedded",
            "--model",
            directory.toString(),
            "--rate",
            "500",
            "--seconds",
            "0.2",
            "--warm-up",
            "0.05",
            "--json");
    assertEquals(
        List.of(
            "related-table",
            "related-online",
            "related-ungated",
            "similar",
            "recommend",
            "recommend-small"),
        lines.stream().map(line -> line.get("operation").asText()).toList());
    for (JsonNode line : lines) {
      assertEquals(0, line.get("errors").asInt());
      assertEquals(100, line.get("requests").asInt());
      assertTrue(line.get("p50Micros").asDouble() > 0);
      assertTrue(line.get("p50Micros").asDouble() <= line.get("maxMicros").asDouble());
      assertTrue(line.get("p999Micros").asDouble() <= line.get("responseMaxMicros").asDouble());
      assertTrue(line.has("bytesPerOp") && line.has("gc") && line.has("hiccupP999Micros"));
    }
  }

  @Test
  void aSnapshotWithoutARankerIsNotAskedToRecommend() throws IOException {
    generate("5", "none");
    Run run =
        Run.kindred(
            "bench",
            "embedded",
            "--model",
            directory.toString(),
            "--operations",
            "recommend",
            "--seconds",
            "0.1");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains("[recommend]"), run.err());
    assertEquals(
        2,
        Run.kindred("bench", "generate", "--out", directory.toString(), "--rankers", "none,small")
            .exitCode());
  }

  @Test
  void recallIsToldForStoredAndSkewedWeights() throws IOException {
    generate("2", "none");
    List<JsonNode> lines =
        run(0, "bench", "recall", "--model", directory.toString(), "--queries", "10", "--json");
    assertEquals("stored", lines.getFirst().get("weights").asText());
    assertTrue(lines.size() > 8);
    for (JsonNode line : lines) {
      assertTrue(line.get("recall").asDouble() > 0.8, line::toString);
    }
  }

  @Test
  void swapsUnderLoadFailNothing() throws IOException {
    JsonNode line =
        run(
                0,
                "bench",
                "swap",
                "--items",
                "500",
                "--swaps",
                "20",
                "--swaps-per-second",
                "40",
                "--rate",
                "500",
                "--json",
                "--quiet")
            .getFirst();
    assertEquals(20, line.get("swaps").asInt());
    assertEquals(0, line.get("errors").asInt());
    assertEquals(0, line.get("replacedInUse").asInt());
    assertEquals(1, line.get("snapshotsMapped").asInt());
  }

  @Test
  void snapshotsAreListedRolledBackPromotedAndCompared() throws IOException {
    String first = Path.of(generate("3", "none").get("snapshot").asText()).getFileName().toString();
    String second =
        Path.of(generate("4", "none").get("snapshot").asText()).getFileName().toString();
    String model = directory.toString();
    List<JsonNode> listed = run(0, "snapshots", "list", "--model", model, "--json");
    assertEquals(
        List.of(first, second),
        listed.stream().map(line -> line.get("snapshot").asText()).toList());
    assertTrue(listed.get(1).get("current").asBoolean());
    assertEquals(
        first, run(0, "rollback", "--model", model, "--json").getFirst().get("snapshot").asText());
    Run none = Run.kindred("rollback", "--model", model);
    assertEquals(3, none.exitCode());
    assertTrue(none.err().contains("no snapshot before"), none.err());
    assertEquals(0, Run.kindred("promote", "--model", model, second).exitCode());
    assertEquals(3, Run.kindred("promote", "--model", model, "gone").exitCode());
    String a = directory.resolve(first).toString();
    JsonNode same = run(0, "diff", a, a, "--min-overlap", "1", "--json").getFirst();
    assertEquals(1, same.get("meanOverlap").asDouble());
    JsonNode other = run(1, "diff", a, model, "--min-overlap", "0.99", "--json").getFirst();
    assertTrue(other.get("meanOverlap").asDouble() < 0.99);
    assertEquals(0, other.get("gained").asInt());
    assertEquals(2, Run.kindred("diff", a, a, "--min-overlap", "2").exitCode());
  }

  @Test
  void aSnapshotWithADamagedBodyIsNotPromoted() throws IOException {
    Path damaged = new TinyWorld().write(directory.resolve("damaged"));
    new TinyWorld().write(directory.resolve("sound"));
    Files.writeString(directory.resolve("CURRENT"), "sound\n");
    byte[] ids = Files.readAllBytes(damaged.resolve("items.kids"));
    ids[4096] ^= 1; // the first byte behind the header
    Files.write(damaged.resolve("items.kids"), ids);
    String model = directory.toString();
    Run refused = Run.kindred("promote", "--model", model, "damaged");
    assertEquals(4, refused.exitCode(), refused.err());
    assertTrue(refused.err().contains("items.kids"), refused.err());
    assertEquals("sound\n", Files.readString(directory.resolve("CURRENT")));
    assertEquals(0, Run.kindred("promote", "--no-verify", "--model", model, "damaged").exitCode());
    assertEquals("damaged\n", Files.readString(directory.resolve("CURRENT")));
  }

  @Test
  void aWrongCurrentIsToldBesideTheListAndRolledBackFrom() throws IOException {
    new TinyWorld().write(directory.resolve("only"));
    String model = directory.toString();
    Files.writeString(directory.resolve("CURRENT"), "gone\n");
    Run listed = Run.kindred("snapshots", "--model", model);
    assertEquals(0, listed.exitCode(), listed.err());
    assertTrue(listed.out().contains("only"), listed.out());
    String fault = "warning: " + directory.resolve("CURRENT") + ": names snapshot 'gone', which";
    assertTrue(listed.err().contains(fault), listed.err());
    Run back = Run.kindred("rollback", "--model", model);
    assertEquals(0, back.exitCode(), back.err());
    assertTrue(back.err().contains(fault), back.err());
    assertTrue(back.err().contains("going to the newest sound one"), back.err());
    assertEquals("only is the current snapshot", back.out().strip());
    assertEquals("", Run.kindred("snapshots", "--model", model).err());
  }

  @Test
  void aPlaceThatCannotBeWrittenToIsNamedWhenTheCurrentSnapshotIsChanged() throws IOException {
    Path model = directory.resolve("model");
    new TinyWorld().write(model.resolve("first"));
    Files.writeString(model.resolve("CURRENT"), "first\n");
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(model), "the system's administrator may write everywhere");
      for (String[] command :
          new String[][] {
            {"promote", "--model", model.toString(), "first"},
            {"rollback", "--model", model.toString()}
          }) {
        Run run = Run.kindred(command);
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("kindred: " + model + ": can't be written"), run.err());
        assertFalse(run.err().contains(".tmp"), run.err());
      }
    } finally {
      Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private Path lightStages() throws IOException {
    return Files.writeString(
        directory.resolve("stages.toml"),
        """
        [coordinator]
        enabled = false
        [tower]
        enabled = false
        [als]
        rank = 4
        iterations = 1
        [related]
        learn-weights = false
        """);
  }

  @Test
  void theCostOfEachStageOfTrainingIsShownAtEverySizeWithItsGrowth() throws IOException {
    String[] args = {
      "bench",
      "training",
      "--stages",
      lightStages().toString(),
      "--samples",
      "1500,3000,6000",
      "--no-warm-up",
      "--out",
      directory.toString(),
      "--quiet",
      "--json"
    };
    List<JsonNode> lines = run(0, args);
    assertEquals(4, lines.size());
    for (int i = 0; i < 3; i++) {
      JsonNode line = lines.get(i);
      assertEquals(1500 << i, line.get("samples").asInt(), 0.1 * (1500 << i));
      assertEquals(5, line.get("objectives").asInt());
      assertTrue(Files.isRegularFile(Path.of(line.get("snapshot").asText(), "manifest.json")));
      double sum = 0;
      for (JsonNode stage : line.get("secondsPerStage")) {
        sum += stage.asDouble();
      }
      assertEquals(line.get("seconds").asDouble(), sum, 1e-9);
      for (String stage : List.of("read", "als click", "candidates", "related", "publish")) {
        assertTrue(line.get("secondsPerStage").has(stage), stage + " in " + line);
      }
    }
    JsonNode growth = lines.get(3).get("growth");
    assertEquals(2, growth.size());
    for (int i = 0; i < 2; i++) {
      JsonNode from = lines.get(i);
      JsonNode to = lines.get(i + 1);
      double factor = to.get("samples").asDouble() / from.get("samples").asDouble();
      JsonNode stages = growth.get(i).get("exponentPerStage");
      assertEquals(from.get("secondsPerStage").size(), stages.size());
      for (String stage : List.of("read", "related")) {
        double grown =
            from.get("secondsPerStage").get(stage).asDouble()
                * Math.pow(factor, stages.get(stage).asDouble());
        double seconds = to.get("secondsPerStage").get(stage).asDouble();
        assertEquals(seconds, grown, 1e-6 * seconds, stage);
      }
    }
  }

  @Test
  void aTrainingPastItsLimitFailsAfterItIsShown() {
    Run run =
        Run.kindred(
            "bench",
            "training",
            "--samples",
            "1000",
            "--no-warm-up",
            "--max-minutes",
            "0",
            "--quiet");
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.out().contains("als dislike"), run.out());
    assertTrue(run.err().contains("--max-minutes is 0.0"), run.err());
    assertEquals(2, Run.kindred("bench", "training", "--samples", "2000,2000").exitCode());
  }
}
