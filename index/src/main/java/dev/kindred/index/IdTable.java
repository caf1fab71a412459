package dev.kindred.index;

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
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A .kids file opened in place: the ids of a snapshot to ordinals and back (docs/formats.md).
 *
 * <pre>
 * body: | entries: 16 bytes [n] | padding | slots: i64[slots] | UTF-8 bytes of the long ids |
 * entry, by ordinal: i32 bytes of the id, then the id itself if it has up to 12, zeros behind it;
 *        of a longer one 4 zeros and where in the text it begins, i64
 * slot: upper 32 bits of the hash, ordinal + 1 in the lower 32; 0 = empty; linear probing
 * </pre>
 *
 * <p>An entry never crosses a cache line, so a short id is one wait for memory, not one for its
 * place and one for its text. Twelve bytes hold numbers below 10^12 and the ids of video sites. The
 * layout is that of strings in the Umbra database (Neumann and Freitag, CIDR 2020, section 3.1).
 *
 * <p>Look-ups allocate nothing. A damaged body can make an id unknown, never read outside the file.
 * Immutable and free to share while its arena is open.
 */
public final class IdTable {
  /** Most ids in one table; its slots then fill one array of longs while it is written. */
  public static final int MAX_SIZE = 1 << 28;

  /** Most bytes of an id that is read with its entry; a longer one is a second wait for memory. */
  public static final int SHORT_BYTES = 12;

  static final String KIND = "kids";
  static final int VERSION = 2;
  static final int IDS = 0;
  static final int SLOTS = 1;
  static final int TEXT_BYTES = 2;
  private static final int ENTRY_BYTES = Integer.BYTES + SHORT_BYTES;

  /** Where in its entry a short id begins, and a long one's place. */
  private static final int SHORT_AT = Integer.BYTES;

  private static final int PLACE_AT = 2 * Integer.BYTES;

  // FNV-1a over the UTF-8 bytes, then the finaliser of MurmurHash3, because FNV's upper bits are
  // weak for short keys.
  private static final long HASH_START = 0xCBF29CE484222325L;
  private static final long HASH_FACTOR = 0x100000001B3L;
  private static final long TAG_MASK = 0xFFFFFFFF_00000000L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Stands for the hash of a text with half a surrogate pair, which has no UTF-8 form. */
  private static final long MALFORMED = 0;

  private final Path path;
  private final Body body;
  private final MemorySegment data;
  private final int size;
  private final int slotMask;
  private final long slotsAt;
  private final long textAt;
  private final long textBytes;

  private IdTable(CheckedFile file, int size, int slots) {
    path = file.path();
    this.size = size;
    slotMask = slots - 1;
    textBytes = file.count(TEXT_BYTES);
    Sections sections = Sections.of(file);
    sections.next(size, ENTRY_BYTES);
    sections.align(Sections.ALIGNMENT);
    slotsAt = sections.next(slots, Long.BYTES);
    textAt = sections.next(textBytes, Byte.BYTES);
    body = sections.end();
    data = body.bytes();
  }

  /**
   * Writes a table in which the ordinal of an id is its place in the list.
   *
   * @throws IllegalArgumentException naming the id, if one comes twice or isn't valid text
   */
  public static void write(Path target, List<? extends CharSequence> ids) throws IOException {
    write(target, ids.size(), ids::get);
  }

