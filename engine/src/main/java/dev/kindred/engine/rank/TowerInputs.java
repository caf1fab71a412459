package dev.kindred.engine.rank;

import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.tower.TwoTower;
import java.util.List;
import java.util.Optional;

/**
 * What the user tower reads: items watched, profile, age of the example.
 *
 * @param ages distribution of the ages; empty = it isn't told
 */
record TowerInputs(Optional<Quantiles> ages) {
  private static final String AGE = "example age";

  /** The age as a feature. */
  static Feature age(Quantiles ages) {
    return Feature.numeric(AGE, ages);
  }

  /** With the ages that the rows have: for training. */
  FeatureTable table(StateRows states, Optional<FeatureTable> profiles) {
    return table(states, profiles, states.ages());
  }

  /** With age 0, as at serving. */
  FeatureTable now(StateRows states, Optional<FeatureTable> profiles) {
    return table(states, profiles, new float[states.size()]);
  }

  private FeatureTable table(StateRows states, Optional<FeatureTable> profiles, float[] age) {
    return states.table(
        TwoTower.HISTORY,
        profiles,
        ages.isPresent() ? List.of(AGE) : List.of(),
        ages.stream().toList(),
        List.of(age));
  }
}
