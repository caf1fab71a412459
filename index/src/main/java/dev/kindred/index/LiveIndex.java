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
import java.util.concurrent.locks.ReentrantLock;
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

  private final Path directory;
  private final int dim;
  private final Metric metric;
  private final LiveOptions options;
  private final LiveLock lock;

  /** Told of each step of a merge that a crash may fall behind. */
  private final Consumer<String> steps;

  private final Slots<LiveSearcher> pool;

  /** Merges in the background; runs only where the options say so. */
  private final LiveMaintenance maintenance;

  /** One merge at a time; taken before {@link #changing}. */
  private final ReentrantLock merging = new ReentrantLock();

  /** One change at a time. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile LiveView view;

  /** Compares a part of the searches with exact ones; null: none. */
  private volatile LiveRecallMonitor monitor;

  private volatile boolean closed;

  /** Whether vectors are being loaded; set under {@link #changing} and {@link #merging}. */
  private volatile boolean loading;

  // Guarded by changing.
  private final float[] scratch;

  // Guarded by merging.
  private final LiveSegmentWriter segmentWriter;

  private LiveIndex(
      Path directory,
      LiveOptions options,
      LiveLock lock,
      LiveFiles.State state,
      Consumer<String> steps)
      throws IOException {
    this.directory = directory;
    this.dim = state.dim();
    this.metric = state.metric();
    this.options = options;
    this.lock = lock;
    this.steps = steps;
    this.scratch = new float[dim];
    this.segmentWriter =
        new LiveSegmentWriter(
            directory, dim, metric, options, state.nextNumber(), steps, () -> closed);
    this.pool = new Slots<>(POOLED_SEARCHERS, this::searcher);
    LiveReplay replay = new LiveReplay(directory, dim, options.deltaRows(), state);
    this.view = replay.view();
    start(replay.nextLog());
    this.maintenance = new LiveMaintenance(changing, () -> view.deltas.length > 1, this::merge);
    if (options.background()) {
      maintenance.start();
    }
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
    LiveLock lock = LiveLock.take(directory);
    try {
      LiveFiles.State state = LiveFiles.open(directory);
      LiveFiles.sweep(directory, state.segments(), state.firstLog());
      return new LiveIndex(directory, options, lock, state, steps);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
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
    return dim;
  }

  /** How vectors are compared. */
  public Metric metric() {
    return metric;
  }

  /** Number of vectors. */
  public int size() {
    return view.size;
  }

  /** Vectors that are scanned because no graph holds them yet. */
  public int scanned() {
    LiveView current = view;
    int rows = 0;
    for (int part = current.segments.length; part < current.parts(); part++) {
      rows += current.live(part);
    }
    return rows;
  }

  /** Number of segments: a search walks one graph for each. */
  public int segments() {
    return view.segments.length;
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
    LiveSegment[] searched = view.segments;
    LiveSearcher searcher = pool.take();
    searcher.search(query, queryOffset, k, filter, result);
    pool.give(searcher);
    if (view.segments != searched) {
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
    changing.lock();
    try {
      requireRoom();
      System.arraycopy(vector, offset, scratch, 0, dim);
      if (metric == Metric.COSINE) {
        Embeddings.normalize(scratch, 0, dim);
      }
      if (view.active().isFull()) {
        seal();
      }
      view.active().log().put(text, scratch, dim);
      return apply(name, text, scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("id '" + name + "' wasn't put: " + e.getMessage(), e);
    } finally {
      changing.unlock();
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
    changing.lock();
    try {
      awaitLoad();
      long place = view.find(name);
      if (place < 0) {
        return false;
      }
      view.active().log().remove(text);
      view = view.next(place, 0);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("id '" + name + "' wasn't removed: " + e.getMessage(), e);
    } finally {
      changing.unlock();
    }
  }

  /** Whether an id has a vector; waits for a change that is being made. */
  public boolean contains(CharSequence id) {
    changing.lock();
    try {
      return view.find(id.toString()) >= 0;
    } finally {
      changing.unlock();
    }
  }

  /** Copies the vector of an id, at length 1 for cosine, to target[offset, offset + dim). */
  public boolean copyVector(CharSequence id, float[] target, int offset) {
    changing.lock();
    try {
      LiveView current = view;
      long place = current.find(id.toString());
      if (place >= 0) {
        current.vectors((int) (place >>> 32)).copyRow((int) place, target, offset);
      }
      return place >= 0;
    } finally {
      changing.unlock();
    }
  }

  /** Forces all changes so far to the disk, so that they survive a power cut. */
  public void force() throws IOException {
    changing.lock();
    try {
      requireOpen();
      // Earlier logs were forced when they were sealed.
      view.active().log().force();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Merges deltas that are full, with the segments that are small beside them; returns whether
   * there were any. What the thread of the index does in the background.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  public boolean merge() throws IOException {
    merging.lock();
    try {
      // The directory may be somebody else's by now.
      requireOpen();
      LiveView current = view;
      if (current.deltas.length == 1) {
        return false;
      }
      merge(LiveMerge.next(current));
      return true;
    } finally {
      merging.unlock();
    }
  }

  /**
   * Merges everything into one segment, and returns when it is published.
   *
   * @throws CancellationException if the index is closed meanwhile
   */
  public void compact() throws IOException {
    merging.lock();
    try {
      changing.lock();
      try {
        requireOpen();
        if (view.active().count() > 0) {
          seal();
        }
        boolean whole = view.segments.length == 1 && view.rows[0].removed() == 0;
        if (view.deltas.length == 1 && (view.segments.length == 0 || whole)) {
          return;
        }
      } finally {
        changing.unlock();
      }
      merge(new LiveMerge(view, 0));
    } finally {
      merging.unlock();
    }
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
    if (rows.dim() != dim) {
      throw new IllegalArgumentException(
          "the vectors have dim " + rows.dim() + ", the index has dim " + dim);
    }
    merging.lock();
    try {
      beginLoad();
      try {
        float[] row = new float[dim];
        LiveSegment segment =
            segmentWriter.write(
                rows.size(),
                (at, out) -> {
                  rows.copyRow(at, row, 0);
                  if (metric == Metric.COSINE) {
                    Embeddings.normalize(row, 0, dim);
                  }
                  out.add(row, 0);
                },
                idOf,
                progress);
        if (segment != null) {
          publishLoaded(segment);
        }
      } finally {
        loading = false;
      }
    } finally {
      merging.unlock();
    }
  }

  private void beginLoad() {
    changing.lock();
    try {
      requireOpen();
      if (view.parts() > 1 || view.active().count() > 0) {
        throw new IllegalStateException("the index isn't empty; put the vectors instead");
      }
      loading = true;
    } finally {
      changing.unlock();
    }
  }

  private void publishLoaded(LiveSegment segment) throws IOException {
    changing.lock();
    try {
      publish(
          new LiveView(
              new LiveSegment[] {segment},
              view.deltas,
              view.counts,
              new LiveRows[] {LiveRows.all(segment.size()), view.rows[0]}));
    } finally {
      changing.unlock();
    }
  }

  /** Holds a change up while vectors are loaded; holds {@link #changing} before and after. */
  private void awaitLoad() {
    while (loading) {
      // Merging is taken before changing.
      changing.unlock();
      merging.lock();
      merging.unlock();
      changing.lock();
    }
    requireOpen();
  }

  /** What stopped the last merge in the background, if one failed; cleared by one that succeeds. */
  public Optional<Exception> mergeFailure() {
    changing.lock();
    try {
      return maintenance.failure();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Ends the merge in the background and the recall monitor, and closes the log. Searches that run
   * go on; later ones find what was there.
   */
  @Override
  public void close() throws IOException {
    changing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      maintenance.close();
    } finally {
      changing.unlock();
    }
    maintenance.join();
    LiveRecallMonitor watching = monitor;
    if (watching != null) {
      watching.close();
    }
    merging.lock();
    changing.lock();
    try {
      closeLogs(view, view.deltas.length);
      lock.close();
    } finally {
      changing.unlock();
      merging.unlock();
    }
  }

  LiveView view() {
    return view;
  }

  LiveRecallMonitor monitor() {
    return monitor;
  }

  /** Hands later searches to a monitor. */
  void watch(LiveRecallMonitor next) {
    changing.lock();
    try {
      requireOpen();
      if (monitor != null) {
        throw new IllegalStateException(
            "the index in " + directory + " has a recall monitor already; close that one first");
      }
      monitor = next;
    } finally {
      changing.unlock();
    }
  }

  /** Hands no later search to a monitor. */
  void unwatch(LiveRecallMonitor old) {
    changing.lock();
    try {
      if (monitor == old) {
        monitor = null;
      }
    } finally {
      changing.unlock();
    }
  }

  /** Starts the log and the delta of the changes to come. */
  private void start(long log) throws IOException {
    ChangeLog created = ChangeLog.create(directory, log, dim, options.forced());
    view = view.with(new LiveDelta(options.deltaRows(), dim, created), options.deltaRows());
  }

  /**
   * Holds a change up while as many full deltas wait as may: it takes part in merging, so that
   * changes come no faster than they are merged and searches never scan more.
   */
  private void requireRoom() throws IOException {
    awaitLoad();
    while (view.active().isFull() && view.deltas.length > options.waitingDeltas()) {
      // Merging is taken before changing: what was checked may have changed since.
      changing.unlock();
      try {
        merge();
      } catch (CancellationException e) {
        throw new IllegalStateException(closedMessage(), e);
      } finally {
        changing.lock();
      }
      requireOpen();
    }
  }

  /** Ends the active delta, so that a merge may take it; the changing thread only. */
  private void seal() throws IOException {
    ChangeLog log = view.active().log();
    log.force();
    start(log.number() + 1);
    maintenance.deltaSealed();
    steps.accept("log started");
  }

  /** Makes a put visible; returns whether it replaced another. */
  private boolean apply(String id, byte[] text, float[] vector) {
    LiveView current = view;
    view = current.put(id, text, vector);
    return view.size == current.size;
  }

  /** The merging thread only. */
  private void merge(LiveMerge merge) throws IOException {
    float[] vector = new float[dim];
    LiveSegment merged =
        segmentWriter.write(
            merge.size(),
            (at, out) -> {
              merge.copyRow(at, vector);
              out.add(vector, 0);
            },
            merge::idOf,
            Progress.none());
    LiveView before;
    changing.lock();
    try {
      before = view;
      publish(merge.after(before, merged));
      maintenance.merged();
    } finally {
      changing.unlock();
    }
    closeLogs(before, merge.deltas());
    LiveFiles.sweep(directory, view.segments, view.deltas[0].log().number());
    steps.accept("old files deleted");
  }

  /** Closes the logs of the first deltas; those that were read when the index opened have none. */
  private static void closeLogs(LiveView view, int deltas) throws IOException {
    for (int delta = 0; delta < deltas; delta++) {
      if (view.deltas[delta].log() != null) {
        view.deltas[delta].log().close();
      }
    }
  }

  /** Makes a view the one that later searches see, and that a crash leaves. */
  private void publish(LiveView next) throws IOException {
    LiveFiles.publish(
        directory,
        new LiveFiles.State(
            dim,
            metric,
            next.segments,
            next.rows,
            next.deltas[0].log().number(),
            segmentWriter.nextNumber()));
    steps.accept("state published");
    view = next;
    // Idle searchers hold the segments that they searched last, and so their files' space.
    pool.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(closedMessage());
    }
  }

  private String closedMessage() {
    return "the index in " + directory + " is closed";
  }
}
