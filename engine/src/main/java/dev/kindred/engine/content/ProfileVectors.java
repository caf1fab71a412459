package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The profiles of a catalogue as sparse vectors, one dimension per field value (paper, section 4.1:
 * one-hot encoding, Top-K most frequent values per field), each distinct profile once.
 *
 * <p>Dimensions are numbered from the rarest value to the most frequent; entries of a vector stand
 * in that order. Cosines are computed from the raw weights and squared lengths in double precision,
 * so that on binary vectors they are exact to one rounding and the threshold is met on the dot.
 * Immutable.
 */
final class ProfileVectors {
  private final int[] starts; // [profiles + 1]
  private final int[] dimensions;
  private final float[] weights;
  private final double[] squares; // [profiles] squared length
  private final int dimensionCount;
  private final int[] profileOfItem; // -1: the item has no values
  private final int[] memberStarts; // [profiles + 1]
  private final int[] members; // items of each profile, ascending
  private int[][]
      dimensionOf; // [field][value], -1 where dropped; set once, before it is handed out
  private float[] valueWeights; // [dimensionCount] before fields are scaled

  private ProfileVectors(
      int[] starts,
      int[] dimensions,
      float[] weights,
      int dimensionCount,
      int[] profileOfItem,
      int profiles) {
    this.starts = starts;
    this.dimensions = dimensions;
    this.weights = weights;
    this.dimensionCount = dimensionCount;
    this.profileOfItem = profileOfItem;
    this.squares = new double[profiles];
    for (int p = 0; p < profiles; p++) {
      double sum = 0;
      for (int i = starts[p]; i < starts[p + 1]; i++) {
        sum += (double) weights[i] * weights[i];
      }
      squares[p] = sum;
    }
    this.memberStarts = new int[profiles + 1];
    for (int p : profileOfItem) {
      if (p >= 0) {
        memberStarts[p + 1]++;
      }
    }
    for (int p = 0; p < profiles; p++) {
      memberStarts[p + 1] += memberStarts[p];
    }
    this.members = new int[memberStarts[profiles]];
    int[] next = Arrays.copyOf(memberStarts, profiles);
    for (int item = 0; item < profileOfItem.length; item++) {
      if (profileOfItem[item] >= 0) {
        members[next[profileOfItem[item]]++] = item;
      }
    }
  }

  /** Vectors of all items that the catalogue's ids hold. */
  static ProfileVectors of(Catalogue catalogue, ContentOptions options) {
    int items = catalogue.ids().size();
    int fields = catalogue.fields().size();
    int[][] itemCounts = new int[fields][];
    for (int f = 0; f < fields; f++) {
      itemCounts[f] = countItems(catalogue, f, items);
    }
    int[][] dimensionOf = rankValues(catalogue, options, itemCounts);
    int dimensionCount = 0;
    for (int[] ranks : dimensionOf) {
      for (int rank : ranks) {
        dimensionCount = Math.max(dimensionCount, rank + 1);
      }
    }
    float[] valueWeights = new float[dimensionCount];
    for (int f = 0; f < fields; f++) {
      for (int v = 0; v < dimensionOf[f].length; v++) {
        if (dimensionOf[f][v] >= 0) {
          double rarity = Math.log(1 + (double) catalogue.size() / itemCounts[f][v]);
          valueWeights[dimensionOf[f][v]] = options.idf() ? (float) rarity : 1;
        }
      }
    }
    Collector collector = new Collector(items);
    for (int item = 0; item < items; item++) {
      collector.begin();
      for (int f = 0; f < fields; f++) {
        double square = 0;
        int from = collector.length;
        for (int i = catalogue.valueStart(f, item); i < catalogue.valueEnd(f, item); i++) {
          int dimension = dimensionOf[f][catalogue.value(i)];
          if (dimension >= 0) {
            float weight = valueWeights[dimension];
            collector.add(dimension, weight);
            square += (double) weight * weight;
          }
        }
        double scale = fieldWeight(catalogue.fields().get(f), options);
        if (options.balanceFields() && square > 0) {
          scale /= Math.sqrt(square);
        }
        if (scale != 1) {
          collector.scale(from, scale);
        }
      }
      collector.end(item);
    }
    ProfileVectors vectors = collector.vectors(dimensionCount);
    vectors.dimensionOf = dimensionOf;
    vectors.valueWeights = valueWeights;
    return vectors;
  }

  /** What a field's values are scaled by, before balancing. */
  static double fieldWeight(FieldSpec field, ContentOptions options) {
    return options.fieldWeights() || field.weight() == 0 ? field.weight() : 1;
  }

  private static int[] countItems(Catalogue catalogue, int field, int items) {
    int[] counts = new int[catalogue.vocabulary(field).size()];
    for (int item = 0; item < items; item++) {
      int end = catalogue.valueEnd(field, item);
      for (int i = catalogue.valueStart(field, item); i < end; i++) {
        counts[catalogue.value(i)]++;
      }
    }
    return counts;
  }

  /** [field][value] -> dimension, rarest first; -1 where the value is dropped. */
  private static int[][] rankValues(
      Catalogue catalogue, ContentOptions options, int[][] itemCounts) {
    int fields = itemCounts.length;
    int[][] dimensionOf = new int[fields][];
    long[][] kept = new long[fields][];
    int total = 0;
    for (int f = 0; f < fields; f++) {
      FieldSpec field = catalogue.fields().get(f);
      dimensionOf[f] = new int[itemCounts[f].length];
      Arrays.fill(dimensionOf[f], -1);
      int topK = field.topK() > 0 ? field.topK() : options.topK();
      kept[f] = mostFrequent(itemCounts[f], options.minItems(), topK);
      if (fieldWeight(field, options) == 0) {
        kept[f] = new long[0];
      }
      total += kept[f].length;
    }
    // count | field and value, so that sorting ranks by count and breaks ties by declaration
    long[] order = new long[total];
    int[] fieldOf = new int[total];
    int[] valueOf = new int[total];
    int at = 0;
    for (int f = 0; f < fields; f++) {
      for (long key : kept[f]) {
        int value = (int) key;
        fieldOf[at] = f;
        valueOf[at] = value;
        order[at] = (long) itemCounts[f][value] << 32 | at;
        at++;
      }
    }
    Arrays.sort(order);
    for (int rank = 0; rank < total; rank++) {
      int entry = (int) order[rank];
      dimensionOf[fieldOf[entry]][valueOf[entry]] = rank;
    }
    return dimensionOf;
  }

