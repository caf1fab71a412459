package dev.kindred.engine.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Profiles of items or of users: for each of them and each field its values, or its number.
 *
 * <p>The profile of an ordinal is empty where the catalogue has no row for it, also for ordinals
 * that its {@link Ids} gained later. Immutable apart from those ids; may be shared by threads.
 */
public final class Catalogue {
  private final Ids ids;
  private final List<FieldSpec> fields;
  private final Ids[] vocabularies; // null for NUMERIC
  private final int size; // ordinals [0, size) have entries in starts and numbers
  private final BitSet present;
  private final int[][] starts; // [field][ordinal], size + 1 entries; null for NUMERIC
  private final int[] values;
  private final float[][] numbers; // [field][ordinal]; null unless NUMERIC

  private Catalogue(
      Ids ids,
      List<FieldSpec> fields,
      Ids[] vocabularies,
      int size,
      BitSet present,
      int[][] starts,
      int[] values,
      float[][] numbers) {
    this.ids = ids;
    this.fields = fields;
    this.vocabularies = vocabularies;
    this.size = size;
    this.present = present;
    this.starts = starts;
    this.values = values;
    this.numbers = numbers;
  }

  /** A catalogue without fields and rows, for logs that come without one. */
  public static Catalogue empty(Ids ids) {
    return builder(ids, List.of()).build();
  }

  /**
   * Starts to collect profiles.
   *
   * @param ids shared with the events; may grow while building and later
   * @param fields with distinct names
   */
  public static Builder builder(Ids ids, List<FieldSpec> fields) {
    return new Builder(ids, fields);
  }

  /** The ids of the items or users; it may hold more than have a profile. */
  public Ids ids() {
    return ids;
  }

  /** How many of the ids have a row in the catalogue. */
  public int size() {
    return present.cardinality();
  }

  /** Whether the catalogue has a row for the ordinal. */
  public boolean contains(int ordinal) {
    return present.get(ordinal);
  }

  /** The fields in declared order; their indexes are the {@code field} of other methods. */
  public List<FieldSpec> fields() {
    return fields;
  }