  /**
   * Writes a table of the ids of the ordinals 0 to size - 1.
   *
   * @param size in [0, 2^28]
   * @throws IllegalArgumentException naming the id, if one comes twice or isn't valid text
   */
  public static void write(Path target, int size, IntFunction<? extends CharSequence> idOf)
      throws IOException {
    if (size < 0 || size > MAX_SIZE) {
      throw new IllegalArgumentException("a table holds 0 to " + MAX_SIZE + " ids, got " + size);
    }
    int slots = slotsFor(size);
    long[] table = new long[slots];
    for (int ordinal = 0; ordinal < size; ordinal++) {
      insert(table, ordinal, idOf);
    }
    try (CheckedFileWriter out = CheckedFileWriter.create(target, KIND, VERSION)) {
      long textBytes = 0;
      for (int ordinal = 0; ordinal < size; ordinal++) {
        textBytes += writeEntry(out, encode(idOf.apply(ordinal)), textBytes);
      }
      out.alignTo(Sections.ALIGNMENT);
      out.writeLongs(table, 0, slots);
      for (int ordinal = 0; ordinal < size; ordinal++) {
        byte[] text = encode(idOf.apply(ordinal));
        if (text.length > SHORT_BYTES) {
          out.writeBytes(text, 0, text.length);
        }
      }
      out.count(IDS, size);
      out.count(SLOTS, slots);
      out.count(TEXT_BYTES, textBytes);
      out.commit();
    }
  }

  /** Writes the entry of an id and returns how many bytes it takes of the text. */
  private static int writeEntry(CheckedFileWriter out, byte[] id, long place) throws IOException {
    out.writeInt(id.length);
    if (id.length > SHORT_BYTES) {
      out.writeInt(0);
      out.writeLong(place);
      return id.length;
    }
    out.writeBytes(id, 0, id.length);
    for (int i = id.length; i < SHORT_BYTES; i++) {
      out.writeByte(0);
    }
    return 0;
  }

  /**
   * Maps a file; the time doesn't depend on its size.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static IdTable open(Path path, Arena arena) throws IOException {
    return open(path, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file in a mode of memory.
   *
   * @param arena owns the memory
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static IdTable open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    int size = file.count(IDS, MAX_SIZE, "ids");
    if (file.count(SLOTS) != slotsFor(size)) {
      throw new CorruptFileException(
          path,
          -1,
          "has "
              + file.count(SLOTS)
              + " slots for "
              + size
              + " ids, which take "
              + slotsFor(size)
              + "; build the file again");
    }
    return new IdTable(file, size, slotsFor(size));
  }

  /** Number of ids. */
  public int size() {
    return size;
  }

  /** The file that was opened. */
  public Path path() {
    return path;
  }

  /** Ordinal of an id, or -1 if it isn't in the table; allocates nothing. */
  public int ordinalOf(CharSequence id) {
    long hash = hash(id);
    return hash == MALFORMED ? -1 : find(hash, Objects.requireNonNull(id), 0);
  }

  /** Ordinal of the id that is this number in decimal, or -1; allocates nothing. */
  public int ordinalOf(long id) {
    return find(hash(id), null, id);
  }

  /**
   * The id of an ordinal, as a new string.
   *
   * @throws CorruptFileException if the file is damaged there
   */
  public String idOf(int ordinal) {
    byte[] text = new byte[idBytes(ordinal)];
    copyId(ordinal, text, 0);
    return new String(text, StandardCharsets.UTF_8);
  }

  /**
   * Number of UTF-8 bytes of the id of an ordinal; allocates nothing.
   *
   * @throws CorruptFileException if the file is damaged there
   */
  public int idBytes(int ordinal) {
    Objects.checkIndex(ordinal, size);
    int bytes = length(ordinal);
    if (begin(ordinal, bytes) < 0 || bytes > Integer.MAX_VALUE - 8) { // no array is longer
      throw body.corrupt(entry(ordinal), "the text of id " + ordinal + " is out of place");
    }
    return bytes;
  }

