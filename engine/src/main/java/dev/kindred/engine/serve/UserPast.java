package dev.kindred.engine.serve;

import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.rank.HistoryEntry;
import dev.kindred.engine.rank.OrdinalMarks;
import dev.kindred.engine.rank.RankDescription;
import dev.kindred.engine.rank.RankSearcher;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.rank.UserHistories;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.index.IdTable;
import java.util.List;

/**
 * What the user of a request did, oldest first, from the log and from live state: handed on to the
 * {@link RankSearcher}, and marked by item where it was watched or disliked. Of one snapshot, for
 * one thread; allocates only for live events.
 */
final class UserPast {
  /** Live events of a user that are read, at most. */
  private static final int LIVE_EVENTS = 1000;

  private final IdTable ids;
  private final Ranking ranking;
  private final RankDescription description;
  private final List<ObjectiveWeight> objectives;
  private final RankSearcher searcher;
  private final OrdinalMarks watched;
  private final OrdinalMarks disliked;

  UserPast(IdTable ids, Ranking ranking, List<ObjectiveWeight> objectives, RankSearcher searcher) {
    this.ids = ids;
    this.ranking = ranking;
    this.objectives = objectives;
    this.searcher = searcher;
    description = ranking.description();
    watched = new OrdinalMarks(ids.size());
    disliked = new OrdinalMarks(ids.size());
  }

  /** The items watched. */
  OrdinalMarks watched() {
    return watched;
  }

  /** The items disliked. */
  OrdinalMarks disliked() {
    return disliked;
  }

  /** Begins a request of a user who did nothing yet. */
  void begin() {
    searcher.begin();
    watched.clear();
    disliked.clear();
  }

  /** Appends what the log knows of a user. */
  void appendLog(int ordinal) {
    UserHistories histories = ranking.histories();
    long end = histories.end(ordinal);
    for (long at = histories.start(ordinal); at < end; at++) {
      append(histories.entry(at));
    }
    if (ranking.searches().isPresent()) {
      UserHistories searched = ranking.searches().get();
      long searchEnd = searched.end(ordinal);
      for (long at = searched.start(ordinal); at < searchEnd; at++) {
        searcher.append(searched.entry(at));
      }
    }
  }

  /** Appends one entry. */
  void append(long entry) {
    int item = HistoryEntry.item(entry);
    if (item >= ids.size()) {
      return; // of a damaged file
    }
    if (HistoryEntry.kind(entry) == HistoryEntry.WATCHED) {
      watched.add(item);
    } else if (HistoryEntry.kind(entry) == HistoryEntry.DISLIKED) {
      disliked.add(item);
    }
    searcher.append(entry);
  }

  /** Appends the live events of a user; those before the log's end are in the log already. */
  void appendLive(CharSequence user, LiveState live) {
    String id = user.toString();
    if (id.isEmpty() || id.length() > LiveState.MAX_ID_BYTES / 3) {
      return;
    }
    List<UserEvent> events = live.lastEvents(id, LIVE_EVENTS);
    for (int i = events.size() - 1; i >= 0; i--) {
      UserEvent event = events.get(i);
      long seconds = Math.floorDiv(event.timeMillis(), 1000L);
      boolean timed = description.order() == Order.TIME;
      if (timed && seconds <= description.end()) {
        continue;
      }
      long time = timed ? seconds : description.end();
      int item = ids.ordinalOf(event.item());
      int kind = kind(event.event());
      if (item >= 0 && kind >= 0) {
        append(HistoryEntry.of(kind, item, time));
      } else if (kind < 0 && event.event().equals(UserEvent.SEARCH)) {
        appendSearch(ranking.tokensOf(event.item()), time);
      }
    }
  }

  /** Appends what was searched for at a time, as tokens. */
  void appendSearch(int[] tokens, long time) {
    for (int token : tokens) {
      searcher.append(HistoryEntry.of(HistoryEntry.SEARCHED, token, time));
    }
  }

  /** By the name of the objective that it is; nothing but an impression is shown in vain. */
  private int kind(String event) {
    if (event.isEmpty()) {
      return HistoryEntry.WATCHED;
    }
    for (int k = 0; k < objectives.size(); k++) {
      if (objectives.get(k).name().equals(event)) {
        return objectives.get(k).polarity() == Polarity.NEGATIVE
            ? HistoryEntry.DISLIKED
            : HistoryEntry.WATCHED;
      }
    }
    return event.equals(UserEvent.IMPRESSION) ? HistoryEntry.SHOWN : -1;
  }
}
