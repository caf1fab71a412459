package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import org.junit.jupiter.api.Test;

/** Intervals and tests whose right answer is known. */
final class ClusterBootstrapTest {
  @Test
  void theIntervalOfIndependentValuesIsThatOfTheNormalApproximation() {
    int n = 4_000;
    Draws draws = Draws.of(3, "values");
    double[] values = new double[n];
    int[] cluster = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = draws.nextDouble() < .2 ? 1 : 0;
      cluster[i] = i;
    }
    ClusterBootstrap.Interval interval = new ClusterBootstrap(cluster, 1).mean(values);
    double error = 1.96 * Math.sqrt(.2 * .8 / n);
    assertEquals(interval.mean() - error, interval.low(), .15 * error);
    assertEquals(interval.mean() + error, interval.high(), .15 * error);
  }

  @Test
  void valuesThatAgreeWithinClustersMakeTheIntervalWider() {
    int n = 4_000;
    Draws draws = Draws.of(3, "values");
    double[] values = new double[n];
    int[] each = new int[n];
    int[] ofTwenty = new int[n];
    double value = 0;
    for (int i = 0; i < n; i++) {
      value = i % 20 == 0 ? draws.nextDouble() : value;
      values[i] = value;
      each[i] = i;
      ofTwenty[i] = i / 20;
    }
    ClusterBootstrap.Interval narrow = new ClusterBootstrap(each, 1).mean(values);
    ClusterBootstrap.Interval wide = new ClusterBootstrap(ofTwenty, 1).mean(values);
    assertEquals(narrow.mean(), wide.mean(), 1e-12);
    double ratio = (wide.high() - wide.low()) / (narrow.high() - narrow.low());
    assertEquals(Math.sqrt(20), ratio, .6);
  }

  @Test
  void aRealDifferenceIsClearAndNoneIsNot() {
    int n = 2_000;
    Draws draws = Draws.of(9, "pairs");
    double[] first = new double[n];
    double[] better = new double[n];
    double[] same = new double[n];
    int[] cluster = new int[n];
    for (int i = 0; i < n; i++) {
      first[i] = draws.nextDouble() < .3 ? 1 : 0;
      better[i] = draws.nextDouble() < .4 ? 1 : 0;
      same[i] = draws.nextDouble() < .3 ? 1 : 0;
      cluster[i] = i / 4;
    }
    ClusterBootstrap bootstrap = new ClusterBootstrap(cluster, 1);
    ClusterBootstrap.Difference real = bootstrap.difference(better, first);
    assertTrue(real.clear() && real.low() > 0 && real.p() < .01, real.toString());
    ClusterBootstrap.Difference none = bootstrap.difference(same, first);
    assertFalse(none.clear(), none.toString());
    ClusterBootstrap.Difference itself = bootstrap.difference(first, first);
    assertEquals(new ClusterBootstrap.Difference(0, 0, 0, 1), itself);
  }

  @Test
  void theTestRejectsATrueNullAboutAsOftenAsItSays() {
    int rejected = 0;
    int worlds = 200;
    for (int world = 0; world < worlds; world++) {
      Draws draws = Draws.of(world, "null");
      double[] first = new double[120];
      double[] second = new double[120];
      int[] cluster = new int[120];
      for (int i = 0; i < first.length; i++) {
        first[i] = draws.nextGaussian();
        second[i] = draws.nextGaussian();
        cluster[i] = i / 2;
      }
      rejected += new ClusterBootstrap(cluster, 7).difference(first, second).p() < .05 ? 1 : 0;
    }
    assertTrue(rejected <= 22, rejected + " of " + worlds + " true nulls rejected at 5%");
  }

  @Test
  void aPartOfTheObservationsHasItsOwnMeanAndNoneHasNone() {
    ClusterBootstrap bootstrap = new ClusterBootstrap(new int[] {0, 0, 1, 2}, 1);
    double[] values = {1, 2, 3, 4};
    assertEquals(2, bootstrap.mean(values, new boolean[] {true, false, true, false}).mean());
    assertTrue(Double.isNaN(bootstrap.mean(values, new boolean[4]).mean()));
    assertTrue(Double.isNaN(bootstrap.mean(values, new boolean[4]).low()));
  }

  @Test
  void moreClustersThanBlocksChangeTheIntervalLittle() {
    int n = 3 * ClusterBootstrap.MOST_BLOCKS;
    Draws draws = Draws.of(4, "values");
    double[] values = new double[n];
    int[] cluster = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = draws.nextGaussian();
      cluster[i] = i;
    }
    ClusterBootstrap.Interval interval = new ClusterBootstrap(cluster, 1).mean(values);
    double error = 1.96 / Math.sqrt(n);
    assertEquals(error, (interval.high() - interval.low()) / 2, .15 * error);
  }
}
