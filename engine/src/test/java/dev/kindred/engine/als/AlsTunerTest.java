package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.als.AlsTuner.Trial;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlsTunerTest {
  private static final AlsTunerOptions OPTIONS =
      AlsTunerOptions.defaults()
          .withBase(AlsOptions.defaults().withRank(8).withIterations(3))
          .withTrials(16)
          .withSeed(5);

  /** Groups of users with a taste in common. */
  private static Interactions tastes() {
    return Interactions.of(
        120,
        80,
        sink -> {
          for (int u = 0; u < 120; u++) {
            for (int i = u % 4; i < 80; i += 4) {
              if ((u * 31 + i * 17) % 3 != 0) {
                sink.add(u, i, 1f);
              }
            }
          }
        },
        Duplicates.SUM);
  }

  private static List<Trial> search(AlsTunerOptions options, List<Trial> done) {
    List<Trial> told = new ArrayList<>(done);
    try (Workers workers = Workers.of(2)) {
      List<Trial> trials =
          new AlsTuner(tastes(), options).search(done, told::add, workers, Progress.none());
      assertEquals(trials, told);
      return trials;
    }
  }

  @Test
  void splitKeepsEveryEntryOnceAndEveryUserInTraining() {
    Interactions data = tastes();
    AlsTuner tuner = new AlsTuner(data, OPTIONS);
    assertEquals(data.size(), tuner.train().size() + tuner.validation().size());
    for (int u = 0; u < data.rows(); u++) {
      assertTrue(tuner.train().count(u) > 0);
      for (long i = tuner.validation().start(u); i < tuner.validation().end(u); i++) {
        assertTrue(data.contains(u, tuner.validation().column(i)));
        assertFalse(tuner.train().contains(u, tuner.validation().column(i)));
      }
    }
    AlsTuner few = new AlsTuner(data, OPTIONS.withValidationUsers(7));
    int users = 0;
    for (int u = 0; u < data.rows(); u++) {
      users += few.validation().count(u) > 0 ? 1 : 0;
    }
    assertEquals(7, users);
    assertEquals(tuner.train().size(), few.train().size());
  }

  @Test
  void aResumedSearchGoesOnAsIfItHadNeverStopped() {
    List<Trial> whole = search(OPTIONS, List.of());
    assertEquals(16, whole.size());
    assertEquals(OPTIONS.base().regularization(), whole.get(0).options().regularization());
    List<Trial> resumed = search(OPTIONS, whole.subList(0, 9));
    for (int t = 0; t < 16; t++) {
      assertEquals(whole.get(t).options(), resumed.get(t).options(), "trial " + t);
      assertEquals(whole.get(t).score(), resumed.get(t).score(), "trial " + t);
    }
    Trial best = AlsTuner.best(whole);
    assertTrue(whole.stream().allMatch(t -> t.score() <= best.score()));
  }

  @Test
  void aLargeRankIsScoutedAtASmallOneAndOnlyTrialsAtItCanWin() {
    AlsTunerOptions options = OPTIONS.withScoutRank(4);
    List<Trial> whole = search(options, List.of());
    assertEquals(16, whole.size());
    for (int t = 0; t < 16; t++) {
      assertEquals(t < 8 ? 4 : 8, whole.get(t).options().rank(), "trial " + t);
    }
    AlsOptions scouted = AlsTuner.best(whole.subList(0, 8)).options();
    assertEquals(scouted.withRank(8).withIterations(3), whole.get(9).options());
    assertEquals(8, AlsTuner.best(whole).options().rank());
    List<Trial> resumed = search(options, whole.subList(0, 11));
    for (int t = 0; t < 16; t++) {
      assertEquals(whole.get(t).options(), resumed.get(t).options(), "trial " + t);
    }
  }

  @Test
  void theBudgetStopsTheSearchAfterTheFirstTrial() {
    assertEquals(1, search(OPTIONS.withBudget(Duration.ZERO), List.of()).size());
    assertEquals(1, search(OPTIONS.withScoutRank(4).withTrials(1), List.of()).size());
    List<Trial> scouted = search(OPTIONS.withScoutRank(4).withBudget(Duration.ZERO), List.of());
    assertEquals(List.of(4, 8), scouted.stream().map(t -> t.options().rank()).toList());
  }

  @Test
  void everyConventionIsSearched() {
    for (Convention convention : Convention.values()) {
      List<Trial> trials =
          search(
              OPTIONS.withBase(OPTIONS.base().withConvention(convention)).withTrials(15),
              List.of());
      assertTrue(trials.stream().allMatch(t -> Double.isFinite(t.score())));
      assertTrue(trials.stream().allMatch(t -> t.options().convention() == convention));
    }
  }

  @Test
  void refusesDataWithNothingToHoldOut() {
    Interactions single =
        Interactions.of(
            2, 2, new int[] {0, 1}, new int[] {0, 1}, new float[] {1, 1}, Duplicates.SUM);
    assertThrows(IllegalArgumentException.class, () -> new AlsTuner(single, OPTIONS));
  }
}
