package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Off-policy estimates, by hand and against the truth of a simulated site. */
final class OffPolicyTest {
  private static final double EPSILON = 1e-12;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Two choices: earned 1 at propensity .5, earned 0 at .25; the target takes them at .25, .5. */
  private static final OffPolicy BY_HAND =
      new OffPolicy(new double[] {1, 0}, new double[] {.5, .25}, new double[] {.25, .5}, INF);

  @Test
  void estimatesAreThoseWorkedOutByHand() {
    assertEquals(.5, BY_HAND.logged().value(), EPSILON);
    assertEquals((.5 * 1 + 2 * 0) / 2, BY_HAND.ips().value(), EPSILON);
    assertEquals(.5 / 2.5, BY_HAND.snips().value(), EPSILON);
    // (.6 + .5 (1 - .7) + .4 + 2 (0 - .1)) / 2
    double robust = BY_HAND.doublyRobust(new double[] {.7, .1}, new double[] {.6, .4}).value();
    assertEquals((.6 + .15 + .4 - .2) / 2, robust, EPSILON);
    assertEquals(.5, BY_HAND.directMethod(new double[] {.6, .4}).value(), EPSILON);
    assertEquals(2.5 * 2.5 / (.25 + 4), BY_HAND.effectiveSampleSize(), EPSILON);
    assertEquals(1.25, BY_HAND.meanWeight(), EPSILON);
  }

  @Test
  void clippingCutsTheLargestWeights() {
    OffPolicy clipped =
        new OffPolicy(new double[] {1, 1}, new double[] {.5, .25}, new double[] {.25, .5}, 1);
    assertEquals((.5 + 1) / 2, clipped.ips().value(), EPSILON);
    assertEquals(1, clipped.clipped());
    assertEquals(1, clipped.largestWeight(), EPSILON);
  }

  @Test
  void theLoggingPolicyItselfIsWorthWhatItEarned() {
    double[] p = {.2, .5, .9};
    OffPolicy same = new OffPolicy(new double[] {1, 0, 1}, p, p, INF);
    assertEquals(same.logged(), same.ips());
    assertEquals(2 / 3.0, same.snips().value(), EPSILON);
    assertEquals(3, same.effectiveSampleSize(), EPSILON);
  }

