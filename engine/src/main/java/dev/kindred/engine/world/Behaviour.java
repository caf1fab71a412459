package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;

/**
 * What users do with what they look at: the true probabilities of the world. Immutable; may be
 * shared by threads.
 *
 * <p>Each objective looks at the vectors of taste with an emphasis of its own, so that what is
 * related for likes is not quite what is related for shares. On the logit scale taste has the
 * declared standard deviation over random pairs. For the two blockbusters taste is nothing:
 * everybody watches them, so watching both says nothing about how they relate.
 */
final class Behaviour {
  static final int CLICK = 0;
  static final int WATCH = 1;
  static final int LIKE = 2;
  static final int SHARE = 3;
  static final int DISLIKE = 4;
  static final int OBJECTIVES = 5;

  private static final double[] EMPHASIS_ON_FIRST_HALF = {1, 1.2, 1.5, .4, 1.5};
  private static final int SCALE_PAIRS = 4096;

  private final Population population;
  private final double[][] emphasis = new double[OBJECTIVES][Population.DIM];
  private final double examinationExponent;

  Behaviour(WorldOptions options, Population population) {
    this.population = population;
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

  /** The logit of a click by somebody who looks at the item. */
  double clickLogit(int user, int item) {
    double base = isBlockbuster(item) ? 1 : -1;
    return base + taste(CLICK, user, item) + population.attraction[item];
  }

  /** The mean share of its length that somebody who clicked watches. */
  double watchShare(int user, int item) {
    return sigmoid(.1 + .8 * taste(WATCH, user, item) + .6 * population.quality[item]);
  }

  /** The chance of a like by somebody who clicked. */
  double like(int user, int item) {
    return sigmoid(-1.9 + .9 * taste(LIKE, user, item) + .7 * population.quality[item]);
  }

  /** The chance of a share by somebody who clicked. */
  double share(int user, int item) {
    return sigmoid(-3.4 + .9 * taste(SHARE, user, item) + .6 * population.shareability[item]);
  }

  /** The chance of a dislike by somebody who clicked and did not like. */
  double dislike(int user, int item) {
    return sigmoid(
        -2.2
            - .9 * taste(DISLIKE, user, item)
            - .7 * population.quality[item]
            + .5 * population.attraction[item]);
  }

  /** The chance, or for WATCH the mean share watched, given that the user looks at the item. */
  double expected(int objective, int user, int item) {
    double click = sigmoid(clickLogit(user, item));
    return switch (objective) {
      case CLICK -> click;
      case WATCH -> click * watchShare(user, item);
      case LIKE -> click * like(user, item);
      case SHARE -> click * share(user, item);
      case DISLIKE -> click * (1 - like(user, item)) * dislike(user, item);
      default -> throw new IndexOutOfBoundsException("objective " + objective + " of 5");
    };
  }
}
