package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ann build}, {@code search} and {@code sweep} on drawn vectors, and what they refuse. */
final class AnnCommandTest {
  private static final int DIM = 12;
  private static final int ROWS = 1200;
  private static final int QUERIES = 30;

  @TempDir Path directory;
  private Path base;
  private Path queries;

  @BeforeEach
  void drawVectors() throws IOException {
    base = write("base.f32", vectors(ROWS, 1));
    queries = write("queries.f32", vectors(QUERIES, 2));
  }

  @Test
  void aBuiltIndexFindsWhatAScanFinds() throws IOException {
    Path index = directory.resolve("index");
    Run build = ann("build", "--base", base, "--dim", DIM, "--out", index, "--m", 12, "--json");
    assertEquals(0, build.exitCode(), build.err());
    JsonNode report = json(build.lines().getFirst());
    assertEquals(ROWS, report.get("rows").intValue());
    assertEquals("cosine", report.get("metric").textValue());
    assertEquals(12, report.get("m").intValue());

    List<Integer> found = ordinals(search(index, "--ef", 400));
    List<Integer> exact = ordinals(search(index, "--exact"));
    assertEquals(QUERIES * 10, exact.size());
    long same = 0;
    for (int i = 0; i < exact.size(); i++) {
      same += found.subList(i / 10 * 10, i / 10 * 10 + 10).contains(exact.get(i)) ? 1 : 0;
    }
    assertTrue(same > 0.95 * exact.size(), same + " of " + exact.size());
  }

  @Test
  void vectorsOfSixteenBitsFindTheSame() throws IOException {
    Path full = directory.resolve("full");
    Path half = directory.resolve("half");
    Run build = ann("build", "--base", base, "--dim", DIM, "--out", full, "--json");
    assertEquals(32, json(build.lines().getFirst()).get("bitsPerValue").intValue());
    build = ann("build", "--base", base, "--dim", DIM, "--out", half, "--half", "--codes", "rows");
    assertEquals(0, build.exitCode(), build.err());
    assertTrue(build.out().contains("16 bits per value, codes rows"), build.out());
    assertEquals(0, Run.kindred("verify", "--index", half.toString()).exitCode());

    List<Integer> expected = ordinals(search(full, "--exact"));
    List<Integer> found = ordinals(search(half, "--ef", 400));
    long same = 0;
    for (int i = 0; i < expected.size(); i++) {
      same += found.subList(i / 10 * 10, i / 10 * 10 + 10).contains(expected.get(i)) ? 1 : 0;
    }
    assertTrue(same > 0.95 * expected.size(), same + " of " + expected.size());
    String[] sweeping = {
      "ann", "sweep", "--index", half.toString(), "--queries", queries.toString(), "--ef", "60"
    };
    Run sweep = Run.kindred(sweeping);
    assertEquals(0, sweep.exitCode(), sweep.err());
    assertTrue(sweep.err().contains("dim 12, cosine, 16 bits per value"), sweep.err());

    float[] large = vectors(50, 3);
    large[20 * DIM + 5] = 70_000;
    Path beyond = write("large.f32", large);
    Path out = directory.resolve("out");
    assertBad(
        3,
        "--half: row 20 has 70000.0 at position 5",
        "build",
        "--base",
        beyond,
        "--dim",
        DIM,
        "--metric",
        "l2",
        "--half",
        "--out",
        out);
    assertFalse(Files.exists(out));
  }

  @Test
  void sweepRisesInRecallWithEfAndTruthMayBeGiven() throws IOException {
    Path truth = directory.resolve("truth.i32");
    Run exact =
        ann(
            "search",
            "--base",
            base,
            "--dim",
            DIM,
            "--queries",
            queries,
            "--exact",
            "-k",
            20,
            "--out",
            truth);
    assertEquals(0, exact.exitCode(), exact.err());
    assertEquals(QUERIES * 20 * 4, Files.size(truth));
    List<String> sweep = new ArrayList<>();
    for (String[] given : new String[][] {{}, {"--truth", truth.toString()}}) {
      Run run =
          ann(
              Stream.concat(
                      Stream.of(
                          "sweep",
                          "--base",
                          base,
                          "--dim",
                          DIM,
                          "--queries",
                          queries,
                          "--ef",
                          "4,64,300",
                          "--rounds",
                          1,
                          "--json"),
                      Stream.of(given))
                  .toArray());
      assertEquals(0, run.exitCode(), run.err());
      assertEquals(3, run.lines().size());
      JsonNode low = json(run.lines().get(0));
      JsonNode high = json(run.lines().get(2));
      assertEquals(4, low.get("ef").intValue());
      assertTrue(low.get("recall@10").doubleValue() < high.get("recall@10").doubleValue());
      assertTrue(high.get("recall@10").doubleValue() > 0.95, high.toString());
      for (String name : List.of("qps", "meanMicros", "p50Micros", "p99Micros")) {
        assertTrue(high.get(name).doubleValue() > 0, high.toString());
      }
      sweep.add(low.get("recall@10") + " " + high.get("recall@10"));
    }
    assertEquals(sweep.get(0), sweep.get(1), "found truth and given truth must agree");
  }

