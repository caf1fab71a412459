package dev.kindred.engine.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What tells trainings apart: only one of an equal key may go on from a checkpoint. Kept among the
 * strings of the file as they are here, each option under its own name.
 *
 * <p>Immutable.
 *
 * @param network what is trained, "two-tower network"
 * @param options as text by name, spelt as on the command line and in a specification; without
 *     those that may change on the way
 * @param data fingerprint of all that is learned from and judged by
 */
public record CheckpointKey(String network, Map<String, String> options, String data) {
  static final String NETWORK = "network";
  private static final String OPTION = "option.";
  static final String DATA = "data";

  public CheckpointKey {
    Objects.requireNonNull(network, NETWORK);
    Objects.requireNonNull(data, DATA);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * The key of options as the description of a saved network has them: numbers, flags, lists of
   * widths, names of constants, and objects of these, whose own values stand beside the others. An
   * object's {@code name} or {@code shape} goes by the name of the object.
   *
   * @throws IllegalStateException if two of them end up with one name
   */
  public static CheckpointKey of(String network, Map<String, ?> described, String data) {
    Map<String, String> options = new LinkedHashMap<>();
    described.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> object) {
            object.forEach(
                (inner, of) ->
                    put(
                        options,
                        inner.equals("name") || inner.equals("shape") ? name : (String) inner,
                        of));
          } else {
            put(options, name, value);
          }
        });
    return new CheckpointKey(network, options, data);
  }

  private static void put(Map<String, String> options, String name, Object value) {
    String text = String.valueOf(value);
    String spelt = name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    String before =
        options.put(
            spelt,
            value instanceof String ? text.toLowerCase(Locale.ROOT).replace('_', '-') : text);
    if (before != null) {
      throw new IllegalStateException(
          "two options are called %s, one is %s and one %s: a checkpoint keeps each under its name"
              .formatted(spelt, before, options.get(spelt)));
    }
  }

  /** With one more option, or another value of one. */
  public CheckpointKey with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(name, value);
    return new CheckpointKey(network, more, data);
  }

  void addTo(Map<String, String> strings) {
    strings.put(NETWORK, network);
    strings.put(DATA, data);
    options.forEach((name, value) -> strings.put(OPTION + name, value));
  }

  /** What {@link #addTo} put among the strings of a file. */
  static CheckpointKey in(Map<String, String> strings) {
    Map<String, String> options = new LinkedHashMap<>();
    strings.forEach(
        (name, value) -> {
          if (name.startsWith(OPTION)) {
            options.put(name.substring(OPTION.length()), value);
          }
        });
    return new CheckpointKey(strings.get(NETWORK), options, strings.get(DATA));
  }

  /**
   * How this key of a checkpoint differs from that of a training, in words: {@code made with dim
   * 16, now 8, and of other data}; empty if it doesn't. Keys of other versions may have other
   * options.
   */
  String differences(CheckpointKey now) {
    if (!network.equals(now.network)) {
      return "made for a %s, now for a %s".formatted(network, now.network);
    }
    Set<String> names = new LinkedHashSet<>(now.options.keySet());
    names.addAll(options.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String old = options.get(name);
      String own = now.options.get(name);
      if (!Objects.equals(old, own)) {
        differences.add(
            old == null
                ? "without " + name + ", now " + own
                : "with " + name + " " + old + ", now " + (own == null ? "without" : own));
      }
    }
    if (!data.equals(now.data)) {
      differences.add("of other data");
    }
    return differences.isEmpty() ? "" : "made " + String.join(", and ", differences);
  }
}
