package dev.kindred.index;

import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Writes the segments of a {@link LiveIndex}: vectors, ids and a tuned graph, under rising numbers.
 * A segment whose writing fails leaves no file.
 *
 * <p>Not thread-safe.
 */
final class LiveSegmentWriter {
  /** Appends one row of a segment to its file. */
  interface RowWriter {
    void write(int at, EmbeddingWriter out) throws IOException;
  }

  private final Path directory;
  private final int dim;
  private final Metric metric;
  private final LiveOptions options;
  private final Consumer<String> steps;
  private final BooleanSupplier stopped;
  private long nextNumber;

  /**
   * Writes into a directory.
   *
   * @param nextNumber above the numbers of all segments
   * @param steps told of each step that a crash may fall behind
   * @param stopped asked while a graph is built whether to give up
   */
  LiveSegmentWriter(
      Path directory,
      int dim,
      Metric metric,
      LiveOptions options,
      long nextNumber,
      Consumer<String> steps,
      BooleanSupplier stopped) {
    this.directory = directory;
    this.dim = dim;
    this.metric = metric;
    this.options = options;
    this.nextNumber = nextNumber;
    this.steps = steps;
    this.stopped = stopped;
  }

  /** Above the numbers of all segments. */
  long nextNumber() {
    return nextNumber;
  }

  /**
   * Writes a segment and opens it; null if it would have no rows.
   *
   * @throws java.util.concurrent.CancellationException if it was stopped
   */
  LiveSegment write(
      int size, RowWriter rows, IntFunction<? extends CharSequence> idOf, Progress progress)
      throws IOException {
    if (size == 0) {
      return null;
    }
    long number = nextNumber++;
    Path vectors = LiveSegment.vectors(directory, number);
    boolean done = false;
    try {
      try (EmbeddingWriter out = EmbeddingWriter.create(vectors, dim)) {
        for (int at = 0; at < size; at++) {
          rows.write(at, out);
        }
        out.commit();
      }
      steps.accept("vectors written");
      IdTable.write(LiveSegment.ids(directory, number), size, idOf);
      steps.accept("ids written");
      try (Arena arena = Arena.ofShared();
          Workers workers = Workers.of(options.threads())) {
        Embeddings written = EmbeddingFile.open(vectors, arena).embeddings();
        Progress stoppable = new StoppableProgress(progress, stopped);
        Hnsw.build(written, metric, options.graph(), arena, workers, stoppable)
            .tuned(options.targetRecall(), workers, stoppable)
            .save(LiveSegment.graph(directory, number));
      }
      steps.accept("graph written");
      LiveSegment segment = LiveSegment.open(directory, number);
      done = true;
      return segment;
    } finally {
      if (!done) {
        for (Path file : LiveSegment.files(directory, number)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
