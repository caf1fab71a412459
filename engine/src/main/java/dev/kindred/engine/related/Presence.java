package dev.kindred.engine.related;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.index.run.Draws;
import java.util.Locale;

/**
 * The log-odds of a target that lacks a channel which the source has: those that a pair of the same
 * profile similarity would be expected to have, log-odds = atZero + perSimilarity similarity.
 *
 * <p>Without it such a target, an item that is too new for the log, would stand at log-odds 0 in
 * each objective, before or behind all others depending on where the objective's log-odds happen to
 * lie. With it, it stands where items as similar as it is stand on average. Not in the paper.
 * Immutable.
 *
 * @param atZero log-odds at similarity 0, and of targets that are no candidates by profile
 * @param perSimilarity what similarity 1 adds, at least 0
 */
public record Presence(float atZero, float perSimilarity) {
  /** An absent channel tells nothing. */
  public static final Presence NEUTRAL = new Presence(0, 0);

  /** Fewer pairs than this fix no line. */
  private static final int MIN_PAIRS = 40;

  private static final int SOURCES = 2_000;

  public Presence {
    if (!(Float.isFinite(atZero) && perSimilarity >= 0 && Float.isFinite(perSimilarity))) {
      throw new IllegalArgumentException(
          "a presence term of "
              + atZero
              + " and "
              + perSimilarity
              + " per similarity: needs finite numbers, the second at least 0");
    }
  }

  /** Log-odds of a target without the channel. */
  public float logOdds(float similarity) {
    return atZero + perSimilarity * similarity;
  }

  /**
   * Fits the line by least squares on candidates by profile where both have the channel, those of
   * up to 2000 drawn items. A line that falls becomes the mean; too few pairs make it neutral.
   */
  public static Presence fit(
      Channel channel, Calibration calibration, CandidateLists candidates, long seed) {
    Draws draws = Draws.of(seed, "presence");
    int items = candidates.items();
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (int s = 0; s < Math.min(items, SOURCES); s++) {
      int source = items <= SOURCES ? s : draws.nextInt(items);
      if (!channel.speaksFor(source)) {
        continue;
      }
      long end = candidates.end(source);
      for (long at = candidates.start(source); at < end; at++) {
        int target = candidates.item(at);
        if (candidates.source(at).isContent() && channel.has(target)) {
          double x = candidates.similarity(at);
          double y = calibration.logOdds(channel.cosine(source, target));
          n++;
          sumX += x;
          sumY += y;
          sumXx += x * x;
          sumXy += x * y;
        }
      }
    }
    if (n < MIN_PAIRS) {
      return NEUTRAL;
    }
    double variance = sumXx / n - sumX / n * (sumX / n);
    double slope = variance <= 1e-9 ? 0 : (sumXy / n - sumX / n * (sumY / n)) / variance;
    slope = Math.max(0, slope);
    return new Presence((float) (sumY / n - slope * sumX / n), (float) slope);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f %+.3f similarity", atZero, perSimilarity);
  }
}
