package dev.kindred.jmh.compare;

import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * The files of a generated set: {@value #BASE}, {@value #QUERIES} (floats, row by row) and {@value
 * #TRUTH} (the {@value #TRUE_NEIGHBORS} true neighbours of each query by cosine).
 *
 * @param rows of the base, at least {@value #TRUE_NEIGHBORS}
 * @param dim of all vectors
 * @param queries how many
 * @param seed of all draws
 */
record SyntheticSet(int rows, int dim, int queries, long seed) {
  static final String BASE = "base.f32";
  static final String QUERIES = "query.f32";
  static final String TRUTH = "truth.i32";
  static final int TRUE_NEIGHBORS = 100;

  private static final int GRAIN = 4096;

  SyntheticSet {
    if (rows < TRUE_NEIGHBORS) {
      throw new IllegalArgumentException(
          "a generated set needs at least " + TRUE_NEIGHBORS + " rows, got " + rows);
    }
    if (queries < 1) {
      throw new IllegalArgumentException("a generated set needs queries, got " + queries);
    }
  }

  /**
   * Reads a shape.
   *
   * @param shape rows x dim, such as 1000000x64
   */
  static SyntheticSet of(String shape, int queries, long seed) {
    String[] parts = shape.split("x");
    if (parts.length != 2) {
      throw new IllegalArgumentException(
          "a generated set is ROWSxDIM, such as 1000000x64, got " + shape);
    }
    try {
      return new SyntheticSet(
          Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), queries, seed);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a generated set is ROWSxDIM, such as 1000000x64, got " + shape, e);
    }
  }

  /** A name that tells it from other sets. */
  String name() {
    return "synthetic-" + rows + "x" + dim + "-q" + queries + "-s" + seed;
  }

  /** Whether the directory holds its files; the truth is written last. */
  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(TRUTH));
  }

  /** Generates the vectors, finds the true neighbours, and writes all three files. */
  void write(Path directory, Workers workers, Progress progress) throws IOException {
    Files.createDirectories(directory);
    ItemVectors[] makers =
        IntStream.range(0, workers.threads())
            .mapToObj(worker -> new ItemVectors(dim, seed))
            .toArray(ItemVectors[]::new);
    try (Arena arena = Arena.ofShared()) {
      float[] values = new float[Math.multiplyExact(rows, dim)];
      try (Progress.Stage stage = progress.stage("generate vectors", rows)) {
        workers.forEachRange(
            rows,
            GRAIN,
            (from, to, worker) -> {
              for (int row = (int) from; row < to; row++) {
                makers[worker].row(row, values, row * dim);
              }
              stage.add(to - from);
            });
      }
      float[] queryValues = new float[Math.multiplyExact(queries, dim)];
      for (int query = 0; query < queries; query++) {
        makers[0].query(query, queryValues, query * dim);
      }
      Embeddings base = Embeddings.copyOf(values, dim, arena);
      Embeddings asked = Embeddings.copyOf(queryValues, dim, arena);
      IntRows truth = ExactTruth.of(base, Metric.COSINE, asked, TRUE_NEIGHBORS, workers, progress);
      VectorFiles.write(directory.resolve(BASE), base);
      VectorFiles.write(directory.resolve(QUERIES), asked);
      VectorFiles.writeInts(directory.resolve(TRUTH), truth);
    }
  }
}
