package dev.kindred.engine.rank;

import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * What each user of a log did last, mapped from {@code histories.khist}: packed {@link
 * HistoryEntry} values, oldest first.
 *
 * <p>Body of kind {@code khist}, version 1, for n users and x entries of all together:
 *
 * <pre>
 * i64 start[n + 1]   entries of user u are entry[start[u]] to before entry[start[u + 1]]
 * i64 entry[x]
 * </pre>
 *
 * Header counts: n, x. Immutable; may be shared by threads while its arena is open.
 */
public final class UserHistories {
  static final String KIND = "khist";
  static final int VERSION = 1;

  private final int users;
  private final long entries;
  private final Body body;
  private final MemorySegment bytes;
  private final long startAt;
  private final long entryAt;

  private UserHistories(int users, long entries, Sections sections) {
    this.users = users;
    this.entries = entries;
    startAt = sections.next(users + 1L, Long.BYTES);
    entryAt = sections.next(entries, Long.BYTES);
    body = sections.end();
    bytes = body.bytes();
  }

  static UserHistories open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    int users = file.count(0, Integer.MAX_VALUE - 1, "users");
    return new UserHistories(users, file.count(1), Sections.of(file));
  }

  /** Asks for each user's entries twice: once to count them, once to write them. */
  static void write(Path path, int users, IntFunction<long[]> entriesOf) throws IOException {
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      long start = 0;
      out.writeLong(start);
      for (int user = 0; user < users; user++) {
        start += entriesOf.apply(user).length;
        out.writeLong(start);
      }
      for (int user = 0; user < users; user++) {
        long[] entries = entriesOf.apply(user);
        out.writeLongs(entries, 0, entries.length);
      }
      out.count(0, users);
      out.count(1, start);
      out.commit();
    }
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  void verify() {
    body.verify();
  }

  /** How many users there are. */
  public int size() {
    return users;
  }

  /** Index of a user's first entry. */
  public long start(int user) {
    long at = startAt + Long.BYTES * (long) Objects.checkIndex(user, users);
    return Math.clamp(bytes.get(LittleEndian.LONG, at), 0, entries);
  }

  /** One past the index of a user's last entry. */
  public long end(int user) {
    long at = startAt + Long.BYTES * (Objects.checkIndex(user, users) + 1L);
    return Math.clamp(bytes.get(LittleEndian.LONG, at), start(user), entries);
  }

  /** The entry at an index between a user's start and end. */
  public long entry(long index) {
    return bytes.get(LittleEndian.LONG, entryAt + Long.BYTES * Objects.checkIndex(index, entries));
  }
}
