package dev.kindred.engine;

import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.tower.TowerOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How each stage of the {@link Pipeline} runs.
 *
 * <p>{@link #paper()} follows "A Multi-Task Learning Algorithm for Non-personalized
 * Recommendations" to the letter; {@link #defaults()} differs wherever the letter is unsound.
 *
 * @param seed of every random draw; overrides the seeds within the other options
 * @param content the content gate
 * @param gate whether profiles decide on candidates where the catalogue has any; else candidates
 *     come from behaviour, as they do without profiles
 * @param coordinate the Coordinating Network; empty = every sample trains every objective it is a
 *     positive of
 * @param linear whether objectives have a linear channel; without it there must be a tower
 * @param als the linear channel of objectives not named in {@code alsFor}
 * @param alsFor the linear channel by objective
 * @param tower the non-linear channel of every objective; empty = linear channels only
 * @param merge of the two channels
 * @param scoring calibration, presence terms and the objectives that are counted
 * @param learnWeights whether the weights w_k are learned from retention where the log allows it
 * @param listLength top N: most related items kept per item
 * @param fused the index over all channels, for requests without the content gate and by vectors;
 *     empty = none
 * @param rank the personalised path; empty = related items only
 */
public record PipelineOptions(
    long seed,
    ContentOptions content,
    boolean gate,
    Optional<CoordinateOptions> coordinate,
    boolean linear,
    AlsOptions als,
    Map<String, AlsOptions> alsFor,
    Optional<TowerOptions> tower,
    Merge merge,
    ScoringOptions scoring,
    boolean learnWeights,
    int listLength,
    Optional<FusedOptions> fused,
    Optional<RankOptions> rank) {

  /** The objectives for which the paper gives ALS hyper-parameters. */
  private static final List<String> PAPER_OBJECTIVES =
      List.of("click", "time", "like", "share", "dislike");

  /** A pass over a million positives takes half a minute, and there is a tower per objective. */
  private static final int EPOCHS = 6;

  /** Of millions of positives each pass takes others: more would cost time and teach little. */
  private static final int EPOCH_SAMPLES = 1_000_000;

  public PipelineOptions {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(coordinate, "coordinate");
    Objects.requireNonNull(als, "als");
    Objects.requireNonNull(tower, "tower");
    Objects.requireNonNull(merge, "merge");
    Objects.requireNonNull(fused, "fused");
    Objects.requireNonNull(rank, "rank");
    Objects.requireNonNull(scoring, "scoring");
    alsFor = Collections.unmodifiableMap(new LinkedHashMap<>(alsFor));
    tower.ifPresent(options -> options.checkPlainVectors("the two-tower networks of a pipeline"));
    if (!linear && tower.isEmpty()) {
      throw new IllegalArgumentException(
          "neither the linear nor the non-linear channel is left; keep one of them");
    }
    if (listLength < 1 || listLength > 1 << 20) {
      throw new IllegalArgumentException(
          "listLength is " + listLength + ", must be in [1, 1048576]");
    }
  }

  /** The sound reading. */
  public static PipelineOptions defaults() {
    return new PipelineOptions(
        42,
        ContentOptions.defaults(),
        true,
        Optional.of(CoordinateOptions.defaults()),
        true,
        AlsOptions.defaults(),
        Map.of(),
        Optional.of(TowerOptions.defaults().withEpochs(EPOCHS).withEpochSamples(EPOCH_SAMPLES)),
        Merge.CALIBRATED,
        ScoringOptions.defaults(),
        true,
        RelatedTable.DEFAULT_LENGTH,
        Optional.of(FusedOptions.defaults()),
        Optional.empty());
  }

  /**
   * The letter: e = 0.65 on binary profiles, t = 0.6 on raw probabilities, the published ALS
   * hyper-parameters (the click ones for other objectives), SGD on the raw cosine, the larger of
   * the raw cosines.
   */
  public static PipelineOptions paper() {
    Map<String, AlsOptions> presets = new LinkedHashMap<>();
    PAPER_OBJECTIVES.forEach(name -> presets.put(name, AlsOptions.paper(name)));
    return new PipelineOptions(
        99,
        ContentOptions.paper(),
        true,
        Optional.of(CoordinateOptions.paper()),
        true,
        AlsOptions.paper("click"),
        presets,
        Optional.of(TowerOptions.paper()),
        Merge.MAX,
        ScoringOptions.defaults().withPresence(false),
        true,
        RelatedTable.DEFAULT_LENGTH,
        Optional.of(FusedOptions.defaults()),
        Optional.empty());
  }

  /** The ALS options of an objective, with the pipeline's seed. */
  AlsOptions alsOptions(String objective) {
    return alsFor.getOrDefault(objective, als).withSeed(seed);
  }

  public PipelineOptions withSeed(long value) {
    return with(draft -> draft.seed = value);
  }

  public PipelineOptions withContent(ContentOptions value) {
    return with(draft -> draft.content = value);
  }

  public PipelineOptions withGate(boolean value) {
    return with(draft -> draft.gate = value);
  }

  public PipelineOptions withCoordinate(Optional<CoordinateOptions> value) {
    return with(draft -> draft.coordinate = value);
  }

  public PipelineOptions withLinear(boolean value) {
    return with(draft -> draft.linear = value);
  }

  public PipelineOptions withAls(AlsOptions value) {
    return with(draft -> draft.als = value);
  }

  /** The same but for the linear channel of one objective. */
  public PipelineOptions withAlsFor(String objective, AlsOptions value) {
    Map<String, AlsOptions> changed = new LinkedHashMap<>(alsFor);
    changed.put(objective, value);
    return with(draft -> draft.alsFor = changed);
  }

  public PipelineOptions withTower(Optional<TowerOptions> value) {
    return with(draft -> draft.tower = value);
  }

  public PipelineOptions withMerge(Merge value) {
    return with(draft -> draft.merge = value);
  }

  public PipelineOptions withScoring(ScoringOptions value) {
    return with(draft -> draft.scoring = value);
  }

  public PipelineOptions withLearnWeights(boolean value) {
    return with(draft -> draft.learnWeights = value);
  }

  public PipelineOptions withListLength(int value) {
    return with(draft -> draft.listLength = value);
  }

  public PipelineOptions withFused(Optional<FusedOptions> value) {
    return with(draft -> draft.fused = value);
  }

  public PipelineOptions withRank(Optional<RankOptions> value) {
    return with(draft -> draft.rank = value);
  }

  private PipelineOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    long seed;
    ContentOptions content;
    boolean gate;
    Optional<CoordinateOptions> coordinate;
    boolean linear;
    AlsOptions als;
    Map<String, AlsOptions> alsFor;
    Optional<TowerOptions> tower;
    Merge merge;
    ScoringOptions scoring;
    boolean learnWeights;
    int listLength;
    Optional<FusedOptions> fused;
    Optional<RankOptions> rank;

    Draft(PipelineOptions of) {
      seed = of.seed;
      content = of.content;
      gate = of.gate;
      coordinate = of.coordinate;
      linear = of.linear;
      als = of.als;
      alsFor = of.alsFor;
      tower = of.tower;
      merge = of.merge;
      scoring = of.scoring;
      learnWeights = of.learnWeights;
      listLength = of.listLength;
      fused = of.fused;
      rank = of.rank;
    }

    PipelineOptions options() {
      return new PipelineOptions(
          seed,
          content,
          gate,
          coordinate,
          linear,
          als,
          alsFor,
          tower,
          merge,
          scoring,
          learnWeights,
          listLength,
          fused,
          rank);
    }
  }
}
