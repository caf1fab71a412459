package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.app.Run;
import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedRanker;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.engine.world.WorldOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say before the work that they are going to write, and what they wrote. */
final class WrittenBytesTest {
  @TempDir Path directory;

  @Test
  void ofASimulatedSite() throws IOException {
    WorldOptions options = WorldOptions.defaults().withSize(300, 400, 30_000);
    run("simulate", "--items", "300", "--users", "400", "--samples", "30000", "--choices", "500");
    long found = written();
    assertEquals(found, SimulateCommand.bytes(options) + ChoicesFile.bytes(500), .15 * found);
  }

  @Test
  void ofAGeneratedSnapshotWithoutRankers() throws IOException {
    generated(List.of(), "none");
  }

  @Test
  void ofAGeneratedSnapshotOfEachRanker() throws IOException {
    generated(List.of(GeneratedRanker.MEDIUM, GeneratedRanker.SMALL), "medium,small");
  }

  private void generated(List<GeneratedRanker> rankers, String given) throws IOException {
    GeneratedOptions options = new GeneratedOptions(3000, 5, 16, 200, 40, true, rankers, 1);
    run(
        "bench",
        "generate",
        "--items",
        "3000",
        "--list",
        "200",
        "--table",
        "40",
        "--rankers",
        given);
    long found = written();
    // Refused is a disk that holds less than half of the estimate.
    assertEquals(found, GeneratedSnapshot.bytes(options), .4 * found);
  }

  private void run(String... args) {
    Run run =
        Run.kindred(
            Stream.concat(Stream.of(args), Stream.of("--quiet", "--out", directory.toString()))
                .toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
  }

  private long written() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
