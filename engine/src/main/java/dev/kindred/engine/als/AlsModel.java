package dev.kindred.engine.als;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
  private final double[] halfSweeps;
  private final AlsOptions options;

  AlsModel(float[] userFactors, float[] itemFactors, double[] halfSweeps, AlsOptions options) {
    this.rank = options.rank();
    this.userFactors = userFactors;
    this.itemFactors = itemFactors;
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

  /** The options it was trained with. */
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
