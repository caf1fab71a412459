package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  /** {@code ones} of {@code size} cosines are 1, the others 0, in turns. */
  private static float[] mixed(int size, int ones) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (long) (i + 1) * ones / size > (long) i * ones / size ? 1 : 0;
    }
    return values;
  }

  private static double logit(double p) {
    return Math.log(p / (1 - p));
  }

  @Test
  void plattsFitOfTwoValuesHasAClosedForm() {
    // at cosine 1: 300 positive, 100 random; at 0: 100 and 300
    Calibration fit = Calibration.fit("test", mixed(400, 300), mixed(400, 100));
    double high = 401 / 402.0;
    double low = 1 / 402.0;
    double atOne = (300 * high + 100 * low) / 400;
    assertTrue(fit.active());
    assertEquals(logit(atOne), fit.logOdds(1), 1e-5);
    assertEquals(-logit(atOne), fit.logOdds(0), 1e-5);
    assertEquals(atOne, fit.probability(1), 1e-6);
  }

  @Test
  void unequalNumbersOfPairsDoNotShiftTheZero() {
    Calibration even = Calibration.fit("test", mixed(4000, 3000), mixed(4000, 1000));
    Calibration uneven = Calibration.fit("test", mixed(400, 300), mixed(4000, 1000));
    assertEquals(even.logOdds(0.5f), uneven.logOdds(0.5f), 0.02);
    assertEquals(even.slope(), uneven.slope(), 0.03);
  }

  @Test
  void aGeneratedSlopeIsRecovered() {
    // x | positive ~ N(0.5, 0.3), x | random ~ N(0.1, 0.3): log-odds (0.4 x - 0.12) / 0.09
    Draws draws = Draws.of(2, "calibration-test");
    float[] positive = new float[20_000];
    float[] random = new float[20_000];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = (float) (0.5 + 0.3 * draws.nextGaussian());
      random[i] = (float) (0.1 + 0.3 * draws.nextGaussian());
    }
    Calibration fit = Calibration.fit("test", positive, random);
    assertEquals(0.4 / 0.09, fit.slope(), 0.15);
    assertEquals(-0.12 / 0.09, fit.intercept(), 0.06);
  }

  @Test
  void aWorthlessChannelIsSwitchedOffWithAMessage() {
    Draws draws = Draws.of(3, "calibration-test");
    float[] positive = new float[1000];
    float[] random = new float[1000];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = draws.nextFloat();
      random[i] = draws.nextFloat();
    }
    Calibration fit = Calibration.fit("click non-linear", positive, random);
    assertFalse(fit.active());
    assertEquals(0, fit.logOdds(0.9f));
    assertTrue(fit.note().startsWith("click non-linear switched off: it does not tell"));
  }

  @Test
  void aChannelThatRanksTheWrongWayIsSwitchedOff() {
    assertFalse(Calibration.fit("test", mixed(400, 100), mixed(400, 300)).active());
  }

  @Test
  void aConstantChannelIsSwitchedOff() {
    float[] same = new float[500];
    Arrays.fill(same, 0.7f);
    assertFalse(Calibration.fit("test", same, same.clone()).active());
  }

  @Test
  void tooFewPairsSwitchOffWithTheirNumber() {
    Calibration fit = Calibration.fit("test", mixed(12, 9), mixed(400, 100));
    assertFalse(fit.active());
    assertTrue(fit.note().contains("12 positive"), fit.note());
  }

  @Test
  void anActiveCalibrationRisesAndIsFinite() {
    assertThrows(IllegalArgumentException.class, () -> new Calibration(-1, 0, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new Calibration(0, 0, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new Calibration(Float.NaN, 0, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new Calibration(1, 0, false, ""));
  }

  /** Users of two tastes: even users meet even items, odd users odd ones; disjoint in time. */
  private static Interactions tastes(int users, int items, int from, int to) {
    return Interactions.of(
        users,
        items,
        sink -> {
          for (int user = 0; user < users; user++) {
            for (int i = from; i < to; i++) {
              sink.add(user, (user + 2 * i + 2 * (user / 2)) % items, 1);
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  @Test
  void sampledPairsAreOfOneUserOrOfTwoAndReproducible() {
    Interactions training = tastes(40, 30, 0, 4);
    Interactions heldOut = tastes(40, 30, 4, 7);
    CalibrationPairs pairs = CalibrationPairs.sample(training, heldOut, 300, 5);
    CalibrationPairs again = CalibrationPairs.sample(training, heldOut, 300, 5);
    assertEquals(600, pairs.size());
    int mixedTastes = 0;
    for (int i = 0; i < pairs.size(); i++) {
      assertEquals(pairs.first(i), again.first(i));
      assertEquals(pairs.second(i), again.second(i));
      int first = pairs.first(i);
      int second = pairs.second(i);
      if (pairs.isPositive(i)) {
        assertEquals(first % 2, second % 2);
        boolean ofOneUser = false;
        for (int user = 0; user < 40; user++) {
          ofOneUser |= training.contains(user, first) && heldOut.contains(user, second);
        }
        assertTrue(ofOneUser, first + " and " + second);
      } else {
        mixedTastes += first % 2 == second % 2 ? 0 : 1;
      }
    }
    assertTrue(mixedTastes > 100, mixedTastes + " of 300 random pairs cross");
    Channel channel = twoPoles(30);
    Calibration fit = Calibration.fit(channel, pairs);
    assertTrue(fit.active(), fit.note());
    assertTrue(fit.logOdds(1) > 1 && fit.logOdds(0) < -1, fit.note());
  }

  private static Channel twoPoles(int items) {
    float[] vectors = new float[items * 2];
    for (int i = 0; i < items; i++) {
      vectors[2 * i + i % 2] = 3;
    }
    return Channel.normalized("click", Channel.Kind.LINEAR, vectors, items, 2);
  }

  @Test
  void pairsWithinOneMatrixAreOfTwoItems() {
    Interactions matrix = tastes(20, 12, 0, 2);
    CalibrationPairs pairs = CalibrationPairs.sample(matrix, matrix, 100, 5);
    assertEquals(200, pairs.size());
    for (int i = 0; i < 100; i++) {
      assertTrue(pairs.isPositive(i) && pairs.first(i) != pairs.second(i));
    }
  }

  @Test
  void pairsThatLackTheChannelAreLeftOut() {
    float[] vectors = new float[30 * 2];
    vectors[0] = 1; // only item 0 has a row
    Channel channel = Channel.normalized("click", Channel.Kind.LINEAR, vectors, 30, 2);
    CalibrationPairs pairs =
        CalibrationPairs.sample(tastes(40, 30, 0, 4), tastes(40, 30, 4, 7), 300, 5);
    Calibration fit = Calibration.fit(channel, pairs);
    assertTrue(fit.note().contains("0 positive and 0 random pairs"), fit.note());
  }

  @Test
  void noUsersGiveNoPairs() {
    Interactions none = tastes(5, 4, 0, 0);
    assertEquals(0, CalibrationPairs.sample(none, none, 10, 1).size());
  }
}
