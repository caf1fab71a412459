package dev.kindred.app.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.experiment.Controls.Control;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ControlsTest {
  /** A world in which nothing changed but one metric, by that percentage with standard error .5. */
  private static Map<Metric, Change> world(Metric changed, double percent) {
    Map<Metric, Change> changes = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      changes.put(metric, Change.NONE);
    }
    changes.put(changed, new Change(percent, .5, percent - .98, percent + .98));
    return changes;
  }

  private static void assertFailsByAClearGainAlone(
      Function<List<Map<Metric, Change>>, Control> verdict) {
    // Two worlds that agree: 2 percent, standard error .5 / sqrt(2), so the interval is 2 -+ .693.
    for (Metric column : List.of(Metric.CLICKING, Metric.PLAYED_TIME, Metric.SATISFACTION)) {
      Control gain = verdict.apply(List.of(world(column, 2), world(column, 2)));
      assertFalse(gain.held(), gain.toString());
      assertEquals(1.307, gain.changes().get(column).low(), .001);
      Control loss = verdict.apply(List.of(world(column, -2), world(column, -2)));
      assertTrue(loss.held(), loss.toString());
    }
    // Less negative feedback is a gain.
    assertTrue(verdict.apply(List.of(world(Metric.NEGATIVE, 2))).held());
    assertFalse(verdict.apply(List.of(world(Metric.NEGATIVE, -2))).held());
    // Visits follow from the columns and are none.
    assertTrue(verdict.apply(List.of(world(Metric.VISITS, 2))).held());
    // The same mean of worlds that differ: Student's interval of 1 and 3 is 2 -+ 12.706.
    Control unclear = verdict.apply(List.of(world(Metric.CLICKING, 1), world(Metric.CLICKING, 3)));
    assertTrue(unclear.held(), unclear.toString());
    assertEquals(-10.706, unclear.changes().get(Metric.CLICKING).low(), .001);
  }

  @Test
  void theCoordinatingNetworkFailsItsControlByAClearGainAlone() {
    assertFailsByAClearGainAlone(Controls::noNoise);
  }

  @Test
  void thePipelineFailsAgainstThePopularByAClearGainAloneWhichIsNamed() {
    assertFailsByAClearGainAlone(Controls::popularityOnly);
    Control won = Controls.popularityOnly(List.of(world(Metric.PLAYED_TIME, 2)));
    assertTrue(won.found().endsWith("[" + Metric.PLAYED_TIME.label() + "]"), won.found());
  }

  @Test
  void weightsLearnedInOneWorldFailTheControlOfRetention() {
    List<Objective> objectives =
        List.of(
            Objective.positive("click", LabelRule.everyRow()),
            Objective.positive("like", LabelRule.everyRow()));
    ObjectiveWeights equal = ObjectiveWeights.equal(objectives, "no objective");
    ObjectiveWeights learned = new ObjectiveWeights(equal.objectives(), true, "from 100 users");
    Control held = Controls.retentionIndependent(List.of(equal, equal));
    assertTrue(held.held(), held.toString());
    assertEquals("2 of 2 worlds gave equal weights; the last: no objective", held.found());
    Control failed = Controls.retentionIndependent(List.of(equal, learned));
    assertFalse(failed.held(), failed.toString());
    assertEquals("1 of 2 worlds gave equal weights; the last: from 100 users", failed.found());
  }

  @Test
  void allThreeArePlayedInTheirWorlds() {
    PipelineOptions fast =
        PipelineOptions.defaults()
            .withTower(Optional.empty())
            .withCoordinate(Optional.empty())
            .withAls(AlsOptions.defaults().withRank(8).withIterations(2));
    List<Control> controls;
    try (Workers workers = Workers.of(2)) {
      controls =
          new Controls(10, 7, 1, fast, ExperimentOptions.defaults().withDays(1, 2))
              .run(workers, Progress.none());
    }
    assertEquals(
        List.of(
            WorldFamily.NO_NOISE, WorldFamily.RETENTION_INDEPENDENT, WorldFamily.POPULARITY_ONLY),
        controls.stream().map(Control::world).toList());
    // Without a Coordinating Network both groups are the same pipeline.
    for (Change change : controls.get(0).changes().values()) {
      assertEquals(0, change.value(), 1e-12);
    }
    assertTrue(controls.get(0).held());
    assertTrue(controls.get(1).changes().isEmpty());
    assertTrue(controls.get(2).changes().get(Metric.CLICKING).value() != 0);
  }

  @Test
  void aScaledWorldKeepsItsLawsAndRefusesToVanish() {
    WorldOptions own = WorldOptions.defaults().withSize(800, 1_000, 20_000);
    assertEquals(own.withSize(200, 250, 5_000), Controls.scaled(own, 25));
    assertEquals(own, Controls.scaled(own, 100));
    assertThrows(IllegalArgumentException.class, () -> Controls.scaled(own, 0));
  }
}
