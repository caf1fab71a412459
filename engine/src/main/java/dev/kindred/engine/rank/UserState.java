package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import java.util.List;

/**
 * What is known of one user at one moment, and the features that follow from it. The same code
 * makes the features of training and of serving, so they can't drift apart.
 *
 * <p>Entries are appended in the order of time; of items watched and items shown in vain only the
 * last ones are remembered. {@link #prepare} then computes what concerns the user alone, and {@link
 * #pair} what concerns user and item. No allocation after construction. For one thread.
 */
public final class UserState {
  /** Numbers that depend on the user alone, in order. */
  public static final List<String> USER_NUMBERS =
      List.of("items watched", "time since last watch", "items shown in vain");

  /** Numbers that depend on user and item, in order; the cosines are put in by others. */
  public static final List<String> PAIR_NUMBERS =
      List.of(
          "tower cosine",
          "cosine to the last watched",
          "time since topic watched",
          "share of topic in history",
          "watched of the same series",
          "shown without a click",
          "time since shown",
          "popularity",
          "watched together",
          "watched together of late");

  static final int TOWER_COSINE = 0;
  static final int RECENT_COSINE = 1;
  private static final int SINCE_TOPIC = 2;
  private static final int TOPIC_SHARE = 3;
  private static final int SERIES_COUNT = 4;
  private static final int SHOWN_COUNT = 5;
  private static final int SINCE_SHOWN = 6;
  private static final int POPULARITY = 7;
  private static final int TOGETHER = 8;
  private static final int TOGETHER_LATE = 9;

  /** In "of late" an item watched one step earlier counts so much less. */
  static final float FADING = 0.9f;

  /** As much less in "watched together". */
  private static final float SLOW_FADING = 0.97f;

  /** Items watched last whose lists are summed up: the weight of one before them is below .05. */
  private static final int MOST_LISTS = 100;

  /** Items that they are summed up for, at most. */
  private static final int MOST_COMPANIONS = 1 << 14;

  /** Lists of companions that are asked of memory together. */
  private static final int LISTS_AHEAD = 16;

  private final ItemGroups groups;
  private final CandidateLists together;
  private final Ring watched;
  private final Ring shown;
  private final Ring searched;
  private final int tokens;
  private final Tally topics;
  private final Tally series;
  private final Tally shownItems;
  private final Tally watchedItems;

  /** The watched items without repetitions, the last one first, and how much each counts. */
  private final int[] distinct;

  private final float[] weights;
  private final float[] lateWeights;

  /** Of the items in the watched ones' lists: sums for "watched together" and "of late". */
  private final ItemSums companions;

  private final int[] listed;
  private final long[] places = new long[2 * LISTS_AHEAD];
  private final float[] cosines;
  private final float[] numbers = new float[USER_NUMBERS.size()];
  private boolean summed;
  private long now;
  private long newest;

  /** Of no meaning; without it the compiler would see that nobody needs what was touched. */
  private int touched;

  /**
   * @param together for each item what the same users watched
   * @param watchedLength items watched that are remembered, at least 1
   * @param shownLength items shown without a click that are remembered, at least 1
   * @param searchedLength tokens searched for that are remembered, at least 1
   * @param tokens how many there are; 0: what was searched for is no feature
   */
  public UserState(
      ItemGroups groups,
      CandidateLists together,
      int watchedLength,
      int shownLength,
      int searchedLength,
      int tokens) {
    this.groups = groups;
    this.tokens = tokens;
    searched = new Ring(searchedLength);
    this.together = together;
    watched = new Ring(watchedLength);
    shown = new Ring(shownLength);
    topics = new Tally(watchedLength * ItemGroups.MOST_TOPICS);
    series = new Tally(watchedLength);
    shownItems = new Tally(shownLength);
    watchedItems = new Tally(watchedLength);
    distinct = new int[watchedLength];
    weights = new float[watchedLength];
    lateWeights = new float[watchedLength];
    listed = new int[together.longest()];
    cosines = new float[together.longest()];
    companions = new ItemSums(mostCompanions(Math.min(watchedLength, MOST_LISTS)), 2);
    clear();
  }

  /** Forgets everything. */
  public void clear() {
    watched.clear();
    shown.clear();
    searched.clear();
    newest = Long.MIN_VALUE;
  }

  /** Takes in what happened next. */
  public void append(long entry) {
    int item = HistoryEntry.item(entry);
    long time = HistoryEntry.time(entry);
    int kind = HistoryEntry.kind(entry);
    if (item >= (kind == HistoryEntry.SEARCHED ? tokens : groups.size())) {
      return; // of a damaged file
    }
    switch (kind) {
      case HistoryEntry.WATCHED -> watched.add(item, time);
      case HistoryEntry.SHOWN -> shown.add(item, time);
      case HistoryEntry.SEARCHED -> searched.add(item, time);
      default -> {
        // A dislike keeps an item out of lists; it is no feature.
      }
    }
    newest = Math.max(newest, time);
  }

  /** Time of the newest entry taken in, or Long.MIN_VALUE. */
  public long newest() {
    return newest;
  }

  /** How many watched items are remembered. */
  public int watched() {
    return watched.size;
  }

  /** The watched item of an age in [0, watched()), 0 being the last one. */
  public int watched(int age) {
    return watched.items[watched.at(age)];
  }

  /** Writes the watched items to target[0, watched()), the last one first. */
  int copyWatched(int[] target) {
    for (int age = 0; age < watched.size; age++) {
      target[age] = watched.items[watched.at(age)];
    }
    return watched.size;
  }

