package dev.kindred.index.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A body in {@link Sections}, of an opened file or in memory until it is written: what its readers
 * have in common. They take {@link #bytes} and offsets of their own, and report here what is
 * impossible there.
 *
 * <p>As free to share as its bytes, as long as the arena of an opened file is open.
 */
public final class Body {
  private final MemorySegment bytes;
  private final CheckedFile file; // null in memory

  Body(MemorySegment bytes, CheckedFile file) {
    this.bytes = bytes;
    this.file = file;
  }

  /** All bytes; of an opened file read-only, in memory to be filled. */
  public MemorySegment bytes() {
    return bytes;
  }

  /**
   * A number that must lie in [least, most], such as a place in another section.
   *
   * @throws CorruptFileException if it doesn't
   */
  public int intAt(long offset, int least, int most) {
    int number = bytes.get(LittleEndian.INT, offset);
    if (number < least || number > most) {
      throw outOfRange(offset, number, least, most);
    }
    return number;
  }

  /** As {@link #intAt}, of eight bytes. */
  public long longAt(long offset, long least, long most) {
    long number = bytes.get(LittleEndian.LONG, offset);
    if (number < least || number > most) {
      throw outOfRange(offset, number, least, most);
    }
    return number;
  }

  private RuntimeException outOfRange(long offset, long number, long least, long most) {
    return corrupt(offset, "has " + number + " where " + least + " to " + most + " can be");
  }

  /**
   * What to throw where the body is impossible: a {@link CorruptFileException} that says how to
   * mend the file, or in memory, where it is a bug, an {@link IllegalStateException}.
   *
   * @param offset of the fault in the body
   * @param fault what was found
   */
  public RuntimeException corrupt(long offset, String fault) {
    return file == null
        ? new IllegalStateException(fault)
        : file.corrupt(offset, fault + CheckedFile.REMEDY);
  }

  /**
   * Reads all of an opened file and compares the checksums; memory has none.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    if (file != null) {
      file.verify();
    }
  }

  /**
   * Writes a file: all or nothing.
   *
   * @param kind see {@link CheckedFileWriter#create}
   * @param counts the first numbers of the header
   */
  public void write(Path path, String kind, int version, long... counts) throws IOException {
    try (CheckedFileWriter out = CheckedFileWriter.create(path, kind, version)) {
      for (int i = 0; i < counts.length; i++) {
        out.count(i, counts[i]);
      }
      out.writeSegment(bytes);
      out.commit();
    }
  }
}
