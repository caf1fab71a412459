package dev.kindred.engine.nn.serve;

import dev.kindred.index.file.ElementType;

/** How a stored value of an item is kept in {@link ItemHalves}. */
public enum ItemPrecision {
  /** A 16-bit float: 11 bits of the value itself. */
  HALF(ElementType.F16),
  /**
   * A signed byte, centred and scaled for each column by the least and the largest value of all
   * items: off by at most a 508th of that range, for half the bytes.
   */
  BYTE(ElementType.I8);

  private final ElementType type;

  ItemPrecision(ElementType type) {
    this.type = type;
  }

  /** Bytes of a value. */
  public int bytes() {
    return type.bytes();
  }

  ElementType type() {
    return type;
  }
}
