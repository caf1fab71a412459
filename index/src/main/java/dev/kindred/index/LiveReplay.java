package dev.kindred.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads what changed in a {@link LiveIndex} since its state was published: from the logs, into
 * deltas. The logs stay until a merge has taken the deltas.
 */
final class LiveReplay implements ChangeLog.Changes {
  private final int dim;
  private final int deltaRows;
  private final long nextLog;
  private LiveView view;

  /** Reads the logs from the state's first on that exist; those that change nothing are deleted. */
  LiveReplay(Path directory, int dim, int deltaRows, LiveFiles.State state) throws IOException {
    this.dim = dim;
    this.deltaRows = deltaRows;
    LiveView published =
        new LiveView(state.segments(), new LiveDelta[0], new int[0], state.rows().clone());
    view = published;
    long number = state.firstLog();
    while (Files.exists(ChangeLog.path(directory, number))) {
      number++;
    }
    for (long log = state.firstLog(); log < number; log++) {
      Path path = ChangeLog.path(directory, log);
      boolean last = log == number - 1;
      long whole = ChangeLog.replay(path, log, dim, last, this);
      if (last) {
        ChangeLog.cut(path, whole);
        number -= whole == 0 ? 1 : 0;
      }
    }
    // The last first: those that exist must follow each other.
    while (view == published && number > state.firstLog()) {
      Files.delete(ChangeLog.path(directory, --number));
    }
    nextLog = number;
  }

  /** The state with all changes. */
  LiveView view() {
    return view;
  }

  /** The number of the next log. */
  long nextLog() {
    return nextLog;
  }

  @Override
  public void put(String id, float[] vector) {
    if (view.deltas.length == 0 || view.active().isFull()) {
      // A delta without a log: its rows are in those that were read.
      view = view.with(new LiveDelta(deltaRows, dim, null), deltaRows);
    }
    view = view.put(id, ChangeLog.encoded(id), vector);
  }

  @Override
  public void remove(String id) {
    long place = view.find(id);
    if (place >= 0) {
      view = view.next(place, 0);
    }
  }
}