  /** Values that at least {@code minItems} items have, at most topK, most frequent first. */
  private static long[] mostFrequent(int[] counts, int minItems, int topK) {
    long[] keys = new long[counts.length];
    int kept = 0;
    for (int v = 0; v < counts.length; v++) {
      if (counts[v] >= minItems) {
        keys[kept++] = (long) -counts[v] << 32 | v;
      }
    }
    Arrays.sort(keys, 0, kept);
    return Arrays.copyOf(keys, Math.min(kept, topK));
  }

  /** Number of items, with or without values. */
  int items() {
    return profileOfItem.length;
  }

  /** Number of distinct profiles that have a value. */
  int profiles() {
    return squares.length;
  }

  int dimensionCount() {
    return dimensionCount;
  }

  /** The profile of an item, or -1 if it has no values. */
  int profileOf(int item) {
    return profileOfItem[item];
  }

  int memberStart(int profile) {
    return memberStarts[profile];
  }

  /** Exclusive; also valid for the last profile. */
  int memberEnd(int profile) {
    return memberStarts[profile + 1];
  }

  int member(int at) {
    return members[at];
  }

  int start(int profile) {
    return starts[profile];
  }

  int end(int profile) {
    return starts[profile + 1];
  }

  int dimension(int at) {
    return dimensions[at];
  }

  float weight(int at) {
    return weights[at];
  }

  double square(int profile) {
    return squares[profile];
  }

  /** The dimension of each value of a field, -1 where it is dropped. */
  int[] dimensionsOf(int field) {
    return dimensionOf[field];
  }

  /** The weight of a dimension before its field is scaled. */
  float valueWeight(int dimension) {
    return valueWeights[dimension];
  }

  /** Length of the vectors' entries together. */
  int entries() {
    return dimensions.length;
  }

  /**
   * Cosine of a profile and one that is spread out over all dimensions.
   *
   * @param spread [dimensionCount] the weights of {@code other}, 0 elsewhere
   */
  double cosine(int profile, float[] spread, int other) {
    double dot = 0;
    for (int i = starts[profile]; i < starts[profile + 1]; i++) {
      dot += (double) weights[i] * spread[dimensions[i]];
    }
    return dot / Math.sqrt(squares[profile] * squares[other]);
  }

  /** Gathers vectors item by item and finds equal ones. */
  private static final class Collector {
    private final Map<Key, Integer> known = new HashMap<>();
    private final int[] profileOfItem;
    private int profiles;
    private int[] starts = new int[1025];
    private int[] dimensions = new int[4096];
    private float[] weights = new float[4096];
    private int filled;

    // the present item: (dimension, weight bits), so that sorting orders by dimension
    private long[] entries = new long[64];
    private int length;

    Collector(int items) {
      profileOfItem = new int[items];
    }

    void begin() {
      length = 0;
    }

    void add(int dimension, float weight) {
      if (length == entries.length) {
        entries = Arrays.copyOf(entries, 2 * length);
      }
      entries[length++] = (long) dimension << 32 | Float.floatToRawIntBits(weight);
    }

    void scale(int from, double scale) {
      for (int i = from; i < length; i++) {
        float weight = (float) (Float.intBitsToFloat((int) entries[i]) * scale);
        entries[i] = entries[i] >>> 32 << 32 | Float.floatToRawIntBits(weight);
      }
    }

    void end(int item) {
      if (length == 0) {
        profileOfItem[item] = -1;
        return;
      }
      Arrays.sort(entries, 0, length);
      // Weights follow from the set of values, so equal entries and equal sets are the same thing.
      Key key = new Key(Arrays.copyOf(entries, length));
      Integer before = known.putIfAbsent(key, profiles);
      profileOfItem[item] = before == null ? profiles : before;
      if (before != null) {
        return;
      }
      if (filled + length > dimensions.length) {
        int capacity = Math.max(filled + length, dimensions.length + (dimensions.length >> 1));
        dimensions = Arrays.copyOf(dimensions, capacity);
        weights = Arrays.copyOf(weights, capacity);
      }
      for (int i = 0; i < length; i++) {
        dimensions[filled] = (int) (entries[i] >>> 32);
        weights[filled++] = Float.intBitsToFloat((int) entries[i]);
      }
      profiles++;
      if (profiles == starts.length) {
        starts = Arrays.copyOf(starts, profiles + (profiles >> 1));
      }
      starts[profiles] = filled;
    }

    ProfileVectors vectors(int dimensionCount) {
      return new ProfileVectors(
          Arrays.copyOf(starts, profiles + 1),
          Arrays.copyOf(dimensions, filled),
          Arrays.copyOf(weights, filled),
          dimensionCount,
          profileOfItem,
          profiles);
    }

    private static final class Key {
      private final long[] entries;
      private final int hash;

      Key(long[] entries) {
        this.entries = entries;
        this.hash = Arrays.hashCode(entries);
      }

      @Override
      public int hashCode() {
        return hash;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(entries, key.entries);
      }
    }
  }
}
