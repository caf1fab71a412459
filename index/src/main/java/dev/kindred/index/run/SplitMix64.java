package dev.kindred.index.run;

/**
 * The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), with the constants of Stafford's variant 13. The same bits on every
 * machine and in every release: random draws and the groups of users rest on it.
 */
public final class SplitMix64 {
  /** The odd number nearest to 2^64 / golden ratio, by which SplitMix64 steps. */
  public static final long GAMMA = 0x9E3779B97F4A7C15L;

  private SplitMix64() {}

  /** A one-to-one mapping in which each bit depends on all bits of z; 0 stays 0. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
