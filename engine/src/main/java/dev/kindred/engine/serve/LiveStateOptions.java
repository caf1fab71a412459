package dev.kindred.engine.serve;

/**
 * How large a live state is laid out. Immutable.
 *
 * @param expectedUsers users with a history; a persistent implementation sizes its file by it and
 *     may slow down or refuse far beyond it
 * @param expectedItems items added or hidden between two snapshots, likewise
 * @param historyLength events kept per user, 1 to 10,000
 */
public record LiveStateOptions(long expectedUsers, long expectedItems, int historyLength) {
  public LiveStateOptions {
    if (expectedUsers < 1) {
      throw new IllegalArgumentException("expectedUsers is " + expectedUsers + ", must be >= 1");
    }
    if (expectedItems < 1) {
      throw new IllegalArgumentException("expectedItems is " + expectedItems + ", must be >= 1");
    }
    if (historyLength < 1 || historyLength > 10_000) {
      throw new IllegalArgumentException(
          "historyLength is " + historyLength + ", must be in 1..10000");
    }
  }

  /** 100,000 users, 100,000 items, 100 events per user. */
  public static LiveStateOptions defaults() {
    return new LiveStateOptions(100_000, 100_000, 100);
  }

  public LiveStateOptions withExpectedUsers(long expectedUsers) {
    return new LiveStateOptions(expectedUsers, expectedItems, historyLength);
  }

  public LiveStateOptions withExpectedItems(long expectedItems) {
    return new LiveStateOptions(expectedUsers, expectedItems, historyLength);
  }

  public LiveStateOptions withHistoryLength(int historyLength) {
    return new LiveStateOptions(expectedUsers, expectedItems, historyLength);
  }
}
