package dev.kindred.app.report;

import dev.kindred.app.evaluation.Evaluation;
import dev.kindred.app.evaluation.LaterItemsScore;
import dev.kindred.app.evaluation.ListScore;
import dev.kindred.app.evaluation.NextItemComparison;
import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.app.evaluation.PairScore;
import dev.kindred.app.evaluation.PositionCurve;
import dev.kindred.app.evaluation.SegmentScore;
import dev.kindred.engine.LearningCurve;
import dev.kindred.engine.eval.BeyondAccuracy;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.PairEvaluator;
import dev.kindred.engine.eval.Reliability;
import dev.kindred.engine.eval.TopNEvaluator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** An evaluation as one page with plots. Stateless. */
public final class EvaluationPage {
  private static final double WIDTH = 320;
  private static final double HEIGHT = 220;

  private EvaluationPage() {}

  /**
   * Writes the page; a file of the name is replaced at once when the page is whole.
   *
   * @param facts what was trained on and held out, one line
   * @param warnings shown first
   */
  public static void write(Path file, String facts, Evaluation evaluation, List<String> warnings)
      throws IOException {
    Path target = file.toAbsolutePath();
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, page(facts, evaluation, warnings));
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static String page(String facts, Evaluation evaluation, List<String> warnings) {
    Html page = new Html("Evaluation of related items").paragraph(facts);
    warnings.forEach(page::warning);
    nextItem(page, evaluation.nextItem());
    segments(page, evaluation.segments());
    laterItems(page, evaluation.laterItems());
    pairs(page, evaluation.pairs());
    channels(page, evaluation.pairs());
    lists(page, evaluation.lists());
    kept(page, evaluation.keptShares());
    evaluation.positions().ifPresent(curve -> positions(page, curve));
    curves(page, evaluation.curves());
    return page.toString();
  }

