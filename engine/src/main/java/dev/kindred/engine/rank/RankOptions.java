package dev.kindred.engine.rank;

import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.tower.TowerOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How the personalised path learns.
 *
 * @param retrieval the two-tower network that retrieves; trained on examples of what a user had
 *     watched and what came next
 * @param ranker the multi-task network that ranks, with at least one hidden layer: the first is
 *     stored per item at 2 bytes a unit, gates included
 * @param quotas how many candidates each source brings, unless a request says otherwise
 * @param history items watched that features and the user tower know, the last ones
 * @param shown items shown without a click that features know, the last ones
 * @param searched tokens searched for that features and the user tower know, the last ones
 * @param keep entries of a user that a snapshot holds: what was watched is not recommended again,
 *     and what was disliked never
 * @param examplesPerUser positives of a user that the networks learn from, the last ones, so that
 *     heavy users don't dominate (Covington et al. 2016, section 3.4)
 * @param maxExamples positives of all users, at most; the number per user falls until they fit
 * @param impressions rows of a user that the ranker learns from per positive, those without a
 *     positive included
 * @param negatives drawn per positive from all items for the ranker, beside what the log shows
 * @param lagSeconds what happened so shortly before a row was not known when the list that it
 *     stands in was made; nothing in the same second is ever known. Logs without times have none
 * @param exampleAge whether the user tower is told how old an example is, 0 at serving, so that it
 *     learns what is popular now rather than on the average (Covington et al. 2016, section 3.3);
 *     logs without times have no age
 * @param watchTime how the strength of objectives that have one is predicted
 * @param topic name of the items' profile field whose values are topics; "" = none
 * @param series name of the items' profile field that holds series or channel; "" = none
 * @param position name of the signal that holds the place in the list, for the bias tower; "" =
 *     none
 */
