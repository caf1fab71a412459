package dev.kindred.index.file;

import java.nio.file.Path;

/**
 * A binary file isn't what its header says, or is of a version that this code doesn't read.
 *
 * <p>The message is one line that names the file, what is wrong and what to do.
 */
public sealed class CorruptFileException extends RuntimeException permits OtherVersionException {
  private static final long serialVersionUID = 1;

  private final transient Path path;
  private final long offset;

  /**
   * Says that a file is unusable.
   *
   * @param offset byte of the file at which the fault shows, or -1 if it has no one place
   * @param fault what is wrong and the remedy, without the path
   */
  public CorruptFileException(Path path, long offset, String fault) {
    super(path + (offset < 0 ? "" : " (byte " + offset + ")") + ": " + fault);
    this.path = path;
    this.offset = offset;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Byte of the file at which the fault shows, or -1. */
  public long offset() {
    return offset;
  }
}
