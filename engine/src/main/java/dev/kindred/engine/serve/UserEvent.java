package dev.kindred.engine.serve;

/**
 * One thing that a user did with an item, as {@link LiveState} keeps it. Immutable.
 *
 * @param item id of the item, also of one that no snapshot knows
 * @param event the log's name for what happened, such as {@code click}; may be empty
 * @param timeMillis when, in milliseconds since 1970 UTC
 */
public record UserEvent(String item, String event, long timeMillis) {
  /** Name of an event that only shows the item to the user. */
  public static final String IMPRESSION = "impression";

  public UserEvent {
    LiveState.requireId("item", item);
    if (event == null) {
      throw new IllegalArgumentException("event of item " + item + " is null; use \"\" for none");
    }
  }
}
