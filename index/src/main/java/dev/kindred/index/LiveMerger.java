package dev.kindred.index;

import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Merges the full deltas of a {@link LiveIndex} and its small segments into larger ones: in the
 * background where the options say so, when asked, and by a change that finds too many waiting.
 *
 * <p>{@link LiveMerge} says what one merge takes and leaves; this is when, under which lock, and in
 * which order the files are written.
 */
final class LiveMerger {
  private final LiveStore store;

  /** Merges in the background; runs only where the options say so. */
  private final LiveMaintenance maintenance;

  LiveMerger(LiveStore store) {
    this.store = store;
    this.maintenance =
        new LiveMaintenance(store.changing, () -> store.view().deltas.length > 1, this::merge);
    if (store.options().background()) {
      maintenance.start();
    }
  }

  /**
   * Merges deltas that are full, with the segments that are small beside them; returns whether
   * there were any.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  boolean merge() throws IOException {
    store.merging.lock();
    try {
      // The directory may be somebody else's by now.
      store.requireOpen();
      LiveView current = store.view();
      if (current.deltas.length == 1) {
        return false;
      }
      run(LiveMerge.next(current));
      return true;
    } finally {
      store.merging.unlock();
    }
  }

  /**
   * Merges everything into one segment, and returns when it is published.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  void compact() throws IOException {
    store.merging.lock();
    try {
      store.changing.lock();
      try {
        store.requireOpen();
        if (store.view().active().count() > 0) {
          seal();
        }
        LiveView view = store.view();
        boolean whole = view.segments.length == 1 && view.rows[0].removed() == 0;
        if (view.deltas.length == 1 && (view.segments.length == 0 || whole)) {
          return;
        }
      } finally {
        store.changing.unlock();
      }
      run(new LiveMerge(store.view(), 0));
    } finally {
      store.merging.unlock();
    }
  }

  /** Under merging. */
  private void run(LiveMerge merge) throws IOException {
    float[] vector = new float[store.dim()];
    LiveSegment merged =
        store
            .segmentWriter()
            .write(
                merge.size(),
                (at, out) -> {
                  merge.copyRow(at, vector);
                  out.add(vector, 0);
                },
                merge::idOf,
                Progress.none());
    LiveView before;
    store.changing.lock();
    try {
      before = store.view();
      store.publish(merge.after(before, merged));
      maintenance.merged();
    } finally {
      store.changing.unlock();
    }
    store.deleteMerged(before, merge.deltas());
  }

  /**
   * Makes room for one row in the active delta. Holds the change up while as many full deltas wait
   * as may: it takes part in merging, so that changes come no faster than they are merged and
   * searches never scan more. Holds the lock of changes before and after, but not all the time.
   *
   * @throws IllegalStateException if the index is closed meanwhile
   */
  void makeRoom() throws IOException {
    while (store.view().active().isFull()
        && store.view().deltas.length > store.options().waitingDeltas()) {
      // Merging is taken before changing: what was checked may have changed since.
      store.changing.unlock();
      try {
        merge();
      } catch (CancellationException e) {
        throw new IllegalStateException(store.closedMessage(), e);
      } finally {
        store.changing.lock();
      }
      store.requireOpen();
    }
    if (store.view().active().isFull()) {
      seal();
    }
  }

  /** Ends the active delta; under the lock of changes. */
  private void seal() throws IOException {
    store.seal();
    maintenance.deltaSealed();
  }

  /** What stopped the last merge in the background, if it failed; under the lock of changes. */
  Optional<Exception> failure() {
    return maintenance.failure();
  }

  /** Lets no further merge begin in the background; under the lock of changes. */
  void close() {
    maintenance.close();
  }

  /** Waits for the merge in the background to end, after {@link #close} and without the lock. */
  void join() {
    maintenance.join();
  }
}
