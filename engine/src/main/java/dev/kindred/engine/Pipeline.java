package dev.kindred.engine;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.content.FactorNeighbors;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.coordinate.CoordinatingNetwork;
import dev.kindred.engine.coordinate.KeepReport;
import dev.kindred.engine.coordinate.Routing;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.rank.RankModel;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.rank.RankTrainer;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.CalibrationPairs;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.CountedObjective;
import dev.kindred.engine.related.ItemPrior;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.Presence;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.related.RetentionOptions;
import dev.kindred.engine.related.RetentionWeights;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The three stages of "A Multi-Task Learning Algorithm for Non-personalized Recommendations" in
 * order: candidates, one linear and one non-linear model per objective on the samples that the
 * Coordinating Network routes to it, merging and ranking.
 *
 * <p>One object per run, used by one thread; the work itself is shared out to the workers. The same
 * input, options and vector width give the same result for any number of threads.
 */
public final class Pipeline {
  /** Pairs of each kind that a channel is calibrated on, at most. */
  private static final int CALIBRATION_PAIRS = 20_000;

  private final PipelineInput input;
  private final PipelineOptions options;
  private final Workers workers;
  private final Progress progress;
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final Map<String, String> modelHashes = new LinkedHashMap<>();
  private final List<LearningCurve> curves = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private List<RetentionWeights.Effect> effects = List.of();
  private List<RetentionWeights.Interval> intervals = List.of();

  private Pipeline(
      PipelineInput input, PipelineOptions options, Workers workers, Progress progress) {
    this.input = input;
    this.options = options;
    this.workers = workers;
    this.progress = progress;
  }

  /** Trains every stage. */
  public static TrainedPipeline train(
      PipelineInput input, PipelineOptions options, Workers workers, Progress progress) {
    return new Pipeline(input, options, workers, progress).run();
  }

  private TrainedPipeline run() {
    Events events = input.events();
    checkCounted();
    Optional<Routing> routing =
        options.coordinate().map(coordinate -> timed("coordinate", () -> route(coordinate)));
    List<RelatedScorer.Part> parts = new ArrayList<>();
    for (int k = 0; k < events.objectives().size(); k++) {
      Interactions positives = events.interactions(k, filter(routing, k));
      parts.addAll(channels(k, positives));
    }
    CandidateLists candidates = timed("candidates", () -> candidates(parts));
    ObjectiveWeights weights = timed("weights", () -> weights(routing));
    parts.replaceAll(part -> withPresence(part, candidates));
    for (CountedObjective counted : options.scoring().counted()) {
      parts.add(timed(counted.name(), () -> count(counted)));
      weights = weights.with(counted.name(), Polarity.POSITIVE, counted.weight());
    }
    RelatedScorer scorer = RelatedScorer.of(weights, parts, options.merge(), events.items().size());
    RelatedTable table =
        timed(
            "related",
            () -> RelatedTable.build(scorer, candidates, options.listLength(), workers, progress));
    Optional<FusedIndex> fused =
        options
            .fused()
            .flatMap(
                fusing ->
                    timed(
                        "fused index", () -> FusedIndex.build(scorer, fusing, workers, progress)));
    Optional<RankModel> ranking = options.rank().flatMap(this::ranking);
    return new TrainedPipeline(
        input,
        options,
        routing,
        candidates,
        scorer,
        table,
        fused,
        ranking,
        effects,
        intervals,
        seconds,
        modelHashes,
        curves,
        notes);
  }

  /** The personalised path, if the log has what it takes. */
  private Optional<RankModel> ranking(RankOptions rank) {
    if (input.events().order() == Order.NONE) {
      notes.add(
          Note.warning(
              "no personalised ranking: the log has no times and no order of events; name the"
                  + " column of one under [events]"));
      return Optional.empty();
    }
    RankTrainer.Result result =
        timed(
            "rank",
            () ->
                RankTrainer.train(
                    input.events(),
                    input.items(),
                    input.users(),
                    input.searches(),
                    rank.withSeed(options.seed()),
                    workers,
                    progress));
    notes.addAll(result.notes());
    modelHashes.putAll(result.hashes());
    return result.model();
  }

  private RelatedScorer.Part count(CountedObjective counted) {
    RelatedScorer.Part part =
        counted.count(
            input.events(), options.scoring().calibration(), options.seed(), workers, progress);
    boolean active = part.calibration().active();
    notes.add(new Note(active ? Note.Level.INFO : Note.Level.WARNING, part.calibration().note()));
    return part;
  }

  /** Throws before all work if an objective that is to be counted can't be had. */
  private void checkCounted() {
    for (CountedObjective counted : options.scoring().counted()) {
      if (options.merge() == Merge.MAX) {
        throw new IllegalArgumentException(
            counted.counts()
                + " need calibrated log-odds, and the merge is the maximum of raw cosines; leave"
                + " one of them out");
      }
      for (Objective objective : input.events().objectives()) {
        if (objective.name().equals(counted.name())) {
          throw new IllegalArgumentException(
              "objective '"
                  + counted.name()
                  + "' is declared, and "
                  + counted.counts()
                  + " are to be called so too; give them another name");
        }
      }
      counted.check(input.events());
    }
  }

