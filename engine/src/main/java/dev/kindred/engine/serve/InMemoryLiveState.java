package dev.kindred.engine.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A {@link LiveState} on the heap of one process, gone when that ends: for tests, trials and
 * servers that rebuild it from their own log. Safe for use by many threads.
 */
public final class InMemoryLiveState implements LiveState {
  private final int historyLength;
  private final ConcurrentHashMap<String, Deque<UserEvent>> histories = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, LiveItem> items = new ConcurrentHashMap<>();
  private final ConcurrentHashMap.KeySetView<String, Boolean> hidden =
      ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, AtomicLong> counters = new ConcurrentHashMap<>();
  private final AtomicLong hideEpoch = new AtomicLong();
  private final AtomicLong itemEpoch = new AtomicLong();
  private volatile boolean closed;

  public InMemoryLiveState() {
    this(LiveStateOptions.defaults());
  }

  /** Only {@link LiveStateOptions#historyLength()} matters here: the maps grow as needed. */
  public InMemoryLiveState(LiveStateOptions options) {
    historyLength = options.historyLength();
  }

  @Override
  public void append(String user, UserEvent event) {
    checkOpen();
    LiveState.requireId("user", user);
    if (event == null) {
      throw new IllegalArgumentException("event of user " + user + " is null");
    }
    // compute() holds the user's bin, so the deque needs no lock of its own.
    histories.compute(
        user,
        (key, old) -> {
          Deque<UserEvent> history = old == null ? new ArrayDeque<>() : old;
          if (history.size() == historyLength) {
            history.removeFirst();
          }
          history.addLast(event);
          return history;
        });
  }

  @Override
  public List<UserEvent> lastEvents(String user, int n) {
    checkOpen();
    LiveState.requireId("user", user);
    if (n < 0) {
      throw new IllegalArgumentException("n is " + n + ", must be >= 0");
    }
    List<UserEvent> result = new ArrayList<>();
    histories.computeIfPresent(
        user,
        (key, history) -> {
          Iterator<UserEvent> newestFirst = history.descendingIterator();
          while (newestFirst.hasNext() && result.size() < n) {
            result.add(newestFirst.next());
          }
          return history;
        });
    return List.copyOf(result);
  }

  @Override
  public void putItem(LiveItem item) {
    checkOpen();
    items.put(item.id(), item);
    itemEpoch.incrementAndGet();
  }

  @Override
  public Optional<LiveItem> item(String id) {
    checkOpen();
    return Optional.ofNullable(items.get(LiveState.requireId("item", id)));
  }

  @Override
  public boolean removeItem(String id) {
    checkOpen();
    boolean changed = items.remove(LiveState.requireId("item", id)) != null;
    if (changed) {
      itemEpoch.incrementAndGet();
    }
    return changed;
  }

  @Override
  public void forEachItem(Consumer<LiveItem> visitor) {
    checkOpen();
    items.values().forEach(visitor);
  }

  @Override
  public long itemEpoch() {
    checkOpen();
    return itemEpoch.get();
  }

  @Override
  public boolean hide(String item) {
    checkOpen();
    boolean changed = hidden.add(LiveState.requireId("item", item));
    if (changed) {
      hideEpoch.incrementAndGet();
    }
    return changed;
  }

  @Override
  public boolean unhide(String item) {
    checkOpen();
    boolean changed = hidden.remove(LiveState.requireId("item", item));
    if (changed) {
      hideEpoch.incrementAndGet();
    }
    return changed;
  }

  @Override
  public boolean isHidden(String item) {
    checkOpen();
    return hidden.contains(LiveState.requireId("item", item));
  }

  @Override
  public void forEachHidden(Consumer<String> visitor) {
    checkOpen();
    hidden.forEach(visitor);
  }

  @Override
  public long hideEpoch() {
    checkOpen();
    return hideEpoch.get();
  }

  @Override
  public long add(String counter, long delta) {
    checkOpen();
    return counters
        .computeIfAbsent(LiveState.requireId("counter", counter), key -> new AtomicLong())
        .addAndGet(delta);
  }

  @Override
  public long counter(String counter) {
    checkOpen();
    AtomicLong value = counters.get(LiveState.requireId("counter", counter));
    return value == null ? 0 : value.get();
  }

  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this live state is closed");
    }
  }
}
