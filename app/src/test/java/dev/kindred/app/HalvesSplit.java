package dev.kindred.app;

import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs to learn from and pairs to find of 120 users who like items of their own half, of which
 * those to find are too.
 */
record HalvesSplit(Path train, Path test) {
  static HalvesSplit write(Path directory) throws IOException {
    Draws draws = Draws.of(3, "split");
    List<String> trainLines = new ArrayList<>();
    List<String> testLines = new ArrayList<>();
    for (int u = 0; u < 120; u++) {
      StringBuilder seen = new StringBuilder("u" + u);
      for (int i = 0; i < 12; i++) {
        seen.append(" i").append(2 * draws.nextInt(40) + u % 2);
      }
      trainLines.add(seen.toString());
      testLines.add("u" + u + " i" + (2 * draws.nextInt(40) + u % 2));
    }
    return new HalvesSplit(
        Files.write(directory.resolve("train.txt"), trainLines),
        Files.write(directory.resolve("test.txt"), testLines));
  }
}
