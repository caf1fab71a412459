package dev.kindred.engine.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The A/A check: whether groups that are shown the same differ by no more than chance allows.
 *
 * @param users in each group
 * @param volumeChiSquare of the groups' sizes against equal ones; its mean is groups - 1
 * @param largestPercent the largest difference of a metric between a group and all others
 * @param largestErrors the largest difference in standard errors
 * @param limitErrors what passes: 5% for the largest of all comparisons together
 * @param findings one line for each comparison that doesn't pass
 */
public record SplitCheck(
    List<Integer> users,
    double volumeChiSquare,
    double largestPercent,
    double largestErrors,
    double limitErrors,
    List<String> findings) {
  private static final double VOLUME_ERRORS = 3.0902; // 1 in 1,000

  public SplitCheck {
    users = List.copyOf(users);
    findings = List.copyOf(findings);
  }

  /** Whether the groups may be compared. */
  public boolean passed() {
    return findings.isEmpty();
  }

  static SplitCheck of(Tally tally, int[][] split) {
    Metric[] metrics = Metric.values();
    double limit = normalQuantile(1 - .025 / (split.length * metrics.length));
    List<String> findings = new ArrayList<>();
    double percent = 0;
    double errors = 0;
    int users = 0;
    for (int[] group : split) {
      users += group.length;
    }
    double expected = (double) users / split.length;
    double chiSquare = 0;
    List<Integer> sizes = new ArrayList<>();
    for (int g = 0; g < split.length; g++) {
      sizes.add(split[g].length);
      chiSquare += (split[g].length - expected) * (split[g].length - expected) / expected;
      if (split.length == 1) {
        break; // there is nobody to compare it with
      }
      int[] others = others(split, g);
      for (Metric metric : metrics) {
        Change change = Ratios.apart(metric, tally, split[g], tally, others);
        if (isSame(metric, change, tally, split[g], others)) {
          continue;
        }
        double z = Math.abs(change.value() / change.error());
        percent = Math.max(percent, Math.abs(change.value()));
        errors = Math.max(errors, z);
        if (!(z <= limit)) {
          findings.add(
              String.format(
                  Locale.ROOT,
                  "group %d, %s: %+.2f%% against all others, %.1f standard errors",
                  g + 1,
                  metric.label(),
                  change.value(),
                  z));
        }
      }
    }
    double freedom = split.length - 1.0;
    if (split.length > 1 && chiSquare > chiSquareQuantile(freedom, VOLUME_ERRORS)) {
      findings.add(
          String.format(Locale.ROOT, "volumes differ: %s, chi-square %.1f", sizes, chiSquare));
    }
    return new SplitCheck(sizes, chiSquare, percent, errors, limit, findings);
  }

  /** Whether there is no difference to judge, not even one of chance. */
  private static boolean isSame(
      Metric metric, Change change, Tally tally, int[] users, int[] others) {
    boolean never = tally.sum(metric.over, users) == 0 && tally.sum(metric.over, others) == 0;
    return never || change.value() == 0;
  }

  private static int[] others(int[][] split, int group) {
    int n = 0;
    for (int g = 0; g < split.length; g++) {
      n += g == group ? 0 : split[g].length;
    }
    int[] others = new int[n];
    n = 0;
    for (int g = 0; g < split.length; g++) {
      if (g != group) {
        System.arraycopy(split[g], 0, others, n, split[g].length);
        n += split[g].length;
      }
    }
    return others;
  }

  /** What chance exceeds as seldom as a normal variable does so many errors; Wilson, Hilferty. */
  private static double chiSquareQuantile(double freedom, double errors) {
    double part = 2 / (9 * freedom);
    return freedom * Math.pow(1 - part + errors * Math.sqrt(part), 3);
  }

  /** By bisection of the error function's series; p in (0.5, 1). */
  private static double normalQuantile(double p) {
    double low = 0;
    double high = 10;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (normal(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The normal distribution function for x >= 0 (Abramowitz and Stegun, 26.2.17). */
  private static double normal(double x) {
    double t = 1 / (1 + .2316419 * x);
    double tail =
        t
            * (.319381530
                + t * (-.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return 1 - Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * tail;
  }
}
