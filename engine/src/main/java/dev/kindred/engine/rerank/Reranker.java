package dev.kindred.engine.rerank;

import dev.kindred.index.LongSorter;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.Objects;

/**
 * Re-ranks scored lists as a {@link BoundReranking} says; the scratch of one thread. Allocates
 * nothing once it has seen a list as long.
 */
public final class Reranker {
  private final ItemSimilarity profiles;
  private final ItemSimilarity vectors;
  private final Draws draws = Draws.of(0, "exploration");

  // By place among the given items.
  private float[] adjusted = new float[0];
  private boolean[] isTaken = new boolean[0]; // shown, left out, or kept for a pin
  private boolean[] isBuried = new boolean[0];
  private float[] nearest = new float[0]; // largest similarity to the first compared[i] shown ones
  private int[] compared = new int[0];
  private final LongSorter sorter = new LongSorter();
  private long[] order = new long[0];
  private int[] places = new int[0]; // in order of rank
  private int shown;

  private boolean[] active = new boolean[0]; // by rule
  private int[] pinned = new int[0]; // [slot - 1] place of the pinned item, or -1
  private int slots;
  private int[] cappedValues = new int[16];
  private int[] cappedCounts = new int[16];
  private int capped;
  private int[] window = new int[0];
  private double[] worth = new double[0];

  private long seed;
  private boolean hasSeed;

  // Of the present call.
  private BoundReranking settings;
  private int[] targets;
  private double lowest;
  private double range;

  /**
   * A reranker.
   *
   * @param profiles similarity for {@link Diversity.Basis#PROFILE}
   * @param vectors similarity for {@link Diversity.Basis#VECTORS}
   */
  public Reranker(ItemSimilarity profiles, ItemSimilarity vectors) {
    this.profiles = Objects.requireNonNull(profiles, "profiles");
    this.vectors = Objects.requireNonNull(vectors, "vectors");
  }

  /**
   * Draws with this seed from now on, in place of the exploration's own: a request has its seed
   * without binding anew.
   */
  public void explorationSeed(long value) {
    seed = value;
    hasSeed = true;
  }

  /** Draws with the exploration's own seed again. */
  public void clearExplorationSeed() {
    hasSeed = false;
  }

  /**
   * Makes the list to show.
   *
   * @param source the item that the list belongs to, or -1
   * @param nowMillis milliseconds since 1970 UTC, for rules with a time
   * @param targets ordinals, each once; the first {@code count} are given, equal scores in the
   *     order in which they are to stand; pinned items must be among them to be shown
   * @param scores of the targets, no NaN
   * @param n most items of the list
   * @param out overwritten; its indexes are places in {@code targets}
   */
  public void rerank(
      BoundReranking settings,
      int source,
      long nowMillis,
      int[] targets,
      float[] scores,
      int count,
      int n,
      RerankedList out) {
    this.settings = settings;
    this.targets = targets;
    grow(count);
    begin(source, nowMillis, scores, count);
    int length = Math.min(n, shown);
    out.begin(length);
    capped = 0;
    pin(length, count);
    fill(length, out);
    // What is pinned further down than the list reaches closes it.
    for (int slot = out.size(); slot < slots && out.size() < length; slot++) {
      if (pinned[slot] >= 0) {
        out.add(pinned[slot], adjusted[pinned[slot]], 1, RerankedList.Placing.PINNED);
      }
    }
  }

  private void grow(int count) {
    if (adjusted.length < count) {
      int length = Math.max(count, 2 * adjusted.length);
      adjusted = new float[length];
      isTaken = new boolean[length];
      isBuried = new boolean[length];
      nearest = new float[length];
      compared = new int[length];
      order = new long[length];
      sorter.reserve(length);
      places = new int[length];
    }
    int rules = settings.rules().length;
    if (active.length < rules) {
      active = new boolean[rules];
    }
    int pool = Math.min(settings.reranking().pool(), count);
    if (window.length < pool) {
      window = new int[pool];
      worth = new double[pool];
    }
  }