  @Test
  void theTargetRecallChoosesEfAndIsKept() throws IOException {
    int last = 0;
    for (String target : List.of("0.6", "0.99")) {
      Path index = directory.resolve("index" + target);
      Run build =
          ann(
              "build",
              "--base",
              base,
              "--dim",
              DIM,
              "--out",
              index,
              "--m",
              3,
              "--target-recall",
              target,
              "--json");
      assertEquals(0, build.exitCode(), build.err());
      JsonNode report = json(build.lines().getFirst());
      assertEquals(Double.parseDouble(target), report.get("targetRecall").doubleValue());
      int ef = report.get("efAt10").intValue();
      assertTrue(ef > last, report.toString());
      last = ef;
      assertEquals(ordinals(search(index, "--ef", ef)), ordinals(search(index)));
    }
    assertBad(
        2,
        "--target-recall must be in (0, 1), got 1.0",
        "search",
        "--base",
        base,
        "--queries",
        queries,
        "--target-recall",
        "1");
  }

  @Test
  void sweepMeasuresFiltersBesideNoFilterAndAScan() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(0, ann("build", "--base", base, "--dim", DIM, "--out", index).exitCode());
    for (String kind : List.of("random", "near", "far")) {
      Run run =
          ann(
              "sweep",
              "--index",
              index,
              "--queries",
              queries,
              "--rounds",
              1,
              "--ef",
              "20,40",
              "--filter",
              "0.3",
              "--filter-kind",
              kind,
              "--json");
      assertEquals(0, run.exitCode(), run.err());
      JsonNode line = json(run.lines().get(1));
      assertEquals(kind, line.get("filterKind").textValue());
      assertTrue(line.get("recall@10").doubleValue() > 0.9, line.toString());
      assertTrue(line.get("scanMicros").doubleValue() > 0, line.toString());
      assertTrue(line.get("unfilteredMicros").doubleValue() > 0, line.toString());
    }
    assertBad(2, "--filter is 1.0", "sweep", "--index", index, "--queries", queries, "--filter", 1);
  }

  @Test
  void everyBadInputIsOneLineAndLeavesNothing() throws IOException {
    Path out = directory.resolve("out");
    Path missing = directory.resolve("none.f32");
    assertBad(3, missing + ": no such file", "build", "--base", missing, "--dim", 4, "--out", out);
    assertBad(3, "give it with --dim D", "build", "--base", base, "--out", out);
    assertBad(3, "ends within row", "build", "--base", base, "--dim", 13, "--out", out);
    Path text = Files.writeString(directory.resolve("vectors.txt"), "1 2 3");
    assertBad(3, "its name must end in", "build", "--base", text, "--out", out);
    float[] bad = vectors(50, 3);
    bad[20 * DIM + 5] = Float.NaN;
    Path nan = write("nan.f32", bad);
    assertBad(
        3, "row 20 has NaN at position 5", "build", "--base", nan, "--dim", DIM, "--out", out);
    assertBad(
        3,
        "no directory to write to",
        "build",
        "--base",
        base,
        "--dim",
        DIM,
        "--out",
        directory.resolve("a/b"));
    assertBad(3, "exists already", "build", "--base", base, "--dim", DIM, "--out", directory);
    assertBad(2, "m must be in [2, 256], got 1", "build", "--base", base, "--m", 1, "--out", out);
    assertBad(2, "--metric", "build", "--base", base, "--metric", "cos", "--out", out);
    assertBad(3, "no such index", "search", "--index", out, "--queries", queries, "--dim", DIM);
    assertBad(3, "no index here", "search", "--index", directory, "--queries", queries);
    assertBad(2, "-k is 0", "search", "--base", base, "--dim", DIM, "--queries", queries, "-k", 0);
    assertBad(2, "Missing required", "search", "--queries", queries);
    assertBad(
        3,
        "its name must end in .ivecs",
        "search",
        "--base",
        base,
        "--dim",
        DIM,
        "--queries",
        queries,
        "--out",
        directory.resolve("found.txt"));
    Path empty = Files.createFile(directory.resolve("empty.f32"));
    assertBad(3, empty + ": empty", "build", "--base", empty, "--dim", DIM, "--out", out);
    assertBad(3, empty + ": empty", "search", "--base", base, "--dim", DIM, "--queries", empty);
    Path truth = Files.write(directory.resolve("truth.i32"), new byte[4 * QUERIES * 3]);
    assertBad(
        3,
        "of at least 10",
        "sweep",
        "--base",
        base,
        "--dim",
        DIM,
        "--queries",
        queries,
        "--truth",
        truth);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          List.of("base.f32", "empty.f32", "nan.f32", "queries.f32", "truth.i32", "vectors.txt"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void queriesOfAnotherDimensionAreRefused() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(0, ann("build", "--base", base, "--dim", DIM, "--out", index).exitCode());
    Path npy = directory.resolve("queries.fvecs");
    ByteBuffer row = ByteBuffer.allocate(4 + 4 * 3).order(ByteOrder.LITTLE_ENDIAN).putInt(3);
    Files.write(npy, row.array());
    assertBad(
        3, "has vectors of dim 3, expected dim 12", "search", "--index", index, "--queries", npy);
    assertBad(
        3,
        "has vectors of dim 3, expected dim 12",
        "build",
        "--base",
        base,
        "--dim",
        DIM,
        "--queries",
        npy,
        "--out",
        directory.resolve("other"));
  }

  @Test
  void optionsThatWouldDoNothingAreRefused() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(0, ann("build", "--base", base, "--dim", DIM, "--out", index).exitCode());
    assertBad(
        2,
        "--metric is for --base",
        "search",
        "--index",
        index,
        "--queries",
        queries,
        "--metric",
        "l2");
    assertBad(
        2,
        "--memory is for --index",
        "search",
        "--base",
        base,
        "--dim",
        DIM,
        "--queries",
        queries,
        "--memory",
        "resident");
  }

  @Test
  void aSampleOfQueriesChoosesEf() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(
        0,
        ann("build", "--base", base, "--dim", DIM, "--queries", queries, "--out", index)
            .exitCode());
    assertEquals(0, ann("search", "--index", index, "--queries", queries).exitCode());
  }

  @Test
  void aDamagedIndexExitsWithFour() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(0, ann("build", "--base", base, "--dim", DIM, "--out", index).exitCode());
    Path graph = index.resolve("graph.khnsw");
    byte[] bytes = Files.readAllBytes(graph);
    bytes[100] ^= 1;
    Files.write(graph, bytes);
    assertBad(4, graph.toString(), "search", "--index", index, "--queries", queries);
  }

  @Test
  void verifyFindsAFlippedBitInVectorsAndGraph() throws IOException {
    Path index = directory.resolve("index");
    assertEquals(0, ann("build", "--base", base, "--dim", DIM, "--out", index).exitCode());
    assertEquals(0, Run.kindred("verify", "--index", index.toString()).exitCode());
    for (String name : List.of("vectors.kvec", "graph.khnsw")) {
      Path file = index.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      Run run = Run.kindred("verify", "--index", index.toString());
      assertEquals(4, run.exitCode(), run.err());
      assertTrue(run.out().contains(name), run.out());
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
  }

  private Run search(Path index, Object... more) {
    return ann(
        Stream.concat(
                Stream.of("search", "--index", index, "--queries", queries, "--json"),
                Stream.of(more))
            .toArray());
  }

  private static List<Integer> ordinals(Run run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    List<Integer> ordinals = new ArrayList<>();
    for (String line : run.lines()) {
      json(line).get("ordinals").forEach(node -> ordinals.add(node.intValue()));
    }
    return ordinals;
  }

  private static void assertBad(int exitCode, String message, Object... args) {
    Run run = ann(args);
    assertEquals(exitCode, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("kindred: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  private static Run ann(Object... args) {
    return Run.kindred(
        Stream.concat(Stream.of("ann", "--quiet"), Stream.of(args))
            .map(Object::toString)
            .toArray(String[]::new));
  }

  private static JsonNode json(String line) throws IOException {
    return new JsonMapper().readTree(line);
  }

  private static float[] vectors(int rows, long seed) {
    Draws draws = Draws.of(seed, "vectors");
    float[] vectors = new float[rows * DIM];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) draws.nextGaussian();
    }
    return vectors;
  }

  private Path write(String name, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Files.write(directory.resolve(name), bytes.array());
  }
}
