package dev.kindred.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/**
 * A part of a {@link LiveIndex} that doesn't change any more: vectors, graph and ids, in three
 * mapped files.
 *
 * <p>Immutable. Its arena is one of the garbage collector's: the mapping goes when no view, and so
 * no search, holds the segment any more.
 *
 * @param number part of the files' names
 */
record LiveSegment(long number, Embeddings rows, Hnsw graph, IdTable ids) {
  /** Maps the three files. */
  static LiveSegment open(Path directory, long number) throws IOException {
    Arena arena = Arena.ofAuto();
    Embeddings rows = EmbeddingFile.open(vectors(directory, number), arena).embeddings();
    Hnsw graph = Hnsw.open(graph(directory, number), rows, arena);
    return new LiveSegment(number, rows, graph, IdTable.open(ids(directory, number), arena));
  }

  int size() {
    return rows.size();
  }

  static Path vectors(Path directory, long number) {
    return directory.resolve("segment-" + number + ".kvec");
  }

  static Path graph(Path directory, long number) {
    return directory.resolve("segment-" + number + ".khnsw");
  }

  static Path ids(Path directory, long number) {
    return directory.resolve("segment-" + number + ".kids");
  }

  static List<Path> files(Path directory, long number) {
    return List.of(vectors(directory, number), graph(directory, number), ids(directory, number));
  }
}
