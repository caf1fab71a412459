package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;

/**
 * What users do with what they look at: the true probabilities of the world. Immutable; may be
 * shared by threads.
 *
 * <p>Each objective looks at the vectors of taste with an emphasis of its own, so that what is
 * related for likes is not quite what is related for shares. On the logit scale taste has the
 * declared standard deviation over random pairs. What was just watched counts too: an item that has
 * nothing to do with it is opened a little less, left sooner and disliked more. For the two
 * blockbusters taste is nothing: everybody watches them, so watching both says nothing about how
 * they relate.
 */
final class Behaviour {
  static final int CLICK = 0;
  static final int WATCH = 1;
  static final int LIKE = 2;
  static final int SHARE = 3;
  static final int DISLIKE = 4;
  static final int OBJECTIVES = 5;

  /** For an item that is not shown beside another one. */
  static final int NOWHERE = -1;

  /** What a unit of each objective adds to the satisfaction with a visit. */
  static final double[] SATISFACTION = {.1, .6, 1, .8, -1.2};

  private static final double[] EMPHASIS_ON_FIRST_HALF = {1, 1.2, 1.5, .4, 1.5};
  private static final double[] CONTEXT = {.3, 1, .5, .3, -1}; // on each objective's logit
  private static final double MOST_LIKENESS = 2; // deviations; an episode is no closer than that
  private static final int SCALE_PAIRS = 4096;
  private static final double AGAIN = -2; // on the logit of a click, for what was watched before
  private static final double SEQUEL = 1.5; // on the logit of a click, for the next episode

  private final Population population;
  private final WorldLaws laws;
  private final double[][] emphasis = new double[OBJECTIVES][Population.DIM];
  private final double examinationExponent;
  private final double likenessMean;
  private final double likenessDeviation;

