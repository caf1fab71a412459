package dev.kindred.index;

import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Vectors with ids that may be put, replaced and removed while other threads search.
 *
 * <p>A log-structured merge tree (O'Neil, Cheng, Gawlick and O'Neil, 1996) of vector indexes:
 * changes go to a log and to a small delta that searches scan; full deltas are merged into segments
 * with an {@link Hnsw} each, small segments into larger ones (docs/decisions/live-index.md).
 *
 * <p>A search takes no lock, and sees one state of the index: every change that returned before it
 * began, and of those made meanwhile all up to one of them or none. Changes take turns. Each is in
 * the log before it is visible; after a crash {@link #open} finds the last published files and the
 * changes since.
 *
 * <p>Free to share. One index at a time, of all processes, has a directory open.
 */
public final class LiveIndex implements AutoCloseable {
  private static final int POOLED_SEARCHERS = 64;

  private final LiveStore store;
  private final LiveMerger merger;
  private final LiveLoader loader;
  private final Slots<LiveSearcher> pool;

  /** A vector to be put; guarded by the lock of changes. */
  private final float[] scratch;

  /** Compares a part of the searches with exact ones; null: none. */
  private volatile LiveRecallMonitor monitor;

  private LiveIndex(Path directory, LiveOptions options, Consumer<String> steps)
      throws IOException {
    this.pool = new Slots<>(POOLED_SEARCHERS, this::searcher);
    // Idle searchers hold the segments that they searched last, and so their files' space.
    this.store = LiveStore.open(directory, options, steps, pool::clear);
    this.scratch = new float[store.dim()];
    this.loader = new LiveLoader(store);
    this.merger = new LiveMerger(store);
  }

  /**
   * Makes an empty index in a new directory.
   *
   * @throws FileAlreadyExistsException if the directory exists
   */
  public static LiveIndex create(Path directory, int dim, Metric metric, LiveOptions options)
      throws IOException {
    return create(directory, dim, metric, options, step -> {});
  }

  static LiveIndex create(
      Path directory, int dim, Metric metric, LiveOptions options, Consumer<String> steps)
      throws IOException {
    Embeddings.checkDim(dim);
    Objects.requireNonNull(metric);
    Files.createDirectory(directory);
    boolean published = false;
    try {
      LiveFiles.publish(
          directory, new LiveFiles.State(dim, metric, new LiveSegment[0], new LiveRows[0], 1, 1));
      published = true;
    } finally {
      if (!published) {
        Files.deleteIfExists(directory);
      }
    }
    return open(directory, options, steps);
  }

  /**
   * Opens a directory: the published segments in place, and the changes since from their logs.
   *
   * @throws dev.kindred.index.file.CorruptFileException if a file is damaged
   * @throws IllegalStateException if it is open already, here or in another process
   */
  public static LiveIndex open(Path directory, LiveOptions options) throws IOException {
    return open(directory, options, step -> {});
  }

  static LiveIndex open(Path directory, LiveOptions options, Consumer<String> steps)
      throws IOException {
    Objects.requireNonNull(options);
    return new LiveIndex(directory, options, steps);
  }

  /**
   * Reads every byte of the published files and the logs of a directory that isn't open, and
   * compares the checksums. Writes nothing. Nobody can open the directory meanwhile, unless it is a
   * copy without its lock file.
   *
   * @throws dev.kindred.index.file.CorruptFileException at the first block that differs
   */
  public static void verify(Path directory) throws IOException {
    LiveLock held = LiveLock.takeToRead(directory);
    try {
      LiveFiles.verify(directory);
    } finally {
      held.close();
    }
  }

  /** Floats per vector. */
  public int dim() {
    return store.dim();
  }

  /** How vectors are compared. */
  public Metric metric() {
    return store.metric();
  }

  /** Number of vectors. */
  public int size() {
    return store.view().size;
  }

  /** Vectors that are scanned because no graph holds them yet. */
  public int scanned() {
    LiveView current = store.view();
    int rows = 0;
    for (int part = current.segments.length; part < current.parts(); part++) {
      rows += current.live(part);
    }
    return rows;
  }

  /** Number of segments: a search walks one graph for each. */
  public int segments() {
    return store.view().segments.length;
  }

  /** A new searcher with scratch of its own, for one thread. */
  public LiveSearcher searcher() {
    return new LiveSearcher(this, false);
  }

  /**
   * Searches with scratch from a pool of at most 64 searchers: any number of threads may call it,
   * and after the first calls it allocates nothing as long as no more than that search at once.
   *
   * @see LiveSearcher#search(float[], int, int, IdFilter, LiveNeighbors)
   */
  public void search(float[] query, int queryOffset, int k, IdFilter filter, LiveNeighbors result) {
    LiveSegment[] searched = store.view().segments;
    LiveSearcher searcher = pool.take();
    searcher.search(query, queryOffset, k, filter, result);
    pool.give(searcher);
    if (store.view().segments != searched) {
      // This one may hold segments that were merged away meanwhile.
      pool.clear();
    }
  }

  /** Finds the k best of all for query[queryOffset, ..), with scratch from the pool. */
  public void search(float[] query, int queryOffset, int k, LiveNeighbors result) {
    search(query, queryOffset, k, IdFilter.ALL, result);
  }

  /** Finds the k best for query[0, dim), with scratch from the pool. */
  public void search(float[] query, int k, LiveNeighbors result) {
    search(query, 0, k, result);
  }

  /** Gives an id the vector[offset, offset + dim); returns whether it replaced another. */
  public boolean put(long id, float[] vector, int offset) {
    return put(Long.toString(id), vector, offset);
  }

  /**
   * Gives an id a vector; the next search finds it, and no search finds both it and the one it
   * replaces. Waits for a merge where {@link LiveOptions#waitingDeltas} wait for one already.
   *
   * @param id any text; up to 2^20 bytes in UTF-8
   * @param vector vector[offset, offset + dim), finite; copied, at length 1 for cosine
   * @return whether it replaced another
   * @throws UncheckedIOException if the log can't be written, or the merge that it waits for fails;
   *     nothing has changed then
   */
  public boolean put(CharSequence id, float[] vector, int offset) {
    int dim = store.dim();
    Objects.checkFromIndexSize(offset, dim, vector.length);
    int bad = Embeddings.firstNotFinite(vector, offset, dim);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the vector of id '"
              + id
              + "' has "
              + vector[offset + bad]
              + " at position "
              + bad
              + "; its values must be finite");
    }
    String name = id.toString();
    byte[] text = ChangeLog.encoded(name);
    store.changing.lock();
    try {
      loader.await();
      store.requireOpen();
      merger.makeRoom();
      System.arraycopy(vector, offset, scratch, 0, dim);
      if (store.metric() == Metric.COSINE) {
        Embeddings.normalize(scratch, 0, dim);
      }
      LiveView current = store.view();
      current.active().log().put(text, scratch, dim);
      LiveView next = current.put(name, text, scratch);
      store.show(next);
      return next.size == current.size;
    } catch (IOException e) {
      throw new UncheckedIOException("id '" + name + "' wasn't put: " + e.getMessage(), e);
    } finally {
      store.changing.unlock();
    }
  }

  /** Removes an id; returns whether it was there. */
  public boolean remove(long id) {
    return remove(Long.toString(id));
  }

  /**
   * Removes an id; the next search doesn't find it.
   *
   * @return whether it was there
   * @throws UncheckedIOException if the log can't be written; nothing has changed then
   */
  public boolean remove(CharSequence id) {
    String name = id.toString();
    byte[] text = ChangeLog.encoded(name);
    store.changing.lock();
    try {
      loader.await();
      store.requireOpen();
      LiveView current = store.view();
      long place = current.find(name);
      if (place < 0) {
        return false;
      }
      current.active().log().remove(text);
      store.show(current.next(place, 0));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("id '" + name + "' wasn't removed: " + e.getMessage(), e);
    } finally {
      store.changing.unlock();
    }
  }

  /** Whether an id has a vector; waits for a change that is being made. */
  public boolean contains(CharSequence id) {
    store.changing.lock();
    try {
      return store.view().find(id.toString()) >= 0;
    } finally {
      store.changing.unlock();
    }
  }

  /** Copies the vector of an id, at length 1 for cosine, to target[offset, offset + dim). */
  public boolean copyVector(CharSequence id, float[] target, int offset) {
    store.changing.lock();
    try {
      LiveView current = store.view();
      long place = current.find(id.toString());
      if (place >= 0) {
        current.vectors((int) (place >>> 32)).copyRow((int) place, target, offset);
      }
      return place >= 0;
    } finally {
      store.changing.unlock();
    }
  }

  /** Forces all changes so far to the disk, so that they survive a power cut. */
  public void force() throws IOException {
    store.changing.lock();
    try {
      store.requireOpen();
      // Earlier logs were forced when they were sealed.
      store.view().active().log().force();
    } finally {
      store.changing.unlock();
    }
  }

  /**
   * Merges deltas that are full, with the segments that are small beside them; returns whether
   * there were any. What the thread of the index does in the background.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  public boolean merge() throws IOException {
    return merger.merge();
  }

  /**
   * Merges everything into one segment, and returns when it is published.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  public void compact() throws IOException {
    merger.compact();
  }

  /**
   * Puts many vectors under new ids into an empty index at once, as one segment. Changes wait until
   * they are in; searches go on.
   *
   * @param rows vectors of this index's dim; for cosine of any length
   * @param idOf the id of each row, all different
   * @throws IllegalStateException if the index isn't empty
   * @throws CancellationException if the index is closed meanwhile
   */
  public void load(Embeddings rows, IntFunction<? extends CharSequence> idOf, Progress progress)
      throws IOException {
    loader.load(rows, idOf, progress);
  }

  /** What stopped the last merge in the background, if one failed; cleared by one that succeeds. */
  public Optional<Exception> mergeFailure() {
    store.changing.lock();
    try {
      return merger.failure();
    } finally {
      store.changing.unlock();
    }
  }

  /**
   * Ends the merge in the background and the recall monitor, and closes the log. Searches that run
   * go on; later ones find what was there.
   */
  @Override
  public void close() throws IOException {
    store.changing.lock();
    try {
      if (store.isClosed()) {
        return;
      }
      store.refuse();
      merger.close();
    } finally {
      store.changing.unlock();
    }
    merger.join();
    LiveRecallMonitor watching = monitor;
    if (watching != null) {
      watching.close();
    }
    store.close();
  }

  LiveView view() {
    return store.view();
  }

  LiveRecallMonitor monitor() {
    return monitor;
  }

  /** Hands later searches to a monitor. */
  void watch(LiveRecallMonitor next) {
    store.changing.lock();
    try {
      store.requireOpen();
      if (monitor != null) {
        throw new IllegalStateException(
            "the index in "
                + store.directory()
                + " has a recall monitor already; close that one first");
      }
      monitor = next;
    } finally {
      store.changing.unlock();
    }
  }

  /** Hands no later search to a monitor. */
  void unwatch(LiveRecallMonitor old) {
    store.changing.lock();
    try {
      if (monitor == old) {
        monitor = null;
      }
    } finally {
      store.changing.unlock();
    }
  }
}