  /**
   * Copies the UTF-8 bytes of the id of an ordinal to target[offset, offset + {@link #idBytes});
   * allocates nothing.
   *
   * @throws CorruptFileException if the file is damaged there
   */
  public void copyId(int ordinal, byte[] target, int offset) {
    int bytes = idBytes(ordinal);
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, begin(ordinal, bytes), target, offset, bytes);
  }

  /**
   * As {@link #copyId}, for callers that fill a buffer from front to back: of a short id whole
   * {@link #SHORT_BYTES} are written, zeros behind it, so that its length needs no branch.
   *
   * @param target with room from offset on for the id, and for {@link #SHORT_BYTES}
   * @throws CorruptFileException if the file is damaged there
   */
  public void copyIdPadded(int ordinal, byte[] target, int offset) {
    int bytes = idBytes(ordinal);
    long at = begin(ordinal, bytes);
    if (bytes <= SHORT_BYTES) {
      Objects.checkFromIndexSize(offset, SHORT_BYTES, target.length);
      LONGS.set(target, offset, data.get(LittleEndian.LONG, at));
      INTS.set(target, offset + Long.BYTES, data.get(LittleEndian.INT, at + Long.BYTES));
    } else {
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, target, offset, bytes);
    }
  }

  /**
   * Reads the entries of some ids, and the first and last byte of each long one: reads that wait
   * for nothing overlap in memory, whereas copying one id after the other would meet one miss after
   * the other.
   *
   * @param ordinals those that the table doesn't have are passed over
   * @return a number without meaning, to be kept somewhere: reads of no use would be left out
   */
  public int touch(int[] ordinals, int from, int to) {
    int longest = 0;
    for (int i = from; i < to; i++) {
      if (ordinals[i] >= 0 && ordinals[i] < size) {
        longest = Math.max(longest, length(ordinals[i]));
      }
    }
    int sum = longest;
    // In a loop of its own: within the one above, each text would keep later entries waiting.
    for (int i = from; longest > SHORT_BYTES && i < to; i++) {
      if (ordinals[i] >= 0 && ordinals[i] < size) {
        int bytes = length(ordinals[i]);
        long first = begin(ordinals[i], bytes);
        if (first >= 0 && bytes > SHORT_BYTES) { // a damaged file may name any place
          sum += text(first) + text(first + bytes - 1);
        }
      }
    }
    return sum;
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    body.verify();
  }

  /** Looks for a text, or for a number if the text is null. */
  private int find(long hash, CharSequence text, long number) {
    long tag = hash & TAG_MASK;
    int slot = (int) hash & slotMask;
    // A table never is full, but a damaged one may be.
    for (int probes = 0; probes <= slotMask; probes++) {
      long entry = data.get(LittleEndian.LONG, slotsAt + (long) slot * Long.BYTES);
      if (entry == 0) {
        return -1;
      }
      int ordinal = (int) entry - 1;
      if ((entry & TAG_MASK) == tag
          && ordinal >= 0
          && ordinal < size
          && (text == null ? matches(ordinal, number) : matches(ordinal, text))) {
        return ordinal;
      }
      slot = (slot + 1) & slotMask;
    }
    return -1;
  }

  private static long entry(int ordinal) {
    return (long) ordinal * ENTRY_BYTES;
  }

  /** Bytes of an id as its entry says; a damaged one may say anything. */
  private int length(int ordinal) {
    return data.get(LittleEndian.INT, entry(ordinal));
  }

  /** Where in the body an id of so many bytes begins, or -1 if that is no place for it. */
  private long begin(int ordinal, int bytes) {
    if (bytes <= SHORT_BYTES) {
      return bytes < 0 ? -1 : entry(ordinal) + SHORT_AT;
    }
    long place = data.get(LittleEndian.LONG, entry(ordinal) + PLACE_AT);
    return place < 0 || place > textBytes - bytes ? -1 : textAt + place;
  }

  private boolean matches(int ordinal, CharSequence id) {
    int bytes = length(ordinal);
    long at = begin(ordinal, bytes);
    long end = at + bytes;
    if (at < 0) {
      return false;
    }
    int length = id.length();
    for (int i = 0; i < length; i++) {
      int point = id.charAt(i);
      if (point < 0x80) {
        if (at >= end || text(at++) != point) {
          return false;
        }
        continue;
      }
      point = Character.codePointAt(id, i);
      int units = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (end - at < units) {
        return false;
      }
      for (int u = units - 1; u >= 0; u--) {
        if (text(at++) != utf8Byte(point, units, u)) {
          return false;
        }
      }
      i += units == 4 ? 1 : 0;
    }
    return at == end;
  }

  private boolean matches(int ordinal, long id) {
    int bytes = length(ordinal);
    long at = begin(ordinal, bytes);
    long end = at + bytes;
    if (at < 0) {
      return false;
    }
    if (id < 0 && (at == end || text(at++) != '-')) {
      return false;
    }
    long rest = id < 0 ? id : -id;
    for (long power = highestPower(rest); power > 0; power /= 10) {
      if (at == end || text(at++) != digit(rest, power)) {
        return false;
      }
    }
    return at == end;
  }

  private byte text(long at) {
    return data.get(ValueLayout.JAVA_BYTE, at);
  }

  /** Hash of the UTF-8 form, or {@link #MALFORMED}. */
  private static long hash(CharSequence id) {
    long hash = HASH_START;
    int length = id.length();
    for (int i = 0; i < length; i++) {
      int point = id.charAt(i);
      if (point < 0x80) {
        hash = (hash ^ point) * HASH_FACTOR;
        continue;
      }
      point = Character.codePointAt(id, i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        return MALFORMED;
      }
      int bytes = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      for (int b = bytes - 1; b >= 0; b--) {
        hash = (hash ^ (utf8Byte(point, bytes, b) & 0xFF)) * HASH_FACTOR;
      }
      i += bytes == 4 ? 1 : 0;
    }
    return finish(hash);
  }

  private static long hash(long id) {
    long hash = HASH_START;
    if (id < 0) {
      hash = (hash ^ '-') * HASH_FACTOR;
    }
    // Below zero, because the magnitude of Long.MIN_VALUE has no positive form.
    long rest = id < 0 ? id : -id;
    for (long power = highestPower(rest); power > 0; power /= 10) {
      hash = (hash ^ digit(rest, power)) * HASH_FACTOR;
    }
    return finish(hash);
  }

  /** The power of ten of the first digit of a number that is 0 or negative. */
  private static long highestPower(long negative) {
    long power = 1;
    while (negative / power <= -10) {
      power *= 10;
    }
    return power;
  }

  private static byte digit(long negative, long power) {
    return (byte) ('0' - negative / power % 10);
  }

  /** Byte number {@code fromEnd}, counted from the last, of a code point's {@code bytes} bytes. */
  private static byte utf8Byte(int point, int bytes, int fromEnd) {
    if (fromEnd < bytes - 1) {
      return (byte) (0x80 | (point >>> (6 * fromEnd) & 0x3F));
    }
    int lead = bytes == 2 ? 0xC0 : bytes == 3 ? 0xE0 : 0xF0;
    return (byte) (lead | point >>> (6 * fromEnd));
  }

  private static long finish(long hash) {
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    hash ^= hash >>> 33;
    return hash == MALFORMED ? 1 : hash;
  }

  private static void insert(long[] table, int ordinal, IntFunction<? extends CharSequence> idOf) {
    CharSequence id = idOf.apply(ordinal);
    long hash = hash(id);
    if (hash == MALFORMED) {
      throw new IllegalArgumentException(
          "id '" + id + "' of ordinal " + ordinal + " has half a surrogate pair; mend the text");
    }
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    while (table[slot] != 0) {
      int other = (int) table[slot] - 1;
      if ((table[slot] & TAG_MASK) == (hash & TAG_MASK)
          && CharSequence.compare(idOf.apply(other), id) == 0) {
        throw new IllegalArgumentException(
            "id '"
                + id
                + "' comes twice, as ordinal "
                + other
                + " and "
                + ordinal
                + "; ids must differ");
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = (hash & TAG_MASK) | (ordinal + 1);
  }

  private static byte[] encode(CharSequence id) {
    return id.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A power of two, at most half full, so that a probe is short. */
  private static int slotsFor(int size) {
    return size <= 1 ? 2 : Integer.highestOneBit(size - 1) << 2;
  }
}
