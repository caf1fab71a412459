package dev.kindred.engine.serve;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What changes between two snapshots: user histories, items added since, hide marks and counters.
 *
 * <p>Snapshots that are trained later take histories from the event log; hide marks, added items
 * and counters are here alone. Every implementation is safe for use by many threads, and a shared
 * one by many processes. Each method is atomic on its own; none spans two keys. After {@link
 * #close()} every method throws {@link IllegalStateException}.
 */
public interface LiveState extends AutoCloseable {

  /** Longest id of a user, an item or a counter, in bytes of UTF-8. */
  int MAX_ID_BYTES = 512;

  /**
   * Adds an event to the end of a user's history. Beyond {@link LiveStateOptions#historyLength()}
   * the oldest event falls out.
   */
  void append(String user, UserEvent event);

  /**
   * The user's last events in the order of their appending, newest first; empty for an unknown
   * user.
   *
   * @param n at most so many, {@code >= 0}
   */
  List<UserEvent> lastEvents(String user, int n);

  /** Adds an item, or replaces the one of the same id. */
  void putItem(LiveItem item);

  /** The item added under this id. Items of the snapshot are not known here. */
  Optional<LiveItem> item(String id);

  /** Takes an added item away again; false if there was none. */
  boolean removeItem(String id);

  /** Hands every added item to the visitor, in no particular order. */
  void forEachItem(Consumer<LiveItem> visitor);

  /**
   * A number that changes after every item added, replaced or taken away, by this process or
   * another; as cheap as {@link #hideEpoch()} and with the same promise.
   */
  long itemEpoch();

  /**
   * Marks an item, known or not, as never to be returned; false if it was already hidden. When this
   * returns, {@link #hideEpoch()} has changed.
   */
  boolean hide(String item);

  /** Takes the mark away; false if there was none. When this returns, the epoch has changed. */
  boolean unhide(String item);

  boolean isHidden(String item);

  /** Hands every hidden id to the visitor, in no particular order. */
  void forEachHidden(Consumer<String> visitor);

  /**
   * A number that changes after every mark set or taken away, by this process or another.
   *
   * <p>A recommender asks it once a request and mirrors the marks into a bit set of ordinals when
   * it differs from what it saw last, so this must cost about one read of memory and allocate
   * nothing. A mark becomes visible to {@link #forEachHidden} before the epoch changes: whoever
   * reads the epoch first and the marks after it misses none.
   */
  long hideEpoch();

  /**
   * Adds to a counter and returns its new value; a counter never touched stands at 0.
   *
   * @param delta may be negative
   */
  long add(String counter, long delta);

  /** The value of a counter, 0 if it was never touched. */
  long counter(String counter);

  /** Releases what this holds; a second call does nothing. Persistent state stays on disk. */
  @Override
  void close();

  /**
   * Refuses an id that no implementation takes: null, empty, longer than {@link #MAX_ID_BYTES}, or
   * one that UTF-8 can't write, half of a surrogate pair: kept, it would be another.
   *
   * @param what names the id in the message: user, item, counter
   * @return the id
   */
  static String requireId(String what, String id) {
    if (id == null || id.isEmpty()) {
      throw new IllegalArgumentException(what + " id is " + (id == null ? "null" : "empty"));
    }
    for (int i = 0; i < id.length(); i++) {
      // A whole character of two halves is above 0xffff.
      if (Character.isSurrogate(id.charAt(i)) && id.codePointAt(i++) <= 0xffff) {
        throw new IllegalArgumentException(
            what
                + " id holds half of a surrogate pair at "
                + (i - 1)
                + ", which is no character; send whole ones");
      }
    }
    // A char takes at most 3 bytes of UTF-8, so short ids are settled without encoding them.
    if (id.length() > MAX_ID_BYTES / 3) {
      int bytes = id.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_ID_BYTES) {
        throw new IllegalArgumentException(
            what
                + " id takes "
                + bytes
                + " bytes of UTF-8, at most "
                + MAX_ID_BYTES
                + " are allowed: "
                + id.substring(0, 40)
                + "...");
      }
    }
    return id;
  }
}
