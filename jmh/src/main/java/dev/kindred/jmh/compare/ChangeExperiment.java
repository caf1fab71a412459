package dev.kindred.jmh.compare;

import dev.kindred.app.output.JsonLines;
import dev.kindred.app.output.StderrProgress;
import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.LiveIndex;
import dev.kindred.index.LiveNeighbors;
import dev.kindred.index.LiveOptions;
import dev.kindred.index.LiveSearcher;
import dev.kindred.index.Metric;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code jmh/compare changes}: what a live index finds after most of it has changed, beside one
 * built afresh from what is left.
 *
 * <p>Two thirds of the vectors are loaded; half of the ids are then given vectors of the last
 * third, and 30 percent of all ids removed, while a thread searches. Prints a line of JSON for each
 * state.
 */
@Command(
    name = "changes",
    description = "Replaces half of a live index and removes 30%%, and measures its recall.")
final class ChangeExperiment implements Callable<Integer> {
  private static final double REMOVED = 0.3;

  @Spec private CommandSpec spec;

  @Option(names = "--base", required = true, paramLabel = "FILE", description = "Vectors.")
  private Path base;

  @Option(names = "--queries", required = true, paramLabel = "FILE", description = "Queries.")
  private Path queries;

  @Option(names = "--dim", paramLabel = "D", description = "Dimension, if the files don't say.")
  private int dim;

  @Option(
      names = "--metric",
      paramLabel = "M",
      defaultValue = "cosine",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--delta-rows",
      paramLabel = "N",
      description = "Changed vectors that are scanned before they are merged (default: 4096).")
  private int deltaRows = LiveOptions.defaults().deltaRows();

  @Option(
      names = "--waiting-deltas",
      paramLabel = "N",
      description = "Full deltas that may wait for a merge before changes do (default: 8).")
  private int waitingDeltas = LiveOptions.defaults().waitingDeltas();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of a merge (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "-k",
      paramLabel = "K",
      defaultValue = "10",
      description = "Neighbours of a query (default: ${DEFAULT-VALUE}).")
  private int k;

  private JsonLines json;
  private float[][] asked;

  @Override
  public Integer call() throws IOException {
    json = new JsonLines(spec.commandLine().getOut());
    Progress progress = new StderrProgress(spec.commandLine().getErr(), 0);
    LiveOptions options =
        LiveOptions.defaults()
            .withDeltaRows(deltaRows)
            .withWaitingDeltas(waitingDeltas)
            .withThreads(threads);
    try (TemporaryDirectory scratch = new TemporaryDirectory("changes");
        Arena arena = Arena.ofShared();
        Workers workers = Workers.of(Runtime.getRuntime().availableProcessors())) {
      Embeddings rows = VectorFiles.read(base, dim, arena);
      Embeddings queryRows = VectorFiles.read(queries, rows.dim(), arena);
      if (metric == Metric.COSINE) {
        rows = rows.normalized(arena);
        queryRows = queryRows.normalized(arena);
      }
      int ids = rows.size() / 3 * 2;
      if (ids / 2 < k) {
        throw new ParameterException(
            spec.commandLine(),
            base + ": " + rows.size() + " vectors, too few for -k " + k + "; name a longer file");
      }
      asked = new float[queryRows.size()][rows.dim()];
      for (int query = 0; query < asked.length; query++) {
        queryRows.copyRow(query, asked[query], 0);
      }
      // rowOf[id]: where its vector is, -1 once it is removed.
      int[] rowOf = IntStream.range(0, ids).toArray();
      Path changed = scratch.path().resolve("changed");
      try (LiveIndex index = LiveIndex.create(changed, rows.dim(), metric, options)) {
        index.load(rows(rows, rowOf, arena), Integer::toString, progress);
        report("loaded", index, truth(rows, rowOf, queryRows, workers));
        change(index, rows, rowOf);
        IntRows truth = truth(rows, rowOf, queryRows, workers);
        report("changed", index, truth);
        while (index.merge()) {
          spec.commandLine().getErr().println("merged, " + index.segments() + " segments");
        }
        report("merged", index, truth);
        index.compact();
        report("compacted", index, truth);
      }
      int[] left = Arrays.stream(rowOf).filter(row -> row >= 0).toArray();
      int[] idOf = IntStream.range(0, ids).filter(id -> rowOf[id] >= 0).toArray();
      Path fresh = scratch.path().resolve("fresh");
      try (LiveIndex index = LiveIndex.create(fresh, rows.dim(), metric, options)) {
        index.load(rows(rows, left, arena), at -> Integer.toString(idOf[at]), progress);
        report("fresh", index, truth(rows, rowOf, queryRows, workers));
      }
    }
    return 0;
  }

