package dev.kindred.index.file;

import java.nio.file.Path;

/**
 * A file is of a version that this code doesn't read, which is no damage: what wrote it reads it.
 */
public final class OtherVersionException extends CorruptFileException {
  private static final long serialVersionUID = 1;

  private final boolean old;

  /**
   * Says so.
   *
   * @param offset byte of the file at which its version stands, or -1
   * @param fault both versions and the remedy, without the path
   * @param found the file's version
   * @param read the version that this code reads
   */
  public OtherVersionException(Path path, long offset, String fault, long found, long read) {
    super(path, offset, fault);
    old = found < read;
  }

  /** Whether the file's version is before the one read, and not after it. */
  public boolean isOld() {
    return old;
  }
}
