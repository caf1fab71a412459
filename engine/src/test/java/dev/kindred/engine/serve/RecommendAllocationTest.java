package dev.kindred.engine.serve;

import dev.kindred.engine.Allocation;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Once compiled, a request for a personalised list allocates nothing. */
final class RecommendAllocationTest {
  private static final int ITEMS = 3000;
  private static final int USERS = 50;
  private static final int BATCH = 40;

  @TempDir Path directory;

  @Test
  void aCompiledRequestAllocatesNothing() throws IOException, InterruptedException {
    Path snapshot = directory.resolve("snapshot");
    write(snapshot);
    Allocation.assertNone(
        bytesOnceCompiled(snapshot), RecommendAllocationTest.class, snapshot.toString());
  }

  /** Prints the fewest bytes that a batch of requests allocates: how the test asks a fresh JVM. */
  public static void main(String[] args) throws IOException {
    System.out.println(bytesOnceCompiled(Path.of(args[0])));
  }

  /** Fewest bytes that a batch of requests allocated; stops at the first that allocated nothing. */
  private static long bytesOnceCompiled(Path snapshot) throws IOException {
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
      return Allocation.bytesOf(
          () -> {
            for (int i = 0; i < BATCH; i++) {
              searcher.recommend(users[i % USERS], 10, result);
              searcher.recommendAfter(history, 0, 3, 10, result);
              searcher.recommendAnonymous(10, result);
            }
          });
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
