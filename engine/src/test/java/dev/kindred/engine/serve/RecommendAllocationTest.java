package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.rank.SyntheticRankModel;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Once compiled, a request for a personalised list allocates nothing. As with kernels, what C2
 * inlines first depends on when its threads get to it, and in one JVM of many that leaves a vector
 * behind as an object in code that is sound: it fails if it allocates here and in two fresh JVMs as
 * well.
 */
final class RecommendAllocationTest {
  private static final int ITEMS = 3000;
  private static final int USERS = 50;
  private static final int BATCH = 40;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @TempDir Path directory;

  @Test
  void aCompiledRequestAllocatesNothing() throws IOException, InterruptedException {
    Path snapshot = directory.resolve("snapshot");
    write(snapshot);
    long least = bytesOnceCompiled(snapshot);
    for (int fresh = 0; fresh < 2 && least > 0; fresh++) {
      least = Math.min(least, bytesInAFreshJvm(snapshot));
    }
    assertEquals(0, least, "bytes of " + BATCH + " requests");
  }

  /** Prints the fewest bytes that a batch of requests allocates: how the test asks a fresh JVM. */
  public static void main(String[] args) throws IOException {
    System.out.println(bytesOnceCompiled(Path.of(args[0])));
  }

  private static long bytesInAFreshJvm(Path snapshot) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(RecommendAllocationTest.class.getName(), snapshot.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      List<String> said = lines.lines().toList();
      assertEquals(0, process.waitFor());
      return Long.parseLong(said.getLast());
    }
  }

  /** Fewest bytes that a batch of requests allocated; stops at the first that allocated nothing. */
  private static long bytesOnceCompiled(Path snapshot) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Recommender recommender = Recommender.open(snapshot)) {
      RecommendSearcher searcher = recommender.recommendSearcher();
      // Few candidates: the compiler is done sooner.
      searcher.quotas(new SourceQuotas(20, 6, 10, 4, 6));
      RecommendResult result = new RecommendResult(10);
      int[] history = {1, 5, 9};
      String[] users = new String[USERS];
      for (int user = 0; user < USERS; user++) {
        users[user] = user == 0 ? "nobody" : "user-" + user;
      }
      long end = System.nanoTime() + PATIENCE_NANOS;
      long least = Long.MAX_VALUE;
      while (least > 0 && System.nanoTime() < end) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < BATCH; i++) {
          searcher.recommend(users[i % USERS], 10, result);
          searcher.recommendAfter(history, 0, 3, 10, result);
          searcher.recommendAnonymous(10, result);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      return least;
    }
  }

  private static void write(Path snapshot) throws IOException {
    Ids ids = new Ids();
    Draws draws = Draws.of(7, "vectors");
    float[] vectors = new float[ITEMS * 8];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) draws.nextGaussian();
    }
    for (int item = 0; item < ITEMS; item++) {
      ids.add("item-" + item);
    }
    ObjectiveWeight click = new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1);
    RelatedScorer scorer =
        RelatedScorer.of(
            new ObjectiveWeights(List.of(click), false, "drawn"),
            List.of(
                new RelatedScorer.Part(
                    Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, 8),
                    Calibration.identity())),
            Merge.CALIBRATED,
            ITEMS);
    int[] lengths = new int[ITEMS];
    Arrays.fill(lengths, 12);
    CandidateLists candidates =
        CandidateLists.filled(
            lengths,
            (item, sink) -> {
              for (int i = 1; i <= 12; i++) {
                sink.add((item + 31 * i) % ITEMS, 1f / i, CandidateSource.CONTENT);
              }
            });
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.into(snapshot)) {
      out.items(ids);
      out.candidates(candidates);
      out.scorer(scorer);
      out.related(RelatedTable.build(scorer, candidates, 10, workers, Progress.none()));
      out.ranking(
          SyntheticRankModel.of(
              ITEMS,
              USERS,
              Catalogue.empty(ids),
              "",
              "",
              4,
              List.of(32),
              SourceQuotas.defaults(),
              7),
          workers,
          Progress.none());
      out.publish();
    }
  }
}
