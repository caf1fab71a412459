package dev.kindred.app.evaluation;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.eval.BeyondAccuracy;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.PairEvaluator;
import dev.kindred.engine.eval.TopNEvaluator;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints an evaluation as tables of text. For one thread. */
public final class EvaluationText {
  private final PrintWriter out;

  public EvaluationText(PrintWriter out) {
    this.out = out;
  }

  /** All tables, the most important first. */
  public void print(Evaluation evaluation) {
    nextItem(evaluation.nextItem());
    laterItems(
        evaluation.laterItems(),
        "%n%s: all that %,d users took to later, beside their last item%n");
    segments(evaluation.segments());
    pairs(evaluation.pairs());
    lists(evaluation.lists());
    out.println();
    out.println("hit rate by item: every next item counts alike, however popular.");
    out.println("+-: half of the 95% interval, from 1,000 draws of users.");
    out.println(
        "kindred minus: difference of hit rates step by step, of recalls user by user; * p < 0.05"
            + " by sign flips.");
  }

  private void nextItem(List<NextItemScore> scores) {
    String objective = "";
    TextTable table = null;
    for (NextItemScore score : scores) {
      if (!score.objective().equals(objective)) {
        print(table);
        objective = score.objective();
        out.printf(Locale.ROOT, "%n%s: %,d steps to the next item%n", objective, score.steps());
        table =
            new TextTable(
                "list",
                ">k",
                ">hit rate",
                ">+-",
                ">NDCG",
                ">MRR",
                ">hit rate by item",
                ">has a list",
                ">kindred minus");
      }
      table.row(
          score.lists(),
          score.k(),
          figure(score.hitRate().mean()),
          figure((score.hitRate().high() - score.hitRate().low()) / 2),
          figure(score.ndcg().mean()),
          figure(score.mrr()),
          figure(score.itemHitRate()),
          percent(score.answered()),
          score.kindredMinus().map(EvaluationText::difference).orElse(null));
    }
    print(table);
  }

  private static String difference(ClusterBootstrap.Difference difference) {
    return String.format(
        Locale.ROOT, "%+.4f%s", difference.mean(), difference.p() < .05 ? "*" : " ");
  }

  /** What came out for test files of somebody else. */
  public void printGiven(List<LaterItemsScore> scores) {
    laterItems(scores, "%n%s: %,d users of the test file, all items ranked%n");
    out.println();
    out.println("kindred and co-occurrence: the lists beside all that a user took to, added up.");
    out.println("own: the objective's samples alone, as for als and popularity.");
  }

  private void laterItems(List<LaterItemsScore> scores, String title) {
    String objective = "";
    TextTable table = null;
    for (LaterItemsScore score : scores) {
      TopNEvaluator.Report report = score.report();
      if (!score.objective().equals(objective)) {
        print(table);
        objective = score.objective();
        out.printf(Locale.ROOT, title, objective, report.users());
        table =
            new TextTable(
                "list",
                ">k",
                ">precision",
                ">recall",
                ">+-",
                ">F1",
                ">MAP",
                ">NDCG",
                ">HR",
                ">MRR",
                ">kindred minus");
      }
      table.row(
          score.lists(),
          report.k(),
          figure(report.precision()),
          figure(report.recall()),
          figure((score.certainty().recall().high() - score.certainty().recall().low()) / 2),
          figure(report.f1()),
          figure(report.averagePrecision()),
          figure(report.ndcg()),
          figure(report.hitRate()),
          figure(report.reciprocalRank()),
          score.certainty().kindredMinus().map(EvaluationText::difference).orElse(null));
    }
    print(table);
  }

  private void segments(List<SegmentScore> scores) {
    List<String> lists = scores.stream().map(SegmentScore::lists).distinct().toList();
    String title = "";
    TextTable table = null;
    Object[] cells = null;
    String segment = "";
    for (SegmentScore score : scores) {
      String wanted = score.title();
      if (!wanted.equals(title)) {
        if (cells != null) {
          table.row(cells);
        }
        print(table);
        cells = null;
        segment = "";
        title = wanted;
        out.println();
        out.println(title);
        List<String> headings = new ArrayList<>(List.of("part", ">steps"));
        lists.forEach(name -> headings.add(">" + name));
        table = new TextTable(headings.toArray(String[]::new));
      }
      if (!score.segment().equals(segment)) {
        if (cells != null) {
          table.row(cells);
        }
        segment = score.segment();
        cells = new Object[2 + lists.size()];
        cells[0] = segment;
        cells[1] = String.format(Locale.ROOT, "%,d", score.steps());
      }
      cells[2 + lists.indexOf(score.lists())] = score.cell();
    }
    if (cells != null) {
      table.row(cells);
    }
    print(table);
  }

  private void pairs(List<PairScore> scores) {
    if (scores.isEmpty()) {
      return;
    }
    out.println();
    out.println(
        "held-out pairs: does the score tell items of one user from items of two, and what a user"
            + " dislikes from what else he met?");
    TextTable table =
        new TextTable(
            "objective",
            ">pairs",
            ">AUC",
            ">+-",
            ">popularity",
            ">co-occurrence",
            ">grouped AUC",
            ">log loss",
            ">RMSE",
            ">ECE",
            "AUC of channels");
    for (PairScore score : scores) {
      PairEvaluator.Report report = score.report();
      StringBuilder channels = new StringBuilder();
      report
          .channels()
          .forEach(
              c ->
                  channels
                      .append(channels.isEmpty() ? "" : ", ")
                      .append(c.kind().label())
                      .append(' ')
                      .append(figure(c.auc())));
      table.row(
          score.objective(),
          String.format(Locale.ROOT, "%,d", report.pairs()),
          figure(report.auc().auc()),
          figure((report.auc().high() - report.auc().low()) / 2),
          figure(report.baselines().popularity()),
          figure(report.baselines().cooccurrence()),
          figure(report.grouped().auc()),
          report.predictions().map(p -> figure(p.logLoss())).orElse(null),
          report.predictions().map(p -> figure(p.rmse())).orElse(null),
          report.predictions().map(p -> figure(p.reliability().error())).orElse(null),
          channels);
    }
    print(table);
  }

  private void lists(List<ListScore> scores) {
    if (scores.isEmpty()) {
      return;
    }
    out.println();
    out.println("the lists themselves, right or not");
    TextTable table =
        new TextTable("list", ">k", ">lists", ">coverage", ">Gini", ">novelty, bits", ">diversity");
    for (ListScore score : scores) {
      BeyondAccuracy q = score.qualities();
      table.row(
          score.lists(),
          q.k(),
          String.format(Locale.ROOT, "%,d", q.lists()),
          percent(q.coverage()),
          figure(q.gini()),
          String.format(Locale.ROOT, "%.2f", q.novelty()),
          Double.isNaN(q.diversity()) ? null : figure(q.diversity()));
    }
    print(table);
  }

  private void print(TextTable table) {
    if (table != null) {
      table.print(out);
    }
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
