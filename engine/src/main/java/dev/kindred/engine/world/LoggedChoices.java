package dev.kindred.engine.world;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * Choices of a policy that wrote its chances down, and the truth about another one: what off-policy
 * estimates are for, with the answer.
 *
 * <p>In each situation a user is there for whom one of {@value #SLATE} items is to be shown. The
 * logging policy prefers popular items; the target policy those of a high click rate in the world's
 * log, which also is what the model expects: a wrong one, since rates depend on where items stood.
 * Whether the user clicks is drawn from the world's true chance of a look. Immutable; the same
 * world, number and seed give the same choices.
 */
public final class LoggedChoices {
  /** Items to choose from. */
  public static final int SLATE = 8;

  /** Share of the logging policy that chooses evenly, so that no chance is near 0. */
  private static final double EVEN = .2;

  /** How sharply the target policy prefers high rates. */
  private static final double SHARPNESS = 25;

  /** Samples at the mean rate that every item is credited with. */
  private static final double PRIOR = 20;

  private final int[] user;
  private final int[] item;
  private final double[] reward;
  private final double[] propensity;
  private final double[] target;
  private final double[] modelOfLogged;
  private final double[] modelOfTarget;
  private double truth;

  private LoggedChoices(int size) {
    user = new int[size];
    item = new int[size];
    reward = new double[size];
    propensity = new double[size];
    target = new double[size];
    modelOfLogged = new double[size];
    modelOfTarget = new double[size];
  }

  /**
   * Lets the logging policy choose.
   *
   * @param size how many choices, at least 1
   * @throws IllegalArgumentException if there are fewer items than a choice is made from
   */
  public static LoggedChoices of(World world, int size, long seed) {
    int items = world.events().items().size();
    if (size < 1 || items < SLATE) {
      throw new IllegalArgumentException(
          "%d choices of %d of %d items; at least 1 choice and %d items are needed"
              .formatted(size, SLATE, items, SLATE));
    }
    LoggedChoices choices = new LoggedChoices(size);
    double[] rates = rates(world.events());
    Draws draws = Draws.of(seed, "world choices");
    for (int i = 0; i < size; i++) {
      draws.reset(i);
      choices.choose(i, world, rates, draws);
    }
    choices.truth /= size;
    return choices;
  }

  /** Clicks per sample of each item. */
  private static double[] rates(Events events) {
    double[] clicks = new double[events.items().size()];
    double[] shown = new double[clicks.length];
    double all = 0;
    for (int row = 0; row < events.size(); row++) {
      boolean clicked = events.value(Behaviour.CLICK, row) > 0;
      shown[events.item(row)]++;
      clicks[events.item(row)] += clicked ? 1 : 0;
      all += clicked ? 1 : 0;
    }
    double mean = all / Math.max(1, events.size());
    double[] rates = new double[clicks.length];
    Arrays.setAll(rates, i -> (clicks[i] + PRIOR * mean) / (shown[i] + PRIOR));
    return rates;
  }

  private void choose(int i, World world, double[] rates, Draws draws) {
    user[i] = draws.nextInt(world.events().users().size());
    int[] slate = new int[SLATE];
    for (int n = 0; n < SLATE; ) {
      int drawn = draws.nextInt(rates.length);
      boolean fresh = true;
      for (int j = 0; j < n; j++) {
        fresh &= slate[j] != drawn;
      }
      if (fresh) {
        slate[n++] = drawn;
      }
    }
    double[] logging = new double[SLATE];
    double[] wanted = new double[SLATE];
    for (int a = 0; a < SLATE; a++) {
      logging[a] = world.popularity(slate[a]);
      wanted[a] = Math.exp(SHARPNESS * rates[slate[a]]);
    }
    normalize(logging);
    normalize(wanted);
    for (int a = 0; a < SLATE; a++) {
      logging[a] = (1 - EVEN) * logging[a] + EVEN / SLATE;
      truth += wanted[a] * world.affinity(Behaviour.CLICK, user[i], slate[a]);
      modelOfTarget[i] += wanted[a] * rates[slate[a]];
    }
    double u = draws.nextDouble();
    int chosen = 0;
    while (chosen < SLATE - 1 && u >= logging[chosen]) {
      u -= logging[chosen++];
    }
    item[i] = slate[chosen];
    propensity[i] = logging[chosen];
    target[i] = wanted[chosen];
    modelOfLogged[i] = rates[item[i]];
    reward[i] = draws.nextDouble() < world.affinity(Behaviour.CLICK, user[i], item[i]) ? 1 : 0;
  }

  private static void normalize(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    for (int a = 0; a < weights.length; a++) {
      weights[a] /= sum;
    }
  }

  public int size() {
    return user.length;
  }

  public int user(int choice) {
    return user[choice];
  }

  /** The item that was chosen. */
  public int item(int choice) {
    return item[choice];
  }

  /** 1 if the user clicked, else 0; of all choices, a copy as the others. */
  public double[] rewards() {
    return reward.clone();
  }

  /** The chances with which the logging policy chose what it chose. */
  public double[] propensities() {
    return propensity.clone();
  }

  /** The chances with which the target policy would have chosen the same. */
  public double[] targets() {
    return target.clone();
  }

  /** What the model expects of what was chosen. */
  public double[] modelOfLogged() {
    return modelOfLogged.clone();
  }

  /** What the model expects the target policy to earn in the same situation. */
  public double[] modelOfTarget() {
    return modelOfTarget.clone();
  }

  /** What the target policy earns per choice in these situations, as only the simulator knows. */
  public double truth() {
    return truth;
  }
}
