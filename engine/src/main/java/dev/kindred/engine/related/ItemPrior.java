package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;

/**
 * How much more or less often than the average item an item meets with an objective: a channel that
 * does not depend on the source.
 *
 * <p>For dislike it says what similarity in the space of dislikes can't: that an item is bad, not
 * that it is like another one.
 */
public final class ItemPrior {
  /** Samples at the average rate that every item is credited with before its own count. */
  private static final double PSEUDO_COUNT = 20;

  private ItemPrior() {}

  /**
   * The prior of every item: log-odds of its smoothed rate (happened + m p) / (samples + m), less
   * log-odds of the rate p of the whole log, with m = 20. An item without samples has 0.
   */
  public static Channel of(Events events, int objective) {
    int items = events.items().size();
    int[] samples = new int[items];
    int[] happened = new int[items];
    long total = 0;
    for (int row = 0; row < events.size(); row++) {
      samples[events.item(row)]++;
      if (events.value(objective, row) > 0) {
        happened[events.item(row)]++;
        total++;
      }
    }
    // Half a sample each way keeps the log-odds finite where it always or never happened.
    double rate = (total + 0.5) / (events.size() + 1.0);
    double average = logOdds(rate);
    float[] prior = new float[items];
    for (int item = 0; item < items; item++) {
      if (samples[item] > 0) {
        double own = (happened[item] + PSEUDO_COUNT * rate) / (samples[item] + PSEUDO_COUNT);
        prior[item] = (float) (logOdds(own) - average);
      }
    }
    return Channel.prior(events.objectives().get(objective).name(), prior);
  }

  private static double logOdds(double probability) {
    return Math.log(probability / (1 - probability));
  }
}
