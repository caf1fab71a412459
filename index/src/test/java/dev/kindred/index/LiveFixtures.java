package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What tests of {@link LiveIndex} share. */
final class LiveFixtures {
  static final int DIM = 8;

  static final LiveOptions OPTIONS =
      LiveOptions.defaults()
          .withDeltaRows(32)
          .withGraph(new HnswOptions(8, 40, 1))
          .withBackground(false);

  static String id(int number) {
    return number % 3 == 0 ? Integer.toString(number) : "id " + number + " é";
  }

  /** Few different values, so that scores tie; now and then the zero vector. */
  static float[] vector(Draws draws) {
    float[] vector = new float[DIM];
    int zero = draws.nextInt(20);
    for (int i = 0; i < DIM && zero > 0; i++) {
      vector[i] = draws.nextInt(7) - 3;
    }
    return vector;
  }

  /** Compares scores with a scan of the model, and ids where no other has the score. */
  static void assertAnswers(
      LiveIndex index, Map<String, float[]> model, float[] query, int k, String when) {
    LiveNeighbors found = new LiveNeighbors(k);
    index.search(query, k, found);
    assertAnswers(found, index.metric(), model, query, k, when);
  }

  static void assertAnswers(
      LiveNeighbors found,
      Metric metric,
      Map<String, float[]> model,
      float[] query,
      int k,
      String when) {
    List<Map.Entry<String, Double>> expected = new ArrayList<>();
    model.forEach(
        (id, vector) ->
            expected.add(Map.entry(id, TestVectors.score(metric, query, vector, DIM, 0))));
    expected.sort(Comparator.comparingDouble(entry -> -entry.getValue()));
    assertEquals(Math.min(k, expected.size()), found.size(), when);
    Map<String, Double> scores = new HashMap<>();
    expected.forEach(entry -> scores.put(entry.getKey(), entry.getValue()));
    for (int rank = 0; rank < found.size(); rank++) {
      assertEquals(expected.get(rank).getValue(), found.score(rank), 1e-4, when);
      Double score = scores.remove(found.id(rank));
      assertTrue(score != null, when + ": " + found.id(rank) + " twice or not there");
      assertEquals(score, found.score(rank), 1e-4, when);
    }
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  static void copyOf(Path from, Path to) {
    try {
      Files.createDirectory(to);
      for (Path file : list(from)) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private LiveFixtures() {}
}
