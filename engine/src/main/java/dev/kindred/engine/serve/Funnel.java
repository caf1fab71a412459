package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RetrievalSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many items were left after each stage of a request. Immutable.
 *
 * @param found items that each source found
 * @param kept those of them that were allowed: not watched, disliked, hidden or left out
 * @param ranked distinct items that were ranked
 * @param returned items of the list
 */
public record Funnel(
    Map<RetrievalSource, Integer> found,
    Map<RetrievalSource, Integer> kept,
    int ranked,
    int returned) {
  public Funnel {
    found = Collections.unmodifiableMap(new LinkedHashMap<>(found));
    kept = Collections.unmodifiableMap(new LinkedHashMap<>(kept));
  }
}
