package dev.kindred.engine.nn;

import dev.kindred.index.run.Draws;
import dev.kindred.simd.Distances;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks up the features of the bound rows of a {@link FeatureTable} and stands them side by side:
 * for an embedded feature the mean of its values' vectors (zero if it has none), for a number its
 * quantile x, x squared, the root of x, and 1 if it is missing.
 *
 * <p>While training, values of open features can be read as unknown in a share of the rows, which
 * trains the vector of unknown values and makes the network lean on the other features too; and at
 * most {@code maxValues} values of a row are averaged, drawn anew each step. Sharing: see {@link
 * Layer}.
 */
public final class FeatureInput extends Layer {
  private final List<Feature> features;
  private final Embedding[] embeddings;
  private final int[] starts;

  /** How many open features come before each. */
  private final int[] openBefore;

  private final List<Parameter> parameters;
  private final double unknownShare;
  private final int maxValues;

  private FeatureInput(
      String name,
      List<Feature> features,
      Embedding[] embeddings,
      int[] starts,
      double unknownShare,
      int maxValues) {
    super(name, starts[starts.length - 1], List.of());
    if (!(unknownShare >= 0 && unknownShare < 1)) {
      throw new IllegalArgumentException(
          "share of ids read as unknown is " + unknownShare + ", must be in [0, 1)");
    }
    if (maxValues < 1) {
      throw new IllegalArgumentException("maxValues is " + maxValues + ", must be at least 1");
    }
    this.features = features;
    this.embeddings = embeddings;
    this.starts = starts;
    openBefore = new int[features.size()];
    for (int f = 1; f < openBefore.length; f++) {
      openBefore[f] = openBefore[f - 1] + (features.get(f - 1).isOpen() ? 1 : 0);
    }
    this.unknownShare = unknownShare;
    this.maxValues = maxValues;
    Set<Parameter> distinct = new LinkedHashSet<>();
    for (Embedding embedding : embeddings) {
      if (embedding != null) {
        distinct.add(embedding.parameter());
      }
    }
    parameters = List.copyOf(distinct);
  }

  /**
   * @param dim values per embedding vector; small vocabularies get fewer, see {@link #dimOf}
   * @param shared embeddings to use for the features of these names; the others get their own
   * @param unknownShare of the training rows whose single values of {@link Feature#isOpen open}
   *     features are read as unknown, in [0, 1)
   * @param maxValues of one row and feature that a training pass averages
   * @param seed of the new embeddings
   */
  public static FeatureInput of(
      String name,
      List<Feature> features,
      int dim,
      Map<String, Embedding> shared,
      double unknownShare,
      int maxValues,
      long seed) {
    Embedding[] embeddings = new Embedding[features.size()];
    int[] starts = new int[features.size() + 1];
    for (int f = 0; f < embeddings.length; f++) {
      Feature feature = features.get(f);
      if (feature.kind() == Feature.Kind.NUMERIC) {
        starts[f + 1] = starts[f] + Feature.NUMERIC_WIDTH;
        continue;
      }
      Embedding given = shared.get(feature.name());
      if (given != null && given.size() != feature.size()) {
        throw new IllegalArgumentException(
            "feature %s has %d values, the embedding %s to share has %d"
                .formatted(feature.name(), feature.size(), given.parameter().name(), given.size()));
      }
      embeddings[f] =
          given != null
              ? given
              : new Embedding(
                  name + "." + feature.name(), feature.size(), dimOf(feature.size(), dim), 1, seed);
      starts[f + 1] = starts[f] + embeddings[f].dim();
    }
    return new FeatureInput(
        name, List.copyOf(features), embeddings, starts, unknownShare, maxValues);
  }

  /** {@code dim}, or the next multiple of 4 above the vocabulary with its unknown if smaller. */
  static int dimOf(int size, int dim) {
    return (int) Math.min(dim, (size + 1L + 3) / 4 * 4);
  }

  public List<Feature> features() {
    return features;
  }

  /** The vectors of an embedded feature. */
  public Embedding embedding(int feature) {
    if (embeddings[feature] == null) {
      throw new IllegalArgumentException("feature " + features.get(feature) + " has no embedding");
    }
    return embeddings[feature];
  }

  /**
   * Puts vectors in place of the drawn ones of the known ids of a table's rows; where the embedding
   * is wider, zeros follow.
   *
   * @param table with an id for each row
   * @param feature an id
   * @param vectors [rows x dim]; a row of zeros leaves the drawn vector
   */
  public void place(FeatureTable table, int feature, float[] vectors, int dim) {
    check(table);
    if (features.get(feature).kind() != Feature.Kind.ID) {
      throw new IllegalArgumentException("feature " + features.get(feature) + " is no id");
    }
    Embedding embedding = embedding(feature);
    if (dim > embedding.dim() || vectors.length != (long) table.rows() * dim) {
      throw new IllegalArgumentException(
          "%d values can't be placed as [%d x %d] in embeddings of %d values"
              .formatted(vectors.length, table.rows(), dim, embedding.dim()));
    }
    float[] values = embedding.parameter().values();
    for (int row = 0; row < table.rows(); row++) {
      int value = table.values(feature)[table.start(feature, row)];
      boolean empty = Distances.dot(vectors, row * dim, vectors, row * dim, dim) == 0;
      if (value != FeatureTable.UNKNOWN && !empty) {
        int at = value * embedding.dim();
        Arrays.fill(values, at, at + embedding.dim(), 0);
        System.arraycopy(vectors, row * dim, values, at, dim);
      }
    }
  }

