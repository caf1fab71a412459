package dev.kindred.index.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Lays out a body whose sections follow each other: where each begins, and that together they are
 * the body of a file, no byte more or less. Without a file it adds up what memory they take until
 * they are written.
 *
 * <pre>{@code
 * Sections sections = Sections.of(CheckedFile.open(path, KIND, VERSION, arena));
 * startsAt = sections.next(items + 1L, Long.BYTES);
 * valuesAt = sections.next(values, Float.BYTES);
 * body = sections.end();
 * }</pre>
 *
 * <p>Any count of a header may be handed in: none overflows. For one thread.
 */
public final class Sections {
  /**
   * Where our files pad, rows and sections begin at a multiple of so many bytes, a cache line: none
   * straddles one more than it must.
   */
  public static final int ALIGNMENT = 64;

  private final CheckedFile file; // null in memory
  private final long limit;
  private long position;

  private Sections(CheckedFile file, long limit) {
    this.file = file;
    this.limit = limit;
  }

  /** The sections of an opened file. */
  public static Sections of(CheckedFile file) {
    return new Sections(file, file.body().byteSize());
  }

  /** The sections of a body in memory. */
  public static Sections inMemory() {
    return new Sections(null, Long.MAX_VALUE);
  }

  /**
   * Takes the next section.
   *
   * @param count of its numbers or rows, at least 0
   * @param bytes of one, at least 1
   * @return the offset of its first byte in the body
   * @throws CorruptFileException if the body ends before it does
   */
  public long next(long count, long bytes) {
    long at = position;
    if (at > limit || count > (limit - at) / bytes) {
      throw misfit(count + " times " + bytes + " bytes from byte " + at + " on");
    }
    position = at + count * bytes;
    return at;
  }

  /** As {@link #next}, the bytes of the section; of an opened file alone. */
  public MemorySegment slice(long count, long bytes) {
    long at = next(count, bytes);
    return file.body().asSlice(at, count * bytes);
  }

  /** So many bytes, at least 0, and those up to the next multiple of {@link #ALIGNMENT}. */
  public static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Lets the next section begin at a multiple of a power of two. */
  public void align(int alignment) {
    position = (position + alignment - 1) & -alignment;
  }

  /**
   * The body that the sections make up: the file's, or new memory of zeros.
   *
   * @throws CorruptFileException if the file's goes on or ends before
   */
  public Body end() {
    if (file == null) {
      return new Body(Arena.ofAuto().allocate(position, ALIGNMENT), null);
    }
    if (position != limit) {
      throw misfit(position + " bytes");
    }
    return new Body(file.body(), file);
  }

  private RuntimeException misfit(String wanted) {
    String fault = "the counts in the header don't fit the body: they want " + wanted;
    return file == null
        ? new IllegalArgumentException(fault + ", more than can be")
        : file.corrupt(0, fault + ", it has " + limit + CheckedFile.REMEDY);
  }
}
