package dev.kindred.engine.rerank;

import dev.kindred.index.BitSetFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Filters compiled over the attributes of one snapshot, the latest kept so that a repeated request
 * pays once. Safe for use by many threads.
 */
public final class FilterCache {
  /** A bit per item each: 100 of them over a million items are 12 MB. */
  private static final int KEPT = 100;

  /**
   * What freshness needs of a field.
   *
   * @param newest largest number, NaN where there is none
   * @param mean of all numbers, NaN where there are none
   */
  record Span(double newest, double mean) {
    boolean hasNumbers() {
      return !Double.isNaN(newest);
    }
  }

  private final ItemAttributes attributes;
  private final Map<AttributeFilter, Compiled> filters =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AttributeFilter, Compiled> eldest) {
          return size() > KEPT;
        }
      };
  private final Map<Integer, Span> spans = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> texts = new ConcurrentHashMap<>();

  /** An empty cache. */
  public FilterCache(ItemAttributes attributes) {
    this.attributes = Objects.requireNonNull(attributes, "attributes");
  }

  /** What the filters are compiled over. */
  public ItemAttributes attributes() {
    return attributes;
  }

  /**
   * A filter as a bit per item.
   *
   * @throws IllegalArgumentException if it doesn't fit the fields
   */
  public BitSetFilter bits(AttributeFilter filter) {
    Compiled compiled;
    synchronized (filters) {
      compiled = filters.computeIfAbsent(filter, f -> new Compiled());
    }
    try {
      return compiled.bits(filter, attributes);
    } catch (IllegalArgumentException e) {
      synchronized (filters) {
        filters.remove(filter);
      }
      throw e;
    }
  }

  /**
   * The place of one filter. Its own lock: who asks for a filter that is being compiled waits for
   * it, who asks for another does not.
   */
  private static final class Compiled {
    private BitSetFilter bits;

    synchronized BitSetFilter bits(AttributeFilter filter, ItemAttributes attributes) {
      if (bits == null) {
        bits = filter.bits(attributes);
      }
      return bits;
    }
  }

  /** Whether any item has a value of a field of text. */
  boolean hasText(int field) {
    return texts.computeIfAbsent(field, this::findText);
  }

  private boolean findText(int field) {
    for (int item = 0; item < attributes.items(); item++) {
      if (attributes.valueStart(item, field) < attributes.valueEnd(item, field)) {
        return true;
      }
    }
    return false;
  }

  Span span(int field) {
    return spans.computeIfAbsent(field, this::measure);
  }

  private Span measure(int field) {
    double newest = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int count = 0;
    for (int item = 0; item < attributes.items(); item++) {
      float number = attributes.number(item, field);
      if (!Float.isNaN(number)) {
        newest = Math.max(newest, number);
        sum += number;
        count++;
      }
    }
    return count == 0 ? new Span(Double.NaN, Double.NaN) : new Span(newest, sum / count);
  }
}