  /** How many tokens searched for are remembered. */
  public int searched() {
    return searched.size;
  }

  /** The token of an age in [0, searched()), 0 being the last one searched for. */
  public int searched(int age) {
    return searched.items[searched.at(age)];
  }

  /**
   * Computes what depends on the user alone.
   *
   * @param time of the request, or of the row to be predicted
   */
  public void prepare(long time) {
    now = time;
    topics.clear();
    series.clear();
    shownItems.clear();
    watchedItems.clear();
    summed = false;
    float weight = 1;
    float lateWeight = 1;
    for (int age = 0; age < watched.size; age++) {
      int item = watched.items[watched.at(age)];
      long at = watched.times[watched.at(age)];
      if (!watchedItems.contains(item)) {
        int next = watchedItems.size();
        watchedItems.add(item, at);
        distinct[next] = item;
        weights[next] = weight;
        lateWeights[next] = lateWeight;
      }
      weight *= SLOW_FADING;
      lateWeight *= FADING;
      int topicCount = groups.topics(item);
      for (int i = 0; i < topicCount; i++) {
        topics.add(groups.topic(item, i), at);
      }
      if (groups.series(item) >= 0) {
        series.add(groups.series(item), at);
      }
    }
    for (int age = 0; age < shown.size; age++) {
      shownItems.add(shown.items[shown.at(age)], shown.times[shown.at(age)]);
    }
    numbers[0] = watched.size;
    numbers[1] = watched.size == 0 ? Float.NaN : since(watched.times[watched.at(0)]);
    numbers[2] = shown.size;
  }

  /** The numbers of {@link #USER_NUMBERS}, NaN = missing; not to be changed. */
  public float[] numbers() {
    return numbers;
  }

  /**
   * Reads what {@link #pair} will read of items list[from, to); see {@link CandidateLists#touch}.
   */
  int touch(int[] list, int from, int to) {
    return groups.touch(list, from, to);
  }

  /**
   * What the users of the watched items watched too: for each the cosines to those, the earlier
   * ones counting less and those before the last {@link #MOST_LISTS} nothing. Computed when it is
   * first asked for after {@link #prepare}.
   */
  ItemSums companions() {
    if (!summed) {
      summed = true;
      sumCompanions();
    }
    return companions;
  }

  private int mostCompanions(int lists) {
    return Math.clamp((long) lists * together.longest(), 1, MOST_COMPANIONS);
  }

  private void sumCompanions() {
    int count = Math.min(watchedItems.size(), MOST_LISTS);
    companions.begin(mostCompanions(count));
    for (int i = 0; i < count; i++) {
      if (i % LISTS_AHEAD == 0) {
        int to = Math.min(count, i + LISTS_AHEAD);
        touched += together.touch(distinct, i, to, places);
      }
      int length = together.copyItems(distinct[i], listed);
      together.copySimilarities(distinct[i], cosines);
      companions.add(listed, cosines, length, weights[i], lateWeights[i]);
    }
  }

  /**
   * Writes the numbers of {@link #PAIR_NUMBERS} for an item, the cosines left out, number k to
   * target[at + k * step]. An impression before the item was watched counts no less than one after.
   */
  public void pair(int item, float[] target, int at, int step) {
    long latest = Long.MIN_VALUE;
    int count = 0;
    int topicCount = groups.topics(item);
    for (int i = 0; i < topicCount; i++) {
      int slot = topics.find(groups.topic(item, i));
      if (slot >= 0) {
        latest = Math.max(latest, topics.latest(slot));
        count += topics.count(slot);
      }
    }
    boolean met = latest != Long.MIN_VALUE;
    target[at + SINCE_TOPIC * step] = met ? since(latest) : Float.NaN;
    target[at + TOPIC_SHARE * step] =
        topicCount == 0 ? Float.NaN : (float) count / (topicCount * Math.max(1, watched.size));
    int of = groups.series(item);
    int slot = of < 0 ? -1 : series.find(of);
    target[at + SERIES_COUNT * step] = of < 0 ? Float.NaN : slot < 0 ? 0 : series.count(slot);
    int seen = shownItems.find(item);
    target[at + SHOWN_COUNT * step] = seen < 0 ? 0 : shownItems.count(seen);
    target[at + SINCE_SHOWN * step] = seen < 0 ? Float.NaN : since(shownItems.latest(seen));
    target[at + POPULARITY * step] = groups.popularity(item);
    // Item-based collaborative filtering, by the lists of what was watched.
    int place = companions().index(item);
    target[at + TOGETHER * step] = place < 0 ? 0 : companions.sum(place);
    target[at + TOGETHER_LATE * step] = place < 0 ? 0 : companions.sum(place, 1);
  }

  private float since(long time) {
    return Math.max(0, now - time);
  }

  /** The last so many items with their times; the newest is overwritten last. */
  private static final class Ring {
    final int[] items;
    final long[] times;
    int size;
    private int next;

    Ring(int length) {
      items = new int[length];
      times = new long[length];
    }

    void clear() {
      size = 0;
      next = 0;
    }

    void add(int item, long time) {
      items[next] = item;
      times[next] = time;
      next = next + 1 == items.length ? 0 : next + 1;
      size = Math.min(size + 1, items.length);
    }

    int at(int age) {
      int index = next - 1 - age;
      return index < 0 ? index + items.length : index;
    }
  }
}
