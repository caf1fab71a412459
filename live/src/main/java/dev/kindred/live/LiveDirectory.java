package dev.kindred.live;

import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The files of a live state, opened once in a process however many handles there are.
 *
 * <pre>
 * live.lock       empty; every process holds a shared lock on it, one alone an exclusive one
 * live.header     4 KiB, little-endian:
 *                   0  "KINDLIVE"        8  u32 version         12  u32 events kept per user
 *                  16  u64 users        24  u64 items
 *                  32  u64 x 8 bytes of each map's files when laid out; they only grow
 *                  96  u32 CRC32C of bytes 0 to 95
 *                 128  i64 hide epoch, shared and updated in place
 *                 136  i64 item epoch, likewise
 * histories.chm, items.chm, hidden.chm, counters.chm, and each with -2: see {@link PersistentMap}
 * </pre>
 *
 * The header comes last when a state is laid out, so a directory without one holds nothing. Safe
 * for use by many threads.
 */
final class LiveDirectory {
  private static final long MAGIC = 0x4556494C_444E494BL; // "KINDLIVE", little-endian
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4096;
  private static final int CHECKED_BYTES = 96;
  private static final long HIDE_EPOCH = 128;
  private static final long ITEM_EPOCH = 136;
  private static final List<String> FILES =
      List.of("histories.chm", "items.chm", "hidden.chm", "counters.chm");
  private static final VarHandle EPOCH =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private static final String HEADER = "live.header";
  private static final Map<Path, LiveDirectory> OPEN = new HashMap<>();

  private final Path path;
  private final LiveStateOptions options;
  private final FileChannel lockFile;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment header;
  private final PersistentMap[] maps = new PersistentMap[4];
  private int handles = 1;

