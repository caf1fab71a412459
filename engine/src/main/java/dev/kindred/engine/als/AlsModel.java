package dev.kindred.engine.als;

import dev.kindred.simd.Distances;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Factors of users and items, trained by {@link ImplicitAls}: a pair's score is the inner product.
 *
 * <p>Immutable (the factor arrays must not be written to) and safe for use by any number of
 * threads.
 */
public final class AlsModel {
  private final int rank;
  private final float[] userFactors;
  private final float[] itemFactors;
  private final ItemWeights itemWeights;
  private final double[] halfSweeps;
  private final AlsOptions options;

  AlsModel(
      float[] userFactors,
      float[] itemFactors,
      ItemWeights itemWeights,
      double[] halfSweeps,
      AlsOptions options) {
    this.rank = options.rank();
    this.userFactors = userFactors;
    this.itemFactors = itemFactors;
    this.itemWeights = itemWeights;
    this.halfSweeps = halfSweeps;
    this.options = options;
  }

  /** Length of a factor. */
  public int rank() {
    return rank;
  }

  /** Number of users. */
  public int users() {
    return userFactors.length / rank;
  }

  /** Number of items. */
  public int items() {
    return itemFactors.length / rank;
  }

  /** Factors [users x rank], row-major, not copied; users without interactions have zeros. */
  public float[] userFactors() {
    return userFactors;
  }

  /** Factors [items x rank], row-major, not copied; items without interactions have zeros. */
  public float[] itemFactors() {
    return itemFactors;
  }

  /** How much the entries of items weigh. */
  ItemWeights itemWeights() {
    return itemWeights;
  }

  /** The options it was trained with, what was left to the data as it came out. */
  public AlsOptions options() {
    return options;
  }

  /** The loss of {@link Convention} after each full iteration. */
  public double[] objectivePerSweep() {
    double[] sweeps = new double[halfSweeps.length / 2];
    for (int i = 0; i < sweeps.length; i++) {
      sweeps[i] = halfSweeps[2 * i + 1];
    }
    return sweeps;
  }

  /** The loss after each half: users, items, users, items and so on. */
  public double[] objectivePerHalfSweep() {
    return halfSweeps.clone();
  }

  /**
   * The items closest to one by the cosine of their factors, in [-1, 1]: n or fewer, best first,
   * equal cosines by lower ordinal. The item itself and items without interactions are left out.
   *
   * <p>A scan that allocates; for serving build an index over {@link #itemFactors()} with the
   * metric cosine.
   */
  public List<SimilarItem> similarItems(int item, int n) {
    Objects.checkIndex(item, items());
    float[] cosines = new float[items()];
    List<Integer> candidates = new ArrayList<>();
    for (int other = 0; other < items(); other++) {
      cosines[other] = Distances.cosine(itemFactors, item * rank, itemFactors, other * rank, rank);
      if (other != item && Distances.norm(itemFactors, other * rank, rank) > 0) {
        candidates.add(other);
      }
    }
    candidates.sort(
        Comparator.comparing((Integer other) -> -cosines[other])
            .thenComparing(Comparator.naturalOrder()));
    return candidates.stream().limit(n).map(o -> new SimilarItem(o, cosines[o])).toList();
  }

  /** An item and the cosine of its factor with another's. */
  public record SimilarItem(int item, float cosine) {}

  /** SHA-256 over rank, sizes and the bits of all factors, in hex: equal if the model is. */
  public String hash() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest.update(
        (rank + " " + users() + " " + items() + "\n").getBytes(StandardCharsets.US_ASCII));
    update(digest, userFactors);
    update(digest, itemFactors);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, float[] values) {
    byte[] block = new byte[1 << 16];
    for (int from = 0; from < values.length; from += block.length / 4) {
      int n = Math.min(block.length / 4, values.length - from);
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToIntBits(values[from + i]);
        block[4 * i] = (byte) bits;
        block[4 * i + 1] = (byte) (bits >>> 8);
        block[4 * i + 2] = (byte) (bits >>> 16);
        block[4 * i + 3] = (byte) (bits >>> 24);
      }
      digest.update(block, 0, 4 * n);
    }
  }
}
