package dev.kindred.engine.coordinate;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.nn.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The numbers seen along with each sample, signals and labels of all objectives, and what each of
 * them may tell about each objective.
 *
 * <p>Immutable.
 */
final class SampleColumns {
  /** Inputs per column: x, x^2, sqrt(x), missing. */
  static final int WIDTH = 4;

  /** A label or signal this close to the objective's own label would give it away. */
  static final double FUNCTION = 0.98;

  private static final int BINS = 64;

  /** What a column may tell about an objective. */
  enum Role {
    /** Its value is an input of the network. */
    INPUT,
    /** There only when the event happened: tells good events from bad, not whether one happened. */
    AFTERMATH,
    /** Would give the label away. */
    FORBIDDEN,
    /**
     * Context of an objective that has an aftermath: a good place draws meant events and those by
     * mistake alike, so it must not speak for either.
     */
    SET_ASIDE
  }

  private final List<String> names = new ArrayList<>();
  private final List<float[]> shares = new ArrayList<>(); // quantiles, NaN = missing
  private final List<boolean[]> happens = new ArrayList<>();
  private final Role[][] roles; // [objective][column]
  private final List<List<String>> notes = new ArrayList<>();

  /**
   * @param usesAftermath whether an aftermath is made use of, which sets the context aside
   */
  SampleColumns(Events events, boolean usesAftermath) {
    int size = events.size();
    int signals = events.signals().size();
    int objectives = events.objectives().size();
    for (int s = 0; s < signals; s++) {
      float[] numbers = new float[size];
      for (int row = 0; row < size; row++) {
        numbers[row] = events.signal(s, row);
      }
      add(events.signals().get(s), numbers);
    }
    for (int k = 0; k < objectives; k++) {
      float[] numbers = new float[size];
      for (int row = 0; row < size; row++) {
        numbers[row] = events.value(k, row);
      }
      add(events.objectives().get(k).name(), numbers);
    }
    roles = new Role[objectives][names.size()];
    for (int k = 0; k < objectives; k++) {
      List<String> said = new ArrayList<>();
      float[] label = new float[size];
      for (int row = 0; row < size; row++) {
        label[row] = events.value(k, row);
      }
      for (int c = 0; c < names.size(); c++) {
        boolean own = c == signals + k;
        boolean isLabel = c >= signals;
        if (own || !isLabel && events.objectives().get(k).rule().columns().contains(names.get(c))) {
          roles[k][c] = Role.FORBIDDEN;
          if (!own) {
            said.add("'" + names.get(c) + "' is no input: the objective's own rule reads it");
          }
        } else {
          roles[k][c] = role(c, label, isLabel, said);
        }
      }
      if (usesAftermath && count(k, Role.AFTERMATH) > 0) {
        setContextAside(k, said);
      }
      notes.add(said);
    }
  }

  private void add(String name, float[] numbers) {
    Quantiles quantiles = Quantiles.fit(numbers);
    float[] x = new float[numbers.length];
    boolean[] there = new boolean[numbers.length];
    for (int row = 0; row < numbers.length; row++) {
      x[row] = quantiles.share(numbers[row]);
      there[row] = !Float.isNaN(numbers[row]) && numbers[row] != 0;
    }
    names.add(name);
    shares.add(x);
    happens.add(there);
  }

  private void setContextAside(int objective, List<String> said) {
    for (int c = 0; c < names.size(); c++) {
      if (roles[objective][c] == Role.INPUT) {
        roles[objective][c] = Role.SET_ASIDE;
        said.add("'" + names.get(c) + "' is no input: it may draw meant events and mistakes alike");
      }
    }
  }

  private Role role(int column, float[] label, boolean isLabel, List<String> said) {
    boolean[] there = happens.get(column);
    long[] table = new long[4]; // there and happened as bits
    long[][] bins = new long[2][BINS];
    float[] x = shares.get(column);
    for (int row = 0; row < label.length; row++) {
      int happened = label[row] > 0 ? 1 : 0;
      table[(there[row] ? 2 : 0) + happened]++;
      if (!Float.isNaN(x[row])) {
        bins[happened][(int) (x[row] * BINS)]++;
      }
    }
    double phi = phi(table[3], table[2], table[1], table[0]);
    boolean constant = table[1] + table[3] == 0 || table[0] + table[2] == 0;
    if (isLabel && Math.abs(phi) > FUNCTION) {
      said.add(
          "'%s' is no input: it is nearly the same label (phi %.3f)"
              .formatted(names.get(column), phi));
      return Role.FORBIDDEN;
    }
    double follows = (double) table[3] / Math.max(1, table[2] + table[3]);
    if (!constant && table[3] > 0 && follows > FUNCTION) {
      if (!isLabel) {
        said.add(
            "'%s' is there only when it happened: it tells good events from bad ones, not whether"
                    .formatted(names.get(column))
                + " one happened");
      }
      return Role.AFTERMATH;
    }
    double best = bestCut(bins);
    if (!constant && Math.max(best, Math.abs(phi)) > FUNCTION) {
      said.add(
          "'%s' is no input: the label is nearly a function of it (phi %.3f)"
              .formatted(names.get(column), Math.max(best, Math.abs(phi))));
      return Role.FORBIDDEN;
    }
    return Role.INPUT;
  }

  /** The largest |phi| between the label and "the column is at least c". */
  private static double bestCut(long[][] bins) {
    long[] total = {Arrays.stream(bins[0]).sum(), Arrays.stream(bins[1]).sum()};
    long[] below = {0, 0};
    double best = 0;
    for (int b = 0; b < BINS; b++) {
      below[0] += bins[0][b];
      below[1] += bins[1][b];
      double phi = phi(total[1] - below[1], total[0] - below[0], below[1], below[0]);
      best = Math.max(best, Math.abs(phi));
    }
    return best;
  }

  /** Correlation of two yes-or-no columns, from the counts of their four combinations. */
  static double phi(double both, double first, double second, double neither) {
    double product = (both + first) * (second + neither) * (both + second) * (first + neither);
    return product == 0 ? 0 : (both * neither - first * second) / Math.sqrt(product);
  }

  int size() {
    return names.size();
  }

  /** How many columns play the role for the objective. */
  int count(int objective, Role role) {
    return (int) Arrays.stream(roles[objective]).filter(r -> r == role).count();
  }

  /** What was left out or set apart for the objective, in words. */
  List<String> notes(int objective) {
    return notes.get(objective);
  }

  /**
   * Writes the inputs made from a row, size() * WIDTH values: those of columns that play the role,
   * the others as missing.
   */
  void write(int objective, Role role, int row, float[] target, int at) {
    for (int c = 0; c < names.size(); c++, at += WIDTH) {
      float x = roles[objective][c] == role ? shares.get(c)[row] : Float.NaN;
      boolean missing = Float.isNaN(x);
      target[at] = missing ? 0 : x;
      target[at + 1] = missing ? 0 : x * x;
      target[at + 2] = missing ? 0 : (float) Math.sqrt(x);
      target[at + 3] = missing ? 1 : 0;
    }
  }
}