  Behaviour(WorldOptions options, Population population) {
    this.population = population;
    laws = options.laws();
    examinationExponent = options.examinationExponent();
    Draws draws = Draws.of(options.seed(), "world scale");
    for (int k = 0; k < OBJECTIVES; k++) {
      for (int d = 0; d < Population.DIM; d++) {
        boolean first = d < Population.DIM / 2;
        emphasis[k][d] = first ? EMPHASIS_ON_FIRST_HALF[k] : 2 - EMPHASIS_ON_FIRST_HALF[k];
      }
      double square = 0;
      for (int i = 0; i < SCALE_PAIRS; i++) {
        int user = draws.nextInt(population.users);
        int item = draws.nextInt(population.items);
        double taste = population.taste(user, item, emphasis[k]);
        square += taste * taste;
      }
      double scale = options.tasteStrength() / Math.sqrt(square / SCALE_PAIRS);
      for (int d = 0; d < Population.DIM; d++) {
        emphasis[k][d] *= scale;
      }
    }
    double sum = 0;
    double square = 0;
    for (int i = 0; i < SCALE_PAIRS; i++) {
      double likeness =
          population.likeness(draws.nextInt(population.items), draws.nextInt(population.items));
      sum += likeness;
      square += likeness * likeness;
    }
    likenessMean = sum / SCALE_PAIRS;
    likenessDeviation = Math.sqrt(square / SCALE_PAIRS - likenessMean * likenessMean);
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /** The chance that an item at the position, from 1, is looked at. */
  double examination(int position) {
    return StrictMath.pow(position, -examinationExponent);
  }

  boolean isBlockbuster(int item) {
    return item == population.blockbusters[0] || item == population.blockbusters[1];
  }

  /** Taste on the logit scale. */
  double taste(int objective, int user, int item) {
    return isBlockbuster(item) ? 0 : population.taste(user, item, emphasis[objective]);
  }

  /** How well an item goes with the one beside which it is shown, in the declared deviations. */
  private double context(int item, int beside) {
    if (beside == NOWHERE || laws.context() == 0) {
      return 0;
    }
    double likeness = (population.likeness(item, beside) - likenessMean) / likenessDeviation;
    return laws.context() * Math.min(likeness, MOST_LIKENESS);
  }

  private double clickLogit(int user, int item, double context) {
    double base = laws.clickLogit() + (isBlockbuster(item) ? 2 : 0);
    return base
        + taste(CLICK, user, item)
        + population.attraction[item]
        + population.pull[item]
        + CONTEXT[CLICK] * context;
  }

  /** The mean share of its length that somebody who clicked watches. */
  private double watchShare(int user, int item, double context) {
    return sigmoid(
        .1
            + .8 * taste(WATCH, user, item)
            + .6 * population.quality[item]
            + CONTEXT[WATCH] * context);
  }

  /** The chance of a like by somebody who clicked. */
  private double like(int user, int item, double context) {
    return sigmoid(
        -1.9
            + laws.feedbackLogit()
            + .9 * taste(LIKE, user, item)
            + .7 * population.quality[item]
            + CONTEXT[LIKE] * context);
  }

  /** The chance of a share by somebody who clicked. */
  private double share(int user, int item, double context) {
    return sigmoid(
        -3.4
            + laws.feedbackLogit()
            + .9 * taste(SHARE, user, item)
            + .6 * population.shareability[item]
            + CONTEXT[SHARE] * context);
  }

  /** The chance of a dislike by somebody who clicked and did not like. */
  private double dislike(int user, int item, double context) {
    return sigmoid(
        -2.2
            + laws.feedbackLogit()
            - .9 * taste(DISLIKE, user, item)
            - .7 * population.quality[item]
            + .5 * population.attraction[item]
            + CONTEXT[DISLIKE] * context);
  }

  /**
   * The chance, or for WATCH the mean share watched, given that the user looks at the item.
   *
   * @param beside the item beside which it is shown, or {@link #NOWHERE}
   */
  double expected(int objective, int user, int item, int beside) {
    double context = context(item, beside);
    double click = sigmoid(clickLogit(user, item, context));
    return switch (objective) {
      case CLICK -> click;
      case WATCH -> click * watchShare(user, item, context);
      case LIKE -> click * like(user, item, context);
      case SHARE -> click * share(user, item, context);
      case DISLIKE -> click * (1 - like(user, item, context)) * dislike(user, item, context);
      default -> throw new IndexOutOfBoundsException("objective " + objective + " of 5");
    };
  }

  /**
   * The user looks at an item, and perhaps clicks, watches and says something. Takes the same
   * number of draws whatever comes of it, so that two looks with the same draws differ only by what
   * they look at.
   *
   * @param beside the item beside which it is shown
   * @param sequel whether it is the next episode of what the user has just watched
   * @param again whether the user has watched it before
   * @param mistakeRate the chance of a click by mistake
   */
  void look(
      int user,
      int item,
      int beside,
      boolean sequel,
      boolean again,
      double mistakeRate,
      Draws draws,
      Look out) {
    out.clear();
    double context = context(item, beside);
    double logit = clickLogit(user, item, context) + (sequel ? SEQUEL : 0) + (again ? AGAIN : 0);
    out.clickChance = sigmoid(logit);
    boolean mistake = draws.nextDouble() < mistakeRate;
    boolean meant = draws.nextDouble() < out.clickChance;
    double spread = laws.watchSpread() * draws.nextGaussian();
    double likeDraw = draws.nextDouble();
    double dislikeDraw = draws.nextDouble();
    double shareDraw = draws.nextDouble();
    double quitDraw = draws.nextDouble();
    out.clicked = mistake || meant;
    if (mistake) {
      out.mistake = true;
      double seconds = laws.mistakeSeconds();
      out.dwellTenths = (int) Math.max(1, 10 * seconds * (.1 + .88 * quitDraw));
    } else if (meant) {
      double mean = watchShare(user, item, context);
      out.share = Math.min(Math.max(mean + spread, .02), 1.05);
      double least = .6 * laws.mistakeSeconds();
      double seconds = Math.max(least, out.share * population.lengthSeconds[item]);
      out.dwellTenths = (int) Math.round(seconds * 10);
      out.liked = likeDraw < like(user, item, context);
      out.disliked = !out.liked && dislikeDraw < dislike(user, item, context);
      out.shared = shareDraw < share(user, item, context);
    }
  }
}
