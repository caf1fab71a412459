package dev.kindred.engine.world;

/**
 * What kind of service a world is: the laws that don't depend on its size. Logits are those of a
 * mean user and a mean item.
 *
 * @param medianSeconds length of the median item, from 5 to 7,200; lengths lie between an eighth
 *     and fifteen times that
 * @param seriesShare of the items that are episodes, in [0, 0.8]
 * @param hidden size of the part of an item that no profile tells; those that a type, styles and
 *     actors tell have 0.8, 0.6 and 0.4
 * @param itemSpread standard deviation of what makes items attractive, good and worth sharing,
 *     whoever looks; 0 = all alike
 * @param bait how much worse an item is than others for each deviation by which it is more
 *     attractive
 * @param popularityPull how much likelier a click is, on the logit, for each deviation of the log
 *     of popularity; 0 = what is shown often is no better for it
 * @param context standard deviation, on the logit of the share watched, of how well an item goes
 *     with the one beside which it is shown; clicks and shares feel three tenths of it, likes half,
 *     dislikes all; 0 = a list is looked at as if it stood alone
 * @param clickLogit of a click by somebody who looks
 * @param feedbackLogit added to the logits of like, share and dislike
 * @param watchSpread standard deviation of the share watched around its mean
 * @param mistakeSeconds a click by mistake is left within so many seconds
 */
public record WorldLaws(
    double medianSeconds,
    double seriesShare,
    double hidden,
    double itemSpread,
    double bait,
    double popularityPull,
    double context,
    double clickLogit,
    double feedbackLogit,
    double watchSpread,
    double mistakeSeconds) {
  public WorldLaws {
    check("medianSeconds", medianSeconds, 5, 7_200);
    check("seriesShare", seriesShare, 0, .8);
    check("hidden", hidden, 0, 10);
    check("itemSpread", itemSpread, 0, 10);
    check("bait", bait, 0, 1);
    check("popularityPull", popularityPull, 0, 10);
    check("context", context, 0, 10);
    check("clickLogit", clickLogit, -10, 10);
    check("feedbackLogit", feedbackLogit, -10, 10);
    check("watchSpread", watchSpread, 0, 1);
    check("mistakeSeconds", mistakeSeconds, .2, 60);
  }

  private static void check(String name, double value, double from, double to) {
    if (!(value >= from && value <= to)) {
      throw new IllegalArgumentException(
          name + " of a world is " + value + ", must be from " + from + " to " + to);
    }
  }

  /** A site of videos of some minutes. */
  public static WorldLaws defaults() {
    return new WorldLaws(240, .2, .4, 1, .25, 0, .5, -1, 0, .22, 5);
  }

  /**
   * Clips of half a minute that start as soon as they are looked at: much is opened, and how long
   * it is watched tells more than that.
   */
  public static WorldLaws shortVideo() {
    return new WorldLaws(28, .03, .6, 1, .5, 0, .3, .2, -.5, .3, 2);
  }

  /** A library of films and series: profiles tell nearly all, and one episode leads to the next. */
  public static WorldLaws catalogue() {
    return new WorldLaws(1_800, .5, .2, .8, .1, 0, .8, -1.2, .3, .2, 5);
  }

  /** All items are alike but for how popular they are, and the popular are clicked more. */
  public static WorldLaws popularityOnly() {
    return new WorldLaws(240, .2, .4, 0, 0, .8, 0, -1, 0, .22, 5);
  }

  /** This with another weight of what an item is shown beside. */
  public WorldLaws withContext(double value) {
    return new WorldLaws(
        medianSeconds,
        seriesShare,
        hidden,
        itemSpread,
        bait,
        popularityPull,
        value,
        clickLogit,
        feedbackLogit,
        watchSpread,
        mistakeSeconds);
  }
}
