package dev.kindred.engine.rank;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final CheckedFile file;
  private final MemorySegment body;
  private final int users;
  private final long entries;

  private UserHistories(CheckedFile file, int users, long entries) {
    this.file = file;
    body = file.body();
    this.users = users;
    this.entries = entries;
  }

  static UserHistories open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    long users = file.count(0);
    long entries = file.count(1);
    long size = file.body().byteSize();
    if (users >= Integer.MAX_VALUE
        || entries > size
        || Long.BYTES * (users + 1 + entries) != size) {
      throw file.corrupt(0, "the counts in the header don't fit the body");
    }
    return new UserHistories(file, (int) users, entries);
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
    file.verify();
  }

  /** How many users there are. */
  public int size() {
    return users;
  }

  /** Index of a user's first entry. */
  public long start(int user) {
    long at = Long.BYTES * (long) Objects.checkIndex(user, users);
    return Math.clamp(body.get(LONG, at), 0, entries);
  }

  /** One past the index of a user's last entry. */
  public long end(int user) {
    long at = Long.BYTES * (Objects.checkIndex(user, users) + 1L);
    return Math.clamp(body.get(LONG, at), start(user), entries);
  }

  /** The entry at an index between a user's start and end. */
  public long entry(long index) {
    return body.get(LONG, Long.BYTES * (users + 1L + Objects.checkIndex(index, entries)));
  }
}
