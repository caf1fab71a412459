package dev.kindred.engine.serve;

import dev.kindred.engine.snapshot.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Asked by a refresh before it opens a snapshot beside the one that serves; it refuses by throwing,
 * and then the old one serves on. Never asked about the first snapshot. One thread at a time asks.
 */
@FunctionalInterface
public interface SuccessorCheck {
  /**
   * Looks at what would follow.
   *
   * @param served what the snapshot that serves says about itself; its directory may be gone
   * @param next directory of the other one, not opened yet and perhaps damaged
   * @throws IOException if it can't be looked at
   */
  void check(Manifest served, Path next) throws IOException;

  /** Lets every snapshot follow. */
  static SuccessorCheck none() {
    return (served, next) -> {};
  }
}
