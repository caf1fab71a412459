package dev.kindred.engine.mmoe;

import static dev.kindred.engine.nn.DescriptionJson.number;
import static dev.kindred.engine.nn.DescriptionJson.numbers;
import static dev.kindred.engine.nn.DescriptionJson.widths;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.nn.DescriptionJson;
import dev.kindred.engine.nn.Feature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The JSON that stands beside the weights of a multi-task network. Stateless. */
final class MmoeDescription {
  private static final String KIND = "multi-task";
  private static final int VERSION = 1;

  private MmoeDescription() {}

  /**
   * All of a model but its weights.
   *
   * @param biasFeatures empty without a bias tower
   * @param means by which the output of each task is scaled back, with the deviations
   */
  record Content(
      MmoeOptions options,
      List<Feature> features,
      List<Feature> biasFeatures,
      List<Task> tasks,
      float[] means,
      float[] deviations,
      double[] losses,
      double[] scores,
      int bestEpoch) {}

  static String write(Content content) throws IOException {
    Map<String, Object> root = DescriptionJson.begin(KIND, VERSION);
    root.put("options", options(content.options));
    root.put("features", DescriptionJson.ofFeatures(content.features));
    root.put("biasFeatures", DescriptionJson.ofFeatures(content.biasFeatures));
    List<Map<String, Object>> tasks = new ArrayList<>();
    for (int t = 0; t < content.tasks.size(); t++) {
      Task task = content.tasks.get(t);
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", task.name());
      map.put("kind", task.kind().name());
      map.put("weight", task.weight());
      map.put("biased", task.biased());
      // As doubles: their digits read back as the very same floats.
      map.put("mean", (double) content.means[t]);
      map.put("deviation", (double) content.deviations[t]);
      tasks.add(map);
    }
    root.put("tasks", tasks);
    root.put("losses", content.losses);
    root.put("scores", orNull(content.scores));
    root.put("bestEpoch", content.bestEpoch);
    return JSON.std.asString(root);
  }

  /** JSON has no NaN, which is the score of an epoch that could not be judged. */
  private static List<Double> orNull(double[] numbers) {
    return Arrays.stream(numbers).mapToObj(x -> Double.isNaN(x) ? null : (Double) x).toList();
  }

  /**
   * @throws IllegalArgumentException if the text describes no network that this version knows
   */
  static Content read(String json) {
    return DescriptionJson.read(json, KIND, VERSION, MmoeDescription::content);
  }

  private static Content content(Map<String, Object> root) {
    List<?> list = (List<?>) root.get("tasks");
    float[] means = new float[list.size()];
    float[] deviations = new float[list.size()];
    List<Task> tasks = new ArrayList<>();
    for (Object each : list) {
      Map<?, ?> map = (Map<?, ?>) each;
      means[tasks.size()] = (float) number(map, "mean");
      deviations[tasks.size()] = (float) number(map, "deviation");
      tasks.add(
          new Task(
              (String) map.get("name"),
              Task.Kind.valueOf((String) map.get("kind")),
              number(map, "weight"),
              (Boolean) map.get("biased")));
    }
    Content content =
        new Content(
            options((Map<?, ?>) root.get("options")),
            DescriptionJson.features(root.get("features")),
            DescriptionJson.features(root.get("biasFeatures")),
            List.copyOf(tasks),
            means,
            deviations,
            numbers(root.get("losses")),
            numbers(root.get("scores")),
            (int) number(root, "bestEpoch"));
    check(content);
    return content;
  }

  /** What a training makes sure of. */
  private static void check(Content content) {
    if (content.tasks.isEmpty() || content.features.isEmpty()) {
      throw new IllegalArgumentException(
          "it has %d tasks and %d features, must have at least one of each"
              .formatted(content.tasks.size(), content.features.size()));
    }
    checkNames("tasks", content.tasks.stream().map(Task::name).toList());
    checkNames("features", content.features.stream().map(Feature::name).toList());
    checkNames("bias features", content.biasFeatures.stream().map(Feature::name).toList());
    for (int t = 0; t < content.tasks.size(); t++) {
      Task task = content.tasks.get(t);
      if (!Float.isFinite(content.means[t])
          || !(content.deviations[t] > 0 && content.deviations[t] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "task %s has mean %s and deviation %s, must be finite, the deviation more than 0"
                .formatted(task.name(), content.means[t], content.deviations[t]));
      }
      if (!content.biasFeatures.isEmpty()
          && content.options.biasMode() == BiasMode.MULTIPLICATIVE) {
        Mmoe.checkProbability(task);
      }
    }
    if (!content.biasFeatures.isEmpty() && content.tasks.stream().noneMatch(Task::biased)) {
      throw new IllegalArgumentException("it has bias features, but no task that is biased");
    }
  }

  private static void checkNames(String what, List<String> names) {
    Set<String> met = new HashSet<>();
    for (String name : names) {
      if (!met.add(name)) {
        throw new IllegalArgumentException("two " + what + " are called " + name);
      }
    }
  }

  /** By name, as a copy. */
  static Map<String, Object> options(MmoeOptions o) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sharing", o.sharing().name());
    map.put("experts", o.experts());
    map.put("hidden", o.hidden());
    map.put("towerHidden", o.towerHidden());
    map.put("embeddingDim", o.embeddingDim());
    map.put("unknownIds", o.unknownIds());
    map.put("dropout", o.dropout());
    map.put("biasMode", o.biasMode().name());
    map.put("biasHidden", o.biasHidden());
    map.put("biasDropout", o.biasDropout());
    map.put("optimizer", DescriptionJson.ofOptimizer(o.optimizer()));
    map.put("schedule", DescriptionJson.ofSchedule(o.schedule()));
    map.put("batch", o.batch());
    map.put("epochs", o.epochs());
    map.put("patience", o.patience());
    map.put("seed", o.seed());
    return map;
  }

  private static MmoeOptions options(Map<?, ?> map) {
    return new MmoeOptions(
        Sharing.valueOf((String) map.get("sharing")),
        (int) number(map, "experts"),
        widths(map.get("hidden")),
        widths(map.get("towerHidden")),
        (int) number(map, "embeddingDim"),
        number(map, "unknownIds"),
        number(map, "dropout"),
        BiasMode.valueOf((String) map.get("biasMode")),
        widths(map.get("biasHidden")),
        number(map, "biasDropout"),
        DescriptionJson.optimizer(map.get("optimizer")),
        DescriptionJson.schedule(map.get("schedule")),
        (int) number(map, "batch"),
        (int) number(map, "epochs"),
        (int) number(map, "patience"),
        ((Number) map.get("seed")).longValue());
  }
}
