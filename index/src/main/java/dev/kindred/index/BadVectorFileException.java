package dev.kindred.index;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of vectors from elsewhere isn't what its name or the caller says; one line that names the
 * file, the fault and the remedy.
 */
public final class BadVectorFileException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Path path;

  BadVectorFileException(Path path, String fault) {
    super(path + ": " + fault);
    this.path = path;
  }

  BadVectorFileException(Path path, String fault, IOException cause) {
    super(path + ": " + fault, cause);
    this.path = path;
  }

  /** The file. */
  public Path path() {
    return path;
  }
}
