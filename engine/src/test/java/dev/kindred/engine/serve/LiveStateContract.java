package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LiveState} must do; extend it and say how to open one. */
public abstract class LiveStateContract {
  protected static final int HISTORY_LENGTH = 5;

  private LiveState state;

  protected LiveStateContract() {}

  /** A fresh, empty state that keeps {@link #HISTORY_LENGTH} events per user. */
  protected abstract LiveState open() throws Exception;

  /** A second handle on the state that {@link #open()} gave last, if the kind can be shared. */
  protected Optional<LiveState> openAgain() throws Exception {
    return Optional.empty();
  }

  @BeforeEach
  void openState() throws Exception {
    state = open();
  }

  @AfterEach
  void closeState() {
    state.close();
  }

  @Test
  void historyReturnsTheNewestFirst() {
    for (int i = 0; i < 3; i++) {
      state.append("u", new UserEvent("item-" + i, "click", 1000 - i));
    }
    assertEquals(
        List.of(new UserEvent("item-2", "click", 998), new UserEvent("item-1", "click", 999)),
        state.lastEvents("u", 2));
    assertEquals(3, state.lastEvents("u", 100).size());
    assertEquals(List.of(), state.lastEvents("u", 0));
  }

  @Test
  void historyOfAnUnknownUserIsEmpty() {
    assertEquals(List.of(), state.lastEvents("nobody", 10));
  }

  @Test
  void historyForgetsTheOldest() {
    for (int i = 0; i < HISTORY_LENGTH + 3; i++) {
      state.append("u", new UserEvent("i" + i, "", i));
    }
    List<UserEvent> events = state.lastEvents("u", 1000);
    assertEquals(HISTORY_LENGTH, events.size());
    assertEquals("i" + (HISTORY_LENGTH + 2), events.getFirst().item());
    assertEquals("i3", events.getLast().item());
  }

  @Test
  void historiesOfTwoUsersDoNotMix() {
    state.append("a", new UserEvent("x", "click", 1));
    state.append("b", new UserEvent("y", "like", 2));
    assertEquals(List.of(new UserEvent("x", "click", 1)), state.lastEvents("a", 9));
    assertEquals(List.of(new UserEvent("y", "like", 2)), state.lastEvents("b", 9));
  }

  @Test
  void historyKeepsAnyText() {
    UserEvent event = new UserEvent("日本語 \"x\"\n\t\u0000\uD83D\uDE00", "é,;|", Long.MIN_VALUE);
    state.append("u\u0000\uD83D\uDE00", event);
    assertEquals(List.of(event), state.lastEvents("u\u0000\uD83D\uDE00", 1));
  }

