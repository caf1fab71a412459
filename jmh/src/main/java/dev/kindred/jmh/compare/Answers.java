package dev.kindred.jmh.compare;

import java.util.Arrays;

/**
 * What one engine answered to all queries at one setting, and how long it took; reused.
 *
 * <p>Scores rise with closeness: inner product, or minus the squared distance for L2. Not
 * thread-safe.
 */
final class Answers {
  private final int k;
  private final int[] ordinals;
  private final float[] scores;
  private final long[] nanos;
  private long cpuNanos;

  Answers(int queries, int k) {
    this.k = k;
    this.ordinals = new int[queries * k];
    this.scores = new float[queries * k];
    this.nanos = new long[queries];
    clear();
  }

  /** Forgets all; what is not set afterwards is row -1. */
  void clear() {
    Arrays.fill(ordinals, -1);
    Arrays.fill(scores, Float.NaN);
  }

  void set(int query, int rank, int ordinal, float score) {
    ordinals[query * k + rank] = ordinal;
    scores[query * k + rank] = score;
  }

  void took(int query, long nanoseconds) {
    nanos[query] = nanoseconds;
  }

  /** Processor time of the searching thread over all queries. */
  void tookCpu(long nanoseconds) {
    cpuNanos = nanoseconds;
  }

  int k() {
    return k;
  }

  int queries() {
    return nanos.length;
  }

  int ordinal(int query, int rank) {
    return ordinals[query * k + rank];
  }

  float score(int query, int rank) {
    return scores[query * k + rank];
  }

  /** Copies the nanoseconds of each query to target[offset, offset + queries). */
  void copyNanos(long[] target, int offset) {
    System.arraycopy(nanos, 0, target, offset, nanos.length);
  }

  long totalNanos() {
    return Arrays.stream(nanos).sum();
  }

  long cpuNanos() {
    return cpuNanos;
  }
}