  /** Lets targets without the channel count as their similarity lets expect. */
  private RelatedScorer.Part withPresence(RelatedScorer.Part part, CandidateLists candidates) {
    boolean fits =
        options.scoring().presence()
            && options.merge() != Merge.MAX
            && part.calibration().active()
            && part.channel().kind() != Channel.Kind.PRIOR
            && polarity(part.channel().objective()) == Polarity.POSITIVE;
    if (!fits) {
      return part;
    }
    Presence presence =
        Presence.fit(part.channel(), part.calibration(), candidates, options.seed());
    if (presence.equals(Presence.NEUTRAL)) {
      return part;
    }
    inform(part.channel().name() + ": an item without it counts as log-odds " + presence);
    return new RelatedScorer.Part(part.channel(), part.calibration().withPresence(presence));
  }

  private Routing route(CoordinateOptions coordinate) {
    Routing routing =
        CoordinatingNetwork.route(
            input.events(),
            input.items(),
            input.users(),
            coordinate.withSeed(options.seed()),
            workers,
            progress);
    for (KeepReport report : routing.reports()) {
      inform("coordinating network, " + report);
      for (Note note : report.notes()) {
        notes.add(new Note(note.level(), report.objective() + ": " + note.text()));
      }
    }
    return routing;
  }

  private static RowFilter filter(Optional<Routing> routing, int objective) {
    return routing.map(present -> present.filter(objective)).orElse(RowFilter.ALL);
  }

  /** What a row counts for an objective when weights are learned: the network's outputs. */
  private RetentionWeights.Membership membership(Optional<Routing> routing) {
    Events events = input.events();
    return routing.isEmpty()
        ? RetentionWeights.Membership.happened(events)
        : (objective, row) ->
            events.value(objective, row) > 0 ? routing.get().probability(objective, row) : 0;
  }

  /** The channels of an objective, each with its calibration. */
  private List<RelatedScorer.Part> channels(int k, Interactions positives) {
    Objective objective = input.events().objectives().get(k);
    if (positives.size() == 0) {
      notes.add(
          Note.warning(
              "objective '"
                  + objective.name()
                  + "' has no samples and contributes nothing; check its rule"));
      return List.of();
    }
    // The paper's maximum of raw cosines needs no calibration and so no held-out part.
    if (options.merge() == Merge.MAX) {
      return models(objective, positives).stream()
          .map(channel -> new RelatedScorer.Part(channel, Calibration.identity()))
          .toList();
    }
    CalibrationSplit split = CalibrationSplit.of(positives, options.seed());
    List<Channel> channels = models(objective, split.training());
    CalibrationPairs pairs = calibrationPairs(objective, positives, split);
    List<RelatedScorer.Part> parts = new ArrayList<>();
    for (Channel channel : channels) {
      Calibration calibration = Calibration.fit(channel, pairs, options.scoring().calibration());
      inform(calibration.note());
      parts.add(new RelatedScorer.Part(channel, calibration));
    }
    if (!parts.isEmpty() && parts.stream().noneMatch(part -> part.calibration().active())) {
      notes.add(
          Note.warning(
              "objective '"
                  + objective.name()
                  + "' has no channel that tells related items from others"
                  + (objective.polarity() == Polarity.NEGATIVE
                      ? "; how often it happens to an item is all that counts of it"
                      : " and contributes nothing; train on a longer log or leave it out")));
    }
    if (objective.polarity() == Polarity.NEGATIVE) {
      parts.add(
          new RelatedScorer.Part(
              ItemPrior.of(input.events(), k),
              Calibration.ofLogOdds(objective.name() + " item prior: smoothed rate of the item")));
    }
    return parts;
  }

  private CalibrationPairs calibrationPairs(
      Objective objective, Interactions positives, CalibrationSplit split) {
    return objective.polarity() == Polarity.NEGATIVE
        ? CalibrationPairs.contrast(
            input.events().engaged(), positives, split.heldOut(), CALIBRATION_PAIRS, options.seed())
        : CalibrationPairs.sample(
            split.training(), split.heldOut(), CALIBRATION_PAIRS, options.seed());
  }

  /** The linear and, if there is one, the non-linear channel. */
  private List<Channel> models(Objective objective, Interactions training) {
    List<Channel> channels = new ArrayList<>();
    if (options.linear()) {
      channels.add(timed("als " + objective.name(), () -> linear(objective, training)));
    }
    if (options.tower().isPresent()) {
      TowerOptions tower = options.tower().get().withSeed(options.seed());
      channels.add(timed("tower " + objective.name(), () -> nonLinear(objective, training, tower)));
    }
    return channels;
  }

  private Channel linear(Objective objective, Interactions training) {
    AlsOptions als = options.alsOptions(objective.name());
    AlsModel model = ImplicitAls.train(training, als, workers, progressOf(objective));
    modelHashes.put("als " + objective.name(), model.hash());
    curve("als " + objective.name(), "loss", model.objectivePerSweep());
    return Channel.normalized(
        objective.name(), Channel.Kind.LINEAR, model.itemFactors(), model.items(), model.rank());
  }

