package dev.kindred.index.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Streams the body of a binary Kindred file into a temporary file beside the target; {@link
 * #commit} adds header and block table, forces everything to the disk and renames.
 *
 * <p>Until commit the target keeps its old content. Closing without a commit removes the temporary
 * file, so a failed writer leaves nothing behind:
 *
 * <pre>{@code
 * try (var out = CheckedFileWriter.create(path, "kvec", 1)) {
 *   out.writeFloats(row, 0, dim);
 *   out.count(0, rows);
 *   out.commit();
 * }
 * }</pre>
 *
 * <p>All numbers are little-endian. Not thread-safe.
 */
public final class CheckedFileWriter implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final String kind;
  private final int version;
  private final FileChannel channel;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment block = arena.allocate(Envelope.BLOCK_BYTES, 64);
  private final ByteBuffer blockBuffer = block.asByteBuffer();
  private final CRC32C crc = new CRC32C();
  private final long[] counts = new long[Envelope.COUNTS];
  private ElementType elementType = ElementType.NONE;
  private int[] table = new int[16];
  private int blocks;
  private int inBlock;
  private boolean committed;
  private boolean closed;

  private CheckedFileWriter(
      Path target, Path temporary, FileChannel channel, String kind, int version) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.kind = kind;
    this.version = version;
  }

  /**
   * Opens the temporary file.
   *
   * @param kind what the file is, 1 to 8 lower-case letters or digits, such as "kvec"
   * @param version of the kind's body, at least 1
   * @throws IOException if the directory is missing or can't be written, or the target is a
   *     directory
   */
  public static CheckedFileWriter create(Path target, String kind, int version) throws IOException {
    Envelope.checkedKind(kind);
    if (version < 1) {
      throw new IllegalArgumentException("version must be at least 1, got " + version);
    }
    if (Files.isDirectory(target)) {
      throw new IOException(target + " is a directory; name a file to write");
    }
    Path directory = directoryOf(target);
    Path temporary = TemporaryName.beside(target.toAbsolutePath());
    FileChannel channel;
    try {
      channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "can't write " + target + ": directory " + directory + " doesn't exist; create it", e);
    } catch (AccessDeniedException e) {
      throw new IOException(
          "can't write "
              + target
              + ": no permission to write in directory "
              + directory
              + "; change its permissions or choose another",
          e);
    }
    CheckedFileWriter writer = new CheckedFileWriter(target, temporary, channel, kind, version);
    try {
      channel.position(Envelope.HEADER_BYTES);
      return writer;
    } catch (IOException e) {
      writer.closeAfter(e);
      throw e;
    }
  }

  /** Body bytes written so far. */
  public long position() {
    return (long) blocks * Envelope.BLOCK_BYTES + inBlock;
  }

  /** States what the numbers in the body are; {@link ElementType#NONE} unless called. */
  public void elementType(ElementType type) {
    elementType = Objects.requireNonNull(type);
  }

  /**
   * Stores a number in the header; 0 unless called.
   *
   * @param index in [0, 16)
   * @param value at least 0
   */
  public void count(int index, long value) {
    Objects.checkIndex(index, Envelope.COUNTS);
    if (value < 0) {
      throw new IllegalArgumentException("count " + index + " must be at least 0, got " + value);
    }
    counts[index] = value;
  }

  /** Appends one byte. */
  public void writeByte(int value) throws IOException {
    requireOpen();
    block.set(ValueLayout.JAVA_BYTE, inBlock++, (byte) value);
    flushIfFull();
  }

  /** Appends four bytes. */
  public void writeInt(int value) throws IOException {
    if (Envelope.BLOCK_BYTES - inBlock >= Integer.BYTES) {
      requireOpen();
      block.set(LittleEndian.INT, inBlock, value);
      inBlock += Integer.BYTES;
      flushIfFull();
    } else {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        writeByte(value >>> shift);
      }
    }
  }

  /** Appends eight bytes. */
  public void writeLong(long value) throws IOException {
    writeInt((int) value);
    writeInt((int) (value >>> Integer.SIZE));
  }

  /** Appends four bytes. */
  public void writeFloat(float value) throws IOException {
    writeInt(Float.floatToRawIntBits(value));
  }

  /** Appends eight bytes. */
  public void writeDouble(double value) throws IOException {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /** Appends bytes[offset, offset + length). */
  public void writeBytes(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    writeSegment(MemorySegment.ofArray(bytes).asSlice(offset, length));
  }

  /** Appends values[offset, offset + length). */
  public void writeInts(int[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    requireOpen();
    int done = 0;
    while (done < length) {
      int fits = Math.min(length - done, (Envelope.BLOCK_BYTES - inBlock) / Integer.BYTES);
      if (fits == 0) {
        writeInt(values[offset + done++]);
      } else {
        MemorySegment.copy(values, offset + done, block, LittleEndian.INT, inBlock, fits);
        advance(fits * Integer.BYTES);
        done += fits;
      }
    }
  }

  /** Appends values[offset, offset + length). */
  public void writeFloats(float[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    requireOpen();
    int done = 0;
    while (done < length) {
      int fits = Math.min(length - done, (Envelope.BLOCK_BYTES - inBlock) / Float.BYTES);
      if (fits == 0) {
        writeFloat(values[offset + done++]);
      } else {
        MemorySegment.copy(values, offset + done, block, LittleEndian.FLOAT, inBlock, fits);
        advance(fits * Float.BYTES);
        done += fits;
      }
    }
  }

  /** Appends values[offset, offset + length). */
  public void writeLongs(long[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    for (int i = offset; i < offset + length; i++) {
      writeLong(values[i]);
    }
  }

  /** Appends all bytes of a segment as they are. */
  public void writeSegment(MemorySegment bytes) throws IOException {
    requireOpen();
    long done = 0;
    while (done < bytes.byteSize()) {
      int fits = (int) Math.min(bytes.byteSize() - done, Envelope.BLOCK_BYTES - inBlock);
      MemorySegment.copy(bytes, done, block, inBlock, fits);
      advance(fits);
      done += fits;
    }
  }

  /**
   * Appends zeros up to the next multiple of {@code alignment} body bytes.
   *
   * @param alignment a power of two up to 4096
   */
  public void alignTo(int alignment) throws IOException {
    if (Integer.bitCount(alignment) != 1 || alignment < 1 || alignment > Envelope.HEADER_BYTES) {
      throw new IllegalArgumentException(
          "alignment must be a power of two in [1, 4096], got " + alignment);
    }
    requireOpen();
    // Blocks are a multiple of every allowed alignment, so the padding never crosses one.
    int padding = -inBlock & (alignment - 1);
    block.asSlice(inBlock, padding).fill((byte) 0);
    advance(padding);
  }

  /**
   * Writes table and header, forces the file, renames it over the target and forces the directory.
   * Nothing may be written afterwards.
   */
  public void commit() throws IOException {
    requireOpen();
    long bodyBytes = position();
    if (inBlock > 0) {
      flush();
    }
    long tableOffset = channel.position();
    int tableCrc = writeTable();
    long fileBytes = channel.position();
    writeHeader(bodyBytes, tableOffset, tableCrc, fileBytes);
    channel.force(true);
    channel.close();
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    committed = true;
    forceDirectory(directoryOf(target));
  }

  /** Ends writing; without a commit the temporary file is removed and the target untouched. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    arena.close();
    try {
      channel.close();
    } finally {
      if (!committed) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  private void closeAfter(IOException cause) {
    try {
      close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void requireOpen() {
    if (closed || committed) {
      throw new IllegalStateException("the writer of " + target + " is closed");
    }
  }

  private void advance(int bytes) throws IOException {
    inBlock += bytes;
    flushIfFull();
  }

  private void flushIfFull() throws IOException {
    if (inBlock == Envelope.BLOCK_BYTES) {
      flush();
    }
  }

  private void flush() throws IOException {
    MemorySegment filled = block.asSlice(0, inBlock);
    if (blocks == table.length) {
      table = Arrays.copyOf(table, 2 * blocks);
    }
    table[blocks] = Envelope.crc(crc, filled);
    writeFully(inBlock);
    blocks++;
    inBlock = 0;
  }

  /** Writes the first bytes of the block buffer at the channel's position. */
  private void writeFully(int bytes) throws IOException {
    blockBuffer.clear().limit(bytes);
    try {
      while (blockBuffer.hasRemaining()) {
        channel.write(blockBuffer);
      }
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** What the system says of a write, such as that the disk is full, doesn't name the file. */
  private IOException named(IOException e) {
    if (e.getClass() != IOException.class) {
      return e;
    }
    FileSystemException named = new FileSystemException(target.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }

  private int writeTable() throws IOException {
    // The CRC runs over the whole table, which may be larger than the buffer.
    crc.reset();
    int perBuffer = Envelope.BLOCK_BYTES / Integer.BYTES;
    for (int done = 0; done < blocks; done += perBuffer) {
      int entries = Math.min(perBuffer, blocks - done);
      MemorySegment.copy(table, done, block, LittleEndian.INT, 0, entries);
      crc.update(block.asSlice(0, (long) entries * Integer.BYTES).asByteBuffer());
      writeFully(entries * Integer.BYTES);
    }
    return (int) crc.getValue();
  }

  private void writeHeader(long bodyBytes, long tableOffset, int tableCrc, long fileBytes)
      throws IOException {
    MemorySegment header = block.asSlice(0, Envelope.HEADER_BYTES);
    header.fill((byte) 0);
    header.set(LittleEndian.LONG, Envelope.MAGIC_AT, Envelope.MAGIC);
    header.set(LittleEndian.INT, Envelope.ENVELOPE_VERSION_AT, Envelope.VERSION);
    byte[] kindBytes = kind.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(
        kindBytes, 0, header, ValueLayout.JAVA_BYTE, Envelope.KIND_AT, kindBytes.length);
    header.set(LittleEndian.INT, Envelope.KIND_VERSION_AT, version);
    header.set(LittleEndian.INT, Envelope.ELEMENT_TYPE_AT, elementType.code());
    header.set(LittleEndian.INT, Envelope.BLOCK_BYTES_AT, Envelope.BLOCK_BYTES);
    header.set(LittleEndian.LONG, Envelope.FILE_BYTES_AT, fileBytes);
    header.set(LittleEndian.LONG, Envelope.BODY_OFFSET_AT, Envelope.HEADER_BYTES);
    header.set(LittleEndian.LONG, Envelope.BODY_BYTES_AT, bodyBytes);
    header.set(LittleEndian.LONG, Envelope.TABLE_OFFSET_AT, tableOffset);
    header.set(LittleEndian.LONG, Envelope.BLOCKS_AT, blocks);
    header.set(LittleEndian.INT, Envelope.TABLE_CRC_AT, tableCrc);
    for (int i = 0; i < counts.length; i++) {
      header.set(LittleEndian.LONG, Envelope.COUNTS_AT + (long) i * Long.BYTES, counts[i]);
    }
    int headerCrc = Envelope.crc(crc, header.asSlice(0, Envelope.HEADER_CRC_AT));
    header.set(LittleEndian.INT, Envelope.HEADER_CRC_AT, headerCrc);
    channel.position(0);
    writeFully(Envelope.HEADER_BYTES);
  }

  private static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IllegalArgumentException(file + " isn't a file name");
    }
    return directory;
  }

  /** Makes the rename itself survive a power cut. */
  public static void forceDirectory(Path directory) throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }
}
