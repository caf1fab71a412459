package dev.kindred.engine.eval;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/**
 * A division of steps into parts that are looked at one by one: light and heavy users, popular and
 * new items, the values of a profile field. Immutable.
 */
public final class Segments {
  private static final int MOST_VALUES = 8;

  private final String name;
  private final List<String> labels;
  private final int[] segment;

  private Segments(String name, List<String> labels, int[] segment) {
    this.name = name;
    this.labels = List.copyOf(labels);
    this.segment = segment;
  }

  /** What the steps are divided by. */
  public String name() {
    return name;
  }

  /** The names of the parts. */
  public List<String> labels() {
    return labels;
  }

  /** Which steps belong to a part, by their index. */
  public boolean[] members(int label) {
    boolean[] members = new boolean[segment.length];
    for (int i = 0; i < members.length; i++) {
      members[i] = segment[i] == label;
    }
    return members;
  }

  /** By how many rows the user has in the history: thirds of the users who take a step. */
  public static Segments byActivity(Transitions steps, Events history) {
    int[] rows = new int[history.users().size()];
    for (int row = 0; row < history.size(); row++) {
      rows[history.user(row)]++;
    }
    boolean[] taking = new boolean[rows.length];
    for (int i = 0; i < steps.size(); i++) {
      taking[steps.user(i)] = true;
    }
    int[] counts = new int[rows.length];
    int users = 0;
    for (int user = 0; user < rows.length; user++) {
      if (taking[user]) {
        counts[users++] = rows[user];
      }
    }
    int[] rising = Arrays.copyOf(counts, users);
    Arrays.sort(rising);
    int low = rising[users / 3];
    int high = rising[2 * users / 3];
    return of(
        "user activity",
        steps,
        List.of(
            String.format(Locale.ROOT, "light (under %,d rows)", low),
            String.format(Locale.ROOT, "middle (%,d to %,d)", low, Math.max(low, high - 1)),
            String.format(Locale.ROOT, "heavy (%,d or more)", high)),
        i -> rows[steps.user(i)] < low ? 0 : rows[steps.user(i)] < high ? 1 : 2);
  }

  /**
   * By how popular the next item was: the most popular items that have a third of all interactions,
   * those with the next third, the rest, and those that nobody had met.
   *
   * @param train [users x items]
   */
  public static Segments byPopularity(Transitions steps, Interactions train) {
    long[] users = new long[train.columns()];
    for (long i = 0; i < train.size(); i++) {
      users[train.column(i)]++;
    }
    long[] rising = users.clone();
    Arrays.sort(rising);
    long[] bounds = new long[2]; // fewest users of a head item, of a middle one
    long sum = 0;
    int found = 0;
    for (int i = rising.length - 1; i >= 0 && found < 2; i--) {
      sum += rising[i];
      while (found < 2 && sum >= (found + 1) * train.size() / 3.0) {
        bounds[found++] = Math.max(1, rising[i]);
      }
    }
    return of(
        "item popularity",
        steps,
        List.of(
            String.format(Locale.ROOT, "head (%,d users or more)", bounds[0]),
            String.format(Locale.ROOT, "middle (%,d or more)", bounds[1]),
            "tail (fewer)",
            "cold (none)"),
        i -> {
          long met = users[steps.to(i)];
          return met == 0 ? 3 : met >= bounds[0] ? 0 : met >= bounds[1] ? 1 : 2;
        });
  }

  /**
   * By the next item's value of a profile field, the first where there are several: the most
   * frequent values, then the others, then items without one.
   *
   * @throws IllegalArgumentException if the field has no values to divide by
   */
  public static Segments byField(Transitions steps, Catalogue items, int field) {
    int values = items.vocabulary(field).size();
    if (values == 0) {
      throw new IllegalArgumentException(
          "field '"
              + items.fields().get(field).name()
              + "' has no values to divide by; name one of words or ranges, not a number");
    }
    int[] first = new int[items.ids().size()];
    Arrays.setAll(first, item -> firstValue(items, field, item));
    long[] counts = new long[values];
    for (int i = 0; i < steps.size(); i++) {
      int value = value(first, steps.to(i));
      if (value >= 0) {
        counts[value]++;
      }
    }
    BestItems best = new BestItems(MOST_VALUES);
    for (int value = 0; value < values; value++) {
      if (counts[value] > 0) {
        best.offer(value, counts[value]);
      }
    }
    int[] frequent = new int[MOST_VALUES];
    int n = best.drain(frequent);
    int[] label = new int[values];
    Arrays.fill(label, n);
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      label[frequent[i]] = i;
      labels.add(items.vocabulary(field).idOf(frequent[i]));
    }
    labels.add("other values");
    labels.add("no value");
    return of(
        items.fields().get(field).name(),
        steps,
        labels,
        i -> {
          int value = value(first, steps.to(i));
          return value < 0 ? n + 1 : label[value];
        });
  }

  private static int value(int[] first, int item) {
    return item < first.length ? first[item] : -1;
  }

  private static int firstValue(Catalogue items, int field, int item) {
    int start = items.valueStart(field, item);
    return start == items.valueEnd(field, item) ? -1 : items.value(start);
  }

  private static Segments of(
      String name, Transitions steps, List<String> labels, IntUnaryOperator segment) {
    int[] of = new int[steps.size()];
    Arrays.setAll(of, segment);
    return new Segments(name, labels, of);
  }
}
