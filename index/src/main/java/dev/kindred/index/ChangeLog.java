package dev.kindred.index;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The changes of one {@link LiveDelta} in their order, in a .klog file, so that they survive the
 * end of the process (docs/formats.md).
 *
 * <pre>
 * header: | "KNDLOG1\n" | dim: i32 | 0: i32 | number: i64 | CRC-32C of these 24 bytes: i32 | 0: i32 |
 * change: | payload bytes: i32 | CRC-32C of the payload: i32 | payload |
 * payload: | 1 put, 2 remove: i32 | id bytes: i32 | id in UTF-8 | put: vector, f32[dim] |
 * </pre>
 *
 * <p>One thread at a time appends.
 */
final class ChangeLog implements AutoCloseable {
  private static final long MAGIC = 0x0A31474F4C444E4BL;
  private static final int HEADER_BYTES = 32;
  private static final int CHECKED_BYTES = 24;
  private static final int PREFIX_BYTES = 8;
  private static final int PUT = 1;
  private static final int REMOVE = 2;

  /** Longest id: a change must fit an array. */
  static final int MAX_ID_BYTES = 1 << 20;

  /** What a log is replayed into. */
  interface Changes {
    /** An id got this vector; the array is reused. */
    void put(String id, float[] vector);

    /** An id was removed. */
    void remove(String id);
  }

  private final Path path;
  private final long number;

  /** Not a channel: an interrupt of the thread that appends would close one for good. */
  private final RandomAccessFile file;

  private final boolean forced;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
  private long end;

  /** Why part of a change may stand behind the end; null if none does. */
  private IOException torn;

  private ChangeLog(Path path, long number, RandomAccessFile file, boolean forced, long end) {
    this.path = path;
    this.number = number;
    this.file = file;
    this.forced = forced;
    this.end = end;
  }

  static Path path(Path directory, long number) {
    return directory.resolve("changes-" + number + ".klog");
  }

  /** Starts an empty log; it is on the disk when this returns. */
  static ChangeLog create(Path directory, long number, int dim, boolean forced) throws IOException {
    Path path = path(directory, number);
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(dim).putInt(0).putLong(number);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, CHECKED_BYTES);
    header.putInt((int) crc.getValue()).putInt(0).flip();
    try {
      file.setLength(0);
      file.write(header.array());
      file.getFD().sync();
      CheckedFileWriter.forceDirectory(directory);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new ChangeLog(path, number, file, forced, HEADER_BYTES);
  }

  long number() {
    return number;
  }

  Path path() {
    return path;
  }

  /** Appends a put of vector[0, dim). */
  void put(byte[] id, float[] vector, int dim) throws IOException {
    begin(PUT, id, dim * Float.BYTES);
    for (int i = 0; i < dim; i++) {
      buffer.putFloat(vector[i]);
    }
    write();
  }

  void remove(byte[] id) throws IOException {
    begin(REMOVE, id, 0);
    write();
  }

