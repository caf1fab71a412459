package dev.kindred.engine.rank;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.Searches;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Walks a log and tells, at each row, what was known of its user before: features never see what
 * came after their label. One pass, user by user, rows in the order of time; the same log gives the
 * same states.
 *
 * <p>Immutable; {@link #forEach} may run in one thread at a time per state.
 */
final class PointInTime {
  private final Events events;
  private final Searches searches;
  private final long lag;
  private final int[] starts; // [users + 1], in rows
  private final int[] rows; // by user, then by time

  /** Told of a row and of the state of its user just before. */
  interface Visitor {
    void visit(int row, UserState state);
  }

  PointInTime(Events events, long lagSeconds) {
    this(events, Searches.none(events.users()), lagSeconds);
  }

  PointInTime(Events events, Searches searches, long lagSeconds) {
    if (events.order() == Order.NONE) {
      throw new IllegalArgumentException(
          "the log has no order, so what came before a row is not known; declare its time or"
              + " order");
    }
    this.events = events;
    this.searches = searches;
    lag = events.order() == Order.TIME ? Math.max(1, lagSeconds) : 1;
    int users = events.users().size();
    starts = new int[users + 1];
    for (int row = 0; row < events.size(); row++) {
      starts[events.user(row) + 1]++;
    }
    for (int user = 0; user < users; user++) {
      starts[user + 1] += starts[user];
    }
    int[] next = starts.clone();
    rows = new int[events.size()];
    for (int row = 0; row < events.size(); row++) {
      rows[next[events.user(row)]++] = row;
    }
  }

  int users() {
    return starts.length - 1;
  }

  /** Where the rows of a user begin, for {@link #row}. */
  int start(int user) {
    return starts[user];
  }

  int end(int user) {
    return starts[user + 1];
  }

  int row(int index) {
    return rows[index];
  }

  /** Seconds since 1970 UTC, or a sequence number. */
  long time(int row) {
    return seconds(events.time(row));
  }

  private long seconds(long time) {
    return events.order() == Order.TIME ? Math.floorDiv(time, 1000L) : time;
  }

  /** Disliked if a negative objective happened, else watched if a positive one did, else shown. */
  int kind(int row) {
    int kind = HistoryEntry.SHOWN;
    for (int k = 0; k < events.objectives().size(); k++) {
      if (events.value(k, row) > 0) {
        if (events.objectives().get(k).polarity() == Polarity.NEGATIVE) {
          return HistoryEntry.DISLIKED;
        }
        kind = HistoryEntry.WATCHED;
      }
    }
    return kind;
  }

  long entry(int row) {
    return HistoryEntry.of(kind(row), events.item(row), time(row));
  }

  /** Visits the wanted rows, user by user; the state is prepared for the time of the row. */
  void forEach(UserState state, IntPredicate wanted, Visitor visitor) {
    for (int user = 0; user < users(); user++) {
      state.clear();
      int known = starts[user];
      int search = searches.start(user);
      int searchEnd = searches.end(user);
      for (int at = starts[user]; at < starts[user + 1]; at++) {
        int row = rows[at];
        if (!wanted.test(row)) {
          continue;
        }
        long time = time(row);
        while (known < at && time(rows[known]) <= time - lag) {
          state.append(entry(rows[known++]));
        }
        while (search < searchEnd && seconds(searches.time(search)) <= time - lag) {
          state.append(searched(search++));
        }
        state.prepare(time);
        visitor.visit(row, state);
      }
    }
  }

  private long searched(int index) {
    return HistoryEntry.of(
        HistoryEntry.SEARCHED, searches.token(index), seconds(searches.time(index)));
  }

  /**
   * What a snapshot holds of what a user searched for up to the log's end, oldest first.
   *
   * @param keep at most so many tokens, the last ones
   */
  long[] searches(int user, int keep) {
    long end = time(events.size() - 1);
    int to = searches.end(user);
    while (to > searches.start(user) && seconds(searches.time(to - 1)) > end) {
      to--;
    }
    int from = Math.max(searches.start(user), to - keep);
    long[] entries = new long[to - from];
    Arrays.setAll(entries, i -> searched(from + i));
    return entries;
  }

  /**
   * What a snapshot holds of a user, oldest first.
   *
   * @param keep at most so many entries watched or disliked, the last ones
   * @param shown at most so many entries shown, the last ones
   */
  long[] history(int user, int keep, int shown) {
    long[] entries = new long[end(user) - start(user)];
    int from = entries.length;
    int kept = 0;
    int keptShown = 0;
    for (int at = end(user) - 1; at >= start(user); at--) {
      boolean isShown = kind(rows[at]) == HistoryEntry.SHOWN;
      if (isShown ? keptShown++ < shown : kept++ < keep) {
        entries[--from] = entry(rows[at]);
      }
    }
    return Arrays.copyOfRange(entries, from, entries.length);
  }
}