  /** The index of the field of that name, or -1. */
  public int fieldOf(String name) {
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).name().equals(name)) {
        return f;
      }
    }
    return -1;
  }

  /** The values that occur in the field; empty for a NUMERIC one. */
  public Ids vocabulary(int field) {
    return vocabularies[field] == null ? new Ids() : vocabularies[field];
  }

  /** Where the values of the profile begin, for {@link #value}. */
  public int valueStart(int field, int ordinal) {
    return ordinal < size && starts[field] != null ? starts[field][ordinal] : 0;
  }

  /** Where the values of the profile end, exclusive. */
  public int valueEnd(int field, int ordinal) {
    return ordinal < size && starts[field] != null ? starts[field][ordinal + 1] : 0;
  }

  /**
   * An ordinal of the field's vocabulary; within one profile and field they rise and none repeats.
   *
   * @param index from {@link #valueStart} to before {@link #valueEnd} of a field and ordinal
   */
  public int value(int index) {
    return values[index];
  }

  /** The number of a NUMERIC field, NaN = missing or another kind of field. */
  public float number(int field, int ordinal) {
    return ordinal < size && numbers[field] != null ? numbers[field][ordinal] : Float.NaN;
  }

  /** Collects profiles in any order. For one thread; {@link #build} once. */
  public static final class Builder {
    private final Ids ids;
    private final List<FieldSpec> fields;
    private final Ids[] vocabularies;
    private final BitSet present = new BitSet();
    private final float[][] numbers;
    // (ordinal, value) pairs of each field in the order of their coming
    private final long[][] pairs;
    private final int[] pairCounts;

    private Builder(Ids ids, List<FieldSpec> fields) {
      this.ids = Objects.requireNonNull(ids, "ids");
      this.fields = List.copyOf(fields);
      int n = this.fields.size();
      vocabularies = new Ids[n];
      numbers = new float[n][];
      pairs = new long[n][];
      pairCounts = new int[n];
      Set<String> seen = new HashSet<>();
      for (int f = 0; f < n; f++) {
        if (!seen.add(this.fields.get(f).name())) {
          throw new IllegalArgumentException(
              "profile field '" + this.fields.get(f).name() + "' is declared twice");
        }
        if (isNumeric(f)) {
          numbers[f] = new float[0];
        } else {
          vocabularies[f] = new Ids();
          pairs[f] = new long[64];
        }
      }
    }

    private boolean isNumeric(int field) {
      return fields.get(field).kind() == FieldSpec.Kind.NUMERIC;
    }

    /** Says that the ordinal has a row, even if all its fields stay empty. */
    public Builder row(int ordinal) {
      present.set(Objects.checkIndex(ordinal, ids.size()));
      return this;
    }

    /** Whether {@link #row} was called for the ordinal. */
    public boolean hasRow(int ordinal) {
      return present.get(ordinal);
    }

    /** Adds a value to a profile; one that it has already is kept once. */
    public Builder value(int field, int ordinal, CharSequence value) {
      row(ordinal);
      if (isNumeric(field)) {
        throw new IllegalArgumentException(
            "field '" + fields.get(field).name() + "' is NUMERIC and takes numbers only");
      }
      if (pairCounts[field] == pairs[field].length) {
        pairs[field] = Arrays.copyOf(pairs[field], Math.multiplyExact(pairCounts[field], 2));
      }
      pairs[field][pairCounts[field]++] = (long) ordinal << 32 | vocabularies[field].add(value);
      return this;
    }

    /** Sets the number of a profile: finite, or NaN = missing. */
    public Builder number(int field, int ordinal, float number) {
      row(ordinal);
      if (!isNumeric(field)) {
        throw new IllegalArgumentException(
            "field '" + fields.get(field).name() + "' is not NUMERIC and takes no number");
      }
      if (Float.isInfinite(number)) {
        throw new IllegalArgumentException(
            "number of field '" + fields.get(field).name() + "' is infinite, must be finite");
      }
      int old = numbers[field].length;
      if (ordinal >= old) {
        numbers[field] = Arrays.copyOf(numbers[field], Math.max(ordinal + 1, old + (old >> 1)));
        Arrays.fill(numbers[field], old, numbers[field].length, Float.NaN);
      }
      numbers[field][ordinal] = number;
      return this;
    }

    /** The catalogue of all that was added. */
    public Catalogue build() {
      int size = present.length();
      int n = fields.size();
      long total = 0;
      for (int f = 0; f < n; f++) {
        if (pairs[f] == null) {
          continue;
        }
        Arrays.sort(pairs[f], 0, pairCounts[f]);
        int distinct = 0;
        for (int i = 0; i < pairCounts[f]; i++) {
          if (i == 0 || pairs[f][i] != pairs[f][i - 1]) {
            pairs[f][distinct++] = pairs[f][i];
          }
        }
        pairCounts[f] = distinct;
        total += distinct;
      }
      int[] values = new int[Math.toIntExact(total)];
      int[][] starts = new int[n][];
      int at = 0;
      for (int f = 0; f < n; f++) {
        if (pairs[f] == null) {
          float[] row = Arrays.copyOf(numbers[f], size);
          if (numbers[f].length < size) {
            Arrays.fill(row, numbers[f].length, size, Float.NaN);
          }
          numbers[f] = row;
          continue;
        }
        starts[f] = new int[size + 1];
        int i = 0;
        for (int ordinal = 0; ordinal < size; ordinal++) {
          starts[f][ordinal] = at;
          while (i < pairCounts[f] && pairs[f][i] >>> 32 == ordinal) {
            values[at++] = (int) pairs[f][i++];
          }
        }
        starts[f][size] = at;
        pairs[f] = null;
      }
      return new Catalogue(ids, fields, vocabularies, size, present, starts, values, numbers);
    }
  }
}
