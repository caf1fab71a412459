package dev.kindred.index.file;

/** What the numbers in a body are; the code stands in the header. */
public enum ElementType {
  /** The body is no array of one type. */
  NONE(0, 0),
  /** IEEE 754 binary32. */
  F32(1, 4),
  /** IEEE 754 binary16. */
  F16(2, 2),
  /** The upper half of a binary32. */
  BF16(3, 2),
  /** Signed byte, with a scale that the kind defines. */
  I8(4, 1),
  /** Signed 32-bit integer. */
  I32(5, 4);

  private static final ElementType[] BY_CODE = values();

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands in the header. */
  public int code() {
    return code;
  }

  /** Bytes of one element, 0 for {@link #NONE}. */
  public int bytes() {
    return bytes;
  }

  /** The type of a code from a header, or null if there is none. */
  static ElementType ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
