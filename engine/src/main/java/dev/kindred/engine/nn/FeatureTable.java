package dev.kindred.engine.nn;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The features of users, items or samples, a row each: what a {@link FeatureInput} reads.
 *
 * <p>Value 0 of an embedded feature stands for everything unknown (out of vocabulary), value v + 1
 * for the known value v; a row may have no value at all. Numbers are kept as quantiles. Immutable;
 * may be shared by threads.
 */
public final class FeatureTable {
  static final int UNKNOWN = 0;

  private final int rows;
  private final List<Feature> features;
  private final int[][] starts; // [feature][rows + 1]; null where every row has one value
  private final int[][] values; // [feature][...]; null for NUMERIC
  private final float[][] shares; // [feature][rows], NaN = missing; null unless NUMERIC
  private final int[][] chosen; // [feature][rows]: whose values a row has; null = its own

  private FeatureTable(
      int rows,
      List<Feature> features,
      int[][] starts,
      int[][] values,
      float[][] shares,
      int[][] chosen) {
    this.rows = rows;
    this.features = features;
    this.starts = starts;
    this.values = values;
    this.shares = shares;
    this.chosen = chosen;
  }

  /** Rows known by nothing but which they are. */
  public static FeatureTable ofIds(int rows) {
    return builder(rows).ids("id").build();
  }

  /**
   * The id and the fields of a catalogue, one row per id; distributions are the catalogue's own,
   * and so are the vocabularies, without the values that a single row has: such a value tells no
   * more than the id does, and its vector would only help to learn that row by heart. It reads as
   * unknown, as it would in a row that comes later. Fields of weight 0 are there to be shown, such
   * as titles, and are left out.
   */
  public static FeatureTable of(Catalogue catalogue) {
    int rows = catalogue.ids().size();
    Builder builder = builder(rows).ids("id");
    for (int f = 0; f < catalogue.fields().size(); f++) {
      String name = catalogue.fields().get(f).name();
      if (catalogue.fields().get(f).kind() == FieldSpec.Kind.NUMERIC) {
        builder.numeric(name, numbers(catalogue, f, rows));
      } else if (catalogue.fields().get(f).weight() > 0) {
        Ids vocabulary = catalogue.vocabulary(f);
        int[] rowsOf = rowsOf(catalogue, f, rows);
        List<String> strings = new ArrayList<>(vocabulary.size());
        int[] translated = new int[vocabulary.size()];
        for (int v = 0; v < translated.length; v++) {
          if (rowsOf[v] > 1) {
            strings.add(vocabulary.idOf(v));
            translated[v] = strings.size();
          }
        }
        builder.catalogueField(Feature.categorical(name, strings), catalogue, f, translated);
      }
    }
    return builder.build();
  }

  /**
   * Another catalogue seen through the features of a trained network: values are matched by their
   * strings or hashed, all ids are unknown, a field that the catalogue lacks is missing in every
   * row.
   */
  public static FeatureTable encode(List<Feature> features, Catalogue catalogue) {
    int rows = catalogue.ids().size();
    Builder builder = builder(rows);
    for (Feature feature : features) {
      int field = catalogue.fieldOf(feature.name());
      switch (feature.kind()) {
        case ID -> builder.values(feature, null, new int[rows]);
        case NUMERIC ->
            builder.numeric(feature, field < 0 ? missing(rows) : numbers(catalogue, field, rows));
        case CATEGORICAL -> {
          if (field < 0) {
            builder.values(feature, new int[rows + 1], new int[0]);
            continue;
          }
          Map<String, Integer> known = new HashMap<>();
          for (int v = 0; v < feature.vocabulary().size(); v++) {
            known.put(feature.vocabulary().get(v), v + 1);
          }
          Ids vocabulary = catalogue.vocabulary(field);
          int[] translated = new int[vocabulary.size()];
          for (int v = 0; v < translated.length; v++) {
            String text = vocabulary.idOf(v);
            translated[v] =
                feature.isHashed() ? feature.bucketOf(text) + 1 : known.getOrDefault(text, UNKNOWN);
          }
          builder.catalogueField(feature, catalogue, field, translated);
        }
      }
    }
    return builder.build();
  }

  /** In how many rows each value of a field stands. */
  private static int[] rowsOf(Catalogue catalogue, int field, int rows) {
    int[] rowsOf = new int[catalogue.vocabulary(field).size()];
    int[] lastRow = new int[rowsOf.length];
    Arrays.fill(lastRow, -1);
    for (int row = 0; row < rows; row++) {
      for (int i = catalogue.valueStart(field, row); i < catalogue.valueEnd(field, row); i++) {
        int value = catalogue.value(i);
        if (lastRow[value] != row) {
          lastRow[value] = row;
          rowsOf[value]++;
        }
      }
    }
    return rowsOf;
  }

