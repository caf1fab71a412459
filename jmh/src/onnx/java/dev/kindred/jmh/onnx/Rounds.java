package dev.kindred.jmh.onnx;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times pairs of programs in rounds: in each round every program runs once for a few milliseconds,
 * the two of a pair next to each other and in turns first, so that whatever else the machine does
 * meets both alike.
 */
final class Rounds {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long SLICE_NANOS = 12_000_000;

  private final List<Pair> pairs = new ArrayList<>();

  /** Two programs that compute the same. */
  static final class Pair {
    final String name;

    /** Operations of one run, or 0 where they aren't counted. */
    final double flops;

    /** What a ranker stores of an item, or 0. */
    final int bytesPerItem;

    private final Runnable[] programs;
    private final int[] calls = new int[2];
    private double[][] micros;

    private Pair(String name, double flops, int bytesPerItem, Runnable kindred, Runnable onnx) {
      this.bytesPerItem = bytesPerItem;
      this.name = name;
      this.flops = flops;
      programs = new Runnable[] {kindred, onnx};
    }

    double kindredMicros() {
      return median(micros[0]);
    }

    double onnxMicros() {
      return median(micros[1]);
    }

    /** Median over the rounds of the ratio within a round. */
    double ratio() {
      double[] ratios = new double[micros[0].length];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = micros[1][i] / micros[0][i];
      }
      return median(ratios);
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int half = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /**
     * Microseconds a call, of this thread's processor time: both engines compute on the thread that
     * calls them, and what other programs take away is nobody's fault.
     */
    private double time(int program) {
      Runnable run = programs[program];
      int n = calls[program];
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < n; i++) {
        run.run();
      }
      return (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / n;
    }
  }

  void add(String name, double flops, int bytesPerItem, Runnable kindred, Runnable onnx) {
    pairs.add(new Pair(name, flops, bytesPerItem, kindred, onnx));
  }

  /** Warms everything up together, then measures everything in turns. */
  List<Pair> run(int rounds, long warmUpMillis) {
    long end = System.nanoTime() + warmUpMillis * 1_000_000;
    do {
      for (Pair pair : pairs) {
        for (int program = 0; program < 2; program++) {
          pair.calls[program] = 1;
          double micros = Math.min(pair.time(program), pair.time(program));
          pair.calls[program] = (int) Math.max(1, SLICE_NANOS / 1e3 / Math.max(micros, 0.1));
          pair.calls[program] = Math.min(pair.calls[program], 20_000);
          pair.time(program);
        }
      }
    } while (System.nanoTime() < end);
    for (Pair pair : pairs) {
      pair.micros = new double[2][rounds];
    }
    for (int round = 0; round < rounds; round++) {
      for (Pair pair : pairs) {
        int first = round % 2;
        pair.micros[first][round] = pair.time(first);
        pair.micros[1 - first][round] = pair.time(1 - first);
      }
    }
    return pairs;
  }
}
