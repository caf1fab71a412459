package dev.kindred.app.output;

import dev.kindred.engine.serve.Recommender;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The profile fields that tell the items of a list, for people and as JSON. Immutable. */
public final class ShownFields {
  /** Fields that name an item for people, where the catalogue has one. */
  private static final List<String> NAMES = List.of("title", "name");

  private final Recommender recommender;
  private final List<String> fields;

  /**
   * For the items of one recommender.
   *
   * @param fields profile fields to show; empty = title or name, where an item has one
   */
  public ShownFields(Recommender recommender, List<String> fields) {
    this.recommender = recommender;
    this.fields = List.copyOf(fields);
  }

  /** The shown fields of an item on one line. */
  String described(String id) {
    List<String> parts = new ArrayList<>();
    of(id).values().forEach(values -> parts.add(String.join(", ", values)));
    return String.join("; ", parts);
  }

  /** The shown fields of an item with their values. */
  Map<String, List<String>> of(String id) {
    Map<String, List<String>> profile = recommender.profile(id);
    Map<String, List<String>> shown = new LinkedHashMap<>();
    for (String field : fields.isEmpty() ? NAMES : fields) {
      if (profile.containsKey(field) && (shown.isEmpty() || !fields.isEmpty())) {
        shown.put(field, profile.get(field));
      }
    }
    return shown;
  }

  /** Puts the shown fields of an item into its object, unless it has none. */
  void putProfile(String id, Map<String, Object> line) {
    Map<String, List<String>> profile = of(id);
    if (!profile.isEmpty()) {
      line.put("profile", profile);
    }
  }
}
