package dev.kindred.app.serving;

import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.RelatedSearcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One search by words: an item is found if its id or its title holds each of them, in any order and
 * whatever their case. The item whose id the words are comes first, then items added since the
 * snapshot, then the snapshot's in their order. For one thread.
 */
final class ItemSearch {
  /**
   * Fields that name an item for people, where the catalogue has one; the first that has a value.
   */
  private static final List<String> NAMES = List.of("title", "name");

  /** The clock is looked at once in so many items. */
  private static final int LOOK = 32;

  /** An item for a reader: its title is "" without one. */
  record Found(String id, String title) {}

  private final RelatedSearcher items;
  private final LiveState live;
  private final String exact;
  private final String[] words;
  private final int most;
  private final long until;
  private final int[] nameFields;
  private final List<Found> found = new ArrayList<>();
  private boolean complete;

  /**
   * Prepares a search.
   *
   * @param items pinned by the caller until the search has run
   * @param live has the items added since
   * @param text words with blanks between them; "" finds every item
   * @param until it ends, in terms of {@link System#nanoTime}
   */
  ItemSearch(RelatedSearcher items, LiveState live, String text, int most, long until) {
    this.items = items;
    this.live = live;
    this.most = most;
    this.until = until;
    exact = text;
    words = text.isEmpty() ? new String[0] : text.toLowerCase(Locale.ROOT).split("\\s+");
    List<String> fields = items.profileFields();
    nameFields = NAMES.stream().mapToInt(fields::indexOf).filter(field -> field >= 0).toArray();
  }

  /** Looks until there are enough items, none is left or the time is over. */
  void run() {
    int size = items.items();
    int exactOrdinal = exact.isEmpty() ? -1 : items.ordinalOf(exact);
    if (exactOrdinal >= 0) {
      found.add(
          exactOrdinal < size
              ? new Found(exact, title(exactOrdinal))
              : new Found(exact, title(items.profile(exact))));
    }
    live.forEachItem(this::lookAt);
    int ordinal = 0;
    for (; ordinal < size && found.size() < most; ordinal++) {
      if (ordinal % LOOK == LOOK - 1 && System.nanoTime() - until > 0) {
        break;
      }
      if (ordinal != exactOrdinal) {
        lookAt(ordinal);
      }
    }
    complete = ordinal == size || found.size() == most;
  }

  /** What {@link #run} found, in order. */
  List<Found> found() {
    return found;
  }

  /** Whether it saw every item, or found as many as were asked for. */
  boolean isComplete() {
    return complete;
  }

  private void lookAt(int ordinal) {
    String id = items.idOf(ordinal);
    String title = title(ordinal);
    if (holds(id, title)) {
      found.add(new Found(id, title));
    }
  }

  /** An item added since; not one that the snapshot has by now, which takes its place. */
  private void lookAt(LiveItem item) {
    if (found.size() < most
        && !item.id().equals(exact)
        && items.ordinalOf(item.id()) >= items.items()) {
      String title = title(item.values());
      if (holds(item.id(), title)) {
        found.add(new Found(item.id(), title));
      }
    }
  }

  private boolean holds(String id, String title) {
    if (words.length == 0) {
      return true;
    }
    String lowerId = id.toLowerCase(Locale.ROOT);
    String lowerTitle = title.toLowerCase(Locale.ROOT);
    for (String word : words) {
      if (!lowerId.contains(word) && !lowerTitle.contains(word)) {
        return false;
      }
    }
    return true;
  }

  private String title(int ordinal) {
    for (int field : nameFields) {
      List<String> values = items.values(ordinal, field);
      if (!values.isEmpty()) {
        return String.join(", ", values);
      }
    }
    return "";
  }

  private static String title(Map<String, List<String>> profile) {
    for (String name : NAMES) {
      if (profile.containsKey(name)) {
        return String.join(", ", profile.get(name));
      }
    }
    return "";
  }
}
