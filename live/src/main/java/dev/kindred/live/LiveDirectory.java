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
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final String TEMPORARY_HEADER = "live.header.tmp";

  /** Room for what a new state is to hold at first: pages of entries and of their tables. */
  private static final long FIRST_BYTES = 16 << 20;

  /** Types of file systems in memory, where reading a hole of a sparse file fills it. */
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

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
      requireRoom(directory, options);
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

  /**
   * Refuses a directory whose file system is too small for a new state; one that holds a state, or
   * what a crash left of one, passes. Files that are mapped can't say that the disk is full, so
   * this is the time to.
   *
   * @throws FileSystemException with what is needed and what is free
   */
  static void requireRoom(Path directory, LiveStateOptions options) throws IOException {
    boolean begun = filesOfMaps(directory).stream().anyMatch(Files::exists);
    if (!begun && !isIn(directory)) {
      requireSpace(directory, options);
    }
  }

  private static void requireSpace(Path directory, LiveStateOptions options) throws IOException {
    Path there = directory.toAbsolutePath();
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    FileStore store = Files.getFileStore(there);
    boolean inMemory = IN_MEMORY.contains(store.type());
    long needed = newStateBytes(options, inMemory);
    // A file system that doesn't tell its size says 0.
    if (store.getTotalSpace() > 0 && store.getUsableSpace() < needed) {
      throw new FileSystemException(
          directory.toString(),
          null,
          "a new live state needs about "
              + mebibytes(needed)
              + " MiB here"
              + (inMemory ? " (" + store.type() + " keeps its empty tables too)" : "")
              + " and "
              + store.getUsableSpace() / (1 << 20)
              + " are free; free some, or choose a directory "
              + (inMemory ? "on a disk" : "elsewhere"));
    }
  }

  private static long mebibytes(long bytes) {
    return Math.ceilDiv(bytes, 1 << 20);
  }

  /**
   * About how many bytes a file system should have left for a new state.
   *
   * @param inMemory whether it keeps the empty tables, which a disk doesn't
   */
  static long newStateBytes(LiveStateOptions options, boolean inMemory) {
    long bytes = FIRST_BYTES;
    if (inMemory) {
      for (MapLayout layout : layouts(options)) {
        bytes += 2 * layout.tableBytes(); // a map is two files
      }
    }
    return bytes;
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
      if (fresh && alone == null) {
        throw new CorruptFileException(
            headerFile, -1, "missing while another process uses the state; close that one");
      }
      options = fresh ? wanted : readHeader(headerFile);
      if (fresh) {
        layOut(headerFile);
      } else {
        openMaps();
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

  /**
   * Makes the files. If that fails none of them stays; the directory does, and the lock file, which
   * another process may wait for.
   */
  private void layOut(Path headerFile) throws IOException {
    if (removeFiles()) {
      requireSpace(path, options);
    }
    boolean made = false;
    try {
      openMaps();
      writeHeader(headerFile);
      made = true;
    } catch (InternalError e) {
      // What the JVM makes of a page that the disk has no room for.
      FileSystemException full =
          new FileSystemException(
              path.toString(),
              null,
              "the disk may be full: a page of a new live state can't be written; free some space,"
                  + " or choose a directory elsewhere");
      full.initCause(e);
      throw full;
    } finally {
      if (!made) {
        closeMaps();
        removeFiles();
      }
    }
  }

  private void openMaps() throws IOException {
    List<MapLayout> layouts = layouts(options);
    for (int i = 0; i < maps.length; i++) {
      maps[i] = new PersistentMap(path.resolve(FILES.get(i)), layouts.get(i));
    }
  }

  /** Of the maps, in the order of their files. */
  static List<MapLayout> layouts(LiveStateOptions options) {
    int events = options.historyLength();
    long items = options.expectedItems();
    int id = LiveState.MAX_ID_BYTES;
    return List.of(
        new MapLayout(
            options.expectedUsers(),
            Math.max(64, events * 12), // a third of the events, 36 bytes each
            events * LiveRecords.MAX_EVENT_BYTES,
            id),
        new MapLayout(items, 256, LiveRecords.MAX_ITEM_BYTES, id),
        new MapLayout(items, 0, 0, id),
        new MapLayout(items, Long.BYTES, Long.BYTES, id));
  }

  private void closeMaps() {
    for (int i = 0; i < maps.length; i++) {
      if (maps[i] != null) {
        maps[i].close();
        maps[i] = null;
      }
    }
  }

  private void close() {
    closeMaps();
    arena.close();
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": can't release the lock file", e);
    }
  }

  /**
   * Removes the files of a layout that was cut short: nothing was ever stored in them. Says whether
   * there were any.
   */
  private boolean removeFiles() throws IOException {
    boolean any = Files.deleteIfExists(path.resolve(TEMPORARY_HEADER));
    for (Path file : filesOfMaps(path)) {
      any |= Files.deleteIfExists(file);
    }
    return any;
  }

  private static List<Path> filesOfMaps(Path directory) {
    List<Path> all = new ArrayList<>();
    for (String name : FILES) {
      Path first = directory.resolve(name);
      all.add(first);
      all.add(PersistentMap.secondFile(first));
    }
    return all;
  }

  private void writeHeader(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(options.historyLength());
    bytes.putLong(options.expectedUsers()).putLong(options.expectedItems());
    for (Path map : filesOfMaps(path)) {
      bytes.putLong(Files.size(map));
    }
    bytes.putInt(crc(bytes)).rewind();
    Path temporary = file.resolveSibling(TEMPORARY_HEADER);
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
    List<Path> maps = filesOfMaps(path);
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
