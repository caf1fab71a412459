package dev.kindred.engine.eval;

import dev.kindred.engine.data.Events;
import java.util.Arrays;

/**
 * Pairs of an item and the one the same user went on to.
 *
 * <p>Immutable.
 */
public final class Transitions {
  private final int[] user;
  private final int[] from;
  private final int[] to;

  private Transitions(int[] user, int[] from, int[] to) {
    this.user = user;
    this.from = from;
    this.to = to;
  }

  /** Pairs (from[i], to[i]), each of a user of its own; the arrays are copied. */
  public static Transitions of(int[] from, int[] to) {
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          from.length + " present items but " + to.length + " next ones");
    }
    int[] user = new int[from.length];
    Arrays.setAll(user, i -> i);
    return new Transitions(user, from.clone(), to.clone());
  }

  /**
   * The steps into held-out events: each held-out item with the one before it of the same user, the
   * first one with the user's last item in {@code history}. Only rows count where the objective
   * happened; steps from an item to itself are left out, as is a user's first ever item.
   *
   * @param history what was trained on, in time order
   * @param held what came later, in time order, over the same ids
   */
  public static Transitions into(Events history, Events held, int objective) {
    int[] last = new int[held.users().size()];
    Arrays.fill(last, -1);
    for (int row = 0; row < history.size(); row++) {
      if (history.value(objective, row) > 0) {
        last[history.user(row)] = history.item(row);
      }
    }
    int[] users = new int[held.size()];
    int[] from = new int[held.size()];
    int[] to = new int[held.size()];
    int n = 0;
    for (int row = 0; row < held.size(); row++) {
      if (held.value(objective, row) > 0) {
        int user = held.user(row);
        int item = held.item(row);
        if (last[user] >= 0 && last[user] != item) {
          users[n] = user;
          from[n] = last[user];
          to[n++] = item;
        }
        last[user] = item;
      }
    }
    return new Transitions(Arrays.copyOf(users, n), Arrays.copyOf(from, n), Arrays.copyOf(to, n));
  }

  /** Number of pairs. */
  public int size() {
    return from.length;
  }

  /** Whose step pair {@code i} is. */
  public int user(int i) {
    return user[i];
  }

  /** The present item of pair {@code i}. */
  public int from(int i) {
    return from[i];
  }

  /** The next item of pair {@code i}. */
  public int to(int i) {
    return to[i];
  }
}
