package dev.kindred.live;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import net.openhft.chronicle.hash.ChronicleHashClosedException;
import net.openhft.chronicle.hash.impl.BigSegmentHeader;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.hash.locks.InterProcessDeadLockException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.MapSegmentContext;

/**
 * Bytes to bytes in one Chronicle Map file. A stored value is {@code u32 CRC32C of key and value |
 * value}: one that a killed process left torn reads as absent. Safe for use by many threads and
 * processes.
 */
final class PersistentMap implements AutoCloseable {
  private static final int CHUNK_BYTES = 64;

  private final Path file;
  private final long entries;
  private final ChronicleMap<byte[], byte[]> map;

  /**
   * Opens the map of this file, or makes it.
   *
   * @param entries how many are expected; up to four times as many fit
   * @param averageValueBytes a guess that sizes the file, which is sparse
   * @param maxValueBytes the largest value that will ever come
   * @throws IOException if the file can't be made or mapped
   * @throws CorruptFileException if it isn't a Chronicle Map
   */
  PersistentMap(Path file, long entries, int averageValueBytes, int maxValueBytes, int maxKeyBytes)
      throws IOException {
    this.file = file;
    this.entries = entries;
    int maxChunks = (maxKeyBytes + maxValueBytes + 64) / CHUNK_BYTES + 1;
    try {
      map =
          ChronicleMapBuilder.of(byte[].class, byte[].class)
              .name(file.getFileName().toString())
              // A segment must hold the largest entry, so a tiny map is made larger.
              .entries(Math.max(entries, 4096))
              .averageKeySize(24)
              .averageValueSize(Integer.BYTES + averageValueBytes)
              .actualChunkSize(CHUNK_BYTES)
              .maxChunksPerEntry(maxChunks)
              .maxBloatFactor(4)
              .checksumEntries(false) // ours cover key and value alike
              .sparseFile(true)
              .createPersistedTo(file.toFile());
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException ioException
          && !(Files.isReadable(file) && Files.isWritable(file))) {
        throw ioException;
      }
      throw new CorruptFileException(
          file, -1, "not a readable Chronicle Map (" + e.getMessage() + "); " + REMEDY);
    }
  }

  private static final System.Logger LOG = System.getLogger("dev.kindred.live");

  /** What to do where the state can't be used. */
  static final String REMEDY =
      "remove the directory and let it be rebuilt from the event log and the snapshot";

  /**
   * Frees every lock in the file, whoever holds it. Only for a caller that knows that no other
   * process has the file open: the holders are then dead.
   */
  void freeLocks() {
    VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
    for (int segment = 0; segment < hash.actualSegments; segment++) {
      BigSegmentHeader.INSTANCE.resetLock(hash.segmentHeaderAddress(segment));
    }
  }

  /** The value, or null if there is none or it is torn. */
  byte[] get(byte[] key) {
    try {
      return unseal(key, map.get(key));
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    }
  }

  /**
   * Replaces a value by what the operator makes of it, with no other writer in between.
   *
   * @param operator gets null where there is none; must not touch this map
   * @return the new value
   */
  byte[] update(byte[] key, UnaryOperator<byte[]> operator) {
    try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(key)) {
      query.updateLock().lock();
      MapEntry<byte[], byte[]> entry = query.entry();
      byte[] value = operator.apply(entry == null ? null : unseal(key, entry.value().get()));
      if (entry == null) {
        query.insert(query.absentEntry(), query.wrapValueAsData(seal(key, value)));
      } else {
        query.replaceValue(entry, query.wrapValueAsData(seal(key, value)));
      }
      return value;
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    } catch (IllegalStateException e) {
      throw full(e);
    }
  }

  /** Adds a value where there is none; says whether it did. */
  boolean putIfAbsent(byte[] key, byte[] value) {
    boolean[] added = new boolean[1];
    update(
        key,
        old -> {
          added[0] = old == null;
          return old == null ? value : old;
        });
    return added[0];
  }

  /** Takes a value away; says whether there was one. */
  boolean remove(byte[] key) {
    try {
      return map.remove(key) != null;
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    }
  }

  /** Hands on every entry that is whole, none of them under a lock. */
  void forEach(BiConsumer<byte[], byte[]> visitor) {
    List<byte[]> keysAndValues = new ArrayList<>();
    for (int segment = 0; segment < map.segments(); segment++) {
      collect(segment, keysAndValues);
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      visitor.accept(keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  /**
   * A process that was killed while it added or removed an entry may have left the segment's count
   * one off. Chronicle notices after it has walked through the entries, and throws.
   */
  private void collect(int segment, List<byte[]> keysAndValues) {
    try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
      context.forEachSegmentEntry(
          entry -> {
            byte[] key = entry.key().get();
            byte[] value = unseal(key, entry.value().get());
            if (value != null) {
              keysAndValues.add(key.clone()); // Chronicle reuses the array
              keysAndValues.add(value);
            }
          });
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    } catch (ChronicleHashClosedException e) {
      throw e;
    } catch (IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING, "a segment's count of entries is off: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    map.close();
  }

  private static byte[] seal(byte[] key, byte[] value) {
    return ByteBuffer.allocate(Integer.BYTES + value.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(crc(key, value, 0))
        .put(value)
        .array();
  }

  private static byte[] unseal(byte[] key, byte[] stored) {
    if (stored == null || stored.length < Integer.BYTES) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != crc(key, stored, Integer.BYTES)) {
      return null;
    }
    byte[] value = new byte[in.remaining()];
    in.get(value);
    return value;
  }

  private static int crc(byte[] key, byte[] value, int from) {
    CRC32C crc = new CRC32C();
    crc.update(key, 0, key.length);
    crc.update(value, from, value.length - from);
    return (int) crc.getValue();
  }

  private IllegalStateException full(IllegalStateException e) {
    return new IllegalStateException(
        file
            + ": full with "
            + map.size()
            + " entries, laid out for "
            + entries
            + "; lay out a larger one with LiveStateOptions and refill it",
        e);
  }

  private IllegalStateException stuck(InterProcessDeadLockException e) {
    return new IllegalStateException(
        file
            + ": a process died inside a write; close every process that has this state open, and"
            + " the next to open it frees the lock",
        e);
  }
}
