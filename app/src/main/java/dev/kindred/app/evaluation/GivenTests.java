package dev.kindred.app.evaluation;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.data.EventColumns;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.data.TableSource;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.ListScores;
import dev.kindred.engine.eval.PopularityScores;
import dev.kindred.engine.eval.RankingFigures;
import dev.kindred.engine.eval.ScoredLists;
import dev.kindred.engine.eval.Scores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Pairs of user and item that were held out by somebody else, one file per objective: every item is
 * ranked for every user of the file, only those are left out with which the objective happened in
 * the log. Related lists rank by adding up the lists beside all items that the user took to.
 *
 * <p>Immutable.
 */
public final class GivenTests {
  /** Related items that are added up per item that a user met. */
  public static final int LIST = 100;

  private static final long SEED = 1;

  private final Events events;
  private final List<Test> tests;

  /** One file, and how many of its rows name a user or an item that the log has not. */
  private record Test(int objective, Interactions pairs, Path file, int rows, int unknown) {}

  private GivenTests(Events events, List<Test> tests) {
    this.events = events;
    this.tests = tests;
  }

  /**
   * Checks before anything is read whether there are such objectives.
   *
   * @param files objective to its pairs
   * @throws InputException if one is not declared
   */
  public static void requireDeclared(List<Objective> declared, Map<String, Path> files) {
    List<String> names = declared.stream().map(Objective::name).toList();
    files.forEach(
        (name, file) -> {
          if (!names.contains(name)) {
            throw new InputException(
                file
                    + ": is the test of objective '"
                    + name
                    + "', which the configuration does not declare; name one of "
                    + names);
          }
        });
  }

  /**
   * Reads the files.
   *
   * @param columns names of the columns of user and item, as in the log
   * @param files objective to its pairs; pairs of users or items that the log has not are left out
   * @throws InputException if there is no such objective or a file holds no pair that the log knows
   */
  public static GivenTests read(
      Events events, EventColumns columns, Map<String, Path> files, Progress progress) {
    requireDeclared(events.objectives(), files);
    List<Test> tests = new ArrayList<>();
    files.forEach((name, file) -> tests.add(read(events, columns, name, file, progress)));
    return new GivenTests(events, tests);
  }

  private static Test read(
      Events events, EventColumns columns, String name, Path file, Progress progress) {
    int objective = events.objectives().stream().map(Objective::name).toList().indexOf(name);
    TextColumns table =
        TextColumns.read(
            TableSource.of(file),
            List.of(columns.user(), columns.item()),
            ReadLimits.defaults(),
            progress);
    int unknown = 0;
    for (int row = 0; row < table.rows(); row++) {
      unknown +=
          events.users().ordinalOf(table.text(columns.user(), row)) < 0
                  || events.items().ordinalOf(table.text(columns.item(), row)) < 0
              ? 1
              : 0;
    }
    Interactions pairs =
        Interactions.of(
            events.users().size(),
            events.items().size(),
            sink -> {
              for (int row = 0; row < table.rows(); row++) {
                int user = events.users().ordinalOf(table.text(columns.user(), row));
                int item = events.items().ordinalOf(table.text(columns.item(), row));
                if (user >= 0 && item >= 0) {
                  sink.add(user, item, 1);
                }
              }
            },
            Interactions.Duplicates.LAST);
    if (pairs.size() == 0) {
      throw new InputException(file + ": no pair has a user and an item of the log; check the ids");
    }
    return new Test(objective, pairs, file, table.rows(), unknown);
  }

  /** What was left out, a line for each file. */
  public List<String> notes() {
    return tests.stream()
        .filter(test -> test.unknown > 0)
        .map(
            test ->
                String.format(
                    Locale.ROOT,
                    "%s: %,d of %,d rows left out: the log has no such user or item",
                    test.file,
                    test.unknown,
                    test.rows))
        .toList();
  }

  /**
   * Ranks, for the pipeline and for each baseline.
   *
   * @param kindred the lists of the pipeline, with scores that may be added up
   * @param ks lengths of the rankings
   */
  public List<LaterItemsScore> scores(
      ScoredLists kindred, List<Integer> ks, AlsOptions als, Workers workers, Progress progress) {
    List<LaterItemsScore> scores = new ArrayList<>();
    Interactions engaged = events.engaged();
    Scores related = new ListScores(kindred, engaged, LIST);
    Scores together =
        new ListScores(BaselineLists.cooccurrence(engaged, true, LIST, workers), engaged, LIST);
    for (Test test : tests) {
      Interactions own = events.interactions(test.objective, RowFilter.ALL);
      AlsModel model = ImplicitAls.train(own, als, workers, progress);
      Map<String, Scores> rankings = new LinkedHashMap<>();
      rankings.put(NextItemComparison.KINDRED, related);
      rankings.put(
          NextItemComparison.ALS,
          new FactorScores(model.userFactors(), model.itemFactors(), model.rank()));
      rankings.put(NextItemComparison.COSINE, together);
      rankings.put(
          NextItemComparison.COSINE + ", own",
          new ListScores(BaselineLists.cooccurrence(own, true, LIST, workers), own, LIST));
      rankings.put(NextItemComparison.POPULARITY, new PopularityScores(own));
      for (int k : ks) {
        scores.addAll(scores(test, own, rankings, k, workers));
      }
    }
    return scores;
  }

  /** Of every ranking, with intervals over the users and Kindred's difference. */
  private List<LaterItemsScore> scores(
      Test test, Interactions own, Map<String, Scores> rankings, int k, Workers workers) {
    List<LaterItemsScore> scores = new ArrayList<>();
    RankingFigures kindred = null; // the first of them
    ClusterBootstrap bootstrap = null;
    for (Map.Entry<String, Scores> ranking : rankings.entrySet()) {
      RankingFigures figures =
          TopNEvaluator.figures(ranking.getValue(), own, test.pairs, k, workers, Progress.none());
      if (kindred == null) {
        kindred = figures;
        bootstrap = new ClusterBootstrap(IntStream.range(0, figures.size()).toArray(), SEED);
      }
      scores.add(
          new LaterItemsScore(
              events.objectives().get(test.objective).name(),
              ranking.getKey(),
              figures.means(),
              LaterItemsScore.Certainty.of(bootstrap, figures, kindred)));
    }
    return scores;
  }
}
