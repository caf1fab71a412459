package dev.kindred.engine.serve;

/**
 * One thing that a user did with an item, as {@link LiveState} keeps it. Immutable.
 *
 * @param item id of the item, also of one that no snapshot knows; of a {@link #SEARCH} the words
 * @param event the log's name for what happened, such as {@code click}; may be empty
 * @param timeMillis when, in milliseconds since 1970 UTC
 */
public record UserEvent(String item, String event, long timeMillis) {
  /** Name of an event that only shows the item to the user. */
  public static final String IMPRESSION = "impression";

  /** Name of an event in which the user searched: in place of the item stands what for. */
  public static final String SEARCH = "search";

  /**
   * A search.
   *
   * @param query in words, at most {@link LiveState#MAX_ID_BYTES} bytes of UTF-8
   */
  public static UserEvent search(String query, long timeMillis) {
    return new UserEvent(query, SEARCH, timeMillis);
  }

  public UserEvent {
    LiveState.requireId("item", item);
    if (event == null) {
      throw new IllegalArgumentException("event of item " + item + " is null; use \"\" for none");
    }
  }
}
