package dev.kindred.engine.nn;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What descriptions of saved networks have in common: how they begin, and as JSON objects their
 * features, optimisers and schedules (docs/formats.md).
 *
 * <p>What reads an object throws {@link IllegalArgumentException} if a value is out of its range,
 * and {@link ClassCastException} or {@link NullPointerException} if one has another type or is
 * missing. Stateless.
 */
public final class DescriptionJson {
  private DescriptionJson() {}

  /** What a description begins with, to be filled. */
  public static Map<String, Object> begin(String kind, int version) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("kind", kind);
    root.put("version", version);
    return root;
  }

  /**
   * Reads a description that began with {@link #begin}.
   *
   * @param content makes something of all of it; may throw as this class does
   * @throws IllegalArgumentException if the text is of another kind or version, lacks something, or
   *     {@code content} says so
   */
  public static <T> T read(
      String json, String kind, int version, Function<Map<String, Object>, T> content) {
    try {
      Map<String, Object> root = JSON.std.mapFrom(json);
      if (!kind.equals(root.get("kind")) || number(root, "version") != version) {
        throw new IllegalArgumentException(
            "it is a %s of version %s, expected %s of version %d; train it anew"
                .formatted(root.get("kind"), root.get("version"), kind, version));
      }
      return content.apply(root);
    } catch (IOException | ClassCastException | NullPointerException e) {
      throw new IllegalArgumentException("the description is incomplete", e);
    }
  }

  /** Features in their order, with what encodes a raw value as the network learned it. */
  public static List<Map<String, Object>> ofFeatures(List<Feature> features) {
    return features.stream().map(DescriptionJson::ofFeature).toList();
  }

  private static Map<String, Object> ofFeature(Feature feature) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", feature.name());
    map.put("kind", feature.kind().name());
    map.put("size", feature.size());
    if (feature.isHashed()) {
      map.put("hashed", true);
    }
    if (feature.isOpen() && feature.kind() != Feature.Kind.ID) {
      map.put("open", true);
    }
    if (!feature.vocabulary().isEmpty()) {
      map.put("vocabulary", feature.vocabulary());
    }
    if (feature.kind() == Feature.Kind.NUMERIC) {
      map.put("cuts", feature.quantiles().cuts());
      map.put("shares", feature.quantiles().shares());
    }
    return map;
  }

  /** What {@link #ofFeatures} wrote. */
  public static List<Feature> features(Object list) {
    List<Feature> features = new ArrayList<>();
    for (Object each : (List<?>) list) {
      Map<?, ?> map = (Map<?, ?>) each;
      Feature feature = feature(map);
      features.add(Boolean.TRUE.equals(map.get("open")) ? feature.opened() : feature);
    }
    return features;
  }

  private static Feature feature(Map<?, ?> map) {
    String name = Objects.requireNonNull((String) map.get("name"));
    int size = (int) number(map, "size");
    List<?> vocabulary = (List<?>) map.get("vocabulary");
    return switch (Feature.Kind.valueOf((String) map.get("kind"))) {
      case ID -> Feature.id(name, size);
      case CATEGORICAL -> {
        if (vocabulary != null) {
          yield Feature.categorical(name, vocabulary.stream().map(String.class::cast).toList());
        }
        boolean hashed = Boolean.TRUE.equals(map.get("hashed"));
        yield hashed ? Feature.hashed(name, size) : Feature.categorical(name, size);
      }
      case NUMERIC ->
          Feature.numeric(name, Quantiles.of(floats(map.get("cuts")), floats(map.get("shares"))));
    };
  }

  /** An optimiser by its name and numbers. */
  public static Map<String, Object> ofOptimizer(Optimizer optimizer) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", optimizer.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    map.put("learningRate", optimizer.learningRate());
    map.put("weightDecay", optimizer.weightDecay());
    if (optimizer instanceof Adagrad adagrad) {
      map.put("initial", adagrad.initial());
      map.put("epsilon", adagrad.epsilon());
    }
    if (optimizer instanceof Adam adam) {
      map.put("beta1", adam.beta1());
      map.put("beta2", adam.beta2());
      map.put("epsilon", adam.epsilon());
    }
    return map;
  }

  /** What {@link #ofOptimizer} wrote. */
  public static Optimizer optimizer(Object object) {
    Map<?, ?> map = (Map<?, ?>) object;
    double rate = number(map, "learningRate");
    double decay = number(map, "weightDecay");
    return switch ((String) map.get("name")) {
      case "sgd" -> new Sgd(rate, decay);
      case "adagrad" -> new Adagrad(rate, number(map, "initial"), number(map, "epsilon"), decay);
      default ->
          new Adam(rate, number(map, "beta1"), number(map, "beta2"), number(map, "epsilon"), decay);
    };
  }

  /** A schedule of the learning rate. */
  public static Map<String, Object> ofSchedule(Schedule schedule) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("warmUp", schedule.warmUp());
    map.put("shape", schedule.shape().name());
    map.put("steps", schedule.steps());
    map.put("factor", schedule.factor());
    return map;
  }

  /** What {@link #ofSchedule} wrote. */
  public static Schedule schedule(Object object) {
    Map<?, ?> map = (Map<?, ?>) object;
    return new Schedule(
        ((Number) map.get("warmUp")).longValue(),
        Schedule.Shape.valueOf((String) map.get("shape")),
        ((Number) map.get("steps")).longValue(),
        number(map, "factor"));
  }

  /** The number that an object has under a key. */
  public static double number(Map<?, ?> map, String key) {
    return ((Number) map.get(key)).doubleValue();
  }

  /** The numbers of a list, NaN where one is null: JSON has no NaN. */
  public static double[] numbers(Object list) {
    return ((List<?>) list)
        .stream().mapToDouble(x -> x == null ? Double.NaN : ((Number) x).doubleValue()).toArray();
  }

  /** The whole numbers of a list. */
  public static List<Integer> widths(Object list) {
    return ((List<?>) list).stream().map(width -> ((Number) width).intValue()).toList();
  }

  private static float[] floats(Object list) {
    List<?> numbers = (List<?>) list;
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }
    return floats;
  }
}
