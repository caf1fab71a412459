package dev.kindred.app.experiment;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.FactorNeighbors;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Trains the nine groups of the source paper's Table 1 on the log of a world.
 *
 * <p>Collaborative filtering of one objective (1, 3, 4, 5) is implicit ALS on all of its samples
 * and shows the nearest items of the whole catalogue. The CF for dislikes (6) shows the candidates
 * of the base in the order of 0 - score. All groups use the pipeline's own settings of ALS and
 * towers.
 */
final class Contenders {
  static final List<String> NAMES =
      List.of(
          "CF for clicking (base)",
          "knowledge-based",
          "CF for time spent",
          "CF for liking",
          "CF for sharing",
          "CF for disliking",
          "two-tower for clicking",
          "personalised model (MMoE)",
          "multi-task learning");

  private static final int NEIGHBOURS = 100;
  private static final int WATCH = 1;
  private static final int LIKE = 2;
  private static final int SHARE = 3;
  private static final int DISLIKE = 4;

  private final PlayedWorld played;
  private final PipelineInput input;
  private final PipelineOptions options;
  private final Workers workers;
  private final Progress progress;
  private final List<String> notes = new ArrayList<>();

  /**
   * Contenders that have not been trained.
   *
   * @param options of the full pipeline
   */
  Contenders(PlayedWorld played, PipelineOptions options, Workers workers, Progress progress) {
    this.played = played;
    this.options = options;
    this.workers = workers;
    this.progress = progress;
    input = played.input();
  }

  /** All nine, in the order of the table. */
  List<Group> all() {
    NeighbourLists base = base();
    TowerModel tower = tower();
    List<ListPolicy> lists = new ArrayList<>();
    lists.add(ListPolicy.of(base));
    lists.add(ListPolicy.of(handRules()));
    for (int objective : new int[] {WATCH, LIKE, SHARE}) {
      lists.add(ListPolicy.of(nearest(als(objective, RowFilter.ALL))));
    }
    lists.add(ListPolicy.of(base.farthestFirst(channel("dislike", als(DISLIKE, RowFilter.ALL)))));
    lists.add(ListPolicy.of(nearest(tower)));
    lists.add(
        PersonalisedLists.train(
            input, tower, PersonalisedLists.network(options.seed()), workers, progress));
    lists.add(ListPolicy.of(pipeline(options)));
    List<Group> groups = new ArrayList<>();
    for (int g = 0; g < lists.size(); g++) {
      groups.add(new Group(NAMES.get(g), lists.get(g)));
    }
    return groups;
  }

  /** What the full pipelines said of themselves. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Collaborative filtering of clicks. */
  NeighbourLists base() {
    return nearest(als(PlayedWorld.CLICK, RowFilter.ALL));
  }

  /**
   * Collaborative filtering of one objective.
   *
   * @param scorer of any pair of items
   * @param lists of the nearest items of the whole catalogue
   */
  record Filtering(RelatedScorer scorer, RelatedLists lists) {}

  /** Collaborative filtering of some clicks. */
  Filtering clicks(RowFilter kept) {
    AlsModel model = als(PlayedWorld.CLICK, kept);
    Objective click = input.events().objectives().get(PlayedWorld.CLICK);
    RelatedScorer.Part part =
        new RelatedScorer.Part(channel(click.name(), model), Calibration.identity());
    ObjectiveWeights alone = ObjectiveWeights.equal(List.of(click), "one objective");
    return new Filtering(
        RelatedScorer.of(alone, List.of(part), Merge.MAX, model.items()), nearest(model));
  }

  private HandRules handRules() {
    CandidateLists content =
        ContentCandidates.join(input.items(), options.content(), workers, progress);
    return new HandRules(content, input.items());
  }

  /** The lists of a whole pipeline. */
  RelatedLists pipeline(PipelineOptions with) {
    TrainedPipeline trained = train(with);
    return trained.table()::related;
  }

  TrainedPipeline train(PipelineOptions with) {
    // Lists alone are played: nothing searches the index over all channels.
    TrainedPipeline trained =
        Pipeline.train(input, with.withFused(Optional.empty()), workers, progress);
    notes.addAll(Note.texts(trained.notes()));
    return trained;
  }

  private AlsModel als(int objective, RowFilter kept) {
    Interactions positives = input.events().interactions(objective, kept);
    String name = input.events().objectives().get(objective).name();
    return ImplicitAls.train(
        positives, options.alsFor().getOrDefault(name, options.als()), workers, progress);
  }

  private TowerModel tower() {
    TowerOptions tower = options.tower().orElse(PipelineOptions.defaults().tower().orElseThrow());
    return TwoTower.train(
        played.clicks(),
        FeatureTable.of(input.users()),
        FeatureTable.of(input.items()),
        tower.withSeed(options.seed()),
        workers,
        progress);
  }

  private NeighbourLists nearest(AlsModel model) {
    return nearest(model.itemFactors(), model.items(), model.rank());
  }

  private NeighbourLists nearest(TowerModel model) {
    float[] vectors = model.itemVectors().clone();
    for (int item = 0; item < model.items(); item++) {
      if (!model.hasItemVector(item)) {
        Arrays.fill(vectors, item * model.dim(), (item + 1) * model.dim(), 0);
      }
    }
    return nearest(vectors, model.items(), model.dim());
  }

  private NeighbourLists nearest(float[] vectors, int items, int dim) {
    return NeighbourLists.of(
        FactorNeighbors.candidates(vectors, items, dim, NEIGHBOURS, -1, workers, progress));
  }

  private static Channel channel(String objective, AlsModel model) {
    return Channel.normalized(
        objective, Channel.Kind.LINEAR, model.itemFactors(), model.items(), model.rank());
  }
}
