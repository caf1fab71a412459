package dev.kindred.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What changes, merges and loads of a {@link LiveIndex} share: the view that searches see, the
 * files behind it, and the locks under which both move on.
 *
 * <p>{@link #merging} is taken before {@link #changing}, never the other way round; searches take
 * neither.
 */
final class LiveStore {
  /** One merge or load at a time. */
  final ReentrantLock merging = new ReentrantLock();

  /** One change at a time. */
  final ReentrantLock changing = new ReentrantLock();

  private final Path directory;
  private final int dim;
  private final Metric metric;
  private final LiveOptions options;
  private final LiveLock lock;

  /** Told of each step that a crash may fall behind. */
  private final Consumer<String> steps;

  /** Run after each publication. */
  private final Runnable published;

  // Guarded by merging.
  private final LiveSegmentWriter segmentWriter;

  // Both are set under changing.
  private volatile LiveView view;
  private volatile boolean closed;

  private LiveStore(
      Path directory,
      LiveOptions options,
      LiveLock lock,
      LiveFiles.State state,
      Consumer<String> steps,
      Runnable published)
      throws IOException {
    this.directory = directory;
    this.dim = state.dim();
    this.metric = state.metric();
    this.options = options;
    this.lock = lock;
    this.steps = steps;
    this.published = published;
    this.segmentWriter =
        new LiveSegmentWriter(
            directory, dim, metric, options, state.nextNumber(), steps, this::isClosed);
    LiveReplay replay = new LiveReplay(directory, dim, options.deltaRows(), state);
    this.view = replay.view();
    startLog(replay.nextLog());
  }

  /**
   * Opens a directory: the published segments in place, and the changes since from their logs.
   *
   * @param steps told of each step that a crash may fall behind
   * @param published run after each publication
   * @throws dev.kindred.index.file.CorruptFileException if a file is damaged
   * @throws IllegalStateException if it is open already, here or in another process
   */
  static LiveStore open(
      Path directory, LiveOptions options, Consumer<String> steps, Runnable published)
      throws IOException {
    LiveLock lock = LiveLock.take(directory);
    try {
      LiveFiles.State state = LiveFiles.open(directory);
      LiveFiles.sweep(directory, state.segments(), state.firstLog());
      return new LiveStore(directory, options, lock, state, steps, published);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  Path directory() {
    return directory;
  }

  int dim() {
    return dim;
  }

  Metric metric() {
    return metric;
  }

  LiveOptions options() {
    return options;
  }

  /** Writes segments; for the holder of {@link #merging}. */
  LiveSegmentWriter segmentWriter() {
    return segmentWriter;
  }

  /** What a search that begins now sees. */
  LiveView view() {
    return view;
  }

  /** Lets later searches see a change that is in the log; under {@link #changing}. */
  void show(LiveView next) {
    view = next;
  }

  /**
   * Ends the active delta, so that a merge may take it, and starts the log and the delta of the
   * changes to come; under {@link #changing}.
   */
  void seal() throws IOException {
    ChangeLog log = view.active().log();
    log.force();
    startLog(log.number() + 1);
    steps.accept("log started");
  }

  private void startLog(long number) throws IOException {
    ChangeLog created = ChangeLog.create(directory, number, dim, options.forced());
    view = view.with(new LiveDelta(options.deltaRows(), dim, created), options.deltaRows());
  }

  /** Makes a view the one that later searches see, and that a crash leaves; under both locks. */
  void publish(LiveView next) throws IOException {
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
    published.run();
  }

  /**
   * Closes the logs of deltas that a merge took, and deletes the files that the published view no
   * longer needs; under {@link #merging}.
   *
   * @param before the view that was merged
   * @param deltas of it that the merge took, from the oldest on
   */
  void deleteMerged(LiveView before, int deltas) throws IOException {
    closeLogs(before, deltas);
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

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(closedMessage());
    }
  }

  String closedMessage() {
    return "the index in " + directory + " is closed";
  }

  /** Refuses what comes and stops a graph that is being built; under {@link #changing}. */
  void refuse() {
    closed = true;
  }

  /** Waits for a merge or load to end, closes the logs and lets others open the directory. */
  void close() throws IOException {
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
}
