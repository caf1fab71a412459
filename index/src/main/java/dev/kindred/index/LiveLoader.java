package dev.kindred.index;

import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;

/**
 * Loads many vectors into an empty {@link LiveIndex} as one segment, past the log and the deltas,
 * and holds changes up meanwhile.
 */
final class LiveLoader {
  private final LiveStore store;

  /** Whether vectors are being loaded; set under both locks, cleared under that of merges. */
  private volatile boolean loading;

  LiveLoader(LiveStore store) {
    this.store = store;
  }

  /**
   * Loads all rows.
   *
   * @param rows vectors of the index's dim; for cosine of any length
   * @param idOf the id of each row, all different
   * @throws IllegalStateException if the index isn't empty
   * @throws CancellationException if the index is closed meanwhile
   */
  void load(Embeddings rows, IntFunction<? extends CharSequence> idOf, Progress progress)
      throws IOException {
    if (rows.dim() != store.dim()) {
      throw new IllegalArgumentException(
          "the vectors have dim " + rows.dim() + ", the index has dim " + store.dim());
    }
    store.merging.lock();
    try {
      begin();
      try {
        LiveSegment segment = write(rows, idOf, progress);
        if (segment != null) {
          publish(segment);
        }
      } finally {
        loading = false;
      }
    } finally {
      store.merging.unlock();
    }
  }

  /** Holds a change up while vectors are loaded; holds the lock of changes before and after. */
  void await() {
    while (loading) {
      // Merging is taken before changing.
      store.changing.unlock();
      store.merging.lock();
      store.merging.unlock();
      store.changing.lock();
    }
  }

  private void begin() {
    store.changing.lock();
    try {
      store.requireOpen();
      LiveView view = store.view();
      if (view.parts() > 1 || view.active().count() > 0) {
        throw new IllegalStateException("the index isn't empty; put the vectors instead");
      }
      loading = true;
    } finally {
      store.changing.unlock();
    }
  }

  private LiveSegment write(
      Embeddings rows, IntFunction<? extends CharSequence> idOf, Progress progress)
      throws IOException {
    int dim = store.dim();
    boolean normalized = store.metric() == Metric.COSINE;
    float[] row = new float[dim];
    return store
        .segmentWriter()
        .write(
            rows.size(),
            (at, out) -> {
              rows.copyRow(at, row, 0);
              if (normalized) {
                Embeddings.normalize(row, 0, dim);
              }
              out.add(row, 0);
            },
            idOf,
            progress);
  }

  private void publish(LiveSegment segment) throws IOException {
    store.changing.lock();
    try {
      LiveView view = store.view();
      store.publish(
          new LiveView(
              new LiveSegment[] {segment},
              view.deltas,
              view.counts,
              new LiveRows[] {LiveRows.all(segment.size()), view.rows[0]}));
    } finally {
      store.changing.unlock();
    }
  }
}