  @Test
  void addedItemComesBackWithItsValuesInOrder() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("type", List.of("film"));
    values.put("actors", List.of("B", "A", "C"));
    values.put("empty", List.of());
    LiveItem item = new LiveItem("new-1", values, 77);
    state.putItem(item);
    LiveItem read = state.item("new-1").orElseThrow();
    assertEquals(item, read);
    assertEquals(List.copyOf(values.keySet()), List.copyOf(read.values().keySet()));
  }

  @Test
  void addingAnItemAgainReplacesIt() {
    state.putItem(new LiveItem("i", Map.of("type", List.of("old")), 1));
    state.putItem(new LiveItem("i", Map.of("type", List.of("new")), 2));
    assertEquals(List.of("new"), state.item("i").orElseThrow().values().get("type"));
    List<String> seen = new ArrayList<>();
    state.forEachItem(item -> seen.add(item.id()));
    assertEquals(List.of("i"), seen);
  }

  @Test
  void removedItemIsGone() {
    state.putItem(new LiveItem("i", Map.of(), 1));
    assertTrue(state.removeItem("i"));
    assertFalse(state.removeItem("i"));
    assertEquals(Optional.empty(), state.item("i"));
    state.forEachItem(
        item -> {
          throw new AssertionError("still there: " + item);
        });
  }

  @Test
  void itemEpochChangesWithEveryChangeOfItems() {
    long before = state.itemEpoch();
    state.hide("i");
    assertEquals(before, state.itemEpoch());
    state.putItem(new LiveItem("i", Map.of("type", List.of("film")), 1));
    long added = state.itemEpoch();
    assertNotEquals(before, added);
    state.putItem(new LiveItem("i", Map.of("type", List.of("series")), 1));
    long replaced = state.itemEpoch();
    assertNotEquals(added, replaced);
    assertFalse(state.removeItem("other"));
    assertEquals(replaced, state.itemEpoch());
    state.removeItem("i");
    assertNotEquals(replaced, state.itemEpoch());
  }

  @Test
  void hideMarksAreSetAndTakenAway() {
    assertFalse(state.isHidden("i"));
    assertTrue(state.hide("i"));
    assertFalse(state.hide("i"));
    assertTrue(state.isHidden("i"));
    assertTrue(state.unhide("i"));
    assertFalse(state.unhide("i"));
    assertFalse(state.isHidden("i"));
  }

  @Test
  void everyHiddenItemIsVisited() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      state.hide("i" + i);
      if (i % 3 == 0) {
        state.unhide("i" + i);
      } else {
        expected.add("i" + i);
      }
    }
    Set<String> seen = new HashSet<>();
    state.forEachHidden(id -> assertTrue(seen.add(id), () -> id + " visited twice"));
    assertEquals(expected, seen);
  }

  @Test
  void epochChangesWithEveryMarkAndOnlyThen() {
    long before = state.hideEpoch();
    state.append("u", new UserEvent("i", "click", 1));
    state.putItem(new LiveItem("i", Map.of(), 1));
    state.add("c", 1);
    assertEquals(before, state.hideEpoch());
    state.hide("i");
    long hidden = state.hideEpoch();
    assertNotEquals(before, hidden);
    state.unhide("i");
    assertNotEquals(hidden, state.hideEpoch());
    assertNotEquals(before, state.hideEpoch());
  }

  @Test
  void aSecondHandleSeesEverything() throws Exception {
    try (LiveState other = openAgain().orElse(null)) {
      if (other == null) {
        return;
      }
      long epoch = other.hideEpoch();
      state.hide("i");
      assertNotEquals(epoch, other.hideEpoch());
      assertTrue(other.isHidden("i"));
      state.append("u", new UserEvent("x", "click", 3));
      assertEquals(List.of(new UserEvent("x", "click", 3)), other.lastEvents("u", 3));
      other.append("u", new UserEvent("y", "click", 4));
      assertEquals("y", state.lastEvents("u", 1).getFirst().item());
      state.putItem(new LiveItem("new", Map.of("f", List.of("v")), 5));
      assertEquals(List.of("v"), other.item("new").orElseThrow().values().get("f"));
      state.add("c", 2);
      assertEquals(5, other.add("c", 3));
      assertEquals(5, state.counter("c"));
    }
  }

  @Test
  void countersAdd() {
    assertEquals(0, state.counter("c"));
    assertEquals(5, state.add("c", 5));
    assertEquals(3, state.add("c", -2));
    assertEquals(3, state.counter("c"));
    assertEquals(0, state.counter("other"));
  }

  @Test
  void noUpdateIsLostBetweenThreads() throws Exception {
    int threads = 4;
    int each = 200;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        futures.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    state.add("total", 1);
                    state.append("shared", new UserEvent("t" + thread, "click", i));
                    state.append("user-" + thread, new UserEvent("i" + i, "click", i));
                    state.hide("h" + thread + "-" + i);
                  }
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
    assertEquals((long) threads * each, state.counter("total"));
    assertEquals(HISTORY_LENGTH, state.lastEvents("shared", 100).size());
    for (int t = 0; t < threads; t++) {
      assertEquals("i" + (each - 1), state.lastEvents("user-" + t, 1).getFirst().item());
    }
    Set<String> hidden = new HashSet<>();
    state.forEachHidden(hidden::add);
    assertEquals(threads * each, hidden.size());
  }

  @Test
  void badIdsAreRefusedByName() {
    String tooLong = "x".repeat(LiveState.MAX_ID_BYTES + 1);
    for (String bad : new String[] {null, "", tooLong, "a\uD83D", "\uDE00\uD83D"}) {
      assertThrows(IllegalArgumentException.class, () -> state.lastEvents(bad, 1));
      assertThrows(IllegalArgumentException.class, () -> state.hide(bad));
      assertThrows(IllegalArgumentException.class, () -> state.add(bad, 1));
      assertThrows(IllegalArgumentException.class, () -> state.item(bad));
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> state.hide(tooLong)).getMessage();
    assertTrue(message.startsWith("item id takes 513 bytes of UTF-8, at most 512"), message);
    String half =
        assertThrows(IllegalArgumentException.class, () -> state.hide("a\uD83Db")).getMessage();
    assertTrue(half.startsWith("item id holds half of a surrogate pair at 1"), half);
    assertTrue(state.hide("x".repeat(LiveState.MAX_ID_BYTES)));
    assertThrows(IllegalArgumentException.class, () -> state.lastEvents("u", -1));
  }

  @Test
  void nothingAnswersAfterClose() {
    state.close();
    state.close();
    assertThrows(IllegalStateException.class, () -> state.isHidden("i"));
    assertThrows(IllegalStateException.class, () -> state.hideEpoch());
    assertThrows(IllegalStateException.class, () -> state.add("c", 1));
    assertThrows(IllegalStateException.class, () -> state.lastEvents("u", 1));
  }
}
