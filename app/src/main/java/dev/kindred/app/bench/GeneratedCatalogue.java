package dev.kindred.app.bench;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedOptions;
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
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a snapshot drawn at random, of the size and shape of a large site's: to measure
 * serving on, not to recommend from.
 *
 * <p>Items fall into clusters of uneven size, scattered over the ordinals. Each objective has a
 * linear and a non-linear channel of unit vectors around the cluster's centre; objectives that few
 * users tell leave some items out. An item's candidates are mostly of its own cluster, so that
 * scores are as uneven as real ones; lists are of uneven length up to the limit. Tables, scores and
 * graph are computed as in a real build.
 */
final class GeneratedCatalogue {
  private static final String[] NAMES = {"click", "watch", "like", "share", "dislike"};

  private static final String TOPIC = "topic";
  private static final String SERIES = "series";

  /** Part of the items that have a channel of each objective; those after the last have 0.8. */
  private static final double[] COVERAGE = {1, 1, 0.9, 0.8, 0.7};

  private static final int ITEMS_PER_CLUSTER = 700;

  /** Length of the noise next to a centre of length 1. */
  private static final float NOISE = 0.9f;

  private static final int USERS = 100_000;

  /** Mean of the part of the longest list of candidates that a list has. */
  private static final double MEAN_FILL = 0.58;

  private final GeneratedOptions options;
  private final Workers workers;
  private final Progress progress;
  private final int[] clusterStart;
  private final int[] members; // items, cluster by cluster
  private final int[] clusterOf;
  private final int[] placeOf;
  private final Ids ids = new Ids();
  private final Catalogue profiles;
  private final RelatedScorer scorer;
  private final CandidateLists candidates;
  private final RelatedTable table;

  /** How large the input would be that a snapshot like this is trained on. */
  static DataSize size(GeneratedOptions options) {
    int users = Math.min(options.items(), USERS);
    int clusters = Math.max(1, options.items() / ITEMS_PER_CLUSTER);
    return DataSize.of(options.items(), users, 100L * users, options.objectives())
        .withPositives(50L * users)
        .withCandidates(MEAN_FILL * Math.min(options.list(), options.items() - 1))
        .withProfile(2, 2, 2L * clusters, 10);
  }

  /** Draws and computes what all snapshots of it share. */
  GeneratedCatalogue(GeneratedOptions options, Workers workers, Progress progress) {
    this.options = options;
    this.workers = workers;
    this.progress = progress;
    int items = options.items();
    int clusters = Math.max(1, items / ITEMS_PER_CLUSTER);
    clusterOf = new int[items];
    clusterStart = new int[clusters + 1];
    Draws draws = Draws.of(options.seed(), "generated-cluster");
    for (int item = 0; item < items; item++) {
      draws.reset(item);
      double u = draws.nextDouble();
      // Squared, so that the first clusters are several times the size of the last.
      clusterOf[item] = (int) (clusters * (0.5 * u + 0.5 * u * u));
      clusterStart[clusterOf[item] + 1]++;
    }
    for (int c = 0; c < clusters; c++) {
      clusterStart[c + 1] += clusterStart[c];
    }
    int[] next = Arrays.copyOf(clusterStart, clusters);
    members = new int[items];
    placeOf = new int[items];
    for (int item = 0; item < items; item++) {
      placeOf[item] = next[clusterOf[item]]++;
      members[placeOf[item]] = item;
    }
    for (int item = 0; item < items; item++) {
      ids.add(Integer.toString(item + 1));
    }
    profiles = profiles();
    scorer = scorer();
    candidates = candidates();
    table = RelatedTable.build(scorer, candidates, options.tableLength(), workers, progress);
  }

  /** Hands all parts to a writer, with the first of the rankers. */
  void write(SnapshotWriter out) throws IOException {
    common(out);
    if (options.index()) {
      HnswOptions graph = new HnswOptions(12, 60, options.seed());
      Optional<FusedIndex> fused =
          FusedIndex.build(scorer, FusedOptions.defaults().withGraph(graph), workers, progress);
      if (fused.isPresent()) {
        out.fused(fused.get());
      }
    }
    if (!options.rankers().isEmpty()) {
      out.ranking(model(options.rankers().getFirst()), workers, progress);
    }
  }

  /**
   * Hands all parts but the fused index to a writer, with another ranker.
   *
   * @param published whose graph of the items' vectors is copied: they are the same
   */
  void writeLike(Path published, GeneratedRanker ranker, SnapshotWriter out) throws IOException {
    common(out);
    out.ranking(model(ranker), published);
  }