  @Test
  void aPropensityOfZeroIsRefusedByItsPlace() {
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> new OffPolicy(new double[2], new double[] {1, 0}, new double[2], INF))
            .getMessage()
            .contains("propensity 1 is 0.0"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new OffPolicy(new double[1], new double[] {.5}, new double[] {1.5}, INF));
  }

  private static void assertUneven(String counts, double[] r, double[] p, double[] q) {
    for (Executable taking :
        new Executable[] {() -> OffPolicy.unusable(r, p, q), () -> new OffPolicy(r, p, q, INF)}) {
      String message = assertThrows(IllegalArgumentException.class, taking).getMessage();
      assertTrue(message.startsWith(counts + "; give as many of each"), message);
    }
  }

  @Test
  void aLogOfUnevenLengthsIsRefusedWithItsCounts() {
    double[] two = {.5, .5};
    double[] one = {.5};
    double[] none = {};
    assertUneven("2 rewards, 1 propensities and 2 target probabilities", two, one, two);
    assertUneven("2 rewards, 2 propensities and 1 target probabilities", two, two, one);
    assertUneven("1 rewards, 2 propensities and 2 target probabilities", one, two, two);
    assertUneven("0 rewards, 0 propensities and 0 target probabilities", none, none, none);
    assertEquals(Optional.empty(), OffPolicy.unusable(two, two, two));
  }

  /** A site of four kinds of users and five items whose click chances are known. */
  private static final class Site {
    static final int KINDS = 4;
    static final int ITEMS = 5;
    final double[][] click = new double[KINDS][ITEMS];
    final double[][] logging = new double[KINDS][ITEMS];
    final double[][] target = new double[KINDS][ITEMS];

    Site(long seed) {
      Draws draws = Draws.of(seed, "site");
      for (int kind = 0; kind < KINDS; kind++) {
        double sum = 0;
        for (int item = 0; item < ITEMS; item++) {
          click[kind][item] = .05 + .5 * draws.nextDouble();
          logging[kind][item] = .2 + draws.nextDouble();
          sum += logging[kind][item];
          // The target nearly always shows what this kind of user clicks most.
          target[kind][item] = .05;
        }
        int best = 0;
        for (int item = 0; item < ITEMS; item++) {
          logging[kind][item] /= sum;
          best = click[kind][item] > click[kind][best] ? item : best;
        }
        target[kind][best] = 1 - .05 * (ITEMS - 1);
      }
    }

    double truth() {
      double value = 0;
      for (int kind = 0; kind < KINDS; kind++) {
        for (int item = 0; item < ITEMS; item++) {
          value += target[kind][item] * click[kind][item] / KINDS;
        }
      }
      return value;
    }
  }

  /** A log of the site and what a model says of it. */
  private record Log(OffPolicy off, double[] modelOfLogged, double[] modelOfTarget) {
    /**
     * @param modelError added to every click chance by the model
     * @param propensityPower propensities are logged to this power: 1 = right
     */
    static Log of(Site site, int n, long seed, double modelError, double propensityPower) {
      Draws draws = Draws.of(seed, "log");
      double[] reward = new double[n];
      double[] propensity = new double[n];
      double[] target = new double[n];
      double[] logged = new double[n];
      double[] expected = new double[n];
      for (int i = 0; i < n; i++) {
        int kind = draws.nextInt(Site.KINDS);
        double u = draws.nextDouble();
        int item = 0;
        while (item < Site.ITEMS - 1 && u >= site.logging[kind][item]) {
          u -= site.logging[kind][item++];
        }
        reward[i] = draws.nextDouble() < site.click[kind][item] ? 1 : 0;
        propensity[i] = Math.pow(site.logging[kind][item], propensityPower);
        target[i] = site.target[kind][item];
        logged[i] = site.click[kind][item] + modelError;
        for (int a = 0; a < Site.ITEMS; a++) {
          expected[i] += site.target[kind][a] * (site.click[kind][a] + modelError);
        }
      }
      return new Log(new OffPolicy(reward, propensity, target, INF), logged, expected);
    }
  }

  @Test
  void estimatesFindTheTrueValueOfAnotherPolicy() {
    Site site = new Site(11);
    Log log = Log.of(site, 40_000, 1, .1, 1);
    double truth = site.truth();
    assertTrue(Math.abs(log.off.logged().value() - truth) > .1, "the policies are alike");
    assertEquals(1, log.off.meanWeight(), .02);
    for (OffPolicy.Estimate estimate :
        new OffPolicy.Estimate[] {
          log.off.ips(), log.off.snips(), log.off.doublyRobust(log.modelOfLogged, log.modelOfTarget)
        }) {
      assertEquals(truth, estimate.value(), 3.5 * estimate.standardError());
      assertTrue(estimate.standardError() < .02, estimate.toString());
    }
    assertTrue(Math.abs(log.off.directMethod(log.modelOfTarget).value() - truth) > .09);
  }

  @Test
  void doublyRobustIsRightIfEitherTheModelOrThePropensitiesAre() {
    Site site = new Site(11);
    Log rightModel = Log.of(site, 40_000, 2, 0, .5);
    OffPolicy.Estimate robust =
        rightModel.off.doublyRobust(rightModel.modelOfLogged, rightModel.modelOfTarget);
    assertEquals(site.truth(), robust.value(), 4 * robust.standardError());
    assertTrue(Math.abs(rightModel.off.ips().value() - site.truth()) > .05);
  }

  @Test
  void intervalsHoldTheTruthAboutAsOftenAsTheySay() {
    Site site = new Site(5);
    int[] held = new int[3];
    int logs = 200;
    for (int seed = 0; seed < logs; seed++) {
      Log log = Log.of(site, 1_000, seed, .05, 1);
      OffPolicy.Estimate[] estimates = {
        log.off.ips(), log.off.snips(), log.off.doublyRobust(log.modelOfLogged, log.modelOfTarget)
      };
      for (int e = 0; e < held.length; e++) {
        held[e] +=
            estimates[e].low() <= site.truth() && site.truth() <= estimates[e].high() ? 1 : 0;
      }
    }
    for (int e = 0; e < held.length; e++) {
      assertTrue(held[e] >= .88 * logs, "estimate " + e + " held in " + held[e] + " of " + logs);
    }
  }

  @Test
  void aModelLessensTheVarianceAndSelfNormalisingStaysInRange() {
    Site site = new Site(11);
    Log log = Log.of(site, 5_000, 3, 0, 1);
    assertTrue(
        log.off.doublyRobust(log.modelOfLogged, log.modelOfTarget).standardError()
            < log.off.ips().standardError());
    OffPolicy few =
        new OffPolicy(new double[] {1, 1}, new double[] {.01, .5}, new double[] {1, .5}, INF);
    assertTrue(few.ips().value() > 50);
    assertEquals(1, few.snips().value(), EPSILON);
  }
}
