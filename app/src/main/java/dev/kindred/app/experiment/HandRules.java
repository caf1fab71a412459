package dev.kindred.app.experiment;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.eval.RelatedLists;

/**
 * What an editor without a log does: items by the likeness of their profiles, the next episode of a
 * series before all, and at most three of one series. Immutable; may be called by many threads.
 */
final class HandRules implements RelatedLists {
  private static final int MOST_OF_A_SERIES = 3;
  private static final int NONE = -1;

  private final CandidateLists candidates;
  private final int[] series; // of each item, -1 = none
  private final float[] episode;

  HandRules(CandidateLists candidates, Catalogue items) {
    this.candidates = candidates;
    series = new int[candidates.items()];
    episode = new float[candidates.items()];
    int seriesField = items.fieldOf("series");
    int episodeField = items.fieldOf("episode");
    for (int item = 0; item < series.length; item++) {
      boolean has = items.valueEnd(seriesField, item) > items.valueStart(seriesField, item);
      series[item] = has ? items.value(items.valueStart(seriesField, item)) : NONE;
      episode[item] = items.number(episodeField, item);
    }
  }

  @Override
  public int related(int item, int n, int[] out) {
    int next = next(item);
    int written = 0;
    if (next != NONE && n > 0) {
      out[written++] = next;
    }
    for (long at = candidates.start(item); at < candidates.end(item) && written < n; at++) {
      int other = candidates.item(at);
      if (other != next && !isOneTooMany(other, out, written)) {
        out[written++] = other;
      }
    }
    return written;
  }

  private int next(int item) {
    for (long at = candidates.start(item); at < candidates.end(item); at++) {
      int other = candidates.item(at);
      if (series[item] != NONE
          && series[other] == series[item]
          && episode[other] == episode[item] + 1) {
        return other;
      }
    }
    return NONE;
  }

  private boolean isOneTooMany(int item, int[] out, int written) {
    int same = 0;
    for (int i = 0; i < written; i++) {
      same += series[item] != NONE && series[out[i]] == series[item] ? 1 : 0;
    }
    return same >= MOST_OF_A_SERIES;
  }
}