  /** The directory's state for one more handle; {@link #release} gives it back. */
  static LiveDirectory acquire(Path directory, LiveStateOptions options) throws IOException {
    synchronized (OPEN) {
      Files.createDirectories(directory);
      Path real = directory.toRealPath();
      LiveDirectory open = OPEN.get(real);
      if (open == null) {
        open = new LiveDirectory(real, options);
        OPEN.put(real, open);
      } else {
        open.handles++;
      }
      return open;
    }
  }

  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(HEADER));
  }

  /** Gives one handle back; the last one closes the files. */
  void release() {
    synchronized (OPEN) {
      if (--handles == 0) {
        OPEN.remove(path);
        close();
      }
    }
  }

  LiveStateOptions options() {
    return options;
  }

  PersistentMap histories() {
    return maps[0];
  }

  PersistentMap items() {
    return maps[1];
  }

  PersistentMap hidden() {
    return maps[2];
  }

  PersistentMap counters() {
    return maps[3];
  }

  long hideEpoch() {
    return (long) EPOCH.getVolatile(header, HIDE_EPOCH);
  }

  void nextHideEpoch() {
    EPOCH.getAndAdd(header, HIDE_EPOCH, 1L);
  }

  long itemEpoch() {
    return (long) EPOCH.getVolatile(header, ITEM_EPOCH);
  }

  void nextItemEpoch() {
    EPOCH.getAndAdd(header, ITEM_EPOCH, 1L);
  }

  private LiveDirectory(Path path, LiveStateOptions wanted) throws IOException {
    this.path = path;
    lockFile =
        FileChannel.open(
            path.resolve("live.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      FileLock alone = lockFile.tryLock(0, 1, false);
      if (alone == null) {
        // Waits while another process, alone, lays out or tidies.
        lockFile.lock(0, 1, true);
      }
      Path headerFile = path.resolve(HEADER);
      boolean fresh = !Files.exists(headerFile);
      if (fresh) {
        if (alone == null) {
          throw new CorruptFileException(
              headerFile, -1, "missing while another process uses the state; close that one");
        }
        removeLeftovers();
      }
      options = fresh ? wanted : readHeader(headerFile);
      openMaps();
      if (fresh) {
        writeHeader(headerFile);
      }
      try (FileChannel channel =
          FileChannel.open(headerFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        header = channel.map(MapMode.READ_WRITE, 0, HEADER_BYTES, arena);
      }
      if (alone != null) {
        for (PersistentMap map : maps) {
          map.freeLocks();
        }
        // A writer may have died between a change and that of its epoch.
        nextHideEpoch();
        nextItemEpoch();
        alone.release();
        lockFile.lock(0, 1, true);
      }
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void openMaps() throws IOException {
    int events = options.historyLength();
    int id = LiveState.MAX_ID_BYTES;
    maps[0] =
        new PersistentMap(
            path.resolve(FILES.get(0)),
            options.expectedUsers(),
            Math.max(64, events * 12), // a third of the events, 36 bytes each
            events * LiveRecords.MAX_EVENT_BYTES,
            id);
    maps[1] =
        new PersistentMap(
            path.resolve(FILES.get(1)),
            options.expectedItems(),
            256,
            LiveRecords.MAX_ITEM_BYTES,
            id);
    maps[2] = new PersistentMap(path.resolve(FILES.get(2)), options.expectedItems(), 0, 0, id);
    maps[3] =
        new PersistentMap(
            path.resolve(FILES.get(3)), options.expectedItems(), Long.BYTES, Long.BYTES, id);
  }

  private void close() {
    for (PersistentMap map : maps) {
      if (map != null) {
        map.close();
      }
    }
    arena.close();
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": can't release the lock file", e);
    }
  }

  /** Files of a layout that a crash cut short: nothing was ever stored in them. */
  private void removeLeftovers() throws IOException {
    for (Path file : filesOfMaps()) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> filesOfMaps() {
    List<Path> all = new ArrayList<>();
    for (String name : FILES) {
      Path first = path.resolve(name);
      all.add(first);
      all.add(PersistentMap.secondFile(first));
    }
    return all;
  }

  private void writeHeader(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(options.historyLength());
    bytes.putLong(options.expectedUsers()).putLong(options.expectedItems());
    for (Path map : filesOfMaps()) {
      bytes.putLong(Files.size(map));
    }
    bytes.putInt(crc(bytes)).rewind();
    Path temporary = file.resolveSibling("live.header.tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private LiveStateOptions readHeader(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    if (all.length != HEADER_BYTES) {
      throw new CorruptFileException(
          file,
          0,
          all.length + " bytes long, must be " + HEADER_BYTES + "; " + PersistentMap.REMEDY);
    }
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getLong() != MAGIC) {
      throw new CorruptFileException(file, 0, "not a live state of Kindred");
    }
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new CorruptFileException(
          file,
          8,
          "version "
              + version
              + ", this build reads "
              + VERSION
              + "; list what it holds with the release that wrote it ('kindred live list', 'kindred"
              + " live added'), remove the directory, then hide and add again");
    }
    int historyLength = bytes.getInt();
    long users = bytes.getLong();
    long items = bytes.getLong();
    List<Path> maps = filesOfMaps();
    long[] leastBytes = new long[maps.size()];
    bytes.asLongBuffer().get(leastBytes);
    if (bytes.getInt(CHECKED_BYTES) != crc(bytes)) {
      throw new CorruptFileException(
          file, CHECKED_BYTES, "checksum differs; " + PersistentMap.REMEDY);
    }
    for (int i = 0; i < leastBytes.length; i++) {
      Path map = maps.get(i);
      long has = Files.exists(map) ? Files.size(map) : 0;
      if (has < leastBytes[i]) {
        throw new CorruptFileException(
            map,
            has,
            "cut short, was laid out with " + leastBytes[i] + " bytes; " + PersistentMap.REMEDY);
      }
    }
    return new LiveStateOptions(users, items, historyLength);
  }

  private static int crc(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, CHECKED_BYTES);
    return (int) crc.getValue();
  }
}
