package dev.kindred.engine.coordinate;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.nn.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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

  /** Where a column follows, samples without the event are so many times rarer than elsewhere. */
  private static final double RARER = 5;

  private static final int BINS = 64;

  /** What a column may tell about an objective. */
  enum Role {
    /** Its value is an input of the network. */
    INPUT,
    /**
     * A number that is there only when the event happened: tells good events from bad, not whether
     * one happened.
     */
    AFTERMATH,
    /** A wanted objective that happens only after this one did: a mistake is not followed by it. */
    REACTION,
    /** Would give the label away. */
    FORBIDDEN,
    /**
     * Context of an objective that has an aftermath or reactions: a good place draws meant events
     * and those by mistake alike, so it must not speak for either. Also an unwanted objective that
     * follows.
     */
    SET_ASIDE
  }

  private final List<String> names = new ArrayList<>();
  private final List<float[]> shares = new ArrayList<>(); // quantiles, NaN = missing
  private final List<boolean[]> happens = new ArrayList<>();
  private final Role[][] roles; // [objective][column]
  private final int[] causes; // [objective] an objective that it needs, -1 = none
  private final List<List<Note>> notes = new ArrayList<>();

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
    causes = new int[objectives];
    Arrays.fill(causes, -1);
    for (int k = 0; k < objectives; k++) {
      List<String> said = new ArrayList<>();
      float[] label = new float[size];
      for (int row = 0; row < size; row++) {
        label[row] = events.value(k, row);
      }
      Set<String> read = events.objectives().get(k).rule().columns();
      for (int c = 0; c < names.size(); c++) {
        if (c >= signals) {
          Objective other = events.objectives().get(c - signals);
          roles[k][c] = c == signals + k ? Role.FORBIDDEN : labelRole(c, other, label, said);
          boolean follows = roles[k][c] == Role.REACTION || roles[k][c] == Role.SET_ASIDE;
          causes[c - signals] = follows && causes[c - signals] < 0 ? k : causes[c - signals];
        } else {
          roles[k][c] = signalRole(c, read.contains(names.get(c)), label, said);
        }
      }
      if (usesAftermath && count(k, Role.AFTERMATH) + count(k, Role.REACTION) > 0) {
        setContextAside(k, said);
      }
      notes.add(said.stream().map(Note::info).toList());
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

  private Role labelRole(int column, Objective other, float[] label, List<String> said) {
    long[] table = table(column, label);
    double phi = phi(table[3], table[2], table[1], table[0]);
    if (Math.abs(phi) > FUNCTION) {
      said.add(
          "'%s' is no input: it is nearly the same label (phi %.3f)"
              .formatted(names.get(column), phi));
      return Role.FORBIDDEN;
    }
    if (!follows(table)) {
      return Role.INPUT;
    }
    return other.polarity() == Polarity.POSITIVE ? Role.REACTION : Role.SET_ASIDE;
  }

  /**
   * @param read whether the objective's own rule reads the signal
   */
  private Role signalRole(int column, boolean read, float[] label, List<String> said) {
    long[] table = table(column, label);
    String name = names.get(column);
    if (follows(table)) {
      said.add(
          "'%s' is there only when it happened: it tells good events from bad ones, not whether"
                  .formatted(name)
              + " one happened");
      return Role.AFTERMATH;
    }
    if (read) {
      said.add("'" + name + "' is no input: the objective's own rule reads it");
      return Role.FORBIDDEN;
    }
    double phi = Math.abs(phi(table[3], table[2], table[1], table[0]));
    double best = Math.max(bestCut(column, label), phi);
    if (!isConstant(table) && best > FUNCTION) {
      said.add(
          "'%s' is no input: the label is nearly a function of it (phi %.3f)"
              .formatted(name, best));
      return Role.FORBIDDEN;
    }
    return Role.INPUT;
  }

  /** Samples by whether the column is there (2) and the label happened (1). */
  private long[] table(int column, float[] label) {
    boolean[] there = happens.get(column);
    long[] table = new long[4];
    for (int row = 0; row < label.length; row++) {
      table[(there[row] ? 2 : 0) + (label[row] > 0 ? 1 : 0)]++;
    }
    return table;
  }

  /** Whether the event happened in all samples, or in none. */
  private static boolean isConstant(long[] table) {
    return table[1] + table[3] == 0 || table[0] + table[2] == 0;
  }

  /**
   * Whether a column is there in next to no sample without the event, and not for the reason alone
   * that next to no sample is without it.
   */
  private static boolean follows(long[] table) {
    if (isConstant(table) || table[3] == 0) {
      return false;
    }
    double without = (double) table[2] / (table[2] + table[3]);
    double withoutElsewhere = (double) table[0] / (table[0] + table[1]);
    return without < 1 - FUNCTION && without < withoutElsewhere / RARER;
  }

  /** The largest |phi| between the label and "the column is at least c". */
  private double bestCut(int column, float[] label) {
    float[] x = shares.get(column);
    long[][] bins = new long[2][BINS];
    for (int row = 0; row < label.length; row++) {
      if (!Float.isNaN(x[row])) {
        bins[label[row] > 0 ? 1 : 0][(int) (x[row] * BINS)]++;
      }
    }
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

  /** The first objective without which this one happens next to never, or -1. */
  int causeOf(int objective) {
    return causes[objective];
  }

  /** Whether an objective that follows on this one did so in the row. */
  boolean reacted(int objective, int row) {
    for (int c = 0; c < names.size(); c++) {
      if (roles[objective][c] == Role.REACTION && happens.get(c)[row]) {
        return true;
      }
    }
    return false;
  }

  /** What was left out or set apart for the objective, in words. */
  List<Note> notes(int objective) {
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
