package dev.kindred.engine.nn;

import java.util.List;
import java.util.Objects;

/**
 * What a column of a {@link FeatureTable} means: the values that the network knows, or the
 * distribution of its numbers.
 *
 * <p>Immutable.
 */
public final class Feature {
  /** How a feature enters a network. */
  public enum Kind {
    /** The row itself as a value, embedded. */
    ID,
    /** One or several values per row, embedded and averaged. */
    CATEGORICAL,
    /** A number: its quantile x, x squared, the root of x, and whether it is missing. */
    NUMERIC
  }

  /** Inputs that a NUMERIC feature makes: x, x^2, sqrt(x), missing. */
  public static final int NUMERIC_WIDTH = 4;

  /** The first of them are powers of the number's share; the last says that it is missing. */
  public static final int POWERS = 3;

  private final String name;
  private final Kind kind;
  private final int size;
  private final List<String> vocabulary;
  private final Quantiles quantiles;
  private final boolean open;
  private final boolean hashed;

  private Feature(
      String name,
      Kind kind,
      int size,
      List<String> vocabulary,
      Quantiles quantiles,
      boolean open,
      boolean hashed) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a feature needs a name");
    }
    if (size < 0) {
      throw new IllegalArgumentException("feature " + name + " has a negative size: " + size);
    }
    this.name = name;
    this.kind = kind;
    this.size = size;
    this.vocabulary = vocabulary;
    this.quantiles = quantiles;
    this.open = open;
    this.hashed = hashed;
  }

  /** Rows as values 0 to size - 1; rows that come later are unknown. */
  public static Feature id(String name, int size) {
    return new Feature(name, Kind.ID, size, List.of(), null, true, false);
  }

  /** Values 0 to size - 1 that have no strings. */
  public static Feature categorical(String name, int size) {
    return new Feature(name, Kind.CATEGORICAL, size, List.of(), null, false, false);
  }

  /** Values 0 to size - 1 with the string of each, so that another catalogue can be matched. */
  public static Feature categorical(String name, List<String> vocabulary) {
    List<String> strings = List.copyOf(vocabulary);
    return new Feature(name, Kind.CATEGORICAL, strings.size(), strings, null, false, false);
  }

  /**
   * Any strings, sorted into so many buckets by {@link #bucketOf}: bounded memory for a vocabulary
   * without bounds, at the price that strings of one bucket share a vector.
   */
  public static Feature hashed(String name, int buckets) {
    if (buckets < 1) {
      throw new IllegalArgumentException(
          "feature " + name + " has " + buckets + " buckets, must be at least 1");
    }
    return new Feature(name, Kind.CATEGORICAL, buckets, List.of(), null, false, true);
  }

  /** The bucket of a string, from 0 to {@link #size} - 1, the same on every machine. */
  public int bucketOf(CharSequence value) {
    long hash = 0xCBF29CE484222325L; // FNV-1a over UTF-16 units, then a mix of the high bits
    for (int i = 0; i < value.length(); i++) {
      hash = (hash ^ value.charAt(i)) * 0x100000001B3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    return (int) Long.remainderUnsigned(hash ^ hash >>> 29, size);
  }

  /** Numbers with the distribution that normalises them. */
  public static Feature numeric(String name, Quantiles quantiles) {
    return new Feature(
        name,
        Kind.NUMERIC,
        0,
        List.of(),
        Objects.requireNonNull(quantiles, "quantiles"),
        false,
        false);
  }

  /**
   * Writes the inputs that a NUMERIC feature makes to target[at, at + NUMERIC_WIDTH).
   *
   * @param share quantile of the number, NaN = missing
   */
  public static void writeNumber(float share, float[] target, int at) {
    writePowers(share, target, at);
    target[at + POWERS] = missingFlag(share);
  }

  /** The first {@link #POWERS} of those inputs: powers of the share, all 0 where it is missing. */
  public static void writePowers(float share, float[] target, int at) {
    float known = Float.isNaN(share) ? 0 : share;
    target[at] = known;
    target[at + 1] = known * known;
    target[at + 2] = (float) Math.sqrt(known);
  }

  /** The last of those inputs: 1 if the share is missing, else 0. */
  public static float missingFlag(float share) {
    return Float.isNaN(share) ? 1 : 0;
  }

  public String name() {
    return name;
  }

  /** The same feature under another name. */
  public Feature named(String other) {
    return new Feature(other, kind, size, vocabulary, quantiles, open, hashed);
  }

  /**
   * The same categories, of which later rows bring ever new ones, as users and items: training is
   * to read some of the known ones as unknown, see {@link FeatureInput}.
   *
   * @throws IllegalStateException if this is NUMERIC
   */
  public Feature opened() {
    if (kind == Kind.NUMERIC) {
      throw new IllegalStateException("feature " + name + " is NUMERIC and has no categories");
    }
    return new Feature(name, kind, size, vocabulary, quantiles, true, hashed);
  }

  public Kind kind() {
    return kind;
  }

  /** Whether later rows bring ever new values: ids, and categories that are {@link #opened}. */
  public boolean isOpen() {
    return open;
  }

  /** Whether any string is a value, by {@link #bucketOf}. */
  public boolean isHashed() {
    return hashed;
  }

  /** How many values are known, the unknown one (out of vocabulary) not counted; 0 if NUMERIC. */
  public int size() {
    return size;
  }

  /** The string of each value; empty if they have none. */
  public List<String> vocabulary() {
    return vocabulary;
  }

  /** The distribution of a NUMERIC feature. */
  public Quantiles quantiles() {
    if (quantiles == null) {
      throw new IllegalStateException("feature " + name + " is " + kind + ", not NUMERIC");
    }
    return quantiles;
  }

  /** Whether a table made for the other feature can be read as this one. */
  boolean accepts(Feature other) {
    return name.equals(other.name) && kind == other.kind && size == other.size;
  }

  @Override
  public String toString() {
    if (kind == Kind.NUMERIC) {
      return name + " (NUMERIC)";
    }
    String opened = open && kind != Kind.ID ? ", open" : "";
    return "%s (%s, %d%s)".formatted(name, kind, size, opened);
  }
}
