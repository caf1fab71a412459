package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.ItemAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The attributes of a snapshot's items and of those added since, whose ordinals follow. Values that
 * only added items have are numbered behind the snapshot's. Immutable but for values that get a
 * number; may be shared by threads.
 */
final class ServedAttributes implements ItemAttributes {
  /** Numbers of values, shared by the views that follow each other. */
  static final class Values {
    private final ItemAttributes base;
    private final Map<String, Integer> known = new ConcurrentHashMap<>();
    private int next;

    Values(ItemAttributes base) {
      this.base = base;
      next = base.values();
    }

    /** The number of a value, a new one if nobody has had it yet. */
    synchronized int of(int field, String text) {
      return known.computeIfAbsent(
          field + "\n" + text,
          key -> {
            int value = base.valueOf(field, text);
            return value >= 0 ? value : next++;
          });
    }

    synchronized int next() {
      return next;
    }

    /** The number of a value, or -1. */
    int find(int field, String text) {
      int value = base.valueOf(field, text);
      return value >= 0 ? value : known.getOrDefault(field + "\n" + text, -1);
    }
  }

  /** The profile of an added item. Immutable. */
  static final class Profile {
    private final int[] fieldStart; // [fields + 1]
    private final int[] values;
    private final float[] numbers; // [fields], NaN = none

    private Profile(int[] fieldStart, int[] values, float[] numbers) {
      this.fieldStart = fieldStart;
      this.values = values;
      this.numbers = numbers;
    }

    /** All values, field by field. */
    int[] values() {
      return values.clone();
    }
  }

  private final ItemAttributes base;
  private final Values values;
  private final Profile[] added; // null = taken away again

  ServedAttributes(ItemAttributes base, Values values, Profile[] added) {
    this.base = base;
    this.values = values;
    this.added = added;
  }

  /**
   * Reads a profile; fields that the snapshot doesn't have are left aside.
   *
   * @throws IllegalArgumentException if a field of numbers has something else
   */
  static Profile profile(LiveItem item, ItemAttributes base, Values values) {
    List<String> fields = base.fields();
    int[] fieldStart = new int[fields.size() + 1];
    float[] numbers = new float[fields.size()];
    Arrays.fill(numbers, Float.NaN);
    List<Integer> found = new ArrayList<>();
    for (int f = 0; f < fields.size(); f++) {
      List<String> texts = item.values().getOrDefault(fields.get(f), List.of());
      if (base.isNumeric(f)) {
        numbers[f] = number(item, fields.get(f), texts);
      } else {
        int field = f;
        texts.stream().map(text -> values.of(field, text)).distinct().sorted().forEach(found::add);
      }
      fieldStart[f + 1] = found.size();
    }
    return new Profile(fieldStart, found.stream().mapToInt(Integer::intValue).toArray(), numbers);
  }

  private static float number(LiveItem item, String field, List<String> texts) {
    if (texts.isEmpty()) {
      return Float.NaN;
    }
    try {
      float number = Float.parseFloat(texts.getFirst());
      if (texts.size() == 1 && Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "field '" + field + "' of item '" + item.id() + "' is " + texts + ", must be one number");
  }

  private Profile profile(int item) {
    return added[item - base.items()];
  }

  @Override
  public int items() {
    return base.items() + added.length;
  }

  @Override
  public int values() {
    return values.next();
  }

  @Override
  public List<String> fields() {
    return base.fields();
  }

  @Override
  public boolean isNumeric(int field) {
    return base.isNumeric(field);
  }

  @Override
  public float number(int item, int field) {
    if (item < base.items()) {
      return base.number(item, field);
    }
    Profile profile = profile(item);
    return profile == null ? Float.NaN : profile.numbers[field];
  }

  @Override
  public int valueOf(int field, String text) {
    return values.find(field, text);
  }

  @Override
  public long valueStart(int item, int field) {
    if (item < base.items()) {
      return base.valueStart(item, field);
    }
    Profile profile = profile(item);
    return profile == null ? 0 : profile.fieldStart[field];
  }

  @Override
  public long valueEnd(int item, int field) {
    if (item < base.items()) {
      return base.valueEnd(item, field);
    }
    Profile profile = profile(item);
    return profile == null ? 0 : profile.fieldStart[field + 1];
  }

  @Override
  public int value(int item, long at) {
    return item < base.items() ? base.value(item, at) : profile(item).values[(int) at];
  }
}
