package dev.kindred.engine.rerank;

import java.util.List;

/**
 * What filters, caps and freshness may ask about items: the values of their profile fields.
 *
 * <p>A field is either of text, then every item has any number of its values, or of numbers, then
 * an item has one or none. Values are numbered over all fields, those of one field in one run.
 * Implementations are immutable and may be shared by threads; asking allocates nothing.
 */
public interface ItemAttributes {
  /** Items without any attributes. */
  static ItemAttributes none(int items) {
    return new NoAttributes(items);
  }

  /** Ordinals are in [0, items()). */
  int items();

  /** Values are numbered from 0 to before values(). */
  int values();

  /** Names of all fields; their places are the {@code field} of other methods. */
  List<String> fields();

  /** Whether the field holds numbers. */
  boolean isNumeric(int field);

  /** The number of an item, NaN if it has none or the field is of text. */
  float number(int item, int field);

  /** The value of a field that reads so, or -1 if no item has it. */
  int valueOf(int field, String text);

  /** Where the values of an item in a field of text begin, for {@link #value}. */
  long valueStart(int item, int field);

  /** Where they end, exclusive. */
  long valueEnd(int item, int field);

  /** The value at a place from {@link #valueStart} to before {@link #valueEnd}. */
  int value(int item, long at);

  /** The place of a field in {@link #fields()}, or -1. */
  default int fieldOf(String name) {
    return fields().indexOf(name);
  }

  /** Whether an item has a value of a field of text. */
  default boolean has(int item, int field, int value) {
    long end = valueEnd(item, field);
    for (long at = valueStart(item, field); at < end; at++) {
      if (value(item, at) == value) {
        return true;
      }
    }
    return false;
  }
}
