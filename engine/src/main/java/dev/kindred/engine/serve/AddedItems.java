package dev.kindred.engine.serve;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.content.GateSearch;
import dev.kindred.engine.content.ProfileVector;
import dev.kindred.engine.rerank.FilterCache;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.engine.snapshot.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The items added since a snapshot was built, as its recommender sees them at one moment: profiles
 * through the content gate, whose candidates they are, and what their own candidates are.
 *
 * <p>Their ordinals follow the snapshot's in the order of their coming and stay while the
 * recommender is open; one that is taken away leaves a gap. Immutable, may be shared by threads;
 * asking allocates nothing.
 */
final class AddedItems {
  /** An added item is shown in at most so many lists, those of the most similar items. */
  private static final int MAX_LISTS = 4096;

  /** One added item. Immutable. */
  private static final class Entry {
    final LiveItem item;
    final byte[] id;
    final ServedAttributes.Profile profile;
    final ProfileVector vector;
    final double least; // similarity that its own candidates need
    final int[] near; // of the snapshot, best first
    final float[] nearSimilarities;
    final int[] lists; // items of the snapshot whose candidate it is, ascending
    final float[] listSimilarities;

    Entry(
        LiveItem item,
        ServedAttributes.Profile profile,
        ContentGate gate,
        CandidateLists candidates,
        GateSearch search) {
      this.item = item;
      this.profile = profile;
      id = item.id().getBytes(StandardCharsets.UTF_8);
      vector = gate.vector(ownValues(profile.values(), gate));
      BestItems own = search.candidates(vector);
      least = search.least();
      near = new int[own.size()];
      nearSimilarities = new float[own.size()];
      for (int i = 0; i < near.length; i++) {
        near[i] = own.item(i);
        nearSimilarities[i] = own.score(i);
      }
      BestItems all = search.atLeast(vector, gate.floor(), MAX_LISTS);
      long[] admitted = new long[all.size()]; // item | similarity bits
      int count = 0;
      for (int i = 0; i < all.size(); i++) {
        if (admits(all.item(i), all.score(i), gate, candidates)) {
          int bits = Float.floatToRawIntBits(all.score(i));
          admitted[count++] = (long) all.item(i) << 32 | bits;
        }
      }
      Arrays.sort(admitted, 0, count);
      lists = new int[count];
      listSimilarities = new float[count];
      for (int i = 0; i < count; i++) {
        lists[i] = (int) (admitted[i] >>> 32);
        listSimilarities[i] = Float.intBitsToFloat((int) admitted[i]);
      }
    }

    /** Values that the snapshot knows. */
    private static int[] ownValues(int[] values, ContentGate gate) {
      return Arrays.stream(values).filter(value -> value < gate.values()).toArray();
    }

    /** Whether the gate of an item lets in another one of this similarity. */
    private static boolean admits(
        int item, float similarity, ContentGate gate, CandidateLists candidates) {
      int count = candidates.count(item);
      long last = candidates.end(item) - 1;
      if (count >= gate.maxPerItem()) {
        return similarity > candidates.similarity(last);
      }
      if (similarity >= (float) gate.threshold()) {
        return true;
      }
      // Below e only where e was lowered for the item, and only as far.
      return count < gate.minCandidates()
          || (candidates.source(last) == CandidateSource.CONTENT_RELAXED
              && similarity >= candidates.similarity(last));
    }
  }

  private final Snapshot snapshot;
  private final ServedAttributes.Values values; // null without a catalogue
  private final Entry[] entries; // null = taken away
  private final boolean[] hidden;
  private final int[] table; // open addressing by id: place + 1, 0 = free
  private final long[] memberships; // item of the snapshot << 32 | place, ascending
  private final FilterCache filters;
  private final int longest;
  private final List<String> refused;

  private AddedItems(
      Snapshot snapshot,
      ServedAttributes.Values values,
      Entry[] entries,
      boolean[] hidden,
      List<String> refused) {
    this.snapshot = snapshot;
    this.values = values;
    this.entries = entries;
    this.hidden = hidden;
    this.refused = List.copyOf(refused);
    table = new int[Integer.highestOneBit(Math.max(2, 2 * entries.length)) << 1];
    long[] found = new long[64];
    int count = 0;
    int most = 0;
    for (int place = 0; place < entries.length; place++) {
      if (entries[place] != null) {
        int slot = hash(entries[place].item.id()) & table.length - 1;
        while (table[slot] != 0) {
          slot = slot + 1 & table.length - 1;
        }
        table[slot] = place + 1;
        for (int item : entries[place].lists) {
          found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
          found[count++] = (long) item << 32 | place;
        }
        most = Math.max(most, entries[place].near.length);
      }
    }
    memberships = Arrays.copyOf(found, count);
    Arrays.sort(memberships);
    longest =
        entries.length == 0 ? 0 : Math.max(most, snapshot.candidates().longest()) + entries.length;
    ItemAttributes base = attributesOf(snapshot);
    ServedAttributes.Profile[] profiles = new ServedAttributes.Profile[entries.length];
    for (int i = 0; i < profiles.length; i++) {
      profiles[i] = entries[i] == null ? null : entries[i].profile;
    }
    filters =
        new FilterCache(entries.length == 0 ? base : new ServedAttributes(base, values, profiles));
  }

