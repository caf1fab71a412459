package dev.kindred.engine.tower;

import static dev.kindred.engine.nn.DescriptionJson.number;
import static dev.kindred.engine.nn.DescriptionJson.numbers;
import static dev.kindred.engine.nn.DescriptionJson.widths;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.nn.DescriptionJson;
import dev.kindred.engine.nn.Feature;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON that stands beside the weights of a two-tower network. Stateless. */
final class TowerDescription {
  private static final String KIND = "two-tower";
  private static final int VERSION = 1;

  private TowerDescription() {}

  /** All of a model but its numbers. */
  record Content(
      TowerOptions options,
      List<Feature> userFeatures,
      List<Feature> itemFeatures,
      double[] losses,
      double[] recalls,
      int bestEpoch,
      int mostPositives,
      List<String> notes) {}

  static String write(Content content) throws IOException {
    Map<String, Object> root = DescriptionJson.begin(KIND, VERSION);
    root.put("options", options(content.options));
    root.put("userFeatures", DescriptionJson.ofFeatures(content.userFeatures));
    root.put("itemFeatures", DescriptionJson.ofFeatures(content.itemFeatures));
    root.put("losses", content.losses);
    root.put("recalls", content.recalls);
    root.put("bestEpoch", content.bestEpoch);
    root.put("mostPositives", content.mostPositives);
    root.put("notes", content.notes);
    return JSON.std.asString(root);
  }

  /**
   * @throws IllegalArgumentException if the text describes no network that this version knows
   */
  static Content read(String json) {
    return DescriptionJson.read(json, KIND, VERSION, TowerDescription::content);
  }

  private static Content content(Map<String, Object> root) {
    TowerOptions options = options((Map<?, ?>) root.get("options"));
    int mostPositives = (int) numberOr(root, "mostPositives", 0);
    if (options.popularity() > 0 && mostPositives < 1) {
      throw new IllegalArgumentException(
          "mostPositives is " + mostPositives + ", must be at least 1 with popularity");
    }
    return new Content(
        options,
        DescriptionJson.features(root.get("userFeatures")),
        DescriptionJson.features(root.get("itemFeatures")),
        numbers(root.get("losses")),
        numbers(root.get("recalls")),
        (int) number(root, "bestEpoch"),
        mostPositives,
        ((List<?>) root.get("notes")).stream().map(String.class::cast).toList());
  }

  /** By name, as a copy. */
  static Map<String, Object> options(TowerOptions o) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("hidden", o.hidden());
    map.put("dim", o.dim());
    map.put("reluOutput", o.reluOutput());
    map.put("skip", o.skip());
    map.put("embeddingDim", o.embeddingDim());
    map.put("start", o.start().name());
    map.put("history", o.history());
    map.put("loss", o.loss().name());
    map.put("scale", o.scale());
    map.put("learnScale", o.learnScale());
    map.put("negatives", o.negatives());
    map.put("batchNegatives", o.batchNegatives());
    map.put("popularityExponent", o.popularityExponent());
    map.put("correction", o.correction());
    map.put("popularity", o.popularity());
    map.put("margin", o.margin());
    map.put("negativeWeight", o.negativeWeight());
    map.put("dropout", o.dropout());
    map.put("unknownIds", o.unknownIds());
    map.put("optimizer", DescriptionJson.ofOptimizer(o.optimizer()));
    map.put("anneal", o.anneal());
    map.put("batch", o.batch());
    map.put("epochs", o.epochs());
    map.put("epochSamples", o.epochSamples());
    map.put("patience", o.patience());
    map.put("smooth", o.smooth());
    map.put("seed", o.seed());
    return map;
  }

  /** What files of earlier trainings don't say is as it was then. */
  private static TowerOptions options(Map<?, ?> map) {
    TowerOptions usual = TowerOptions.defaults();
    return new TowerOptions(
        widths(map.get("hidden")),
        (int) number(map, "dim"),
        (Boolean) map.get("reluOutput"),
        (Boolean) map.get("skip"),
        (int) number(map, "embeddingDim"),
        map.get("start") instanceof String start ? TowerStart.valueOf(start) : usual.start(),
        (int) number(map, "history"),
        TowerLoss.valueOf((String) map.get("loss")),
        scale(number(map, "scale")),
        (Boolean) map.get("learnScale"),
        (int) number(map, "negatives"),
        !Boolean.FALSE.equals(map.get("batchNegatives")),
        number(map, "popularityExponent"),
        number(map, "correction"),
        numberOr(map, "popularity", 0),
        numberOr(map, "margin", usual.margin()),
        numberOr(map, "negativeWeight", usual.negativeWeight()),
        number(map, "dropout"),
        number(map, "unknownIds"),
        DescriptionJson.optimizer(map.get("optimizer")),
        Boolean.TRUE.equals(map.get("anneal")),
        (int) number(map, "batch"),
        (int) number(map, "epochs"),
        map.get("epochSamples") instanceof Number samples ? samples.intValue() : 0,
        (int) number(map, "patience"),
        Boolean.TRUE.equals(map.get("smooth")),
        ((Number) map.get("seed")).longValue());
  }

  /** Earlier trainings took any scale and used the nearest one within the bounds. */
  private static double scale(double scale) {
    return scale > 0 ? TowerOptions.bounded(scale) : scale;
  }

  private static double numberOr(Map<?, ?> map, String key, double usual) {
    return map.containsKey(key) ? number(map, key) : usual;
  }
}