  /** Adjusts scores, leaves out what must not be shown, and orders the rest. */
  private void begin(int source, long nowMillis, float[] scores, int count) {
    BoundReranking.BoundRule[] rules = settings.rules();
    for (int r = 0; r < rules.length; r++) {
      active[r] = rules[r].appliesTo(source, nowMillis);
    }
    shown = 0;
    for (int i = 0; i < count; i++) {
      int target = targets[i];
      isTaken[i] = !settings.passes(target);
      isBuried[i] = false;
      for (int r = 0; r < rules.length; r++) {
        if (active[r]) {
          switch (rules[r].rule.action()) {
            case HIDE -> isTaken[i] |= rules[r].names(target);
            case BURY -> isBuried[i] |= rules[r].names(target);
            default -> {}
          }
        }
      }
      if (!isTaken[i]) {
        adjusted[i] = settings.adjusted(target, scores[i], active);
        nearest[i] = 0;
        compared[i] = 0;
        order[shown++] = key(i, adjusted[i]);
      }
    }
    sorter.sort(order, shown);
    for (int rank = 0; rank < shown; rank++) {
      places[rank] = (int) order[rank];
    }
  }

  /** A long that rises as scores fall, and among equal scores with the place. */
  private static long key(int place, float score) {
    int bits = Float.floatToRawIntBits(score + 0f); // + 0f turns -0 into 0: equal scores must tie
    int rising = bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) ~rising << 32) | place;
  }

  /** Gives pinned items their slots within a list of some length. */
  private void pin(int length, int count) {
    boolean any = false;
    BoundReranking.BoundRule[] rules = settings.rules();
    for (int r = 0; r < rules.length; r++) {
      if (!active[r] || rules[r].rule.action() != Rule.Action.PIN) {
        continue;
      }
      if (!any) {
        any = true;
        if (pinned.length < length) {
          pinned = new int[length];
        }
        Arrays.fill(pinned, 0, length, -1);
      }
      int slot = rules[r].rule.slot() - 1;
      for (int ordinal : rules[r].ordinals()) {
        int place = placeOf(ordinal, count);
        if (place >= 0) {
          while (slot < length && pinned[slot] >= 0) {
            slot++;
          }
          if (slot < length) {
            pinned[slot] = place;
            isTaken[place] = true;
            count(place);
          }
        }
        slot++;
      }
    }
    slots = any ? length : 0;
  }

  private int placeOf(int ordinal, int count) {
    for (int i = 0; i < count; i++) {
      if (targets[i] == ordinal) {
        return isTaken[i] ? -1 : i;
      }
    }
    return -1;
  }

  private void fill(int length, RerankedList out) {
    Reranking options = settings.reranking();
    boolean diverse = !options.diversity().isOff();
    boolean explores = !options.exploration().isOff();
    int pool = diverse || explores ? options.pool() : 1;
    if (diverse) {
      scale(pool);
    }
    int head = 0;
    while (out.size() < length) {
      int slot = out.size();
      if (slot < slots && pinned[slot] >= 0) {
        out.add(pinned[slot], adjusted[pinned[slot]], 1, RerankedList.Placing.PINNED);
        continue;
      }
      while (head < shown && isTaken[places[head]]) {
        head++;
      }
      int size = window(head, pool, false);
      boolean buried = size == 0;
      if (buried) {
        size = window(head, pool, true);
      }
      if (size == 0) {
        return;
      }
      weigh(size, diverse, out);
      int best = 0;
      for (int w = 1; w < size; w++) {
        best = worth[w] > worth[best] ? w : best;
      }
      int chosen = explores ? draw(slot, size, best) : best;
      double propensity = explores ? propensity(size, best, chosen) : 1;
      RerankedList.Placing placing =
          chosen != best
              ? RerankedList.Placing.EXPLORED
              : buried ? RerankedList.Placing.BURIED : RerankedList.Placing.RANKED;
      int place = window[chosen];
      isTaken[place] = true;
      count(place);
      out.add(place, adjusted[place], propensity, placing);
    }
  }

  /** The first items from a rank on that may be shown next, in order of rank. */
  private int window(int head, int pool, boolean buried) {
    int size = 0;
    for (int rank = head; rank < shown && size < pool; rank++) {
      int place = places[rank];
      if (isTaken[place] || isBuried[place] != buried) {
        continue;
      }
      if (isFull(place)) {
        isTaken[place] = true; // counts only grow
      } else {
        window[size++] = place;
      }
    }
    return size;
  }

  /** Lowest score and range of the first pool, to which relevance is scaled. */
  private void scale(int pool) {
    int size = window(0, pool, false);
    if (size == 0) {
      size = window(0, pool, true);
    }
    if (size > 0) {
      lowest = adjusted[window[size - 1]];
      range = adjusted[window[0]] - lowest;
    }
  }

  /** worth[w] = what the choice goes by. */
  private void weigh(int size, boolean diverse, RerankedList out) {
    if (!diverse) {
      for (int w = 0; w < size; w++) {
        worth[w] = adjusted[window[w]];
      }
      return;
    }
    Diversity diversity = settings.reranking().diversity();
    ItemSimilarity similarity = diversity.basis() == Diversity.Basis.PROFILE ? profiles : vectors;
    double lambda = diversity.lambda();
    // In units of score, so that a temperature means the same with and without diversity; where all
    // scores are equal only similarity is left to tell.
    double unit = range > 0 ? range : 1;
    for (int w = 0; w < size; w++) {
      int place = window[w];
      for (; compared[place] < out.size(); compared[place]++) {
        int above = targets[out.index(compared[place])];
        nearest[place] = Math.max(nearest[place], similarity.of(targets[place], above));
      }
      double relevance = (adjusted[place] - lowest) / unit;
      worth[w] = unit * (lambda * relevance - (1 - lambda) * nearest[place]);
    }
  }

  private int draw(int slot, int size, int best) {
    Exploration exploration = settings.reranking().exploration();
    draws.reset(hasSeed ? seed : exploration.seed(), slot);
    double u = draws.nextDouble();
    if (exploration.kind() == Exploration.Kind.EPSILON) {
      return u < exploration.amount() ? draws.nextInt(size) : best;
    }
    double total = total(size, best);
    double sum = 0;
    for (int w = 0; w < size; w++) {
      sum += Math.exp((worth[w] - worth[best]) / exploration.amount());
      if (u * total < sum) {
        return w;
      }
    }
    return best; // rounding kept the last sum below the total
  }

  private double propensity(int size, int best, int chosen) {
    Exploration exploration = settings.reranking().exploration();
    if (exploration.kind() == Exploration.Kind.EPSILON) {
      double any = exploration.amount() / size;
      return chosen == best ? 1 - exploration.amount() + any : any;
    }
    return Math.exp((worth[chosen] - worth[best]) / exploration.amount()) / total(size, best);
  }

  private double total(int size, int best) {
    double total = 0;
    for (int w = 0; w < size; w++) {
      total += Math.exp((worth[w] - worth[best]) / settings.reranking().exploration().amount());
    }
    return total;
  }

  /** Whether a value of the item has reached its cap. */
  private boolean isFull(int place) {
    int[] fields = settings.capFields();
    ItemAttributes attributes = settings.attributes();
    int item = targets[place];
    for (int c = 0; c < fields.length; c++) {
      int most = settings.reranking().caps().get(c).most();
      long end = attributes.valueEnd(item, fields[c]);
      for (long at = attributes.valueStart(item, fields[c]); at < end; at++) {
        int i = indexOf(attributes.value(item, at));
        if (i < capped && cappedCounts[i] >= most) {
          return true;
        }
      }
    }
    return false;
  }

  private void count(int place) {
    int[] fields = settings.capFields();
    ItemAttributes attributes = settings.attributes();
    int item = targets[place];
    for (int c = 0; c < fields.length; c++) {
      long end = attributes.valueEnd(item, fields[c]);
      for (long at = attributes.valueStart(item, fields[c]); at < end; at++) {
        int value = attributes.value(item, at);
        int i = indexOf(value);
        if (i == capped) {
          if (capped == cappedValues.length) {
            cappedValues = Arrays.copyOf(cappedValues, 2 * capped);
            cappedCounts = Arrays.copyOf(cappedCounts, 2 * capped);
          }
          cappedValues[capped] = value;
          cappedCounts[capped++] = 0;
        }
        cappedCounts[i]++;
      }
    }
  }

  private int indexOf(int value) {
    int i = 0;
    while (i < capped && cappedValues[i] != value) {
      i++;
    }
    return i;
  }
}