  static ItemAttributes attributesOf(Snapshot snapshot) {
    return snapshot.profile().isPresent()
        ? snapshot.profile().get()
        : ItemAttributes.none(snapshot.items().size());
  }

  /** No items. */
  static AddedItems none(Snapshot snapshot) {
    ServedAttributes.Values values = new ServedAttributes.Values(attributesOf(snapshot));
    return new AddedItems(snapshot, values, new Entry[0], new boolean[0], List.of());
  }

  /**
   * The view after this one: what is new goes through the gate, the rest is kept.
   *
   * <p>Items of the snapshot are passed over: it knows them better.
   */
  AddedItems next(LiveState state) {
    if (snapshot.gate().isEmpty()) {
      return this; // nothing tells what they are similar to
    }
    ContentGate gate = snapshot.gate().get();
    Map<String, LiveItem> live = new LinkedHashMap<>();
    List<LiveItem> found = new ArrayList<>();
    state.forEachItem(found::add);
    found.sort(
        (a, b) ->
            a.addedMillis() != b.addedMillis()
                ? Long.compare(a.addedMillis(), b.addedMillis())
                : a.id().compareTo(b.id()));
    for (LiveItem item : found) {
      if (snapshot.items().ordinalOf(item.id()) < 0) {
        live.put(item.id(), item);
      }
    }
    GateSearch search = gate.newSearch();
    List<Entry> next = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Set<String> placed = new HashSet<>();
    for (Entry old : entries) {
      LiveItem item = old == null ? null : live.get(old.item.id());
      if (item == null) {
        next.add(null);
      } else {
        placed.add(item.id());
        next.add(old.item.equals(item) ? old : entry(item, search, faults));
      }
    }
    for (LiveItem item : live.values()) {
      if (!placed.contains(item.id())) {
        Entry entry = entry(item, search, faults);
        if (entry != null) {
          next.add(entry);
        }
      }
    }
    Entry[] all = next.toArray(Entry[]::new);
    boolean[] marks = new boolean[all.length];
    for (int i = 0; i < all.length; i++) {
      marks[i] = all[i] != null && state.isHidden(all[i].item.id());
    }
    return new AddedItems(snapshot, values, all, marks, faults);
  }

  /** Null, and a fault more, if the item can't be read. */
  private Entry entry(LiveItem item, GateSearch search, List<String> faults) {
    try {
      return new Entry(
          item,
          ServedAttributes.profile(item, attributesOf(snapshot), values),
          snapshot.gate().orElseThrow(),
          snapshot.candidates(),
          search);
    } catch (IllegalArgumentException e) {
      faults.add(e.getMessage());
      return null;
    }
  }

  /** How many ordinals are taken, gaps included. */
  int size() {
    return entries.length;
  }

  /** What could not be read of added items, one line each. */
  List<String> refused() {
    return refused;
  }

  /** Filters over the snapshot's items and these. */
  FilterCache filters() {
    return filters;
  }

  /** Ordinal of an added item, or -1. */
  int ordinalOf(CharSequence id) {
    int slot = hash(id) & table.length - 1;
    while (table[slot] != 0) {
      Entry entry = entries[table[slot] - 1];
      if (entry.item.id().contentEquals(id)) {
        return snapshot.items().size() + table[slot] - 1;
      }
      slot = slot + 1 & table.length - 1;
    }
    return -1;
  }

  private static int hash(CharSequence id) {
    int hash = 0;
    for (int i = 0; i < id.length(); i++) {
      hash = 31 * hash + id.charAt(i);
    }
    return hash ^ hash >>> 16;
  }

  private Entry entry(int ordinal) {
    return entries[ordinal - snapshot.items().size()];
  }

  /** Whether the ordinal is of an item that has not been taken away. */
  boolean contains(int ordinal) {
    int place = ordinal - snapshot.items().size();
    return place >= 0 && place < entries.length && entries[place] != null;
  }

  /** The item of an ordinal that this gave out. */
  LiveItem item(int ordinal) {
    return entry(ordinal).item;
  }