  private static float[] missing(int rows) {
    float[] numbers = new float[rows];
    Arrays.fill(numbers, Float.NaN);
    return numbers;
  }

  private static float[] numbers(Catalogue catalogue, int field, int rows) {
    float[] numbers = new float[rows];
    for (int row = 0; row < rows; row++) {
      numbers[row] = catalogue.number(field, row);
    }
    return numbers;
  }

  /** Collects features for a table of so many rows. */
  public static Builder builder(int rows) {
    return new Builder(rows);
  }

  public int rows() {
    return rows;
  }

  public List<Feature> features() {
    return features;
  }

  /** Whether the table tells rows apart by nothing but their ids. */
  public boolean onlyIds() {
    return features.stream().allMatch(feature -> feature.kind() == Feature.Kind.ID);
  }

  /** The same table where the ids of the rows for which {@code known} is false are unknown. */
  public FeatureTable withKnownIds(boolean[] known) {
    if (known.length != rows) {
      throw new IllegalArgumentException(
          "%d marks for a table of %d rows".formatted(known.length, rows));
    }
    int[][] marked = values.clone();
    int[][] own = chosen.clone();
    for (int f = 0; f < marked.length; f++) {
      if (features.get(f).kind() == Feature.Kind.ID) {
        marked[f] = new int[rows];
        own[f] = null;
        for (int row = 0; row < rows; row++) {
          marked[f][row] = known[row] ? values[f][start(f, row)] : UNKNOWN;
        }
      }
    }
    return new FeatureTable(rows, features, starts, marked, shares, own);
  }

  /** The same rows with one more feature of several values per row, such as a history. */
  public FeatureTable with(Feature feature, int[] starts, int[] values) {
    Builder builder = builder(rows);
    for (int f = 0; f < features.size(); f++) {
      builder.add(features.get(f), this.starts[f], this.values[f], shares[f], chosen[f]);
    }
    return builder.multiple(feature, starts, values).build();
  }

  /**
   * A table of the given rows of this one, in their order; a row may be named more than once. The
   * values of embedded features are shared with this table.
   */
  public FeatureTable select(int[] from) {
    Builder builder = builder(from.length);
    for (int f = 0; f < features.size(); f++) {
      float[] x = shares[f] == null ? null : new float[from.length];
      int[] whose = shares[f] == null ? new int[from.length] : null;
      for (int row = 0; row < from.length; row++) {
        if (x != null) {
          x[row] = shares[f][from[row]];
        } else {
          whose[row] = chosen[f] == null ? from[row] : chosen[f][from[row]];
        }
      }
      builder.add(features.get(f), starts[f], values[f], x, whose);
    }
    return builder.build();
  }

  /** The same rows, each one later, after a row of which nothing is known. */
  public FeatureTable withMissingRow() {
    Builder builder = builder(rows + 1);
    for (int f = 0; f < features.size(); f++) {
      if (shares[f] != null) {
        float[] x = new float[rows + 1];
        System.arraycopy(shares[f], 0, x, 1, rows);
        x[0] = Float.NaN;
        builder.add(features.get(f), null, null, x, null);
        continue;
      }
      int[] rowStarts = new int[rows + 2];
      for (int row = 0; row < rows; row++) {
        rowStarts[row + 2] = Math.addExact(rowStarts[row + 1], end(f, row) - start(f, row));
      }
      int[] rowValues = new int[rowStarts[rows + 1]];
      for (int row = 0; row < rows; row++) {
        int count = end(f, row) - start(f, row);
        System.arraycopy(values[f], start(f, row), rowValues, rowStarts[row + 1], count);
      }
      builder.values(features.get(f), rowStarts, rowValues);
    }
    return builder.build();
  }

  /** The features of this table and, after them, those of others with as many rows. */
  public FeatureTable beside(FeatureTable... others) {
    Builder builder = builder(rows);
    builder.addAll(this);
    for (FeatureTable other : others) {
      if (other.rows != rows) {
        throw new IllegalArgumentException(
            "a table of %d rows can't stand beside one of %d".formatted(other.rows, rows));
      }
      builder.addAll(other);
    }
    return builder.build();
  }

