package dev.kindred.app.evaluation;

import dev.kindred.engine.data.Ids;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.snapshot.Snapshot;

/**
 * The related lists of a snapshot in the ordinals of a log that was read on its own: ids that only
 * one of them knows have no list and stand in none. Borrows the snapshot; may be called by many
 * threads while that is open.
 */
public final class SnapshotLists implements RelatedLists {
  private final Snapshot snapshot;
  private final int[] toSnapshot;
  private final int[] fromSnapshot;
  private final int known;

  /** Translates between the snapshot's items and these. */
  public SnapshotLists(Snapshot snapshot, Ids items) {
    this.snapshot = snapshot;
    toSnapshot = new int[items.size()];
    fromSnapshot = new int[snapshot.items().size()];
    int both = 0;
    for (int i = 0; i < fromSnapshot.length; i++) {
      fromSnapshot[i] = -1;
    }
    for (int item = 0; item < toSnapshot.length; item++) {
      toSnapshot[item] = snapshot.items().ordinalOf(items.idOf(item));
      if (toSnapshot[item] >= 0) {
        fromSnapshot[toSnapshot[item]] = item;
        both++;
      }
    }
    known = both;
  }

  /** How many of the log's items the snapshot knows. */
  public int known() {
    return known;
  }

  /** The snapshot's ordinal of an item of the log, or -1. */
  int toSnapshot(int item) {
    return toSnapshot[item];
  }

  @Override
  public int related(int item, int n, int[] out) {
    int source = toSnapshot[item];
    if (source < 0) {
      return 0;
    }
    int written = 0;
    int count = snapshot.related().count(source);
    for (int rank = 0; rank < count && written < n; rank++) {
      int related = fromSnapshot[snapshot.related().item(source, rank)];
      if (related >= 0) {
        out[written++] = related;
      }
    }
    return written;
  }
}
