package dev.kindred.jmh.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times engines in turns: in each round every engine answers all queries at every setting, so that
 * a slow moment of the machine doesn't fall on one of them alone.
 *
 * <p>A first round warms up, checks the answers and leaves out settings that are no longer needed:
 * those above the first one that finds nearly all.
 */
final class Rounds {
  /** A recall from which on higher settings tell nothing more. */
  private static final double ENOUGH = 0.998;

  private final SearchSet set;
  private final int k;
  private final int rounds;
  private final List<Series> series = new ArrayList<>();

  /** One engine at one setting. */
  private final class Series {
    final String name;
    final Engine engine;
    final int ef;
    final double recall;
    final long[] nanos = new long[rounds * set.queryCount()];
    final double[] seconds = new double[rounds];
    final double[] cpuSeconds = new double[rounds];

    Series(String name, Engine engine, int ef, double recall) {
      this.name = name;
      this.engine = engine;
      this.ef = ef;
      this.recall = recall;
    }

    void take(int round, Answers answers) {
      answers.copyNanos(nanos, round * set.queryCount());
      seconds[round] = answers.totalNanos() / 1e9;
      cpuSeconds[round] = answers.cpuNanos() / 1e9;
    }

    Point point() {
      Arrays.sort(nanos);
      return new Point(
          name,
          ef,
          k,
          recall,
          set.queryCount() / median(seconds),
          set.queryCount() / median(cpuSeconds),
          Arrays.stream(nanos).average().orElseThrow() / 1e3,
          percentile(0.50),
          percentile(0.99),
          engine.buildTime(),
          (double) engine.bytes() / set.base().size());
    }

    /** By nearest rank: the least value that this share of all doesn't exceed. */
    private double percentile(double share) {
      return nanos[Math.max(0, (int) Math.ceil(share * nanos.length) - 1)] / 1e3;
    }
  }

  /**
   * Starts with no engine.
   *
   * @param rounds timed rounds, at least 1
   */
  Rounds(SearchSet set, int k, int rounds) {
    this.set = set;
    this.k = k;
    this.rounds = rounds;
  }

  /** Warms an engine up at each setting, checks what it answers, and takes it in. */
  void add(String name, Engine engine, List<Integer> settings) throws IOException {
    Answers answers = new Answers(set.queryCount(), k);
    for (int ef : settings) {
      engine.answer(ef, answers);
      set.check(name, answers);
      double recall = set.recall(answers);
      series.add(new Series(name, engine, ef, recall));
      if (recall >= ENOUGH) {
        break;
      }
    }
  }

  /** Runs all rounds; points are in the order in which engines were added, by rising setting. */
  List<Point> measure() throws IOException {
    Answers answers = new Answers(set.queryCount(), k);
    for (int round = 0; round < rounds; round++) {
      for (Series one : series) {
        one.engine.answer(one.ef, answers);
        one.take(round, answers);
      }
    }
    return series.stream().map(Series::point).toList();
  }

  /** The upper one of two middle values. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