  /** The same rows without the features that are ids; empty if nothing is left. */
  public Optional<FeatureTable> withoutIds() {
    Builder builder = builder(rows);
    for (int f = 0; f < features.size(); f++) {
      if (features.get(f).kind() != Feature.Kind.ID) {
        builder.add(features.get(f), starts[f], values[f], shares[f], chosen[f]);
      }
    }
    return builder.features.isEmpty() ? Optional.empty() : Optional.of(builder.build());
  }

  /** The same table whose features' names begin with a prefix. */
  public FeatureTable prefixed(String prefix) {
    List<Feature> renamed = features.stream().map(f -> f.named(prefix + f.name())).toList();
    return new FeatureTable(rows, renamed, starts, values, shares, chosen);
  }

  /** Adds the features and all that some rows have of them. */
  public void addTo(Fingerprint fingerprint, int[] ofRows) {
    fingerprint.add(features.toString());
    for (int f = 0; f < features.size(); f++) {
      for (int row : ofRows) {
        if (shares[f] != null) {
          fingerprint.add(shares[f][row]);
          continue;
        }
        fingerprint.add(end(f, row) - start(f, row));
        for (int i = start(f, row); i < end(f, row); i++) {
          fingerprint.add(values[f][i]);
        }
      }
    }
  }

  /** Index of a row's first value in {@link #values}. */
  int start(int feature, int row) {
    int of = chosen[feature] == null ? row : chosen[feature][row];
    return starts[feature] == null ? of : starts[feature][of];
  }

  /** One past the index of a row's last value. */
  int end(int feature, int row) {
    int of = chosen[feature] == null ? row : chosen[feature][row];
    return starts[feature] == null ? of + 1 : starts[feature][of + 1];
  }

  /** Values of all rows, 0 = unknown, v + 1 = v. */
  int[] values(int feature) {
    return values[feature];
  }

  /** Quantiles of all rows, NaN = missing. */
  float[] shares(int feature) {
    return shares[feature];
  }

  /** Collects the features of a table in the order in which the network will see them. */
  public static final class Builder {
    private final int rows;
    private final List<Feature> features = new ArrayList<>();
    private final List<int[]> starts = new ArrayList<>();
    private final List<int[]> values = new ArrayList<>();
    private final List<float[]> shares = new ArrayList<>();
    private final List<int[]> chosen = new ArrayList<>();

    private Builder(int rows) {
      if (rows < 0) {
        throw new IllegalArgumentException("a table can't have " + rows + " rows");
      }
      this.rows = rows;
    }

    /** The row itself as a value. */
    public Builder ids(String name) {
      int[] ids = new int[rows];
      Arrays.setAll(ids, row -> row + 1);
      return values(Feature.id(name, rows), null, ids);
    }

    /**
     * One value per row.
     *
     * @param rowValues [rows], from 0 to feature.size() - 1; anything else is unknown
     */
    public Builder single(Feature feature, int[] rowValues) {
      checkLength(feature, rowValues.length, rows);
      return values(feature, null, shifted(feature, rowValues));
    }

    /**
     * Any number of values per row: those of row r are {@code rowValues[rowStarts[r]]} to before
     * {@code rowValues[rowStarts[r + 1]]}.
     *
     * @param rowStarts [rows + 1], rising
     * @param rowValues from 0 to feature.size() - 1; anything else is unknown
     */
    public Builder multiple(Feature feature, int[] rowStarts, int[] rowValues) {
      checkLength(feature, rowStarts.length, rows + 1);
      for (int row = 0; row < rows; row++) {
        if (rowStarts[row] < 0 || rowStarts[row] > rowStarts[row + 1]) {
          throw new IllegalArgumentException(
              "the values of feature %s, row %d run from %d to %d; starts must not fall"
                  .formatted(feature.name(), row, rowStarts[row], rowStarts[row + 1]));
        }
      }
      checkLength(feature, rowValues.length, rowStarts[rows]);
      return values(feature, rowStarts.clone(), shifted(feature, rowValues));
    }

    /**
     * A text per row, as the feature knows it: its place in the vocabulary, or its bucket. A text
     * that isn't in the vocabulary is unknown, and so is an empty one.
     *
     * @throws IllegalArgumentException if the feature has neither vocabulary nor buckets
     */
    public Builder text(Feature feature, List<String> texts) {
      return single(feature, texts.stream().mapToInt(valueOf(feature)).toArray());
    }

