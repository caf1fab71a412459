package dev.kindred.engine.rerank;

import java.util.Objects;

/**
 * At most so many items of a list may share a value of a field, such as two of one series. Items
 * without a value of the field are not limited. Pinned items count, but are never left out.
 *
 * @param field of text
 * @param most at least 1
 */
public record Cap(String field, int most) {
  public Cap {
    Objects.requireNonNull(field, "field");
    if (most < 1) {
      throw new IllegalArgumentException(
          "cap of field '" + field + "' is " + most + ", must be at least 1");
    }
  }
}