public record RankOptions(
    TowerOptions retrieval,
    MmoeOptions ranker,
    SourceQuotas quotas,
    int history,
    int shown,
    int searched,
    int keep,
    int examplesPerUser,
    int maxExamples,
    int impressions,
    int negatives,
    long lagSeconds,
    boolean exampleAge,
    WatchTime watchTime,
    String topic,
    String series,
    String position) {

  public RankOptions {
    Objects.requireNonNull(retrieval, "retrieval");
    Objects.requireNonNull(ranker, "ranker");
    Objects.requireNonNull(quotas, "quotas");
    Objects.requireNonNull(watchTime, "watchTime");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(series, "series");
    Objects.requireNonNull(position, "position");
    retrieval.checkPlainVectors("the towers of retrieval");
    if (ranker.hidden().isEmpty()) {
      throw new IllegalArgumentException(
          "network option hidden of the ranker is empty; items are ranked by their half of its"
              + " first layer, so give it a width or more, such as 32");
    }
    check("history", history, 1, 1000);
    check("shown", shown, 1, 1000);
    check("searched", searched, 1, 1000);
    check("keep", keep, 0, 100_000);
    check("examplesPerUser", examplesPerUser, 1, 1 << 20);
    check("maxExamples", maxExamples, 100, 1 << 26);
    check("impressions", impressions, 1, 1000);
    check("negatives", negatives, 0, 1000);
    check("lagSeconds", lagSeconds, 0, 1L << 32);
  }

  private static void check(String name, long value, long from, long to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          "rank option %s is %d, must be %d to %d".formatted(name, value, from, to));
    }
  }

  /** A small ranker: 4 experts of 32, so an item takes 192 bytes. */
  public static RankOptions defaults() {
    return new RankOptions(
        TowerOptions.defaults().withHistory(50).withEpochs(5).withPatience(0),
        MmoeOptions.defaults()
            .withExperts(4)
            .withHidden(List.of(32))
            .withTowerHidden(List.of(16))
            .withEmbeddingDim(16)
            .withUnknownIds(0.1)
            .withOptimizer(Adam.of(2e-3))
            .withEpochs(3)
            .withPatience(0),
        SourceQuotas.defaults(),
        50,
        100,
        100,
        500,
        50,
        1_000_000,
        4,
        4,
        60,
        true,
        WatchTime.WEIGHTED_LOGISTIC,
        "",
        "",
        "");
  }

  /** A ranker between: 4 experts of 128 and 64, 576 bytes an item. */
  public static RankOptions medium() {
    return defaults().withExperts(List.of(128, 64));
  }

  /** A large ranker: 4 experts of 256 and 128, about 1 KiB an item. */
  public static RankOptions large() {
    return defaults().withExperts(List.of(256, 128));
  }

  private RankOptions withExperts(List<Integer> hidden) {
    return withRanker(ranker.withHidden(hidden).withTowerHidden(List.of(32)).withEmbeddingDim(32));
  }

  public RankOptions withSeed(long seed) {
    return with(
        draft -> {
          draft.retrieval = retrieval.withSeed(seed);
          draft.ranker = ranker.withSeed(seed);
        });
  }

  public RankOptions withRetrieval(TowerOptions value) {
    return with(draft -> draft.retrieval = value);
  }

  public RankOptions withRanker(MmoeOptions value) {
    return with(draft -> draft.ranker = value);
  }

  public RankOptions withQuotas(SourceQuotas value) {
    return with(draft -> draft.quotas = value);
  }

  public RankOptions withHistory(int value) {
    return with(draft -> draft.history = value);
  }

  public RankOptions withShown(int value) {
    return with(draft -> draft.shown = value);
  }

  public RankOptions withSearched(int value) {
    return with(draft -> draft.searched = value);
  }

  public RankOptions withKeep(int value) {
    return with(draft -> draft.keep = value);
  }

  public RankOptions withExamplesPerUser(int value) {
    return with(draft -> draft.examplesPerUser = value);
  }

  public RankOptions withMaxExamples(int value) {
    return with(draft -> draft.maxExamples = value);
  }

  public RankOptions withImpressions(int value) {
    return with(draft -> draft.impressions = value);
  }

  public RankOptions withNegatives(int value) {
    return with(draft -> draft.negatives = value);
  }

  public RankOptions withLagSeconds(long value) {
    return with(draft -> draft.lagSeconds = value);
  }

  public RankOptions withExampleAge(boolean value) {
    return with(draft -> draft.exampleAge = value);
  }

  public RankOptions withWatchTime(WatchTime value) {
    return with(draft -> draft.watchTime = value);
  }

  public RankOptions withTopic(String value) {
    return with(draft -> draft.topic = value);
  }

  public RankOptions withSeries(String value) {
    return with(draft -> draft.series = value);
  }

  public RankOptions withPosition(String value) {
    return with(draft -> draft.position = value);
  }

  private RankOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which one value is about to be changed. */
  private static final class Draft {
    TowerOptions retrieval;
    MmoeOptions ranker;
    SourceQuotas quotas;
    int history;
    int shown;
    int searched;
    int keep;
    int examplesPerUser;
    int maxExamples;
    int impressions;
    int negatives;
    long lagSeconds;
    boolean exampleAge;
    WatchTime watchTime;
    String topic;
    String series;
    String position;

    Draft(RankOptions of) {
      retrieval = of.retrieval;
      ranker = of.ranker;
      quotas = of.quotas;
      history = of.history;
      shown = of.shown;
      searched = of.searched;
      keep = of.keep;
      examplesPerUser = of.examplesPerUser;
      maxExamples = of.maxExamples;
      impressions = of.impressions;
      negatives = of.negatives;
      lagSeconds = of.lagSeconds;
      exampleAge = of.exampleAge;
      watchTime = of.watchTime;
      topic = of.topic;
      series = of.series;
      position = of.position;
    }

    RankOptions options() {
      return new RankOptions(
          retrieval,
          ranker,
          quotas,
          history,
          shown,
          searched,
          keep,
          examplesPerUser,
          maxExamples,
          impressions,
          negatives,
          lagSeconds,
          exampleAge,
          watchTime,
          topic,
          series,
          position);
    }
  }
}
