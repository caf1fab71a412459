package dev.kindred.index.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * A binary Kindred file opened in place: header and block table are checked, the body is mapped
 * read-only and unread, unless the {@link MemoryMode} says otherwise.
 *
 * <p>Opening takes the same time whatever the size of the file. Whoever reads the body must stand
 * any content, because only {@link #verify} reads all of it. Immutable and free to share as long as
 * the arena that it was opened with is open.
 */
public final class CheckedFile {
  /** Ends a message about damage. */
  static final String REMEDY = "; restore the file from a good copy or build it again";

  private final Path path;
  private final ElementType elementType;
  private final long[] counts;
  private final int[] table;
  private final MemorySegment body;

  private CheckedFile(
      Path path, ElementType elementType, long[] counts, int[] table, MemorySegment body) {
    this.path = path;
    this.elementType = elementType;
    this.counts = counts;
    this.table = table;
    this.body = body;
  }

  /** As {@link #open(Path, String, int, MemoryMode, Arena)}, mapped. */
  public static CheckedFile open(Path path, String kind, int version, Arena arena)
      throws IOException {
    return open(path, kind, version, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file.
   *
   * @param kind what the file must be
   * @param version of the kind, the only one accepted
   * @param mode where its body is to be
   * @param arena owns the mapping or the copy
   * @throws CorruptFileException if it isn't such a file, is damaged or of another version
   */
  public static CheckedFile open(Path path, String kind, int version, MemoryMode mode, Arena arena)
      throws IOException {
    Envelope.checkedKind(kind);
    if (Files.isDirectory(path)) {
      throw new IOException(path + " is a directory, expected a " + kind + " file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long fileBytes = channel.size();
      ByteBuffer header = readHeader(channel, path, fileBytes);
      checkIdentity(header, path, kind, version);
      ElementType elementType = ElementType.ofCode(header.getInt(Envelope.ELEMENT_TYPE_AT));
      require(elementType != null, path, Envelope.ELEMENT_TYPE_AT, "unknown element type");
      long bodyBytes = checkSizes(header, path, fileBytes);
      int[] table = readTable(channel, path, header);
      long[] counts = new long[Envelope.COUNTS];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = header.getLong(Envelope.COUNTS_AT + i * Long.BYTES);
        require(
            counts[i] >= 0,
            path,
            Envelope.COUNTS_AT + (long) i * Long.BYTES,
            "a count is negative");
      }
      MemorySegment body =
          bodyBytes == 0 ? MemorySegment.NULL : body(channel, bodyBytes, mode, arena);
      return new CheckedFile(path, elementType, counts, table, body);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(path.toString(), null, "no such " + kind + " file");
    }
  }

  /** The file that was opened. */
  public Path path() {
    return path;
  }

  /** What the numbers in the body are. */
  public ElementType elementType() {
    return elementType;
  }

  /**
   * A number from the header; the kind says what it means. Never negative.
   *
   * @param index in [0, 16)
   */
  public long count(int index) {
    return counts[Objects.checkIndex(index, counts.length)];
  }

  /**
   * A number from the header that can't be more than so many.
   *
   * @param index in [0, 16)
   * @param what it counts, for the message
   * @throws CorruptFileException if it is more
   */
  public int count(int index, int most, String what) {
    long count = count(index);
    if (count > most) {
      throw new CorruptFileException(
          path,
          Envelope.COUNTS_AT + (long) index * Long.BYTES,
          "states " + count + " " + what + ", more than the " + most + " there can be" + REMEDY);
    }
    return (int) count;
  }

  /** The body, read-only, starting at a page boundary; may be larger than 2 GiB. */
  public MemorySegment body() {
    return body;
  }

  /** A fault of this file, to be thrown by whoever finds the body impossible. */
  public CorruptFileException corrupt(long bodyOffset, String fault) {
    return new CorruptFileException(path, Envelope.HEADER_BYTES + bodyOffset, fault);
  }

  /**
   * Reads the whole body and compares the checksum of every block.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    CRC32C crc = new CRC32C();
    for (int i = 0; i < table.length; i++) {
      long offset = (long) i * Envelope.BLOCK_BYTES;
      long bytes = Math.min(Envelope.BLOCK_BYTES, body.byteSize() - offset);
      if (Envelope.crc(crc, body.asSlice(offset, bytes)) != table[i]) {
        throw corrupt(
            offset, "the checksum of block " + i + " (" + bytes + " bytes) is wrong" + REMEDY);
      }
    }
  }

  private static MemorySegment body(FileChannel channel, long bytes, MemoryMode mode, Arena arena)
      throws IOException {
    if (mode == MemoryMode.RESIDENT) {
      try (Arena copying = Arena.ofConfined()) {
        return HugePages.copyOf(map(channel, bytes, copying), arena);
      }
    }
    MemorySegment body = map(channel, bytes, arena);
    if (mode == MemoryMode.PRELOADED) {
      body.load();
    }
    return body;
  }

  private static MemorySegment map(FileChannel channel, long bytes, Arena arena)
      throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, Envelope.HEADER_BYTES, bytes, arena);
  }

  private static ByteBuffer readHeader(FileChannel channel, Path path, long fileBytes)
      throws IOException {
    if (fileBytes < Envelope.HEADER_BYTES) {
      throw new CorruptFileException(
          path,
          fileBytes,
          "ends after "
              + fileBytes
              + " bytes, a Kindred file has at least "
              + Envelope.HEADER_BYTES
              + "; restore it from a good copy or build it again");
    }
    ByteBuffer header = readFully(channel, path, 0, Envelope.HEADER_BYTES);
    if (header.getLong(Envelope.MAGIC_AT) != Envelope.MAGIC) {
      throw new CorruptFileException(
          path, 0, "isn't a Kindred file (it doesn't start with \"KINDRED\")");
    }
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(Envelope.HEADER_CRC_AT));
    require(
        (int) crc.getValue() == header.getInt(Envelope.HEADER_CRC_AT),
        path,
        Envelope.HEADER_CRC_AT,
        "the checksum of the header is wrong");
    return header;
  }

  private static void checkIdentity(ByteBuffer header, Path path, String kind, int version) {
    int envelopeVersion = header.getInt(Envelope.ENVELOPE_VERSION_AT);
    if (envelopeVersion != Envelope.VERSION) {
      throw otherVersion(
          path, Envelope.ENVELOPE_VERSION_AT, "envelope", envelopeVersion, Envelope.VERSION);
    }
    byte[] kindBytes = new byte[Envelope.KIND_BYTES];
    header.get(Envelope.KIND_AT, kindBytes);
    String found = new String(kindBytes, StandardCharsets.ISO_8859_1).replace("\0", "");
    if (!found.equals(kind)) {
      throw new CorruptFileException(
          path, Envelope.KIND_AT, "is a '" + found + "' file, expected '" + kind + "'");
    }
    int foundVersion = header.getInt(Envelope.KIND_VERSION_AT);
    if (foundVersion != version) {
      throw otherVersion(path, Envelope.KIND_VERSION_AT, kind, foundVersion, version);
    }
  }

  private static OtherVersionException otherVersion(
      Path path, long offset, String what, int found, int expected) {
    return new OtherVersionException(
        path,
        offset,
        "has "
            + what
            + " version "
            + found
            + ", this Kindred reads version "
            + expected
            + "; build the file again, or read it with the release that wrote it",
        found,
        expected);
  }

  /** Every size follows from the body's; so the body's is checked first, without overflow. */
  private static long checkSizes(ByteBuffer header, Path path, long fileBytes) {
    long stated = header.getLong(Envelope.FILE_BYTES_AT);
    if (stated != fileBytes) {
      throw new CorruptFileException(
          path,
          Math.min(stated, fileBytes),
          "has "
              + fileBytes
              + " bytes, its header says "
              + stated
              + "; it was cut or appended to: restore it from a good copy or build it again");
    }
    require(
        header.getInt(Envelope.BLOCK_BYTES_AT) == Envelope.BLOCK_BYTES,
        path,
        Envelope.BLOCK_BYTES_AT,
        "the block size isn't 1 MiB");
    require(
        header.getLong(Envelope.BODY_OFFSET_AT) == Envelope.HEADER_BYTES,
        path,
        Envelope.BODY_OFFSET_AT,
        "the body doesn't follow the header");
    long bodyBytes = header.getLong(Envelope.BODY_BYTES_AT);
    require(
        bodyBytes >= 0 && bodyBytes <= fileBytes - Envelope.HEADER_BYTES,
        path,
        Envelope.BODY_BYTES_AT,
        "the body is longer than the file");
    long blocks = Envelope.blocks(bodyBytes);
    require(
        header.getLong(Envelope.BLOCKS_AT) == blocks,
        path,
        Envelope.BLOCKS_AT,
        "the number of blocks doesn't fit the body");
    require(
        header.getLong(Envelope.TABLE_OFFSET_AT) == Envelope.HEADER_BYTES + bodyBytes,
        path,
        Envelope.TABLE_OFFSET_AT,
        "the table doesn't follow the body");
    require(
        fileBytes - Envelope.HEADER_BYTES - bodyBytes == blocks * Integer.BYTES
            && blocks <= Integer.MAX_VALUE / Integer.BYTES,
        path,
        Envelope.FILE_BYTES_AT,
        "the file doesn't end with the table");
    return bodyBytes;
  }

  private static int[] readTable(FileChannel channel, Path path, ByteBuffer header)
      throws IOException {
    long offset = header.getLong(Envelope.TABLE_OFFSET_AT);
    int blocks = (int) header.getLong(Envelope.BLOCKS_AT);
    ByteBuffer bytes = readFully(channel, path, offset, blocks * Integer.BYTES);
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    require(
        (int) crc.getValue() == header.getInt(Envelope.TABLE_CRC_AT),
        path,
        offset,
        "the checksum of the block table is wrong");
    int[] table = new int[blocks];
    bytes.asIntBuffer().get(table);
    return table;
  }

  private static ByteBuffer readFully(FileChannel channel, Path path, long offset, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new CorruptFileException(
            path, offset + buffer.position(), "ended while it was being opened");
      }
    }
    return buffer.flip();
  }

  private static void require(boolean holds, Path path, long offset, String fault) {
    if (!holds) {
      throw new CorruptFileException(path, offset, fault + REMEDY);
    }
  }
}
