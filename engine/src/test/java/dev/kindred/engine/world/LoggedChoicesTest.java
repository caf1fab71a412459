package dev.kindred.engine.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.eval.OffPolicy;
import org.junit.jupiter.api.Test;

/** Off-policy estimates from the simulator's logged propensities against the simulator's truth. */
final class LoggedChoicesTest {
  private static final World WORLD =
      World.generate(WorldOptions.defaults().withSize(300, 200, 20_000));
  private static final double INF = Double.POSITIVE_INFINITY;

  private static OffPolicy estimator(LoggedChoices choices) {
    return new OffPolicy(choices.rewards(), choices.propensities(), choices.targets(), INF);
  }

  @Test
  void estimatesFindWhatTheTargetPolicyEarnsInTruthAndTheModelAloneDoesNot() {
    LoggedChoices choices = LoggedChoices.of(WORLD, 60_000, 3);
    OffPolicy off = estimator(choices);
    double truth = choices.truth();
    OffPolicy.Estimate logged = off.logged();
    assertTrue(
        truth > logged.value() + 10 * logged.standardError(),
        "the target earns " + truth + ", the logging policy " + logged);
    for (OffPolicy.Estimate estimate :
        new OffPolicy.Estimate[] {
          off.ips(), off.snips(), off.doublyRobust(choices.modelOfLogged(), choices.modelOfTarget())
        }) {
      assertEquals(truth, estimate.value(), 3.5 * estimate.standardError(), estimate.toString());
      assertTrue(estimate.standardError() < .03 * truth, estimate.toString());
    }
    double direct = off.directMethod(choices.modelOfTarget()).value();
    assertTrue(Math.abs(direct - truth) > .1 * truth, "direct " + direct + ", truth " + truth);
    assertEquals(1, off.meanWeight(), .03);
  }

  @Test
  void intervalsHoldTheTruthAboutAsOftenAsTheySay() {
    int held = 0;
    int estimates = 0;
    for (int seed = 0; seed < 40; seed++) {
      LoggedChoices choices = LoggedChoices.of(WORLD, 3_000, seed);
      OffPolicy off = estimator(choices);
      for (OffPolicy.Estimate e :
          new OffPolicy.Estimate[] {
            off.ips(),
            off.snips(),
            off.doublyRobust(choices.modelOfLogged(), choices.modelOfTarget())
          }) {
        estimates++;
        held += e.low() <= choices.truth() && choices.truth() <= e.high() ? 1 : 0;
      }
    }
    assertTrue(held >= .9 * estimates, held + " of " + estimates + " intervals hold the truth");
  }

  @Test
  void theSameSeedGivesTheSameChoicesAndChancesAreChances() {
    LoggedChoices one = LoggedChoices.of(WORLD, 500, 9);
    LoggedChoices two = LoggedChoices.of(WORLD, 500, 9);
    assertArrayEquals(one.propensities(), two.propensities());
    assertArrayEquals(one.rewards(), two.rewards());
    for (int i = 0; i < one.size(); i++) {
      assertEquals(one.item(i), two.item(i));
      assertTrue(one.propensities()[i] >= .2 / LoggedChoices.SLATE);
      assertTrue(one.targets()[i] > 0 && one.targets()[i] <= 1);
    }
    assertThrows(IllegalArgumentException.class, () -> LoggedChoices.of(WORLD, 0, 1));
  }
}