  /** Progress whose stages are named for an objective: each has a model of the same kind. */
  private Progress progressOf(Objective objective) {
    return (name, total) -> progress.stage(objective.name() + ": " + name, total);
  }

  private Channel nonLinear(Objective objective, Interactions training, TowerOptions tower) {
    TowerModel model =
        TwoTower.train(
            training,
            FeatureTable.of(input.users()),
            FeatureTable.of(input.items()),
            tower,
            workers,
            progressOf(objective));
    modelHashes.put("tower " + objective.name(), model.hash());
    curve("tower " + objective.name(), "loss", model.losses());
    curve("tower " + objective.name(), "recall@20", model.recalls());
    model.notes().forEach(note -> inform("tower " + objective.name() + ": " + note));
    float[] vectors = model.itemVectors().clone();
    for (int item = 0; item < model.items(); item++) {
      if (!model.hasItemVector(item)) {
        Arrays.fill(vectors, item * model.dim(), (item + 1) * model.dim(), 0);
      }
    }
    return Channel.normalized(
        objective.name(), Channel.Kind.NON_LINEAR, vectors, model.items(), model.dim());
  }

  /** Candidates from content where there is a catalogue, else from behaviour. */
  private CandidateLists candidates(List<RelatedScorer.Part> parts) {
    boolean profiles = hasProfiles(input.items());
    if (options.gate() && profiles) {
      CandidateLists content =
          ContentCandidates.join(input.items(), options.content(), workers, progress);
      CandidateLists lists =
          options.content().coOccurring() == 0 ? content : withCoOccurring(content);
      long without =
          IntStream.range(0, lists.items()).filter(item -> lists.count(item) == 0).count();
      if (without > 0) {
        notes.add(
            Note.warning(
                without
                    + " of "
                    + lists.items()
                    + " items have no candidates, so empty lists: no other item's profile is close"
                    + " enough; lower floor or raise co-occurring under [content]"));
      }
      return lists;
    }
    inform(
        (profiles ? "no content gate" : "no catalogue")
            + ": candidates come from co-occurrence and factor neighbours");
    int cap = options.content().maxPerItem();
    List<CandidateLists> sources = new ArrayList<>();
    sources.add(
        Cooccurrence.candidates(
            input.events().engaged(),
            Cooccurrence.Options.defaults().withMaxPerItem(cap),
            workers,
            progress));
    for (RelatedScorer.Part part : parts) {
      if (part.channel().kind() == Channel.Kind.LINEAR
          && part.calibration().active()
          && polarity(part.channel().objective()) == Polarity.POSITIVE) {
        sources.add(neighbours(part.channel(), cap));
      }
    }
    // Half of a list for what was seen together, the rest shared by the models' neighbours.
    List<Integer> caps = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      caps.add(i == 0 ? Math.max(1, cap / 2) : cap);
    }
    return CandidateLists.union(sources, caps, cap);
  }

  /** Adds items seen together to those of a similar profile; each keeps its source. */
  private CandidateLists withCoOccurring(CandidateLists content) {
    int more = options.content().coOccurring();
    int cap = options.content().maxPerItem();
    CandidateLists together =
        Cooccurrence.candidates(
            input.events().engaged(),
            Cooccurrence.Options.defaults().withMaxPerItem(cap),
            workers,
            progress);
    return CandidateLists.union(List.of(content, together), List.of(cap, more), cap + more);
  }

  private CandidateLists neighbours(Channel channel, int cap) {
    float[] vectors = new float[Math.multiplyExact(channel.items(), channel.dim())];
    float[] row = new float[channel.dim()];
    for (int item = 0; item < channel.items(); item++) {
      channel.copyRow(item, row);
      System.arraycopy(row, 0, vectors, item * row.length, row.length);
    }
    return FactorNeighbors.candidates(
        vectors, channel.items(), channel.dim(), cap, 0, workers, progress);
  }

  private Polarity polarity(String objective) {
    return input.events().objectives().stream()
        .filter(other -> other.name().equals(objective))
        .findFirst()
        .orElseThrow()
        .polarity();
  }

  private static boolean hasProfiles(Catalogue items) {
    return items.fields().stream().anyMatch(field -> field.kind() != FieldSpec.Kind.NUMERIC);
  }

  private ObjectiveWeights weights(Optional<Routing> routing) {
    Events events = input.events();
    if (!options.learnWeights()) {
      return ObjectiveWeights.equal(events.objectives(), "equal weights were asked for");
    }
    RetentionWeights learned =
        RetentionWeights.learn(events, membership(routing), RetentionOptions.defaults(), workers);
    effects = learned.effects();
    intervals = learned.intervals();
    inform(learned.weights().note());
    return learned.weights();
  }

  private void inform(String text) {
    notes.add(Note.info(text));
  }

  private void curve(String model, String measure, double[] values) {
    if (values.length > 0) {
      curves.add(new LearningCurve(model, measure, Arrays.stream(values).boxed().toList()));
    }
  }

  private <T> T timed(String stage, Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    seconds.merge(stage, (System.nanoTime() - start) / 1e9, Double::sum);
    return result;
  }
}
