package dev.kindred.app.evaluation;

import dev.kindred.engine.LearningCurve;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.content.ProfileSimilarity;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.data.Splits;
import dev.kindred.engine.eval.BeyondAccuracy;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.LaterItems;
import dev.kindred.engine.eval.PairEvaluator;
import dev.kindred.engine.eval.RankingFigures;
import dev.kindred.engine.eval.Segments;
import dev.kindred.engine.related.CalibrationPairs;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is measured of a model on the part of a log that it has not seen, beside the
 * baselines. Immutable.
 *
 * @param nextItem the item that a user went on to: every objective, length and source of lists
 * @param segments the same by parts of users and items, at the first length
 * @param laterItems all that a user took to later
 * @param pairs whether scores tell related pairs from others, and how well calibrated
 * @param lists coverage, novelty and the like
 * @param curves how the models learned
 * @param keptShares what the Coordinating Network kept of each objective
 * @param positions how clicks depend on the place
 */
public record Evaluation(
    List<NextItemScore> nextItem,
    List<SegmentScore> segments,
    List<LaterItemsScore> laterItems,
    List<PairScore> pairs,
    List<ListScore> lists,
    List<LearningCurve> curves,
    Map<String, Double> keptShares,
    Optional<PositionCurve> positions) {
  private static final int PAIRS = 20_000;
  private static final long SEED = 1;

  public Evaluation {
    nextItem = List.copyOf(nextItem);
    segments = List.copyOf(segments);
    laterItems = List.copyOf(laterItems);
    pairs = List.copyOf(pairs);
    lists = List.copyOf(lists);
    curves = List.copyOf(curves);
  }

  /**
   * Measures.
   *
   * @param input the log and the profiles that {@code split} was made from
   * @param ks lengths of lists, at least one
   * @param fields profile fields of the items to divide the steps by
   * @param als to train one for each objective alone, as a further baseline
   * @throws IllegalArgumentException if a field is unknown or there is no step to measure on
   */
  public static Evaluation of(
      Subject subject,
      PipelineInput input,
      Splits.Split split,
      List<Integer> ks,
      List<String> fields,
      Optional<AlsOptions> als,
      Workers workers) {
    Events history = split.train();
    Events held = split.test();
    int k = ks.getFirst();
    List<NextItemScore> nextItem = new ArrayList<>();
    List<SegmentScore> segments = new ArrayList<>();
    List<LaterItemsScore> laterItems = new ArrayList<>();
    List<ListScore> lists = new ArrayList<>();
    for (int objective : NextItemComparison.objectives(history, held)) {
      var asked =
          new NextItemComparison.Asked(
              subject.lists(),
              history,
              held,
              objective,
              NextItemComparison.longest(ks),
              als,
              workers);
      nextItem.addAll(asked.scores(ks));
      segments.addAll(asked.scores(Segments.byActivity(asked.steps, history), k));
      segments.addAll(asked.scores(Segments.byPopularity(asked.steps, asked.counts), k));
      for (String field : fields) {
        segments.addAll(
            asked.scores(
                Segments.byField(asked.steps, input.items(), fieldOf(input.items(), field)), k));
      }
      LaterItems later = LaterItems.of(history, held, objective);
      if (later.size() > 0) {
        laterItems.addAll(laterItems(asked, later, ks, workers));
      }
      if (lists.isEmpty()) {
        lists.addAll(qualities(asked, input.items(), k, workers));
      }
    }
    return new Evaluation(
        nextItem,
        segments,
        laterItems,
        pairs(subject, input.events(), history, held),
        lists,
        subject.curves(),
        subject.keptShares(),
        PositionCurve.of(history));
  }

  /** Every source and length, with intervals over the users and Kindred's difference. */
  private static List<LaterItemsScore> laterItems(
      NextItemComparison.Asked asked, LaterItems later, List<Integer> ks, Workers workers) {
    ClusterBootstrap bootstrap = new ClusterBootstrap(later.users(), SEED);
    List<LaterItemsScore> scores = new ArrayList<>();
    Map<Integer, RankingFigures> ours = new HashMap<>(); // the first of the sources
    asked.lists.forEach(
        (name, list) -> {
          for (int k : ks) {
            RankingFigures figures = later.figures(list, k, workers);
            ours.putIfAbsent(k, figures);
            scores.add(
                new LaterItemsScore(
                    asked.objective,
                    name,
                    figures.means(),
                    LaterItemsScore.Certainty.of(bootstrap, figures, ours.get(k))));
          }
        });
    return scores;
  }

  /**
   * Looks for profile fields before anything is trained.
   *
   * @throws IllegalArgumentException if one is unknown
   */
  public static void checkFields(Catalogue items, List<String> fields) {
    fields.forEach(field -> fieldOf(items, field));
  }

  private static int fieldOf(Catalogue items, String name) {
    for (int f = 0; f < items.fields().size(); f++) {
      if (items.fields().get(f).name().equals(name)) {
        return f;
      }
    }
    throw new IllegalArgumentException(
        "the catalogue has no field '"
            + name
            + "' to divide by; it has "
            + items.fields().stream().map(FieldSpec::name).toList());
  }

  private static List<ListScore> qualities(
      NextItemComparison.Asked asked, Catalogue items, int k, Workers workers) {
    boolean profiles =
        items.fields().stream()
            .anyMatch(field -> field.kind() != FieldSpec.Kind.NUMERIC && field.weight() > 0);
    BeyondAccuracy.Similarity similarity =
        profiles ? ProfileSimilarity.of(items, ContentOptions.defaults())::cosine : null;
    List<ListScore> lists = new ArrayList<>();
    asked.lists.forEach(
        (name, list) ->
            lists.add(
                new ListScore(
                    name, BeyondAccuracy.of(list, asked.counts, k, similarity, workers))));
    return lists;
  }

  /** Held-out pairs of every objective: of a negative one, what a user of an item disliked. */
  private static List<PairScore> pairs(Subject subject, Events all, Events history, Events held) {
    List<PairScore> scores = new ArrayList<>();
    for (int k = 0; k < history.objectives().size(); k++) {
      String name = history.objectives().get(k).name();
      int objective = subject.scorer().weights().indexOf(name);
      if (objective < 0) {
        continue;
      }
      Interactions before = history.interactions(k, RowFilter.ALL);
      Interactions after = held.interactions(k, RowFilter.ALL);
      CalibrationPairs pairs =
          history.objectives().get(k).polarity() == Polarity.NEGATIVE
              ? CalibrationPairs.contrast(
                  history.engaged(), all.interactions(k, RowFilter.ALL), after, PAIRS, SEED)
              : CalibrationPairs.sample(before, after, PAIRS, SEED);
      PairEvaluator.evaluate(subject.scorer(), objective, before, pairs, subject.toModel())
          .ifPresent(report -> scores.add(new PairScore(name, report)));
    }
    return scores;
  }

  /** All results, one object each. */
  public List<Map<String, Object>> json() {
    List<Map<String, Object>> lines = new ArrayList<>();
    nextItem.forEach(score -> lines.add(score.json()));
    segments.forEach(score -> lines.add(score.json()));
    laterItems.forEach(score -> lines.add(score.json()));
    pairs.forEach(score -> lines.add(score.json()));
    lists.forEach(score -> lines.add(score.json()));
    if (!keptShares.isEmpty()) {
      Map<String, Object> kept = new LinkedHashMap<>();
      kept.put("part", "kept");
      kept.put("keptShare", keptShares);
      lines.add(kept);
    }
    positions.ifPresent(curve -> lines.add(curve.json()));
    return lines;
  }
}