  private static void nextItem(Html page, List<NextItemScore> scores) {
    page.heading("The item that users went on to")
        .paragraph(
            "Share of held-out steps whose next item stands in the list beside the present one. "
                + "Whiskers: 95% intervals from 1,000 draws of users.");
    double most = 1.05 * scores.stream().mapToDouble(s -> s.hitRate().high()).max().orElse(1);
    Map<String, List<Plot.Bar>> plots = new LinkedHashMap<>();
    for (NextItemScore score : scores) {
      String title =
          String.format(
              Locale.ROOT,
              "%s: hit rate@%d of %,d steps",
              score.objective(),
              score.k(),
              score.steps());
      plots
          .computeIfAbsent(title, key -> new ArrayList<>())
          .add(
              new Plot.Bar(
                  series(score.lists()),
                  score.lists(),
                  score.hitRate().mean(),
                  score.hitRate().low(),
                  score.hitRate().high()));
    }
    page.beginPlots();
    plots.forEach((title, bars) -> page.plot(title, Plot.bars(bars, Math.max(most, 1e-6), title)));
    page.endPlots();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "objective, list",
            "k",
            "hit rate",
            "95% interval",
            "NDCG",
            "MRR",
            "by item",
            "has a list",
            "Kindred minus this",
            "p"));
    for (NextItemScore s : scores) {
      rows.add(
          List.of(
              s.objective() + ", " + s.lists(),
              Integer.toString(s.k()),
              figure(s.hitRate().mean()),
              figure(s.hitRate().low()) + " to " + figure(s.hitRate().high()),
              figure(s.ndcg().mean()),
              figure(s.mrr()),
              figure(s.itemHitRate()),
              percent(s.answered()),
              s.kindredMinus().map(EvaluationPage::difference).orElse(""),
              s.kindredMinus().map(d -> String.format(Locale.ROOT, "%.3f", d.p())).orElse("")));
    }
    page.table(rows);
  }

  private static String difference(ClusterBootstrap.Difference d) {
    return String.format(Locale.ROOT, "%+.4f (%+.4f to %+.4f)", d.mean(), d.low(), d.high());
  }

  private static int series(String lists) {
    return switch (lists) {
      case NextItemComparison.KINDRED -> 0;
      case NextItemComparison.COSINE -> 1;
      case NextItemComparison.COOCCURRENCE, NextItemComparison.ALS -> 2;
      default -> 3;
    };
  }

  private static void segments(Html page, List<SegmentScore> scores) {
    page.heading("By parts of users and items")
        .paragraph("The same test on a part of the steps; cold items had nobody before.");
    String title = "";
    List<List<String>> rows = new ArrayList<>();
    List<String> row = null;
    for (SegmentScore score : scores) {
      String wanted = score.title();
      if (!wanted.equals(title)) {
        if (!rows.isEmpty()) {
          page.table(rows);
        }
        page.subheading(wanted);
        rows = new ArrayList<>();
        rows.add(new ArrayList<>(List.of("part", "steps")));
        title = wanted;
        row = null;
      }
      if (row == null || !row.getFirst().equals(score.segment())) {
        row =
            new ArrayList<>(
                List.of(score.segment(), String.format(Locale.ROOT, "%,d", score.steps())));
        rows.add(row);
      }
      row.add(score.cell());
      if (rows.size() == 2) { // the first part names the lists
        rows.getFirst().add(score.lists());
      }
    }
    if (!rows.isEmpty()) {
      page.table(rows);
    }
  }

  private static void laterItems(Html page, List<LaterItemsScore> scores) {
    if (scores.isEmpty()) {
      return;
    }
    page.heading("All that users took to later")
        .paragraph(
            "One query per user: how much of the held-out part stands in the list beside the "
                + "user's last item before it?");
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "objective, list",
            "k",
            "users",
            "precision",
            "recall",
            "95% interval",
            "F1",
            "MAP",
            "NDCG",
            "HR",
            "MRR",
            "Kindred's recall minus this",
            "p"));
    for (LaterItemsScore score : scores) {
      TopNEvaluator.Report r = score.report();
      ClusterBootstrap.Interval recall = score.certainty().recall();
      Optional<ClusterBootstrap.Difference> minus = score.certainty().kindredMinus();
      rows.add(
          List.of(
              score.objective() + ", " + score.lists(),
              Integer.toString(r.k()),
              String.format(Locale.ROOT, "%,d", r.users()),
              figure(r.precision()),
              figure(r.recall()),
              figure(recall.low()) + " to " + figure(recall.high()),
              figure(r.f1()),
              figure(r.averagePrecision()),
              figure(r.ndcg()),
              figure(r.hitRate()),
              figure(r.reciprocalRank()),
              minus.map(EvaluationPage::difference).orElse(""),
              minus.map(d -> String.format(Locale.ROOT, "%.3f", d.p())).orElse("")));
    }
    page.table(rows);
  }

  private static void pairs(Html page, List<PairScore> scores) {
    if (scores.isEmpty()) {
      return;
    }
    page.heading("Scores and their calibration")
        .paragraph(
            "Held-out pairs of items of one user against pairs of two users, equally many and "
                + "equally popular; of a dislike, what a user of an item dislikes against what "
                + "else he met. On the dashed line a predicted chance comes true.");
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "objective",
            "pairs",
            "AUC",
            "95% interval",
            "popularity",
            "co-occurrence",
            "grouped AUC",
            "log loss",
            "RMSE",
            "calibration error"));
    page.beginPlots();
    for (PairScore score : scores) {
      PairEvaluator.Report r = score.report();
      rows.add(
          List.of(
              score.objective(),
              String.format(Locale.ROOT, "%,d", r.pairs()),
              figure(r.auc().auc()),
              figure(r.auc().low()) + " to " + figure(r.auc().high()),
              figure(r.baselines().popularity()),
              figure(r.baselines().cooccurrence()),
              figure(r.grouped().auc()),
              r.predictions().map(p -> figure(p.logLoss())).orElse(""),
              r.predictions().map(p -> figure(p.rmse())).orElse(""),
              r.predictions().map(p -> figure(p.reliability().error())).orElse("")));
      r.predictions()
          .ifPresent(p -> page.plot(score.objective(), reliability(score, p.reliability())));
    }
    page.endPlots();
    page.table(rows);
  }

  private static String reliability(PairScore score, Reliability reliability) {
    Plot plot =
        new Plot(
                WIDTH,
                WIDTH * .8,
                0,
                1,
                0,
                1,
                "predicted",
                "Calibration of " + score.objective() + ": predicted against observed")
            .reference(0, 0, 1, 1);
    List<Reliability.Bin> bins = reliability.bins();
    plot.curve(
        0,
        bins.stream().map(Reliability.Bin::predicted).toList(),
        bins.stream().map(Reliability.Bin::observed).toList(),
        "predicted, observed");
    int largest = bins.stream().mapToInt(Reliability.Bin::count).max().orElse(1);
    for (Reliability.Bin bin : bins) {
      plot.dot(
          0,
          bin.predicted(),
          bin.observed(),
          3 + 5 * Math.sqrt((double) bin.count() / largest),
          String.format(
              Locale.ROOT,
              "%,d pairs: predicted %.3f, observed %.3f",
              bin.count(),
              bin.predicted(),
              bin.observed()));
    }
    return plot.toString();
  }

  private static void channels(Html page, List<PairScore> scores) {
    if (scores.stream().allMatch(score -> score.report().channels().isEmpty())) {
      return;
    }
    page.heading("Similarities of each channel")
        .paragraph("Share of the pairs by cosine; the further apart, the more a channel tells.")
        .legend("items of one user, or disliked", "items of two users, or met")
        .beginPlots();
    for (PairScore score : scores) {
      for (PairEvaluator.Cosines cosines : score.report().channels()) {
        double most =
            IntStream.range(0, PairEvaluator.BARS)
                .mapToDouble(i -> Math.max(cosines.positive().get(i), cosines.random().get(i)))
                .max()
                .orElse(1);
        String name = score.objective() + ", " + cosines.kind().label();
        page.plot(
            name + ": AUC " + figure(cosines.auc()),
            new Plot(WIDTH, HEIGHT, -1, 1, 0, Math.max(most, 1e-3), "cosine", name)
                .histogram(3, cosines.random(), "items of two users, or met")
                .histogram(0, cosines.positive(), "items of one user, or disliked")
                .toString());
      }
    }
    page.endPlots();
  }

  private static void lists(Html page, List<ListScore> scores) {
    if (scores.isEmpty()) {
      return;
    }
    page.heading("The lists themselves")
        .paragraph(
            "Coverage: share of the items that stand in any list. Gini: 0 where all stand in as "
                + "many. Novelty: bits of surprise of a listed item. Diversity: distance of the "
                + "profiles of two items of a list.");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("list", "k", "lists", "coverage", "Gini", "novelty", "diversity"));
    for (ListScore score : scores) {
      BeyondAccuracy q = score.qualities();
      rows.add(
          List.of(
              score.lists(),
              Integer.toString(q.k()),
              String.format(Locale.ROOT, "%,d", q.lists()),
              percent(q.coverage()),
              figure(q.gini()),
              String.format(Locale.ROOT, "%.2f", q.novelty()),
              figure(q.diversity())));
    }
    page.table(rows);
  }

  private static void kept(Html page, Map<String, Double> shares) {
    if (shares.isEmpty()) {
      return;
    }
    page.heading("What the Coordinating Network kept")
        .paragraph("Share of an objective's positives that were allowed to train it.");
    List<Plot.Bar> bars = new ArrayList<>();
    shares.forEach((name, share) -> bars.add(new Plot.Bar(0, name, share, 0, 0)));
    page.beginPlots().plot("share kept", Plot.bars(bars, 1, "Share kept by objective")).endPlots();
  }

  private static void positions(Html page, PositionCurve curve) {
    page.heading("Positions")
        .paragraph(
            "How often "
                + curve.objective()
                + " happened at each place of the lists that were shown: attention and what stood "
                + "there, together.");
    List<Double> places = curve.places().stream().map(p -> (double) p.position()).toList();
    List<Double> rates = curve.places().stream().map(PositionCurve.Place::rate).toList();
    double most = rates.stream().mapToDouble(r -> r).max().orElse(1);
    page.beginPlots()
        .plot(
            curve.objective() + " by position",
            new Plot(
                    2 * WIDTH,
                    HEIGHT,
                    places.getFirst(),
                    places.getLast(),
                    0,
                    Math.max(most * 1.05, 1e-6),
                    "position",
                    "Rate by position")
                .curve(0, places, rates, "position, rate")
                .toString())
        .endPlots();
  }

  private static void curves(Html page, List<LearningCurve> curves) {
    if (curves.isEmpty()) {
      return;
    }
    page.heading("How the models learned").paragraph("One point after every pass.").beginPlots();
    for (LearningCurve curve : curves) {
      List<Double> values = curve.values();
      if (values.stream().anyMatch(v -> !Double.isFinite(v))) {
        continue;
      }
      List<Double> passes =
          IntStream.rangeClosed(1, values.size()).mapToObj(i -> (double) i).toList();
      page.plot(
          curve.model() + ", " + curve.measure(),
          new Plot(
                  WIDTH,
                  HEIGHT,
                  1,
                  values.size(),
                  values.stream().mapToDouble(v -> v).min().orElse(0),
                  values.stream().mapToDouble(v -> v).max().orElse(1),
                  "pass",
                  curve.model() + ", " + curve.measure())
              .curve(0, passes, values, "pass, " + curve.measure())
              .toString());
    }
    page.endPlots();
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
