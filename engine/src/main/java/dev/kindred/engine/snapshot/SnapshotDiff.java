package dev.kindred.engine.snapshot;

import dev.kindred.engine.related.RelatedTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changed for users between two snapshots: how much of each item's list stayed, which items
 * came and went, and which profile values are shown more or less often. Immutable.
 *
 * @param length items of each list that were compared
 * @param itemsBefore of the first snapshot
 * @param itemsAfter of the second
 * @param gained ids that only the second has, the first of them by ordinal
 * @param lost ids that only the first has, the first of them by ordinal
 * @param gainedCount how many ids only the second has
 * @param lostCount how many ids only the first has
 * @param meanOverlap part of a list that stayed, over the items in both that have a list in either;
 *     1 if there is none
 * @param unchanged of these items, the part whose list has the same items in the same order
 * @param disjoint of these items, the part of whose list nothing stayed
 * @param exposures profile values whose part of all list entries changed, the largest change first
 */
public record SnapshotDiff(
    int length,
    int itemsBefore,
    int itemsAfter,
    List<String> gained,
    List<String> lost,
    int gainedCount,
    int lostCount,
    double meanOverlap,
    double unchanged,
    double disjoint,
    List<Exposure> exposures) {
  public SnapshotDiff {
    gained = List.copyOf(gained);
    lost = List.copyOf(lost);
    exposures = List.copyOf(exposures);
  }

  /**
   * How often items with a profile value stand in lists.
   *
   * @param field of the profile
   * @param value of the field
   * @param before part of all entries of the first snapshot's lists
   * @param after the same for the second
   */
  public record Exposure(String field, String value, double before, double after) {
    /** Change from the first to the second. */
    public double change() {
      return after - before;
    }
  }

  /**
   * Compares two snapshots.
   *
   * @param length items of each list to compare, at least 1; shorter where tables are
   * @param named most gained and lost ids and most exposures to name
   */
  public static SnapshotDiff of(Snapshot before, Snapshot after, int length, int named) {
    if (length < 1 || named < 0) {
      throw new IllegalArgumentException(
          "length is " + length + " and named " + named + ", must be >= 1 and >= 0");
    }
    int compared = Math.min(length, Math.min(before.related().length(), after.related().length()));
    int[] place = new int[before.items().size()];
    List<String> lost = new ArrayList<>();
    int lostCount = 0;
    for (int item = 0; item < place.length; item++) {
      String id = before.items().idOf(item);
      place[item] = after.items().ordinalOf(id);
      if (place[item] < 0 && lostCount++ < named) {
        lost.add(id);
      }
    }
    List<String> gained = new ArrayList<>();
    int gainedCount = after.items().size() - (place.length - lostCount);
    for (int item = 0;
        item < after.items().size() && gained.size() < Math.min(named, gainedCount);
        item++) {
      String id = after.items().idOf(item);
      if (before.items().ordinalOf(id) < 0) {
        gained.add(id);
      }
    }
    Overlaps overlaps = new Overlaps(before.related(), after.related(), place, compared);
    return new SnapshotDiff(
        compared,
        place.length,
        after.items().size(),
        gained,
        lost,
        gainedCount,
        lostCount,
        overlaps.lists == 0 ? 1 : overlaps.sum / overlaps.lists,
        overlaps.lists == 0 ? 1 : (double) overlaps.unchanged / overlaps.lists,
        overlaps.lists == 0 ? 0 : (double) overlaps.disjoint / overlaps.lists,
        exposures(before, after, compared, named));
  }

  /** Compares the lists of the items that both have. */
  private static final class Overlaps {
    private double sum;
    private long lists;
    private long unchanged;
    private long disjoint;

    Overlaps(RelatedTable before, RelatedTable after, int[] place, int length) {
      int[] old = new int[length];
      int[] young = new int[length];
      for (int item = 0; item < place.length; item++) {
        if (place[item] < 0) {
          continue;
        }
        int oldCount = before.related(item, length, old);
        int youngCount = after.related(place[item], length, young);
        int most = Math.max(oldCount, youngCount);
        if (most == 0) {
          continue;
        }
        int stayed = 0;
        boolean same = oldCount == youngCount;
        for (int i = 0; i < oldCount; i++) {
          int now = place[old[i]];
          same = same && now == young[i];
          for (int j = 0; now >= 0 && j < youngCount; j++) {
            stayed += young[j] == now ? 1 : 0;
          }
        }
        lists++;
        sum += (double) stayed / most;
        unchanged += same ? 1 : 0;
        disjoint += stayed == 0 ? 1 : 0;
      }
    }
  }

  private record Value(String field, String text) {}

  private static List<Exposure> exposures(Snapshot before, Snapshot after, int length, int named) {
    Map<Value, double[]> shares = new LinkedHashMap<>();
    addShares(before, length, 0, shares);
    addShares(after, length, 1, shares);
    List<Exposure> all = new ArrayList<>();
    shares.forEach(
        (value, share) -> {
          if (share[0] != share[1]) {
            all.add(new Exposure(value.field(), value.text(), share[0], share[1]));
          }
        });
    all.sort(
        Comparator.comparingDouble((Exposure exposure) -> -Math.abs(exposure.change()))
            .thenComparing(Exposure::field)
            .thenComparing(Exposure::value));
    return all.subList(0, Math.min(named, all.size()));
  }

  /** Sets share[side] of each profile value to its part of all entries. */
  private static void addShares(
      Snapshot snapshot, int length, int side, Map<Value, double[]> shares) {
    ProfileTable profile = snapshot.profile().orElse(null);
    if (profile == null) {
      return;
    }
    int items = snapshot.items().size();
    long[] shown = new long[items];
    int[] list = new int[length];
    long entries = 0;
    for (int item = 0; item < items; item++) {
      int count = snapshot.related().related(item, length, list);
      entries += count;
      for (int i = 0; i < count; i++) {
        shown[list[i]]++;
      }
    }
    long[] ofValue = new long[profile.values()];
    for (int item = 0; item < items; item++) {
      long times = shown[item];
      if (times > 0) {
        profile.forEachValue(item, value -> ofValue[value] += times);
      }
    }
    List<String> fields = profile.fields();
    for (int value = 0; value < ofValue.length; value++) {
      if (ofValue[value] > 0) {
        Value key = new Value(fields.get(profile.field(value)), profile.valueText(value));
        shares.computeIfAbsent(key, any -> new double[2])[side] = (double) ofValue[value] / entries;
      }
    }
  }
}