  /** Forces everything so far to the disk. */
  void force() throws IOException {
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void begin(int kind, byte[] id, int more) {
    int bytes = PREFIX_BYTES + 2 * Integer.BYTES + id.length + more;
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocate(2 * bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    buffer.clear().position(PREFIX_BYTES);
    buffer.putInt(kind).putInt(id.length).put(id);
  }

  private void write() throws IOException {
    if (torn != null) {
      throw new IOException(
          path + ": a change failed and can't be taken back; close the index and open it again",
          torn);
    }
    int bytes = buffer.position();
    crc.reset();
    crc.update(buffer.array(), PREFIX_BYTES, bytes - PREFIX_BYTES);
    buffer.putInt(0, bytes - PREFIX_BYTES).putInt(4, (int) crc.getValue());
    try {
      file.seek(end);
      file.write(buffer.array(), 0, bytes);
      if (forced) {
        file.getFD().sync();
      }
      end += bytes;
    } catch (IOException e) {
      takeBack(e);
      throw e;
    }
  }

  /** Part of a change at the end would hide all that follow. */
  private void takeBack(IOException failure) {
    try {
      file.setLength(end);
    } catch (IOException e) {
      failure.addSuppressed(e);
      torn = failure;
    }
  }

  /**
   * Reads a log from its beginning.
   *
   * @param last whether no other log follows: its last change, or its header before any change, may
   *     be half written after a crash, and is left out
   * @return bytes of the whole changes and the header: 0 where that is half written
   * @throws CorruptFileException if an earlier log isn't whole, a whole change stands behind a
   *     damaged one, or this isn't a log of this dim
   */
  static long replay(Path path, long number, int dim, boolean last, Changes changes)
      throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      CRC32C crc = new CRC32C();
      crc.update(header, 0, Math.min(header.length, CHECKED_BYTES));
      if (header.length < HEADER_BYTES || fields.getInt(CHECKED_BYTES) != (int) crc.getValue()) {
        require(last && !isFollowed(path, 0, dim), path, 0, "the header is damaged");
        return 0;
      }
      require(
          fields.getLong(0) == MAGIC && fields.getInt(8) == dim && fields.getLong(16) == number,
          path,
          0,
          "isn't log " + number + " of vectors of dim " + dim);
      float[] vector = new float[dim];
      long offset = HEADER_BYTES;
      while (true) {
        byte[] prefix = in.readNBytes(PREFIX_BYTES);
        if (prefix.length == 0) {
          return offset;
        }
        ByteBuffer stated = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = prefix.length < PREFIX_BYTES ? -1 : stated.getInt(0);
        boolean possible = bytes >= 8 && bytes <= 8L + MAX_ID_BYTES + (long) dim * Float.BYTES;
        byte[] payload = possible ? in.readNBytes(bytes) : new byte[0];
        crc.reset();
        crc.update(payload);
        if (!possible || payload.length < bytes || (int) crc.getValue() != stated.getInt(4)) {
          require(last && !isFollowed(path, offset, dim), path, offset, "a change is damaged");
          return offset;
        }
        apply(path, offset, payload, vector, changes);
        offset += PREFIX_BYTES + bytes;
      }
    }
  }

  /** Whether a whole change stands anywhere behind the one that is damaged. */
  private static boolean isFollowed(Path path, long damaged, int dim) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment log = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      CRC32C crc = new CRC32C();
      for (long at = damaged + 1; at + PREFIX_BYTES + 8 <= log.byteSize(); at++) {
        int bytes = log.get(LittleEndian.INT, at);
        int kind = log.get(LittleEndian.INT, at + PREFIX_BYTES);
        int idBytes = log.get(LittleEndian.INT, at + PREFIX_BYTES + 4);
        long vectorBytes = kind == PUT ? (long) dim * Float.BYTES : 0;
        boolean possible =
            (kind == PUT || kind == REMOVE)
                && idBytes >= 0
                && idBytes <= MAX_ID_BYTES
                && bytes == 8 + idBytes + vectorBytes
                && at + PREFIX_BYTES + bytes <= log.byteSize();
        if (possible) {
          crc.reset();
          crc.update(log.asSlice(at + PREFIX_BYTES, bytes).asByteBuffer());
          if ((int) crc.getValue() == log.get(LittleEndian.INT, at + 4)) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /** Takes what {@link #replay} left out away, so that no change is ever written behind it. */
  static void cut(Path path, long bytes) throws IOException {
    if (bytes == 0) {
      Files.delete(path);
    } else if (Files.size(path) > bytes) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(bytes);
        channel.force(true);
      }
    }
  }

  private static void apply(
      Path path, long offset, byte[] payload, float[] vector, Changes changes) {
    ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    int kind = fields.getInt();
    int idBytes = fields.getInt();
    long more = kind == PUT ? (long) vector.length * Float.BYTES : 0;
    require(
        (kind == PUT || kind == REMOVE) && idBytes >= 0 && 8L + idBytes + more == payload.length,
        path,
        offset,
        "a change states kind " + kind + " and " + idBytes + " bytes of id");
    String id = new String(payload, 8, idBytes, StandardCharsets.UTF_8);
    if (kind == REMOVE) {
      changes.remove(id);
      return;
    }
    fields.position(8 + idBytes);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = fields.getFloat();
    }
    changes.put(id, vector);
  }

  private static void require(boolean holds, Path path, long offset, String fault) {
    if (!holds) {
      throw new CorruptFileException(
          path,
          offset,
          fault
              + "; restore the file from a good copy, or cut it there to go on without that change"
              + " and all later ones");
    }
  }

  /**
   * An id as a log holds it.
   *
   * @throws IllegalArgumentException if it is too long, or no text that UTF-8 can hold
   */
  static byte[] encoded(String id) {
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "an id has " + text.length + " bytes in UTF-8, at most " + MAX_ID_BYTES + " go");
    }
    if (!new String(text, StandardCharsets.UTF_8).equals(id)) {
      throw new IllegalArgumentException(
          "id '" + id + "' has half a surrogate pair; mend the text");
    }
    return text;
  }
}
