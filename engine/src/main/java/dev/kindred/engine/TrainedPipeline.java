package dev.kindred.engine;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.coordinate.KeepReport;
import dev.kindred.engine.coordinate.Routing;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.rank.RankModel;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.related.RetentionWeights;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@link Pipeline} has learned, before it is a snapshot. Immutable. */
public final class TrainedPipeline {
  private final PipelineInput input;
  private final PipelineOptions options;
  private final Optional<Routing> routing;
  private final CandidateLists candidates;
  private final RelatedScorer scorer;
  private final RelatedTable table;
  private final Optional<FusedIndex> fused;
  private final Optional<RankModel> ranking;
  private final List<RetentionWeights.Effect> effects;
  private final List<RetentionWeights.Interval> intervals;
  private final Map<String, Double> seconds;
  private final Map<String, String> modelHashes;
  private final List<LearningCurve> curves;
  private final List<Note> notes;

  TrainedPipeline(
      PipelineInput input,
      PipelineOptions options,
      Optional<Routing> routing,
      CandidateLists candidates,
      RelatedScorer scorer,
      RelatedTable table,
      Optional<FusedIndex> fused,
      Optional<RankModel> ranking,
      List<RetentionWeights.Effect> effects,
      List<RetentionWeights.Interval> intervals,
      Map<String, Double> seconds,
      Map<String, String> modelHashes,
      List<LearningCurve> curves,
      List<Note> notes) {
    this.input = input;
    this.options = options;
    this.routing = routing;
    this.candidates = candidates;
    this.scorer = scorer;
    this.table = table;
    this.fused = fused;
    this.ranking = ranking;
    this.effects = List.copyOf(effects);
    this.intervals = List.copyOf(intervals);
    this.seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    this.modelHashes = Collections.unmodifiableMap(new LinkedHashMap<>(modelHashes));
    this.curves = List.copyOf(curves);
    this.notes = List.copyOf(notes);
  }

  /** Which samples trained which objective; empty if the Coordinating Network was left out. */
  public Optional<Routing> routing() {
    return routing;
  }

  /** The gated candidates of every item. */
  public CandidateLists candidates() {
    return candidates;
  }

  /** Exact scores of any pair. */
  public RelatedScorer scorer() {
    return scorer;
  }

  /** The related list of every item. */
  public RelatedTable table() {
    return table;
  }

  /** The index over all channels side by side, if there is one. */
  public Optional<FusedIndex> fused() {
    return fused;
  }

  /** The personalised path; empty if it was left out or the log has too little. */
  public Optional<RankModel> ranking() {
    return ranking;
  }

  /** What was learned of each objective from retention, with intervals; empty if nothing was. */
  public List<RetentionWeights.Effect> effects() {
    return effects;
  }

  /** Wall-clock seconds per stage, in the order in which they ran. */
  public Map<String, Double> seconds() {
    return seconds;
  }

  /** Name of a model to the hash of its parameters: equal hashes, equal bits. */
  public Map<String, String> modelHashes() {
    return modelHashes;
  }

  /** How every model got better while it learned, in the order of training. */
  public List<LearningCurve> learningCurves() {
    return curves;
  }

  /** What a reader should know: switched-off channels, fallbacks, warnings, in order. */
  public List<Note> notes() {
    return notes;
  }

  /** Hands every part to a writer; the caller publishes it. */
  public void writeTo(SnapshotWriter out) throws IOException {
    if (ranking.isPresent()) {
      try (Workers one = Workers.of(1)) {
        writeTo(out, one, Progress.none());
      }
    } else {
      writeRelated(out);
    }
  }

  /**
   * The same.
   *
   * @param workers to build the graph on that retrieval searches
   */
  public void writeTo(SnapshotWriter out, Workers workers, Progress progress) throws IOException {
    writeRelated(out);
    if (ranking.isPresent()) {
      out.ranking(ranking.get(), workers, progress);
    }
  }

  private void writeRelated(SnapshotWriter out) throws IOException {
    out.items(input.events().items());
    out.candidates(candidates);
    out.scorer(scorer);
    if (fused.isPresent()) {
      out.fused(fused.get());
    }
    out.related(table);
    if (!input.items().fields().isEmpty()) {
      out.profile(input.items());
      if (candidates.countsBySource()[CandidateSource.CONTENT.ordinal()]
              + candidates.countsBySource()[CandidateSource.CONTENT_RELAXED.ordinal()]
          > 0) {
        out.gate(input.items(), options.content());
      }
    }
    out.seed(options.seed());
    out.dataHash(DataHash.of(input));
    modelHashes.forEach(out::modelHash);
    out.options(options);
    out.metric("samples", input.events().size());
    out.metric("users", input.events().users().size());
    out.metric("candidates", candidates.size());
    routing.ifPresent(
        present -> {
          Map<String, Double> kept = new LinkedHashMap<>();
          for (KeepReport report : present.reports()) {
            kept.put(report.objective(), report.keptShare());
          }
          out.metric("keptShare", kept);
        });
    if (!effects.isEmpty()) {
      out.metric("retentionEffects", effects);
    }
    if (!intervals.isEmpty()) {
      out.metric("learnedWeights", intervals);
    }
    out.metric("secondsPerStage", seconds);
    out.metric("learningCurves", curves);
    notes.forEach(out::note);
  }
}
