package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.InputException;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildMemoryTest {
  private static final HnswOptions OPTIONS = HnswOptions.defaults();

  @TempDir Path directory;

  @Test
  void countsRowsByLengthAndLetsAMappedFileCostNoCopies() throws IOException {
    Path raw = Files.write(directory.resolve("a.f32"), new byte[1000 * 16 * 4]);
    BuildMemory cosine = BuildMemory.estimate(raw, 16, Metric.COSINE, false, OPTIONS, 2);
    BuildMemory l2 = BuildMemory.estimate(raw, 16, Metric.L2, false, OPTIONS, 2);
    assertEquals(1000, cosine.rows());
    assertEquals(64_000, cosine.otherBytes() - l2.otherBytes());
    Path mapped = directory.resolve("a.kvec");
    EmbeddingFile.write(mapped, new float[1000 * 16], 16);
    BuildMemory kvec = BuildMemory.estimate(mapped, 0, Metric.L2, false, OPTIONS, 2);
    assertEquals(64_000, l2.otherBytes() - kvec.otherBytes());
    assertEquals(64_000, l2.heapBytes() - kvec.heapBytes());
    BuildMemory half = BuildMemory.estimate(mapped, 0, Metric.L2, true, OPTIONS, 2);
    assertEquals(32_000, half.otherBytes() - kvec.otherBytes());
  }

  @Test
  void refusesWhatDoesNotFitAndNamesTheRemedy() {
    BuildMemory memory = new BuildMemory(10, 3L << 30, 5L << 30, 4L << 30);
    Path file = Path.of("a.f32");
    memory.requireFits(file, 3L << 30, 8L << 30);
    String heap =
        assertThrows(InputException.class, () -> memory.requireFits(file, (3L << 30) - 1, 8L << 30))
            .getMessage();
    assertTrue(heap.contains("-Xmx4g"), heap);
    String all =
        assertThrows(InputException.class, () -> memory.requireFits(file, 3L << 30, 7L << 30))
            .getMessage();
    assertTrue(all.contains("about 8.00 GiB") && all.contains("7.00 GiB are free"), all);
  }

  @Test
  void smallDataIsToldInSmallUnits() {
    String told = new BuildMemory(5_000, 3L << 20, 5L << 20, 1).describe();
    assertEquals(
        "5,000 vectors: building takes about 8.00 MiB of memory, 3.00 MiB of it Java heap", told);
  }

  @Test
  void theFilesAreThoseOfTheIndex() throws IOException {
    Path raw = Files.write(directory.resolve("a.f32"), new byte[1000 * 16 * 4]);
    BuildMemory whole = BuildMemory.estimate(raw, 16, Metric.COSINE, false, OPTIONS, 2);
    BuildMemory half = BuildMemory.estimate(raw, 16, Metric.COSINE, true, OPTIONS, 2);
    assertEquals(32_000, whole.fileBytes() - half.fileBytes());
    Path mapped = directory.resolve("a.kvec");
    EmbeddingFile.write(mapped, new float[1000 * 16], 16);
    BuildMemory kvec = BuildMemory.estimate(mapped, 0, Metric.L2, false, OPTIONS, 2);
    assertEquals(whole.fileBytes(), kvec.fileBytes());
  }
}
