package dev.kindred.index;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Approximate search over a Hierarchical Navigable Small World graph.
 *
 * <p>Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
 * Hierarchical Navigable Small World graphs" (IEEE TPAMI 2018). The graph holds links only; the
 * vectors stay in their {@link Embeddings}. The same vectors, options and seed give the same graph,
 * bit for bit, for any number of threads.
 *
 * <p>Immutable and free to share while its arena and that of its vectors are open.
 */
public final class Hnsw implements VectorIndex {
  private final Embeddings rows;
  private final Metric metric;
  private final HnswOptions options;
  private final GraphLevel[] levels;
  private final Duplicates duplicates;

  /** Null where searches go by the rows themselves. */
  private final RowCodes rowCodes;

  /** Null where the links have no codes. */
  private final LinkCodes linkCodes;

  /** Null if it was never tuned. */
  private final RecallTarget recallTarget;

  Hnsw(
      Embeddings rows,
      Metric metric,
      HnswOptions options,
      GraphLevel[] levels,
      Duplicates duplicates,
      RowCodes rowCodes,
      LinkCodes linkCodes,
      RecallTarget recallTarget) {
    this.rows = rows;
    this.metric = metric;
    this.options = options;
    this.levels = levels;
    this.duplicates = duplicates;
    this.rowCodes = rowCodes;
    this.linkCodes = linkCodes;
    this.recallTarget = recallTarget;
  }

  /**
   * Builds a graph over all rows.
   *
   * @param rows for {@link Metric#COSINE} unit rows: {@link Embeddings#normalized}
   * @param arena owns the memory of the graph: about 8 m bytes a row; it and the rows' own must be
   *     open to all workers
   * @param workers threads to build on
   * @param progress told of the rows that are in
   */
  public static Hnsw build(
      Embeddings rows,
      Metric metric,
      HnswOptions options,
      Arena arena,
      Workers workers,
      Progress progress) {
    checkUnit(rows, metric);
    if (workers.threads() > 1
        && !(isOpenToOthers(rows.rows()) && isOpenToOthers(arena.allocate(1)))) {
      throw new IllegalArgumentException(
          "a graph is built by "
              + workers.threads()
              + " threads, but its arena or that of its rows is confined to one; use"
              + " Arena.ofShared or Workers.of(1)");
    }
    return HnswBuilder.build(rows, metric, options, arena, workers, progress);
  }

  /**
   * Bytes that a graph over so many rows, with its codes, takes outside the heap while it is built,
   * within a few percent.
   */
  public static long graphBytes(long rows, int dim, HnswOptions options) {
    int m = options.m();
    SearchCodes codes = options.codes().resolved((int) Math.min(rows, Integer.MAX_VALUE), dim);
    // One in m rows is on the next level, with two table entries beside its block.
    double perRow = (GraphLevel.blockBytes(m) + 2.0 * Integer.BYTES) / (m - 1);
    if (codes != SearchCodes.NONE) {
      perRow += RowCodes.stride(dim) + Float.BYTES;
    }
    if (codes == SearchCodes.LINKS) {
      // The rotated rows are there until the links are coded.
      perRow += LinkCodes.blockBytes(2 * m, dim) + (double) LinkCodes.bits(dim) * Float.BYTES;
    } else {
      perRow += GraphLevel.blockBytes(2 * m);
    }
    return (long) (rows * perRow);
  }

  /** Bytes that building it takes on the heap at most. */
  public static long buildHeapBytes(long rows, int threads) {
    // Hashes to find equal rows, the order, levels and flags; at most a byte of marks per row for
    // each thread.
    return rows * (Long.BYTES + Integer.BYTES + 2 + threads);
  }

