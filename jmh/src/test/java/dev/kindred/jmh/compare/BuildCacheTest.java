package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildCacheTest {
  @TempDir private Path directory;

  private final SearchSet set = set(1, 0, 0, 1);

  @Test
  void buildsOnceAndKeepsTheTime() throws IOException {
    BuildCache.Built first =
        new BuildCache(directory).get(set, "a", false, target -> write(target, 3));
    BuildCache.Built second =
        new BuildCache(directory)
            .get(
                set,
                "a",
                false,
                target -> {
                  throw new AssertionError("built a second time");
                });
    assertEquals(first, second);
    assertEquals(new BuildTime(1.5, 2.5), second.time());
    assertEquals(3, second.bytes());
  }

  @Test
  void buildsAnewWhereAskedAndForOtherVectors() throws IOException {
    BuildCache cache = new BuildCache(directory);
    cache.get(set, "a", false, target -> write(target, 3));
    assertEquals(4, cache.get(set, "a", true, target -> write(target, 4)).bytes());
    assertEquals(5, cache.get(set(1, 0, 0, 2), "a", false, target -> write(target, 5)).bytes());
    assertEquals(4, cache.get(set, "a", false, target -> write(target, 6)).bytes());
  }

  @Test
  void aBuildThatFailsLeavesNothing() throws IOException {
    BuildCache cache = new BuildCache(directory);
    assertThrows(
        IOException.class,
        () ->
            cache.get(
                set,
                "a",
                false,
                target -> {
                  write(target, 3);
                  throw new IOException("full");
                }));
    try (Stream<Path> left = Files.list(cache.directoryOf(set))) {
      assertTrue(left.findAny().isEmpty());
    }
  }

  private static BuildTime write(Path target, int bytes) throws IOException {
    Files.write(target.resolve("graph"), new byte[bytes]);
    return new BuildTime(1.5, 2.5);
  }

  /** Two rows of dim 2, the first one asked for. */
  private static SearchSet set(float... rows) {
    Embeddings base = Embeddings.copyOf(rows, 2, Arena.ofAuto());
    return new SearchSet(
        base,
        Embeddings.copyOf(new float[] {1, 0}, 2, Arena.ofAuto()),
        new IntRows(new int[] {0}, 1),
        Metric.DOT);
  }
}
