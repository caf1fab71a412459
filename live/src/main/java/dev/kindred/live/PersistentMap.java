package dev.kindred.live;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
 * Bytes to bytes in two Chronicle Map files that hold a key's last two versions. Each write goes
 * over the older one, so a process killed in mid-write leaves the version before it; written in one
 * place, the record would be lost. A stored value is {@code u32 CRC32C of the rest and the key |
 * u32 version | value}; one that is torn counts as absent. Safe for use by many threads and
 * processes.
 */
final class PersistentMap implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.kindred.live");

  /** What stands before a value: checksum and version. */
  static final int HEAD_BYTES = 2 * Integer.BYTES;

  /** What to do where the state can't be used. */
  static final String REMEDY =
      "restore a copy of the directory, or remove it: then hide marks and added items must be given"
          + " again, and histories begin with the next events";

  private final Path file;
  private final long entries;

  /** Where a key's first version goes. Whoever updates holds this map's lock for the key. */
  private final ChronicleMap<byte[], byte[]> first;

  private final ChronicleMap<byte[], byte[]> second;

  /** A value and how many writes of its key came before; the count may wrap. */
  private record Version(int number, byte[] value) {
    static Version newer(Version a, Version b) {
      return a == null || (b != null && b.number - a.number > 0) ? b : a;
    }
  }

  /**
   * Opens the map of these files, or makes them.
   *
   * @param file the first; {@link #secondFile} names the other
   * @throws IOException if a file can't be made or mapped
   * @throws CorruptFileException if one isn't a Chronicle Map
   */
  PersistentMap(Path file, MapLayout layout) throws IOException {
    this.file = file;
    entries = layout.entries();
    ChronicleMapBuilder<byte[], byte[]> builder = layout.builder();
    first = open(builder, file);
    boolean opened = false;
    try {
      second = open(builder, secondFile(file));
      opened = true;
    } finally {
      if (!opened) {
        first.close();
      }
    }
  }

  /** The second file of the map whose first is this one: {@code items.chm}, {@code items-2.chm}. */
  static Path secondFile(Path first) {
    return first.resolveSibling(first.getFileName().toString().replace(".chm", "-2.chm"));
  }

  private static ChronicleMap<byte[], byte[]> open(
      ChronicleMapBuilder<byte[], byte[]> builder, Path file) throws IOException {
    try {
      return builder.name(file.getFileName().toString()).createPersistedTo(file.toFile());
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException ioException
          && !(Files.isReadable(file) && Files.isWritable(file))) {
        throw ioException;
      }
      throw new CorruptFileException(
          file, -1, "not a readable Chronicle Map (" + e.getMessage() + "); " + REMEDY);
    }
  }

  /**
   * Frees every lock in the files, whoever holds it. Only for a caller that knows that no other
   * process has them open: the holders are then dead.
   */
  void freeLocks() {
    for (ChronicleMap<?, ?> map : List.of(first, second)) {
      VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
      for (int segment = 0; segment < hash.actualSegments; segment++) {
        BigSegmentHeader.INSTANCE.resetLock(hash.segmentHeaderAddress(segment));
      }
    }
  }

  /** The value, or null if there is none. */
  byte[] get(byte[] key) {
    try (ExternalMapQueryContext<byte[], byte[], ?> query = first.queryContext(key)) {
      // Held while the second map is read: no removal comes between the two looks.
      query.readLock().lock();
      MapEntry<byte[], byte[]> entry = query.entry();
      Version inFirst = entry == null ? null : unseal(key, entry.value().get());
      Version version = Version.newer(inFirst, unseal(key, second.get(key)));
      return version == null ? null : version.value;
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    }
  }

  /**
   * Replaces a value by what the operator makes of it, with no other writer in between.
   *
   * @param operator gets null where there is none; must not touch this map. Nothing is written when
   *     it gives back what it got
   * @return the new value
   */
  byte[] update(byte[] key, UnaryOperator<byte[]> operator) {
    try (ExternalMapQueryContext<byte[], byte[], ?> query = locked(key)) {
      MapEntry<byte[], byte[]> entry = query.entry();
      Version inFirst = entry == null ? null : unseal(key, entry.value().get());
      Version inSecond = unseal(key, second.get(key));
      Version old = Version.newer(inFirst, inSecond);
      byte[] value = operator.apply(old == null ? null : old.value);
      if (old != null && value == old.value) {
        return value;
      }
      byte[] sealed = seal(key, new Version(old == null ? 0 : old.number + 1, value));
      if (old != null && old == inFirst) {
        second.put(key, sealed);
      } else if (entry == null) {
        query.insert(query.absentEntry(), query.wrapValueAsData(sealed));
      } else {
        query.replaceValue(entry, query.wrapValueAsData(sealed));
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
    return update(key, old -> old == null ? value : old) == value;
  }

  /** Takes a value away; says whether there was one. */
  boolean remove(byte[] key) {
    try (ExternalMapQueryContext<byte[], byte[], ?> query = locked(key)) {
      MapEntry<byte[], byte[]> entry = query.entry();
      Version inFirst = entry == null ? null : unseal(key, entry.value().get());
      Version inSecond = unseal(key, second.get(key));
      Version newest = Version.newer(inFirst, inSecond);
      // The older one first: a process killed between the two must not bring it back.
      if (newest == inFirst) {
        second.remove(key);
      }
      if (entry != null) {
        query.remove(entry);
      }
      second.remove(key);
      return newest != null;
    } catch (InterProcessDeadLockException e) {
      throw stuck(e);
    }
  }

  /** A query of the first map with the key locked against other writers. */
  private ExternalMapQueryContext<byte[], byte[], ?> locked(byte[] key) {
    ExternalMapQueryContext<byte[], byte[], ?> query = first.queryContext(key);
    boolean locked = false;
    try {
      query.updateLock().lock();
      locked = true;
      return query;
    } finally {
      if (!locked) {
        query.close();
      }
    }
  }

  /** Hands on every entry, none of them under a lock. */
  void forEach(BiConsumer<byte[], byte[]> visitor) {
    Set<ByteBuffer> keys = new LinkedHashSet<>();
    for (ChronicleMap<byte[], byte[]> map : List.of(first, second)) {
      for (int segment = 0; segment < map.segments(); segment++) {
        collect(map, segment, keys);
      }
    }
    for (ByteBuffer key : keys) {
      byte[] value = get(key.array());
      if (value != null) {
        visitor.accept(key.array(), value);
      }
    }
  }

  /**
   * A process that was killed while it added or removed an entry may have left the segment's count
   * one off. Chronicle notices after it has walked through the entries, and throws.
   */
  private void collect(ChronicleMap<byte[], byte[]> map, int segment, Set<ByteBuffer> keys) {
    try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
      // Chronicle reuses the array.
      context.forEachSegmentEntry(entry -> keys.add(ByteBuffer.wrap(entry.key().get().clone())));
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
    try (second) {
      first.close();
    }
  }

  private static byte[] seal(byte[] key, Version version) {
    byte[] stored =
        ByteBuffer.allocate(HEAD_BYTES + version.value.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0)
            .putInt(version.number)
            .put(version.value)
            .array();
    ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).putInt(crc(key, stored));
    return stored;
  }

  /** Null if nothing is stored, or only part of a value. */
  private static Version unseal(byte[] key, byte[] stored) {
    if (stored == null || stored.length < HEAD_BYTES) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != crc(key, stored)) {
      return null;
    }
    int number = in.getInt();
    byte[] value = new byte[in.remaining()];
    in.get(value);
    return new Version(number, value);
  }

  /** Of the key and of what follows the checksum. */
  private static int crc(byte[] key, byte[] stored) {
    CRC32C crc = new CRC32C();
    crc.update(key, 0, key.length);
    crc.update(stored, Integer.BYTES, stored.length - Integer.BYTES);
    return (int) crc.getValue();
  }

  private IllegalStateException full(IllegalStateException e) {
    return new IllegalStateException(
        file
            + ": full with "
            + Math.max(first.size(), second.size())
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
