package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * The content gate (paper, section 4.1): all pairs of items whose profiles have a cosine of at
 * least e, found exactly without looking at all pairs.
 *
 * <p>It is a set-similarity join with prefix, position and length filters (Bayardo, Ma and Srikant,
 * "Scaling up all pairs similarity search", WWW 2007; Xiao et al., "Efficient similarity joins for
 * near duplicate detection", WWW 2008), carried over from sets to weighted vectors. Let dimensions
 * be ordered from rare to frequent, x[p..] be what remains of a vector from entry p on, and |.|
 * lengths, with |x| = 1. If the first dimension that x and y share is entry p of x and entry q of
 * y, then x.y <= |x[p..]| |y[q..]|. So a posting list that is sorted by |y[q..]| is read only while
 * that product reaches the threshold, and entries with |x[p..]| below it are not looked up at all;
 * on sets these are the first n - ceil(e^2 n) + 1 values. Pairs are also dropped where max(x)
 * sum(y) < e, which on sets says that sizes differ by more than e^2. What is left is checked
 * exactly.
 *
 * <p>Filters need rare values. Where those of a profile are frequent, its cosines with all others
 * are added up instead ({@link ProfilePostings}), and those near the threshold are checked exactly.
 * Which way is taken changes the time and nothing else.
 *
 * <p>Items with equal profiles are joined once. The result is the same for any number of threads.
 */
public final class ContentCandidates {
  private static final int GRAIN = 64;

  /** Bounds are floats: what misses the threshold by less than their rounding is checked. */
  private static final double SLACK = 1 - 1e-6;

  // What the two ways cost, in additions: a pair looked at, and a profile passed over.
  private static final double PAIR = 60;
  private static final double PROFILE = 1;

  /** Profiles whose cosines are added up at a time: what they take stays in the first cache. */
  private static final int TILE = 4096;

  private final ProfileVectors vectors;
  private final ContentOptions options;
  private final ProfilePostings postings;
  private final int[] postingStarts; // [dimensions + 1]
  private final int[] postingProfiles;
  private final float[] postingRests; // |y[q..]| / |y|, descending in each list
  private final float[] largest; // [profiles] largest entry of the unit vector
  private final float[] sums; // [profiles] sum of the unit vector

  private ContentCandidates(ProfileVectors vectors, ContentOptions options) {
    this.vectors = vectors;
    this.options = options;
    postings = new ProfilePostings(vectors);
    int profiles = vectors.profiles();
    largest = new float[profiles];
    sums = new float[profiles];
    postingStarts = new int[vectors.dimensionCount() + 1];
    double least = options.floor() * SLACK;
    int longest = 0;
    for (int p = 0; p < profiles; p++) {
      longest = Math.max(longest, vectors.end(p) - vectors.start(p));
    }
    double[] rests = new double[longest];
    for (int p = 0; p < profiles; p++) {
      int start = vectors.start(p);
      int length = rests(p, rests);
      double max = 0;
      double sum = 0;
      for (int i = 0; i < length; i++) {
        max = Math.max(max, vectors.weight(start + i));
        sum += vectors.weight(start + i);
        if (rests[i] >= least) {
          postingStarts[vectors.dimension(start + i) + 1]++;
        }
      }
      double norm = Math.sqrt(vectors.square(p));
      largest[p] = (float) (max / norm);
      sums[p] = (float) (sum / norm);
    }
    for (int d = 0; d < vectors.dimensionCount(); d++) {
      postingStarts[d + 1] += postingStarts[d];
    }
    // (complement of the rest, profile): ascending order puts the largest rest first
    long[] keys = new long[postingStarts[vectors.dimensionCount()]];
    int[] next = Arrays.copyOf(postingStarts, vectors.dimensionCount());
    for (int p = 0; p < profiles; p++) {
      int start = vectors.start(p);
      int length = rests(p, rests);
      for (int i = 0; i < length && rests[i] >= least; i++) {
        int bits = Float.floatToRawIntBits((float) rests[i]); // positive: bits order as the values
        keys[next[vectors.dimension(start + i)]++] = (long) (Integer.MAX_VALUE - bits) << 32 | p;
      }
    }
    postingProfiles = new int[keys.length];
    postingRests = new float[keys.length];
    for (int d = 0; d < vectors.dimensionCount(); d++) {
      Arrays.sort(keys, postingStarts[d], postingStarts[d + 1]);
    }
    for (int i = 0; i < keys.length; i++) {
      postingProfiles[i] = (int) keys[i];
      postingRests[i] = Float.intBitsToFloat(Integer.MAX_VALUE - (int) (keys[i] >>> 32));
    }
  }

  /**
   * Candidates of every item of the catalogue's ids; items without a profile have none.
   *
   * <p>Each list is ordered by similarity, then ordinal. Those below the threshold, let in by
   * back-off, are {@link CandidateSource#CONTENT_RELAXED}.
   */
  public static CandidateLists join(
      Catalogue catalogue, ContentOptions options, Workers workers, Progress progress) {
    ProfileVectors vectors = ProfileVectors.of(catalogue, options);
    ContentCandidates index = new ContentCandidates(vectors, options);
    int profiles = vectors.profiles();
    int[][] found = new int[profiles][];
    float[][] similarities = new float[profiles][];
    Search[] searches = new Search[workers.threads()];
    try (Progress.Stage stage = progress.stage("content candidates", profiles)) {
      workers.forEachRange(
          profiles,
          GRAIN,
          (from, to, worker) -> {
            if (searches[worker] == null) {
              searches[worker] = index.new Search();
            }
            for (int p = (int) from; p < to; p++) {
              BestItems best = searches[worker].run(p);
              found[p] = new int[best.size()];
              similarities[p] = new float[best.size()];
              for (int i = 0; i < best.size(); i++) {
                found[p][i] = best.item(i);
                similarities[p][i] = best.score(i);
              }
            }
            stage.add(to - from);
          });
    }
    return index.lists(found, similarities, workers);
  }

  /** Gives each item the list of its profile, without the item itself. */
  private CandidateLists lists(int[][] found, float[][] similarities, Workers workers) {
    int items = vectors.items();
    int cap = options.maxPerItem();
    int[] lengths = new int[items];
    for (int item = 0; item < items; item++) {
      int profile = vectors.profileOf(item);
      if (profile >= 0) {
        int others = 0;
        for (int other : found[profile]) {
          others += other == item ? 0 : 1;
        }
        lengths[item] = Math.min(cap, others);
      }
    }
    CandidateLists lists = CandidateLists.allocate(lengths);
    float threshold = (float) options.threshold();
    workers.forEachRange(
        items,
        1024,
        (from, to, worker) -> {
          for (int item = (int) from; item < to; item++) {
            int profile = vectors.profileOf(item);
            long at = lists.start(item);
            long end = lists.end(item);
            for (int i = 0; at < end; i++) {
              int other = found[profile][i];
              if (other != item) {
                float similarity = similarities[profile][i];
                CandidateSource source =
                    similarity >= threshold
                        ? CandidateSource.CONTENT
                        : CandidateSource.CONTENT_RELAXED;
                lists.set(at++, other, similarity, source);
              }
            }
          }
        });
    return lists;
  }

  /** Fills rests[i] with the length of the unit vector from entry i on; returns their number. */
  private int rests(int profile, double[] rests) {
    int start = vectors.start(profile);
    int length = vectors.end(profile) - start;
    double square = 0;
    for (int i = length - 1; i >= 0; i--) {
      square += (double) vectors.weight(start + i) * vectors.weight(start + i);
      rests[i] = Math.sqrt(square / vectors.square(profile));
    }
    return length;
  }

  /** Scratch of one worker. */
  private final class Search {
    private final float[] spread = new float[vectors.dimensionCount()];
    private final int[] seen = new int[vectors.profiles()]; // profile + 1 of the last search
    private final BestItems best = new BestItems(options.maxPerItem() + 1);
    private double[] rests = new double[64];
    private int[] cursors = new int[64];
    private int[] matches = new int[256];
    private double[] cosines = new double[256];
    private int matchCount;
    private float[] dots; // [TILE], all 0 between two searches
    private int[] tileCursors;
    private int[] near = new int[2 * TILE]; // those that may reach the floor
    private float[] estimates = new float[2 * TILE];
    private int nearCount;

    /** The best maxPerItem + 1 items of the profile, its own among them. */
    BestItems run(int profile) {
      int start = vectors.start(profile);
      int length = vectors.end(profile) - start;
      if (length > rests.length) {
        rests = new double[2 * length];
        cursors = new int[2 * length];
      }
      rests(profile, rests);
      for (int i = 0; i < length; i++) {
        spread[vectors.dimension(start + i)] = vectors.weight(start + i);
        cursors[i] = postingStarts[vectors.dimension(start + i)];
      }
      matchCount = 0;
      boolean added = false;
      long pairs = 0;
      double threshold = options.threshold();
      double cost =
          length > ProfilePostings.MOST_VALUES
              ? Double.POSITIVE_INFINITY
              : postings.count(profile) + PROFILE * vectors.profiles();
      for (int lowered = 1; ; lowered++) {
        if (!added) {
          pairs += unread(start, length, threshold);
          if (PAIR * pairs > cost) {
            addUp(profile);
            added = true;
          }
        }
        if (added) {
          checkNear(profile, threshold);
        } else {
          scan(profile, start, length, threshold);
        }
        if (threshold <= options.floor() || enough(threshold)) {
          break;
        }
        threshold = Math.max(options.floor(), options.threshold() - lowered * options.step());
      }
      for (int i = 0; i < length; i++) {
        spread[vectors.dimension(start + i)] = 0;
      }
      best.clear();
      for (int m = 0; m < matchCount; m++) {
        if (cosines[m] >= threshold) {
          // Members ascend: of one profile the first maxPerItem + 1 are all that can stay.
          int from = vectors.memberStart(matches[m]);
          int to = vectors.memberEnd(matches[m]);
          to = Math.min(to, from + options.maxPerItem() + 1);
          for (int i = from; i < to; i++) {
            best.offer(vectors.member(i), (float) cosines[m]);
          }
        }
      }
      best.sort();
      return best;
    }

    /** How many postings {@link #scan} would read. */
    private long unread(int start, int length, double threshold) {
      double least = threshold * SLACK;
      long count = 0;
      for (int i = 0; i < length && rests[i] >= least; i++) {
        double leastRest = least / rests[i];
        int low = cursors[i];
        int high = postingStarts[vectors.dimension(start + i) + 1];
        while (low < high) {
          int middle = (low + high) >>> 1;
          if (postingRests[middle] >= leastRest) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        count += low - cursors[i];
      }
      return count;
    }

    /** Collects what may reach the floor. */
    private void addUp(int profile) {
      if (dots == null) {
        dots = new float[TILE];
        tileCursors = new int[ProfilePostings.MOST_VALUES];
      }
      float least = (float) (options.floor() * ProfilePostings.SLACK);
      postings.start(profile, tileCursors);
      int count = 0;
      for (int from = 0; from < vectors.profiles(); from += TILE) {
        int to = Math.min(from + TILE, vectors.profiles());
        postings.add(profile, from, to, tileCursors, dots);
        if (count + TILE > near.length) {
          near = Arrays.copyOf(near, 2 * near.length);
          estimates = Arrays.copyOf(estimates, near.length);
        }
        // Which ones stay can't be foreseen, so each is written and most are written over.
        for (int i = 0; i < to - from; i++) {
          float dot = dots[i];
          dots[i] = 0;
          near[count] = from + i;
          estimates[count] = dot;
          count += dot >= least ? 1 : 0;
        }
      }
      nearCount = count;
    }

    /** Checks what may reach a threshold and was not yet, and keeps the rest for a lower one. */
    private void checkNear(int profile, double threshold) {
      float least = (float) (threshold * ProfilePostings.SLACK);
      int kept = 0;
      for (int i = 0; i < nearCount; i++) {
        if (estimates[i] >= least) {
          if (seen[near[i]] != profile + 1) {
            check(profile, near[i]);
          }
        } else {
          near[kept] = near[i];
          estimates[kept++] = estimates[i];
        }
      }
      nearCount = kept;
    }

    /** Reads the postings on, down to a threshold; each profile met is checked once. */
    private void scan(int profile, int start, int length, double threshold) {
      double least = threshold * SLACK;
      for (int i = 0; i < length && rests[i] >= least; i++) {
        int end = postingStarts[vectors.dimension(start + i) + 1];
        double leastRest = least / rests[i];
        int at = cursors[i];
        for (; at < end && postingRests[at] >= leastRest; at++) {
          int other = postingProfiles[at];
          if (seen[other] != profile + 1) {
            seen[other] = profile + 1;
            check(profile, other);
          }
        }
        cursors[i] = at;
      }
    }

    private void check(int profile, int other) {
      float bound = Math.min(largest[profile] * sums[other], largest[other] * sums[profile]);
      if (bound < options.floor() * SLACK) {
        return;
      }
      double cosine = vectors.cosine(other, spread, profile);
      if (cosine < options.floor()) {
        return;
      }
      if (matchCount == matches.length) {
        matches = Arrays.copyOf(matches, 2 * matchCount);
        cosines = Arrays.copyOf(cosines, 2 * matchCount);
      }
      matches[matchCount] = other;
      cosines[matchCount++] = cosine;
    }

    /** Whether the items of the matches at the threshold, the item itself left out, suffice. */
    private boolean enough(double threshold) {
      long items = -1;
      for (int m = 0; m < matchCount; m++) {
        if (cosines[m] >= threshold) {
          items += vectors.memberEnd(matches[m]) - vectors.memberStart(matches[m]);
        }
      }
      return items >= options.minCandidates();
    }
  }
}
