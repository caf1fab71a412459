package dev.kindred.engine.rank;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.Quantiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the files of the personalised path mean: the parts of the networks' inputs, the tasks and
 * the distributions that normalise numbers.
 *
 * <pre>
 * user tower   [mean of watched: towerHistory | mean of searched: towerSearched |
 *               profile: towerProfile | age: 0 or 4]
 * ranker       [mean of watched: rankHistory | mean of searched: rankSearched |
 *               profile: rankProfile | user numbers: 4 each] [item] [pair numbers: 4 each]
 * </pre>
 *
 * @param order of the log's times
 * @param end time of the log's last row, in seconds or as a sequence number: the moment at which a
 *     request is answered unless it or newer events say otherwise
 * @param history items watched that features know
 * @param shown items shown without a click that features know
 * @param searched tokens searched for that features know
 * @param towerHistory floats that an item adds to the user tower's mean
 * @param towerSearched floats that a token adds to the user tower's mean; 0: nobody searched
 * @param towerProfile floats of a user's profile in the user tower
 * @param towerAge floats of the age of an example in the user tower, all 0 at serving
 * @param rankHistory floats that an item adds to the ranker's mean
 * @param rankSearched floats that a token adds to the ranker's mean; 0: nobody searched
 * @param rankProfile floats of a user's profile in the ranker
 * @param quotas of the sources
 * @param tasks in the order in which their terms are summed
 * @param userNumbers distributions of {@link UserState#USER_NUMBERS}
 * @param pairNumbers distributions of {@link UserState#PAIR_NUMBERS}
 */
public record RankDescription(
    Order order,
    long end,
    int history,
    int shown,
    int searched,
    int towerHistory,
    int towerSearched,
    int towerProfile,
    int towerAge,
    int rankHistory,
    int rankSearched,
    int rankProfile,
    SourceQuotas quotas,
    List<RankTask> tasks,
    List<Quantiles> userNumbers,
    List<Quantiles> pairNumbers) {

  public RankDescription {
    tasks = List.copyOf(tasks);
    userNumbers = List.copyOf(userNumbers);
    pairNumbers = List.copyOf(pairNumbers);
    check("history", history, 1, 1000);
    check("shown", shown, 1, 1000);
    check("searched", searched, 1, 1000);
    check("towerHistory", towerHistory, 1, 1 << 16);
    check("towerSearched", towerSearched, 0, 1 << 16);
    check("towerProfile", towerProfile, 0, 1 << 16);
    check("towerAge", towerAge, 0, Feature.NUMERIC_WIDTH);
    check("rankHistory", rankHistory, 1, 1 << 16);
    check("rankSearched", rankSearched, towerSearched > 0 ? 1 : 0, towerSearched > 0 ? 1 << 16 : 0);
    check("rankProfile", rankProfile, 0, 1 << 16);
    check("number of tasks", tasks.size(), 1, 1000);
    check("number of user numbers", userNumbers.size(), UserState.USER_NUMBERS.size(), -1);
    check("number of pair numbers", pairNumbers.size(), UserState.PAIR_NUMBERS.size(), -1);
  }

  private static void check(String what, int value, int from, int to) {
    int most = to < 0 ? from : to;
    if (value < from || value > most) {
      throw new IllegalArgumentException(
          "%s of a ranking is %d, must be %d to %d".formatted(what, value, from, most));
    }
  }

  /** Inputs of the user tower. */
  public int towerInputs() {
    return towerHistory + towerSearched + towerProfile + towerAge;
  }

  /** The first inputs of the ranker, which describe the user. */
  public int rankUserInputs() {
    return rankHistory + rankSearched + rankProfile + Feature.NUMERIC_WIDTH * userNumbers.size();
  }

  /** The last inputs of the ranker, which describe user and item. */
  public int rankPairInputs() {
    return Feature.NUMERIC_WIDTH * pairNumbers.size();
  }

  /** Whether what users search for is a feature. */
  public boolean readsSearches() {
    return towerSearched > 0;
  }

  /** Floats of a user's profile in both networks. */
  public int profile() {
    return towerProfile + rankProfile;
  }

  String toJson() throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("order", order.name());
    json.put("end", end);
    json.put("history", history);
    json.put("shown", shown);
    json.put("searched", searched);
    json.put("towerHistory", towerHistory);
    json.put("towerSearched", towerSearched);
    json.put("towerProfile", towerProfile);
    json.put("towerAge", towerAge);
    json.put("rankHistory", rankHistory);
    json.put("rankSearched", rankSearched);
    json.put("rankProfile", rankProfile);
    json.put(
        "quotas",
        List.of(
            quotas.tower(),
            quotas.related(),
            quotas.together(),
            quotas.content(),
            quotas.popular()));
    List<Object> taskList = new ArrayList<>();
    for (RankTask task : tasks) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", task.name());
      entry.put("polarity", task.polarity().name());
      entry.put("weight", task.weight());
      entry.put("kind", task.kind().name());
      entry.put("output", task.output());
      entry.put("chance", task.chance());
      taskList.add(entry);
    }
    json.put("tasks", taskList);
    json.put("userNumbers", userNumbers.stream().map(RankDescription::quantiles).toList());
    json.put("pairNumbers", pairNumbers.stream().map(RankDescription::quantiles).toList());
    return JSON.std.asString(json);
  }

  /** Doubles hold every float, so what is read back has the same bits. */
  private static Map<String, Object> quantiles(Quantiles of) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("cuts", doubles(of.cuts()));
    entry.put("shares", doubles(of.shares()));
    return entry;
  }

  private static List<Double> doubles(float[] values) {
    List<Double> list = new ArrayList<>();
    for (float value : values) {
      list.add((double) value);
    }
    return list;
  }

  /**
   * @throws IllegalArgumentException if the text is no description
   */
  static RankDescription fromJson(String text) {
    try {
      Map<String, Object> json = JSON.std.mapFrom(text);
      List<?> quotas = (List<?>) json.get("quotas");
      List<RankTask> tasks = new ArrayList<>();
      for (Object each : (List<?>) json.get("tasks")) {
        Map<?, ?> entry = (Map<?, ?>) each;
        tasks.add(
            new RankTask(
                (String) entry.get("name"),
                Polarity.valueOf((String) entry.get("polarity")),
                ((Number) entry.get("weight")).doubleValue(),
                RankTask.Kind.valueOf((String) entry.get("kind")),
                number(entry, "output"),
                number(entry, "chance")));
      }
      return new RankDescription(
          Order.valueOf((String) json.get("order")),
          ((Number) json.get("end")).longValue(),
          number(json, "history"),
          number(json, "shown"),
          (Integer) json.getOrDefault("searched", 1),
          number(json, "towerHistory"),
          (Integer) json.getOrDefault("towerSearched", 0),
          number(json, "towerProfile"),
          number(json, "towerAge"),
          number(json, "rankHistory"),
          (Integer) json.getOrDefault("rankSearched", 0),
          number(json, "rankProfile"),
          new SourceQuotas(
              (Integer) quotas.get(0),
              (Integer) quotas.get(1),
              (Integer) quotas.get(2),
              (Integer) quotas.get(3),
              (Integer) quotas.get(4)),
          tasks,
          distributions((List<?>) json.get("userNumbers")),
          distributions((List<?>) json.get("pairNumbers")));
    } catch (IOException
        | ClassCastException
        | NullPointerException
        | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("describes no ranking: " + e.getMessage(), e);
    }
  }

  private static int number(Map<?, ?> json, String name) {
    return (Integer) json.get(name);
  }

  private static List<Quantiles> distributions(List<?> list) {
    List<Quantiles> all = new ArrayList<>();
    for (Object each : list) {
      Map<?, ?> entry = (Map<?, ?>) each;
      all.add(
          Quantiles.of(floats((List<?>) entry.get("cuts")), floats((List<?>) entry.get("shares"))));
    }
    return all;
  }

  private static float[] floats(List<?> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) list.get(i)).floatValue();
    }
    return values;
  }
}
