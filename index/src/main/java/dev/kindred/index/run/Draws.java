package dev.kindred.index.run;

/**
 * Random draws that depend only on (seed, stage, key), never on which thread asks or in which
 * order: one stream per key, such as (epoch, row).
 *
 * <p>The stream is xoroshiro128++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), its 128 bits of state hashed from seed, stage and key with {@link
 * SplitMix64#mix}. The same bits on every machine.
 *
 * <p>Not thread-safe: one object per thread, moved from key to key by {@code reset}.
 */
public final class Draws {
  private static final long SECOND = 0xD1B54A32D192ED03L;

  private final long baseA;
  private final long baseB;
  private long a;
  private long b;
  private double spareGaussian;
  private boolean hasSpare;

  private Draws(long baseA, long baseB) {
    this.baseA = baseA;
    this.baseB = baseB;
  }

  /**
   * Opens the stream of a key.
   *
   * @param seed the user's seed
   * @param stage name of the use, so that two uses of one seed draw differently
   * @param key any numbers, such as epoch and row; may be empty
   */
  public static Draws of(long seed, String stage, long... key) {
    long hashA = SplitMix64.mix(seed + SplitMix64.GAMMA);
    long hashB = SplitMix64.mix(seed ^ SECOND);
    for (int i = 0; i < stage.length(); i++) {
      hashA = absorbA(hashA, stage.charAt(i));
      hashB = absorbB(hashB, stage.charAt(i));
    }
    Draws draws = new Draws(hashA, hashB);
    draws.begin();
    for (long part : key) {
      draws.absorb(part);
    }
    draws.finish(key.length);
    return draws;
  }

  /** Goes to the start of the stream of an empty key, same seed and stage. */
  public void reset() {
    begin();
    finish(0);
  }

  /** Goes to the start of the stream of a one-part key, same seed and stage. */
  public void reset(long key) {
    begin();
    absorb(key);
    finish(1);
  }

  /** Goes to the start of the stream of a two-part key, same seed and stage. */
  public void reset(long key1, long key2) {
    begin();
    absorb(key1);
    absorb(key2);
    finish(2);
  }

  /** Goes to the start of the stream of a three-part key, same seed and stage. */
  public void reset(long key1, long key2, long key3) {
    begin();
    absorb(key1);
    absorb(key2);
    absorb(key3);
    finish(3);
  }

  /** 64 uniform bits. */
  public long nextLong() {
    long x = a;
    long y = b;
    long result = Long.rotateLeft(x + y, 17) + x;
    y ^= x;
    a = Long.rotateLeft(x, 49) ^ y ^ (y << 21);
    b = Long.rotateLeft(y, 28);
    return result;
  }

  /**
   * Uniform in [0, bound), without bias (Lemire, "Fast random integer generation in an interval",
   * 2019).
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, got " + bound);
    }
    long product = (nextLong() >>> 32) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      long threshold = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < threshold) {
        product = (nextLong() >>> 32) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform in [0, 1), a multiple of 2^-24. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Normal with mean 0 and variance 1 (Marsaglia's polar method). */
  public double nextGaussian() {
    if (hasSpare) {
      hasSpare = false;
      return spareGaussian;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * nextDouble() - 1;
      y = 2 * nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    // StrictMath: Math.log may differ in the last bit between machines.
    double scale = Math.sqrt(-2 * StrictMath.log(square) / square);
    spareGaussian = y * scale;
    hasSpare = true;
    return x * scale;
  }

  /** Puts values[from, to) into a uniformly drawn order (Fisher and Yates). */
  public void shuffle(int[] values, int from, int to) {
    for (int i = to - 1; i > from; i--) {
      int j = from + nextInt(i - from + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  private void begin() {
    a = baseA;
    b = baseB;
    hasSpare = false;
  }

  private void absorb(long part) {
    a = absorbA(a, part);
    b = absorbB(b, part);
  }

  /**
   * The length of the key goes in last, so that (1) and (1, 0) differ; an all-zero state is out.
   */
  private void finish(int parts) {
    absorb(~(long) parts);
    if ((a | b) == 0) {
      a = SplitMix64.GAMMA;
    }
  }

  private static long absorbA(long hash, long part) {
    return SplitMix64.mix((hash ^ part) + SplitMix64.GAMMA);
  }

  private static long absorbB(long hash, long part) {
    return SplitMix64.mix(hash * SECOND + part);
  }
}