  private void common(SnapshotWriter out) throws IOException {
    out.seed(options.seed());
    out.option("generated", options);
    out.note(
        Note.info("generated to measure serving on: vectors and lists are drawn, not trained"));
    out.items(ids);
    out.profile(profiles);
    out.scorer(scorer);
    out.candidates(candidates);
    out.related(table);
  }

  private RankModel model(GeneratedRanker ranker) {
    return SyntheticRankModel.of(
        options.items(),
        Math.min(options.items(), USERS),
        profiles,
        TOPIC,
        SERIES,
        ranker.experts(),
        ranker.hidden(),
        SourceQuotas.defaults(),
        options.seed());
  }

  /** A topic is ten clusters, a series one. */
  private Catalogue profiles() {
    Catalogue.Builder builder =
        Catalogue.builder(
            ids, List.of(FieldSpec.single(TOPIC, TOPIC), FieldSpec.single(SERIES, SERIES)));
    for (int item = 0; item < options.items(); item++) {
      builder.value(0, item, "topic-" + clusterOf[item] / 10);
      builder.value(1, item, "series-" + clusterOf[item]);
    }
    return builder.build();
  }

  private RelatedScorer scorer() {
    List<ObjectiveWeight> objectives = new ArrayList<>();
    List<RelatedScorer.Part> parts = new ArrayList<>();
    int count = options.objectives();
    try (Progress.Stage stage = progress.stage("vectors", 2L * count)) {
      for (int k = 0; k < count; k++) {
        boolean negative = k == 4;
        String name = k < NAMES.length ? NAMES[k] : "objective-" + (k + 1);
        objectives.add(
            new ObjectiveWeight(
                name, negative ? Polarity.NEGATIVE : Polarity.POSITIVE, 1, 1.0 / count));
        int dim = negative ? Math.max(1, options.dim() / 2) : options.dim();
        double coverage = k < COVERAGE.length ? COVERAGE[k] : 0.8;
        for (Channel.Kind kind : List.of(Channel.Kind.LINEAR, Channel.Kind.NON_LINEAR)) {
          float slope = kind == Channel.Kind.LINEAR ? 4.5f - 0.5f * Math.min(k, 4) : 2.5f;
          parts.add(
              new RelatedScorer.Part(
                  Channel.normalized(
                      name, kind, vectors(k, kind, dim, coverage), options.items(), dim),
                  new Calibration(slope, -0.4f * slope, true, "drawn")));
          stage.add(1);
        }
      }
    }
    return RelatedScorer.of(
        new ObjectiveWeights(objectives, false, "equal: drawn"),
        parts,
        Merge.CALIBRATED,
        options.items());
  }

  private float[] vectors(int objective, Channel.Kind kind, int dim, double coverage) {
    float[] vectors = new float[Math.multiplyExact(options.items(), dim)];
    workers.forEachRange(
        options.items(),
        4096,
        (from, to, worker) -> {
          Draws centre = Draws.of(options.seed(), "generated-centre");
          Draws own = Draws.of(options.seed(), "generated-vector");
          int channel = 2 * objective + kind.ordinal();
          // One factor for all numbers of a vector, so that its noise has the length meant.
          float noise = (float) (NOISE / Math.sqrt(dim));
          float part = (float) (1 / Math.sqrt(dim));
          for (int item = (int) from; item < to; item++) {
            own.reset(item, objective);
            boolean lacks = own.nextDouble() >= coverage;
            own.reset(item, channel, 1);
            centre.reset(clusterOf[item], channel);
            for (int j = 0; j < dim && !lacks; j++) {
              vectors[item * dim + j] =
                  (float) (part * centre.nextGaussian() + noise * own.nextGaussian());
            }
          }
        });
    return vectors;
  }

  private CandidateLists candidates() {
    int items = options.items();
    int[] lengths = new int[items];
    Draws draws = Draws.of(options.seed(), "generated-list");
    for (int item = 0; item < items; item++) {
      draws.reset(item);
      int most = Math.min(options.list(), items - 1);
      // A third of the lists are full, as where profiles are common; the rest are shorter.
      double part = Math.min(1, 0.1 + 1.35 * draws.nextDouble());
      lengths[item] = (int) Math.round(most * part * part);
    }
    try (Progress.Stage stage = progress.stage("candidates", items)) {
      return CandidateLists.filled(
          lengths,
          (item, list) -> {
            // The items after this one in its cluster, then those of the clusters after it.
            for (int i = 0; i < lengths[item]; i++) {
              int place = (placeOf[item] + 1 + i) % items;
              float similarity = 1 - 0.5f * i / Math.max(1, options.list());
              list.add(
                  members[place],
                  similarity,
                  clusterOf[members[place]] == clusterOf[item]
                      ? CandidateSource.CONTENT
                      : CandidateSource.CONTENT_RELAXED);
            }
            stage.add(1);
          });
    }
  }
}