  private static Embeddings rows(Embeddings all, int[] chosen, Arena arena) {
    float[] values = new float[Math.multiplyExact(chosen.length, all.dim())];
    for (int at = 0; at < chosen.length; at++) {
      all.copyRow(chosen[at], values, at * all.dim());
    }
    return Embeddings.copyOf(values, all.dim(), arena);
  }

  /** The ids of the true neighbours among what is there. */
  private IntRows truth(Embeddings rows, int[] rowOf, Embeddings asked, Workers workers) {
    int[] idOf = IntStream.range(0, rowOf.length).filter(id -> rowOf[id] >= 0).toArray();
    int[] there = IntStream.of(idOf).map(id -> rowOf[id]).toArray();
    try (Arena arena = Arena.ofShared()) {
      Embeddings left = rows(rows, there, arena);
      Embeddings compared = metric == Metric.COSINE ? left.normalized(arena) : left;
      IntRows found = ExactTruth.of(compared, metric, asked, k, workers, Progress.none());
      int[] ids = new int[asked.size() * k];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = idOf[found.get(i / k, i % k)];
      }
      return new IntRows(ids, k);
    }
  }

  /** Replaces and removes while another thread searches. */
  private void change(LiveIndex index, Embeddings rows, int[] rowOf) {
    int ids = rowOf.length;
    int[] order = IntStream.range(0, ids).toArray();
    Draws draws = Draws.of(1, "changes");
    draws.shuffle(order, 0, ids);
    AtomicBoolean stop = new AtomicBoolean();
    Thread searching = new Thread(() -> searchUntil(stop, index), "searching");
    searching.start();
    float[] vector = new float[rows.dim()];
    long begun = System.nanoTime();
    for (int i = 0; i < ids / 2; i++) {
      rowOf[order[i]] = ids + i;
      rows.copyRow(ids + i, vector, 0);
      index.put(order[i], vector, 0);
    }
    long replaced = System.nanoTime();
    draws.shuffle(order, 0, ids);
    int removed = (int) (REMOVED * ids);
    for (int i = 0; i < removed; i++) {
      rowOf[order[i]] = -1;
      index.remove(order[i]);
    }
    long ended = System.nanoTime();
    stop.set(true);
    try {
      searching.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("state", "changes");
    line.put("replaced", ids / 2);
    line.put("putMicros", Point.rounded((replaced - begun) / 1e3 / (ids / 2), 10));
    line.put("removed", removed);
    line.put("removeMicros", Point.rounded((ended - replaced) / 1e3 / removed, 10));
    json.write(line);
  }

  private void searchUntil(AtomicBoolean stop, LiveIndex index) {
    LiveSearcher searcher = index.searcher();
    LiveNeighbors found = new LiveNeighbors(k);
    for (int query = 0; !stop.get(); query = (query + 1) % asked.length) {
      searcher.search(asked[query], 0, k, found);
    }
  }

  /** Searches for all queries twice, the second time against the clock. */
  private void report(String state, LiveIndex index, IntRows truth) {
    LiveSearcher searcher = index.searcher();
    LiveNeighbors found = new LiveNeighbors(k);
    int scanned = index.scanned();
    int segments = index.segments();
    int hits = 0;
    for (int query = 0; query < asked.length; query++) {
      searcher.search(asked[query], 0, k, found);
      for (int rank = 0; rank < found.size(); rank++) {
        for (int expected = 0; expected < k; expected++) {
          hits += found.longId(rank) == truth.get(query, expected) ? 1 : 0;
        }
      }
    }
    long begun = System.nanoTime();
    for (float[] query : asked) {
      searcher.search(query, 0, k, found);
    }
    double micros = (System.nanoTime() - begun) / 1e3 / asked.length;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("state", state);
    line.put("vectors", index.size());
    line.put("segments", segments);
    line.put("scanned", scanned);
    line.put("recall@" + k, Point.rounded((double) hits / ((double) asked.length * k), 10_000));
    line.put("meanMicros", Point.rounded(micros, 10));
    json.write(line);
    spec.commandLine().getOut().flush();
  }
}