    /**
     * Any number of texts per row, each as with {@link #text}; a row with none has no value, which
     * is another thing than an unknown one.
     *
     * @throws IllegalArgumentException if the feature has neither vocabulary nor buckets
     */
    public Builder texts(Feature feature, List<List<String>> texts) {
      checkLength(feature, texts.size(), rows);
      int[] rowStarts = new int[rows + 1];
      for (int row = 0; row < rows; row++) {
        rowStarts[row + 1] = Math.addExact(rowStarts[row], texts.get(row).size());
      }
      int[] rowValues = texts.stream().flatMap(List::stream).mapToInt(valueOf(feature)).toArray();
      return multiple(feature, rowStarts, rowValues);
    }

    private static ToIntFunction<String> valueOf(Feature feature) {
      if (feature.isHashed()) {
        return text -> text.isEmpty() ? -1 : feature.bucketOf(text);
      }
      if (feature.kind() != Feature.Kind.CATEGORICAL
          || feature.vocabulary().size() != feature.size()) {
        throw new IllegalArgumentException(
            "feature %s has neither a vocabulary nor buckets to find texts by; give its values"
                .formatted(feature));
      }
      Map<String, Integer> places = new HashMap<>();
      feature.vocabulary().forEach(text -> places.put(text, places.size()));
      return text -> text.isEmpty() ? -1 : places.getOrDefault(text, -1);
    }

    /** A number per row, NaN = missing, normalised by its own distribution. */
    public Builder numeric(String name, float[] numbers) {
      return numeric(Feature.numeric(name, Quantiles.fit(numbers)), numbers);
    }

    /** A number per row, NaN = missing, normalised by the feature's distribution. */
    public Builder numeric(Feature feature, float[] numbers) {
      checkLength(feature, numbers.length, rows);
      Quantiles quantiles = feature.quantiles();
      float[] x = new float[rows];
      for (int row = 0; row < rows; row++) {
        if (Float.isInfinite(numbers[row])) {
          throw new IllegalArgumentException(
              "feature %s of row %d is infinite; numbers must be finite, NaN = missing"
                  .formatted(feature.name(), row));
        }
        x[row] = quantiles.share(numbers[row]);
      }
      return add(feature, null, null, x, null);
    }

    private Builder catalogueField(
        Feature feature, Catalogue catalogue, int field, int[] translated) {
      int[] rowStarts = new int[rows + 1];
      for (int row = 0; row < rows; row++) {
        int count = catalogue.valueEnd(field, row) - catalogue.valueStart(field, row);
        rowStarts[row + 1] = Math.addExact(rowStarts[row], count);
      }
      int[] rowValues = new int[rowStarts[rows]];
      for (int row = 0; row < rows; row++) {
        int at = rowStarts[row];
        for (int i = catalogue.valueStart(field, row); i < catalogue.valueEnd(field, row); i++) {
          rowValues[at++] = translated[catalogue.value(i)];
        }
      }
      return values(feature, rowStarts, rowValues);
    }

    private int[] shifted(Feature feature, int[] rowValues) {
      int[] shifted = new int[rowValues.length];
      for (int i = 0; i < rowValues.length; i++) {
        boolean known = rowValues[i] >= 0 && rowValues[i] < feature.size();
        shifted[i] = known ? rowValues[i] + 1 : UNKNOWN;
      }
      return shifted;
    }

    private static void checkLength(Feature feature, int actual, int expected) {
      if (actual != expected) {
        throw new IllegalArgumentException(
            "feature %s comes with %d entries where %d are needed"
                .formatted(feature.name(), actual, expected));
      }
    }

    private Builder values(Feature feature, int[] rowStarts, int[] rowValues) {
      return add(feature, rowStarts, rowValues, null, null);
    }

    private Builder add(
        Feature feature, int[] rowStarts, int[] rowValues, float[] rowShares, int[] rowsChosen) {
      for (Feature other : features) {
        if (other.name().equals(feature.name())) {
          throw new IllegalArgumentException("two features are called " + feature.name());
        }
      }
      features.add(feature);
      starts.add(rowStarts);
      values.add(rowValues);
      shares.add(rowShares);
      chosen.add(rowsChosen);
      return this;
    }

    private void addAll(FeatureTable table) {
      for (int f = 0; f < table.features.size(); f++) {
        add(
            table.features.get(f),
            table.starts[f],
            table.values[f],
            table.shares[f],
            table.chosen[f]);
      }
    }

    /** The table of all that was added. */
    public FeatureTable build() {
      if (features.isEmpty()) {
        throw new IllegalArgumentException("a feature table needs at least one feature");
      }
      return new FeatureTable(
          rows,
          List.copyOf(features),
          starts.toArray(int[][]::new),
          values.toArray(int[][]::new),
          shares.toArray(float[][]::new),
          chosen.toArray(int[][]::new));
    }
  }
}
