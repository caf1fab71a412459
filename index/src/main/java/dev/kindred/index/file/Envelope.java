package dev.kindred.index.file;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Byte offsets of the envelope, shared by writer and reader; docs/formats.md draws it.
 *
 * <pre>
 *    0   8  magic "KINDRED\n"
 *    8   4  envelope version
 *   12   8  kind, ASCII, padded with zeros
 *   20   4  version of the kind
 *   24   4  element type
 *   28   4  block bytes
 *   32   8  file bytes
 *   40   8  body offset
 *   48   8  body bytes
 *   56   8  table offset
 *   64   8  number of blocks
 *   72   4  CRC32C of the table
 *   76   4  zero
 *   80 128  16 counts, whose meaning the kind defines
 *  208      zeros
 * 4092   4  CRC32C of bytes 0 to 4091
 * </pre>
 */
final class Envelope {
  static final int HEADER_BYTES = 4096;
  static final int VERSION = 1;
  static final int COUNTS = 16;
  static final int KIND_BYTES = 8;
  static final int BLOCK_BYTES = 1 << 20;

  static final int MAGIC_AT = 0;
  static final int ENVELOPE_VERSION_AT = 8;
  static final int KIND_AT = 12;
  static final int KIND_VERSION_AT = 20;
  static final int ELEMENT_TYPE_AT = 24;
  static final int BLOCK_BYTES_AT = 28;
  static final int FILE_BYTES_AT = 32;
  static final int BODY_OFFSET_AT = 40;
  static final int BODY_BYTES_AT = 48;
  static final int TABLE_OFFSET_AT = 56;
  static final int BLOCKS_AT = 64;
  static final int TABLE_CRC_AT = 72;
  static final int COUNTS_AT = 80;
  static final int HEADER_CRC_AT = 4092;

  /** "KINDRED\n", read as a little-endian long. */
  static final long MAGIC =
      ByteBuffer.wrap("KINDRED\n".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  private Envelope() {}

  /** Checks that a kind is one to eight lower-case letters or digits. */
  static String checkedKind(String kind) {
    if (!kind.matches("[a-z0-9]{1,8}")) {
      throw new IllegalArgumentException(
          "kind must be 1 to 8 lower-case letters or digits, got '" + kind + "'");
    }
    return kind;
  }

  static long blocks(long bodyBytes) {
    return bodyBytes == 0 ? 0 : (bodyBytes - 1) / BLOCK_BYTES + 1;
  }

  static int crc(CRC32C crc, MemorySegment bytes) {
    crc.reset();
    crc.update(bytes.asByteBuffer());
    return (int) crc.getValue();
  }
}