  /**
   * Opens a graph in place; the time hardly depends on its size.
   *
   * @param rows the vectors that it was built on
   * @param arena owns the mapping
   * @throws CorruptFileException if header, table or length are wrong, or the vectors are others
   */
  public static Hnsw open(Path path, Embeddings rows, Arena arena) throws IOException {
    return HnswFile.open(path, rows, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a graph in a mode of memory.
   *
   * @param rows the vectors that it was built on
   * @param arena owns the memory
   * @throws CorruptFileException if header, table or length are wrong, or the vectors are others
   */
  public static Hnsw open(Path path, Embeddings rows, MemoryMode mode, Arena arena)
      throws IOException {
    return HnswFile.open(path, rows, mode, arena);
  }

  /**
   * Reads the whole file of a graph and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public static void verify(Path path) throws IOException {
    HnswFile.verify(path);
  }

  /** Writes the graph, without the vectors, to a .khnsw file. */
  public void save(Path target) throws IOException {
    HnswFile.write(target, this);
  }

  /**
   * The same index with the ef that finds a part of the true neighbours, which is saved with it and
   * used by all searches that don't state one.
   *
   * <p>Measured with up to 1,000 rows as queries, passed by as if they weren't in the graph,
   * against a scan of all rows for each. The same for any number of threads.
   *
   * @param recall in (0, 1)
   */
  public Hnsw tuned(double recall, Workers workers, Progress progress) {
    return with(RecallTuner.tune(this, recall, workers, progress));
  }

  /**
   * As {@link #tuned(double, Workers, Progress)}, measured with queries like those to come: needed
   * where these are of another kind than the rows, such as users or averages of items.
   *
   * @param queries at least one, of the rows' dim; 1,000 of them are drawn if there are more
   */
  public Hnsw tuned(double recall, Embeddings queries, Workers workers, Progress progress) {
    return with(RecallTuner.tune(this, recall, queries, workers, progress));
  }

  private Hnsw with(RecallTarget target) {
    return new Hnsw(rows, metric, options, levels, duplicates, rowCodes, linkCodes, target);
  }

  /** What this index was tuned for, if it was. */
  public Optional<RecallTarget> recallTarget() {
    return Optional.ofNullable(recallTarget);
  }

  /** The ef of searches for k neighbours that don't state one. */
  public int efFor(int k) {
    return recallTarget == null ? HnswSearcher.DEFAULT_EF : recallTarget.ef(k);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int dim() {
    return rows.dim();
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public boolean isExact() {
    return false;
  }

  @Override
  public HnswSearcher searcher() {
    return new HnswSearcher(this);
  }

  /** Exact search over the same vectors: what a {@link RecallMonitor} compares with. */
  public ExactSearch exact() {
    return ExactSearch.of(rows, metric);
  }

  /** How the graph was built; its codes are never {@link SearchCodes#AUTO}. */
  public HnswOptions options() {
    return options;
  }

  Embeddings rows() {
    return rows;
  }

  /** From level 0 up; at least one. */
  GraphLevel[] levels() {
    return levels;
  }

  Duplicates duplicates() {
    return duplicates;
  }

  /** Null where searches go by the rows themselves. */
  RowCodes rowCodes() {
    return rowCodes;
  }

  /** Null where the links have no codes. */
  LinkCodes linkCodes() {
    return linkCodes;
  }

  /** Scratch for a searcher. */
  Walk walk() {
    int maxDegree = levels[0].maxDegree();
    return rowCodes == null
        ? new Beam(rows, metric, maxDegree)
        : new CodeWalk(rows, rowCodes, linkCodes, maxDegree);
  }

  private static boolean isOpenToOthers(MemorySegment memory) {
    return memory.isAccessibleBy(new Thread());
  }

  private static void checkUnit(Embeddings rows, Metric metric) {
    if (Objects.requireNonNull(metric) == Metric.COSINE && !rows.unit()) {
      throw new IllegalArgumentException(
          "cosine needs rows of length 1, these aren't; use Embeddings.normalized or write them"
              + " with EmbeddingWriter.createNormalized");
    }
  }
}
