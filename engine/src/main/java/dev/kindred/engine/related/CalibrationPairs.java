package dev.kindred.engine.related;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * Pairs of items to calibrate a channel on.
 *
 * <p>For a positive objective: items of one user (positive) and, drawn in the same way, items of
 * two users (random). Because only the pairing differs, popularity tells the two kinds apart no
 * better than chance, and what a channel is credited with is relatedness. For a negative one see
 * {@link #contrast}. Immutable.
 */
public final class CalibrationPairs {
  private static final int MAX_TRIES = 50;

  private final int[] first;
  private final int[] second;
  private final int positives;

  private CalibrationPairs(int[] first, int[] second, int positives) {
    this.first = first;
    this.second = second;
    this.positives = positives;
  }

  /** Given pairs: (first[i], second[i]) is positive for i < positives, random from there on. */
  public static CalibrationPairs of(int[] first, int[] second, int positives) {
    if (first.length != second.length || positives < 0 || positives > first.length) {
      throw new IllegalArgumentException(
          first.length
              + " and "
              + second.length
              + " items make no pairs of which "
              + positives
              + " are positive");
    }
    return new CalibrationPairs(first.clone(), second.clone(), positives);
  }

  /**
   * Samples pairs of a training item and a held-out item: both of one user whom both matrices have,
   * or of two such users where the first user has not met the second's item. Users are drawn
   * uniformly, then one of their items.
   *
   * @param training users x items that the models were trained on
   * @param heldOut users x items that they were not; the same object as {@code training} samples
   *     pairs within it
   * @param perKind how many pairs of each kind to draw; where there are too few, fewer come back
   */
  public static CalibrationPairs sample(
      Interactions training, Interactions heldOut, int perKind, long seed) {
    if (training.rows() != heldOut.rows() || training.columns() != heldOut.columns()) {
      throw new IllegalArgumentException(
          "training is " + training + ", held out " + heldOut + "; give the same users and items");
    }
    if (perKind < 1 || perKind > 1 << 28) {
      throw new IllegalArgumentException(
          "pairs per kind is " + perKind + ", must be in [1, " + (1 << 28) + "]");
    }
    int[] users = new int[training.rows()];
    int count = 0;
    for (int user = 0; user < users.length; user++) {
      if (training.end(user) > training.start(user) && heldOut.end(user) > heldOut.start(user)) {
        users[count++] = user;
      }
    }
    Draws draws = Draws.of(seed, "calibration-pairs");
    int[] first = new int[2 * perKind];
    int[] second = new int[2 * perKind];
    int pairs = 0;
    int positives = 0;
    for (int random = 0; random < 2; random++) {
      for (int i = 0; i < perKind && count > random; i++) {
        draws.reset(random, i);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
          int user = users[draws.nextInt(count)];
          int other = random == 1 ? users[draws.nextInt(count)] : user;
          int a = draw(training, user, draws);
          int b = draw(heldOut, other, draws);
          boolean fits =
              random == 1
                  ? !training.contains(user, b) && !heldOut.contains(user, b)
                  : a != b && (training == heldOut || !training.contains(user, b));
          if (fits) {
            first[pairs] = a;
            second[pairs++] = b;
            break;
          }
        }
      }
      if (random == 0) {
        positives = pairs;
      }
    }
    return new CalibrationPairs(
        Arrays.copyOf(first, pairs), Arrays.copyOf(second, pairs), positives);
  }

  /**
   * Samples pairs that tell what a negative objective is to tell: next to an item that a user took
   * to, which of the items that he met will he dislike? Positive pairs end in one of his held-out
   * dislikes, the others in an item that he met and did not dislike.
   *
   * <p>Pairs of {@link #sample} would credit the channel with relatedness: items that the same
   * people dislike are much alike, and whoever likes the one likes the other.
   *
   * @param met users x items: every pair with a positive objective
   * @param disliked users x items: all dislikes, held out or not
   * @param heldOut users x items: the dislikes that the channel's model was not trained on
   * @param perKind how many pairs of each kind to draw; where there are too few, fewer come back
   */
  public static CalibrationPairs contrast(
      Interactions met, Interactions disliked, Interactions heldOut, int perKind, long seed) {
    int[] users = new int[met.rows()];
    int count = 0;
    for (int user = 0; user < users.length; user++) {
      if (met.count(user) > 1 && heldOut.count(user) > 0) {
        users[count++] = user;
      }
    }
    Draws draws = Draws.of(seed, "calibration-contrast");
    int[] first = new int[2 * perKind];
    int[] second = new int[2 * perKind];
    int pairs = 0;
    int positives = 0;
    for (int control = 0; control < 2; control++) {
      for (int i = 0; i < perKind && count > 0; i++) {
        draws.reset(control, i);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
          int user = users[draws.nextInt(count)];
          int a = draw(met, user, draws);
          int b = draw(control == 1 ? met : heldOut, user, draws);
          boolean fits =
              a != b
                  && !disliked.contains(user, a)
                  && (control == 0 || !disliked.contains(user, b));
          if (fits) {
            first[pairs] = a;
            second[pairs++] = b;
            break;
          }
        }
      }
      if (control == 0) {
        positives = pairs;
      }
    }
    return new CalibrationPairs(
        Arrays.copyOf(first, pairs), Arrays.copyOf(second, pairs), positives);
  }

  private static int draw(Interactions matrix, int user, Draws draws) {
    long start = matrix.start(user);
    return matrix.column(start + draws.nextInt((int) (matrix.end(user) - start)));
  }

  /** Number of pairs of both kinds. */
  public int size() {
    return first.length;
  }

  /** One item of a pair. */
  public int first(int pair) {
    return first[pair];
  }

  /** The other item of a pair. */
  public int second(int pair) {
    return second[pair];
  }

  /** Whether it is of the kind sought: items of one user, or one that ends in a dislike. */
  public boolean isPositive(int pair) {
    return pair < positives;
  }
}