  /** Its id in UTF-8; not to be changed. */
  byte[] id(int ordinal) {
    return entry(ordinal).id;
  }

  /** Whether it may be shown: it has not been hidden or taken away. */
  boolean isShown(int ordinal) {
    int place = ordinal - snapshot.items().size();
    return place < entries.length && entries[place] != null && !hidden[place];
  }

  /** Longest list of candidates with these among them; 0 if there are none. */
  int longest() {
    return longest;
  }

  /** Whether any of these is a candidate of an item of the snapshot. */
  boolean isInListOf(int item) {
    int at = firstOf(item);
    return at < memberships.length && memberships[at] >>> 32 == item;
  }

  /** Place in memberships of the first of an item, or where it would be. */
  private int firstOf(int item) {
    int at = Arrays.binarySearch(memberships, (long) item << 32);
    return at < 0 ? -at - 1 : at;
  }

  /**
   * Writes those of these that are candidates of an item of the snapshot.
   *
   * @param at where to begin in both
   * @return how many
   */
  int copyInto(int item, int[] targets, float[] similarities, int at) {
    int count = 0;
    for (int m = firstOf(item); m < memberships.length && memberships[m] >>> 32 == item; m++) {
      int place = (int) memberships[m];
      if (isShown(snapshot.items().size() + place)) {
        Entry entry = entries[place];
        targets[at + count] = snapshot.items().size() + place;
        similarities[at + count++] = entry.listSimilarities[Arrays.binarySearch(entry.lists, item)];
      }
    }
    return count;
  }

  /** Number of candidates of an added item that are of the snapshot. */
  int nearCount(int ordinal) {
    return contains(ordinal) ? entry(ordinal).near.length : 0;
  }

  /** Writes the candidates of an added item that are of the snapshot, best first. */
  int copyNear(int ordinal, int[] targets, float[] similarities) {
    Entry entry = entry(ordinal);
    System.arraycopy(entry.near, 0, targets, 0, entry.near.length);
    System.arraycopy(entry.nearSimilarities, 0, similarities, 0, entry.near.length);
    return entry.near.length;
  }

  /** Writes the candidates of an added item that are added ones, from a place on. */
  int copyAdded(int ordinal, int[] targets, float[] similarities, int at) {
    Entry source = entry(ordinal);
    int count = 0;
    for (int place = 0; place < entries.length; place++) {
      int other = snapshot.items().size() + place;
      if (other != ordinal && isShown(other)) {
        float similarity = source.vector.cosine(entries[place].vector);
        if (similarity >= source.least) {
          targets[at + count] = other;
          similarities[at + count++] = similarity;
        }
      }
    }
    return count;
  }

  /**
   * Similarity by which a target is a candidate of a source, of which at least one was added; empty
   * if it is none.
   */
  Optional<Float> similarity(int source, int target) {
    int size = snapshot.items().size();
    if (source == target) {
      return Optional.empty();
    }
    if (source < size) {
      int found = Arrays.binarySearch(entry(target).lists, source);
      return found < 0 ? Optional.empty() : Optional.of(entry(target).listSimilarities[found]);
    }
    if (target >= size) {
      float cosine = entry(source).vector.cosine(entry(target).vector);
      return cosine >= entry(source).least ? Optional.of(cosine) : Optional.empty();
    }
    Entry entry = entry(source);
    for (int i = 0; i < entry.near.length; i++) {
      if (entry.near[i] == target) {
        return Optional.of(entry.nearSimilarities[i]);
      }
    }
    return Optional.empty();
  }

  /** Where a target comes from as a candidate of a source; empty if it is none. */
  Optional<CandidateSource> source(int source, int target) {
    float e = (float) snapshot.gate().orElseThrow().threshold();
    return similarity(source, target)
        .map(
            similarity ->
                target >= snapshot.items().size()
                    ? CandidateSource.ADDED
                    : similarity >= e ? CandidateSource.CONTENT : CandidateSource.CONTENT_RELAXED);
  }

  /**
   * Refuses an item that can't be read.
   *
   * @throws IllegalArgumentException if a field of numbers has something else
   */
  void check(LiveItem item) {
    ServedAttributes.profile(item, attributesOf(snapshot), values);
  }

  /** Similarity of two items of which at least one was added. */
  float cosine(int first, int second) {
    int size = snapshot.items().size();
    ContentGate gate = snapshot.gate().orElseThrow();
    if (first < size) {
      return gate.cosine(entry(second).vector, first);
    }
    return second < size
        ? gate.cosine(entry(first).vector, second)
        : entry(first).vector.cosine(entry(second).vector);
  }
}
