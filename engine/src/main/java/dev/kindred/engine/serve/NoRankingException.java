package dev.kindred.engine.serve;

import java.nio.file.Path;

/** A personalised list was asked of a snapshot that has nothing to rank with. */
public final class NoRankingException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  NoRankingException(Path snapshot) {
    super(
        "snapshot "
            + snapshot
            + " has no personalised ranking; train it from a log with times or an order of events,"
            + " with enabled = true under [rank]");
  }
}
