package dev.kindred.jmh;

import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.rank.RankModel;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.rank.SyntheticRankModel;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.serve.RecommendResult;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A personalised list of 20 for a user with 50 watched items: 500 candidates of 50,000 items
 * retrieved and ranked, drawn weights. Run with {@code -prof gc}: it allocates nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecommendBenchmark {
  private static final int ITEMS = 50_000;
  private static final int USERS = 1000;

  /** The default ranker, and a large one. */
  @Param({"small", "large"})
  public String ranker;

  private final RecommendResult result = new RecommendResult(20);
  private String[] users;
  private TemporaryDirectory place;
  private Recommender recommender;
  private RecommendSearcher searcher;
  private int next;

  @Setup(Level.Trial)
  public void prepare() throws IOException {
    place = new TemporaryDirectory("recommend");
    Path snapshot = place.path().resolve("snapshot");
    Ids ids = new Ids();
    for (int item = 0; item < ITEMS; item++) {
      ids.add("item-" + item);
    }
    Draws draws = Draws.of(7, "vectors");
    float[] vectors = new float[ITEMS * 16];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) draws.nextGaussian();
    }
    RelatedScorer scorer =
        RelatedScorer.of(
            new ObjectiveWeights(
                List.of(new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1)), false, "drawn"),
            List.of(
                new RelatedScorer.Part(
                    Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, 16),
                    Calibration.identity())),
            Merge.CALIBRATED,
            ITEMS);
    CandidateLists candidates = CandidateLists.empty(ITEMS);
    boolean small = ranker.equals("small");
    RankModel model =
        SyntheticRankModel.of(
            ITEMS,
            USERS,
            Catalogue.empty(ids),
            "",
            "",
            4,
            small ? List.of(32) : List.of(256, 128),
            SourceQuotas.defaults(),
            7);
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.into(snapshot)) {
      out.items(ids);
      out.candidates(candidates);
      out.scorer(scorer);
      out.related(RelatedTable.build(scorer, candidates, 10, workers, Progress.none()));
      out.ranking(model, workers, Progress.none());
      out.publish();
    }
    recommender = Recommender.open(snapshot);
    searcher = recommender.recommendSearcher();
    users = new String[USERS];
    for (int user = 0; user < USERS; user++) {
      users[user] = "user-" + user;
    }
    recommend();
    Inputs.check(500, result.ranked(), 0);
    Inputs.check(20, result.size(), 0);
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    recommender.close();
    place.close();
  }

  @Benchmark
  public RecommendResult recommend() {
    next = next + 1 == users.length ? 0 : next + 1;
    searcher.recommend(users[next], 20, result);
    return result;
  }
}
