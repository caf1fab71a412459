package dev.kindred.engine.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangeTest {
  private static final int USERS = 500;

  /** Users of very different activity; clicks of the second life follow those of the first. */
  private static Tally[] twoLives(long seed, double lift) {
    Draws draws = Draws.of(seed, "lives");
    Tally[] lives = {new Tally(USERS), new Tally(USERS)};
    for (int user = 0; user < USERS; user++) {
      int lists = 1 + draws.nextInt(40);
      double rate = .3 + .2 * draws.nextGaussian();
      for (int life = 0; life < 2; life++) {
        lives[life].add(Tally.LISTS, user, lists);
      }
      for (int l = 0; l < lists; l++) {
        double u = draws.nextDouble();
        double other = draws.nextInt(5) == 0 ? draws.nextDouble() : u;
        lives[0].add(Tally.CLICKS, user, u < rate ? 1 : 0);
        lives[1].add(Tally.CLICKS, user, other < rate * lift ? 1 : 0);
      }
    }
    return lives;
  }

  @Test
  void theErrorIsThatOfDrawingTheUsersAnew() {
    Tally[] lives = twoLives(1, 1.1);
    int[] all = IntStream.range(0, USERS).toArray();
    Change change = Ratios.paired(Metric.CLICKING, lives[1], lives[0], all);
    double[] again = new double[400];
    Draws draws = Draws.of(2, "bootstrap");
    double mean = 0;
    for (int b = 0; b < again.length; b++) {
      int[] users = new int[USERS];
      for (int i = 0; i < USERS; i++) {
        users[i] = draws.nextInt(USERS);
      }
      again[b] = Ratios.paired(Metric.CLICKING, lives[1], lives[0], users).value();
      mean += again[b] / again.length;
    }
    double square = 0;
    for (double value : again) {
      square += (value - mean) * (value - mean) / (again.length - 1);
    }
    assertEquals(Math.sqrt(square), change.error(), .12 * change.error(), change.toString());
    Change apart = Ratios.apart(Metric.CLICKING, lives[1], all, lives[0], all);
    assertEquals(change.value(), apart.value(), 1e-9);
    assertTrue(apart.error() > 1.5 * change.error(), apart + " and paired " + change);
  }

  @Test
  void intervalsHoldTheTruthAsOftenAsTheySay() {
    int[] all = IntStream.range(0, USERS).toArray();
    int held = 0;
    for (int seed = 0; seed < 100; seed++) {
      Tally[] lives = twoLives(seed, 1);
      Change change = Ratios.paired(Metric.CLICKING, lives[1], lives[0], all);
      held += change.low() <= 0 && change.high() >= 0 ? 1 : 0;
    }
    assertTrue(held >= 88, held + " of 100 intervals hold 0");
  }

  @Test
  void overWorldsTheWiderOfBothIntervalsCounts() {
    Change alone = Change.of(5, 1);
    assertEquals(alone, Change.mean(List.of(alone)));
    // Worlds that agree better than their errors say: the errors count.
    Change agreed = Change.mean(List.of(alone, Change.of(5, 1), Change.of(5, 1)));
    assertEquals(5, agreed.value(), 1e-12);
    assertEquals(5 - 1.959964 / Math.sqrt(3), agreed.low(), 1e-6);
    // Worlds that differ: Student's interval of 4, 5 and 6 with 2 degrees of freedom.
    List<Change> apart = new ArrayList<>();
    for (double value : new double[] {4, 5, 6}) {
      apart.add(Change.of(value, .01));
    }
    Change mean = Change.mean(apart);
    assertEquals(5 - 4.303 / Math.sqrt(3), mean.low(), 1e-3);
    assertEquals(5 + 4.303 / Math.sqrt(3), mean.high(), 1e-3);
    assertTrue(mean.isRise());
  }

  @Test
  void aMetricThatNeverHappensHasNoChangeAndIsNotClear() {
    Change change = Ratios.paired(Metric.NEGATIVE, new Tally(3), new Tally(3), new int[] {0, 1, 2});
    assertTrue(Double.isNaN(change.value()));
    assertTrue(!change.isRise() && !change.isFall());
  }

  @Test
  void aDifferenceSeenInOneWorldHasNoInterval() {
    Change one = Change.overWorlds(List.of(.02));
    assertEquals(.02, one.value());
    assertTrue(!one.isRise() && !one.isFall() && Double.isInfinite(one.error()), one.toString());
    Change two = Change.overWorlds(List.of(.02, .03));
    assertEquals(.025, two.value(), 1e-12);
    assertEquals(.025 - 12.706 * .005, two.low(), 1e-9); // Student's, one degree of freedom
  }
}
