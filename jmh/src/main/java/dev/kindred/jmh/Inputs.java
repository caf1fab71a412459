package dev.kindred.jmh;

import java.util.Random;

/** Seeded inputs, and checks of the answer before anything is timed. */
final class Inputs {
  private Inputs() {}

  /** Uniform in [-1, 1). */
  static float[] values(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** The numbers of a shape written as 500x256x128. */
  static int[] shape(String shape) {
    String[] parts = shape.split("x");
    int[] sizes = new int[parts.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(parts[i]);
    }
    return sizes;
  }

  static void check(double expected, double actual, double tolerance) {
    if (!(Math.abs(expected - actual) <= tolerance)) {
      throw new IllegalStateException(
          "wrong answer: " + actual + " instead of " + expected + " +- " + tolerance);
    }
  }
}
