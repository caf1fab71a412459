package dev.kindred.engine.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An item added after the snapshot was built, with the values of its profile fields. Immutable.
 *
 * @param id the caller's id
 * @param values field name to its values, in the order given; a field without values may be absent
 * @param addedMillis when it was added, in milliseconds since 1970 UTC
 */
public record LiveItem(String id, Map<String, List<String>> values, long addedMillis) {
  public LiveItem {
    LiveState.requireId("item", id);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    values.forEach((field, list) -> copy.put(field, List.copyOf(list)));
    values = Collections.unmodifiableMap(copy);
  }
}
