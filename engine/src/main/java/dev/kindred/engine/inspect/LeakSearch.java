package dev.kindred.engine.inspect;

import dev.kindred.engine.data.ColumnSample;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.eval.Auc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds columns that are functions of a label. A column that an objective's own rule reads is one
 * by declaration and is not named. Stateless.
 */
final class LeakSearch {
  /** With fewer rows of either kind anything may look like a function. */
  private static final int MIN_ROWS = 50;

  /** Order by the column agrees with the label this often, ties counting half. */
  private static final double ORDERS = .995;

  /** Association of two yes-or-no columns (phi) from which they are the same. */
  private static final double SAME = .98;

  private LeakSearch() {}

  static List<Leak> in(ColumnSample sample) {
    List<Leak> leaks = new ArrayList<>();
    for (int k = 0; k < sample.objectives().size(); k++) {
      Objective objective = sample.objectives().get(k);
      boolean[] label = sample.happened(k);
      int positives = count(label);
      if (Math.min(positives, label.length - positives) < MIN_ROWS) {
        continue;
      }
      for (int c = 0; c < sample.columns().size(); c++) {
        String column = sample.columns().get(c);
        if (!objective.rule().columns().contains(column)) {
          String how = how(sample, c, label);
          if (!how.isEmpty()) {
            leaks.add(new Leak(column, objective.name(), how));
          }
        }
      }
    }
    return leaks;
  }

  /** Pairs of objectives that are the same, or each other's complement. */
  static List<Leak> among(Events events) {
    List<Leak> leaks = new ArrayList<>();
    for (int a = 0; a < events.objectives().size(); a++) {
      for (int b = a + 1; b < events.objectives().size(); b++) {
        double phi = phi(events, a, b);
        if (Math.abs(phi) >= SAME) {
          leaks.add(
              new Leak(
                  events.objectives().get(a).name(),
                  events.objectives().get(b).name(),
                  phi < 0
                      ? "are complements: one happens where the other doesn't"
                      : isFlag(events, a) == isFlag(events, b)
                          ? "are one label: both happen in the same rows"
                          : "happen in the same rows: one says whether, the other how much"));
        }
      }
    }
    return leaks;
  }

  /** Whether an objective's values are nothing but 0 and 1. */
  private static boolean isFlag(Events events, int objective) {
    for (int row = 0; row < events.size(); row++) {
      float value = events.value(objective, row);
      if (value > 0 && value != 1) {
        return false;
      }
    }
    return true;
  }

  private static String how(ColumnSample sample, int column, boolean[] label) {
    boolean[] present = sample.present(column);
    double missing = phi(present, label);
    if (Math.abs(missing) >= SAME) {
      return missing > 0 ? "is filled only where it happened" : "is empty only where it happened";
    }
    if (!sample.isNumeric(column)) {
      return "";
    }
    float[] numbers = new float[label.length];
    boolean[] labels = new boolean[label.length];
    int n = 0;
    int positives = 0;
    for (int i = 0; i < label.length; i++) {
      if (present[i]) {
        numbers[n] = sample.number(column, i);
        labels[n++] = label[i];
        positives += label[i] ? 1 : 0;
      }
    }
    if (Math.min(positives, n - positives) < MIN_ROWS) {
      return "";
    }
    double auc = Auc.of(Arrays.copyOf(numbers, n), Arrays.copyOf(labels, n));
    if (auc >= ORDERS || auc <= 1 - ORDERS) {
      return String.format(
          Locale.ROOT,
          "has its %s numbers where it happened (AUC %.4f)",
          auc > .5 ? "high" : "low",
          auc);
    }
    return "";
  }

  private static int count(boolean[] flags) {
    int n = 0;
    for (boolean flag : flags) {
      n += flag ? 1 : 0;
    }
    return n;
  }

  private static double phi(boolean[] a, boolean[] b) {
    double both = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] && b[i] ? 1 : 0;
      first += a[i] ? 1 : 0;
      second += b[i] ? 1 : 0;
    }
    return phi(both, first, second, a.length);
  }

  private static double phi(Events events, int a, int b) {
    double both = 0;
    double first = 0;
    double second = 0;
    for (int row = 0; row < events.size(); row++) {
      boolean hasA = events.value(a, row) > 0;
      boolean hasB = events.value(b, row) > 0;
      both += hasA && hasB ? 1 : 0;
      first += hasA ? 1 : 0;
      second += hasB ? 1 : 0;
    }
    return phi(both, first, second, events.size());
  }

  private static double phi(double both, double first, double second, double n) {
    double variance = first * (n - first) * second * (n - second);
    return variance == 0 ? 0 : (both * n - first * second) / Math.sqrt(variance);
  }
}