  /** Where the inputs made from a feature begin in a row of this layer's value. */
  public int start(int feature) {
    return starts[feature];
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  void check(FeatureTable table) {
    List<Feature> others = table.features();
    boolean fits = others.size() == features.size();
    for (int f = 0; fits && f < others.size(); f++) {
      fits = features.get(f).accepts(others.get(f));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "input %s was made for the features %s, not for the table's %s"
              .formatted(name(), features, others));
    }
  }

  @Override
  protected void forward(Pass pass) {
    FeatureTable table = pass.table(this);
    float[] out = pass.value(this);
    Lookups[] lookups = pass.lookups(this);
    for (int f = 0; f < embeddings.length; f++) {
      if (embeddings[f] == null) {
        numbers(pass, table.shares(f), starts[f], out);
      } else {
        if (lookups != null) {
          lookups[f].count = 0;
        }
        embed(pass, table, f, out, lookups == null ? null : lookups[f]);
      }
    }
  }

  private void numbers(Pass pass, float[] shares, int start, float[] out) {
    for (int r = 0; r < pass.rows(); r++) {
      Feature.writeNumber(shares[pass.tableRow(this, r)], out, r * width() + start);
    }
  }

  private void embed(Pass pass, FeatureTable table, int f, float[] out, Lookups lookups) {
    int[] values = table.values(f);
    boolean hides = lookups != null && unknownShare > 0 && features.get(f).isOpen();
    for (int r = 0; r < pass.rows(); r++) {
      int row = pass.tableRow(this, r);
      int from = table.start(f, row);
      int count = table.end(f, row) - from;
      int at = r * width() + starts[f];
      if (count == 1) {
        int value = values[from];
        if (value == pass.leftOut(this, f, r) + 1 && value != FeatureTable.UNKNOWN) {
          Arrays.fill(out, at, at + embeddings[f].dim(), 0);
          continue;
        }
        if (hides && hidden(pass, f, r)) {
          value = FeatureTable.UNKNOWN;
        }
        one(f, value, at, out, lookups);
      } else if (count == 0) {
        Arrays.fill(out, at, at + embeddings[f].dim(), 0);
      } else {
        mean(pass, f, r, values, from, count, at, out, lookups);
      }
    }
  }

  /** Whether a row's value of an open feature reads as unknown; each feature has its own draw. */
  private boolean hidden(Pass pass, int f, int r) {
    Draws draws = pass.draws(this, r);
    for (int skipped = 0; skipped < openBefore[f]; skipped++) {
      draws.nextDouble();
    }
    return draws.nextDouble() < unknownShare;
  }

  private void one(int f, int value, int at, float[] out, Lookups lookups) {
    int dim = embeddings[f].dim();
    System.arraycopy(embeddings[f].parameter().values(), value * dim, out, at, dim);
    if (lookups != null) {
      lookups.add(value, at, 1);
    }
  }

  /** Averages all values of a row, or an evenly spaced choice of them from a drawn start. */
  private void mean(
      Pass pass,
      int f,
      int r,
      int[] values,
      int from,
      int count,
      int at,
      float[] out,
      Lookups lookups) {
    int dim = embeddings[f].dim();
    float[] vectors = embeddings[f].parameter().values();
    int without = pass.leftOut(this, f, r) + 1;
    int taken = count;
    int first = 0;
    if (lookups != null && count > maxValues) {
      taken = maxValues;
      Draws draws = pass.draws(this, r);
      first = draws.nextInt(count);
    }
    int met = 0;
    for (int i = 0; i < taken; i++) {
      int value = values[chosen(from, count, first, i, taken)];
      if (value != without || without == FeatureTable.UNKNOWN) {
        met++;
      }
    }
    Arrays.fill(out, at, at + dim, 0);
    float scale = 1f / Math.max(1, met);
    for (int i = 0; i < taken; i++) {
      int value = values[chosen(from, count, first, i, taken)];
      if (value != without || without == FeatureTable.UNKNOWN) {
        Distances.axpy(scale, vectors, value * dim, out, at, dim);
        if (lookups != null) {
          lookups.add(value, at, scale);
        }
      }
    }
  }

  private static int chosen(int from, int count, int first, int i, int taken) {
    int position = first + (int) ((long) i * count / taken);
    return from + (position < count ? position : position - count);
  }

  /** The updater reads the gradient of this layer's output through the lookups. */
  @Override
  protected void backward(Pass pass) {}
}
