package dev.kindred.live;

import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.UserEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link LiveState} in Chronicle Maps of one directory: off heap, on disk, shared by every
 * process that opens the directory.
 *
 * <p>What was written when a process is killed stays; of a record that the kill tore in half the
 * version before it counts (each carries a CRC32C). Locks that the dead process held are freed when
 * the directory is next opened with no other process in it. Safe for use by many threads and
 * processes.
 */
public final class ChronicleLiveState implements LiveState {
  private final LiveDirectory directory;
  private volatile boolean closed;

  private ChronicleLiveState(LiveDirectory directory) {
    this.directory = directory;
  }

  /**
   * Opens the state of a directory, or lays out a new one there.
   *
   * @param options sizes of a new state; one that exists keeps those it was laid out with
   * @throws IOException if the directory can't be made, read or written, or has no room for a new
   *     state, of which nothing is left behind then
   * @throws dev.kindred.index.file.CorruptFileException if a file there is not of this format
   */
  public static ChronicleLiveState open(Path directory, LiveStateOptions options)
      throws IOException {
    return new ChronicleLiveState(LiveDirectory.acquire(directory, options));
  }

  /** Whether this directory holds a live state; open makes one where it does not. */
  public static boolean isIn(Path directory) {
    return LiveDirectory.isIn(directory);
  }

  /**
   * What {@link #open} asks first: room for a new state, if the directory holds none. Nothing is
   * made.
   *
   * @throws IOException if its file system has too little left: says what is needed
   */
  public static void requireRoom(Path directory, LiveStateOptions options) throws IOException {
    LiveDirectory.requireRoom(directory, options);
  }

  @Override
  public void append(String user, UserEvent event) {
    LiveDirectory open = checkOpen();
    byte[] key = key("user", user);
    if (event == null) {
      throw new IllegalArgumentException("event of user " + user + " is null");
    }
    byte[] encoded = LiveRecords.encodeEvent(event);
    open.histories()
        .update(key, old -> LiveRecords.appended(old, encoded, open.options().historyLength()));
  }

  @Override
  public List<UserEvent> lastEvents(String user, int n) {
    LiveDirectory open = checkOpen();
    byte[] key = key("user", user);
    if (n < 0) {
      throw new IllegalArgumentException("n is " + n + ", must be >= 0");
    }
    byte[] history = open.histories().get(key);
    return history == null ? List.of() : LiveRecords.lastEvents(history, n);
  }

  @Override
  public void putItem(LiveItem item) {
    LiveDirectory open = checkOpen();
    byte[] encoded = LiveRecords.encodeItem(item);
    open.items().update(key("item", item.id()), old -> encoded);
    open.nextItemEpoch();
  }

  @Override
  public Optional<LiveItem> item(String id) {
    byte[] encoded = checkOpen().items().get(key("item", id));
    return encoded == null ? Optional.empty() : Optional.of(LiveRecords.decodeItem(id, encoded));
  }

  @Override
  public boolean removeItem(String id) {
    LiveDirectory open = checkOpen();
    boolean changed = open.items().remove(key("item", id));
    if (changed) {
      open.nextItemEpoch();
    }
    return changed;
  }

  @Override
  public void forEachItem(Consumer<LiveItem> visitor) {
    checkOpen()
        .items()
        .forEach((key, value) -> visitor.accept(LiveRecords.decodeItem(text(key), value)));
  }

  @Override
  public long itemEpoch() {
    return checkOpen().itemEpoch();
  }

  @Override
  public boolean hide(String item) {
    LiveDirectory open = checkOpen();
    boolean changed = open.hidden().putIfAbsent(key("item", item), LiveRecords.NOTHING);
    if (changed) {
      open.nextHideEpoch();
    }
    return changed;
  }

  @Override
  public boolean unhide(String item) {
    LiveDirectory open = checkOpen();
    boolean changed = open.hidden().remove(key("item", item));
    if (changed) {
      open.nextHideEpoch();
    }
    return changed;
  }

  @Override
  public boolean isHidden(String item) {
    return checkOpen().hidden().get(key("item", item)) != null;
  }

  @Override
  public void forEachHidden(Consumer<String> visitor) {
    checkOpen().hidden().forEach((key, value) -> visitor.accept(text(key)));
  }

  @Override
  public long hideEpoch() {
    return checkOpen().hideEpoch();
  }

  @Override
  public long add(String counter, long delta) {
    byte[] after =
        checkOpen()
            .counters()
            .update(
                key("counter", counter),
                old ->
                    LiveRecords.encodeLong(
                        (old == null ? 0 : LiveRecords.decodeLong(old)) + delta));
    return LiveRecords.decodeLong(after);
  }

  @Override
  public long counter(String counter) {
    byte[] value = checkOpen().counters().get(key("counter", counter));
    return value == null ? 0 : LiveRecords.decodeLong(value);
  }

  /** How the state was laid out, whatever the options it was opened with. */
  public LiveStateOptions options() {
    return checkOpen().options();
  }

  /** Closes this handle; no thread may be inside another method of it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      directory.release();
    }
  }

  private LiveDirectory checkOpen() {
    if (closed) {
      throw new IllegalStateException("this live state is closed");
    }
    return directory;
  }

  private static byte[] key(String what, String id) {
    return LiveState.requireId(what, id).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }
}
