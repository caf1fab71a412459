package dev.kindred.engine.coordinate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class CoordinatingNetworkTest {
  private static Routing route(NoisyLog log, CoordinateOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return CoordinatingNetwork.route(
          log.events, log.items, log.users, options, workers, Progress.none());
    }
  }

  /** Of users and items without profiles. */
  private static Routing route(Events events, CoordinateOptions options) {
    try (Workers workers = Workers.of(1)) {
      return CoordinatingNetwork.route(
          events,
          Catalogue.empty(events.items()),
          Catalogue.empty(events.users()),
          options,
          workers,
          Progress.none());
    }
  }

  /** A log of three users and two items. */
  private static Events.Builder log(List<Objective> objectives, List<String> signals) {
    Ids users = Ids.of(List.of("a", "b", "c"));
    Ids items = Ids.of(List.of("x", "y"));
    return Events.builder(users, items, objectives, signals, Order.NONE);
  }

  @Test
  void mostClicksByMistakeAreRemovedAndMostMeantOnesKept() {
    for (long seed = 1; seed <= 2; seed++) {
      NoisyLog log = NoisyLog.of(15_000, seed);
      Routing routing = route(log, CoordinateOptions.defaults(), 2);
      assertKeeps(.93, .05, routing, NoisyLog.CLICK, log.events, log.mistakes::get);
      assertKeeps(.93, .05, routing, NoisyLog.TIME, log.events, log.mistakes::get);
    }
  }

  @Test
  void whereNobodyReactsUserAndItemTellMistakes() {
    NoisyLog log = NoisyLog.ofClicks(15_000, 1);
    Routing routing = route(log, CoordinateOptions.defaults(), 2);
    assertKeeps(.85, .12, routing, NoisyLog.CLICK, log.events, log.mistakes::get);
  }

  /** Asserts that at least and at most so much of the meant and of the other positives is kept. */
  private static void assertKeeps(
      double meant,
      double mistakes,
      Routing routing,
      int objective,
      Events events,
      IntPredicate isMistake) {
    int[] seen = new int[2];
    int[] kept = new int[2];
    for (int row = 0; row < events.size(); row++) {
      if (events.value(objective, row) > 0) {
        int kind = isMistake.test(row) ? 1 : 0;
        seen[kind]++;
        kept[kind] += routing.keeps(objective, row) ? 1 : 0;
      } else {
        assertFalse(routing.keeps(objective, row));
      }
    }
    String counts =
        "objective %d: kept %d of %d meant, %d of %d by mistake"
            .formatted(objective, kept[0], seen[0], kept[1], seen[1]);
    assertTrue(kept[0] >= meant * seen[0], counts);
    assertTrue(seen[1] > 0 && kept[1] <= mistakes * seen[1], counts);
  }

  @Test
  void mistakesOfTheSimulatedWorldAreFoundWithoutBeingTold() {
    World world = World.generate(WorldOptions.defaults().withSize(300, 400, 40_000));
    try (Workers workers = Workers.of(2)) {
      Routing routing =
          CoordinatingNetwork.route(
              world.events(),
              world.items(),
              world.users(),
              CoordinateOptions.defaults(),
              workers,
              Progress.none());
      int click = 0; // the first of the world's objectives
      assertKeeps(.9, .02, routing, click, world.events(), world::isNoise);
    }
  }

  @Test
  void everyObjectiveKeepsItsFloorAndSaysWhatItLeftOut() {
    NoisyLog log = NoisyLog.of(6_000, 3);
    Routing routing = route(log, CoordinateOptions.defaults().withSteps(200), 2);
    for (KeepReport report : routing.reports()) {
      assertTrue(report.keptShare() >= 0.2, report.toString());
      int kept = 0;
      int k = routing.reports().indexOf(report);
      for (int row = 0; row < log.events.size(); row++) {
        kept += routing.keeps(k, row) ? 1 : 0;
      }
      assertEquals(report.kept(), kept);
    }
    String click = routing.reports().get(NoisyLog.CLICK).notes().toString();
    assertTrue(click.contains("'dwell' is there only when it happened"), click);
    assertTrue(click.contains("'time' is no input: it is nearly the same label"), click);
    for (int reaction : new int[] {NoisyLog.LIKE, NoisyLog.HATE}) {
      KeepReport report = routing.reports().get(reaction);
      assertEquals(report.positives(), report.kept());
      assertTrue(report.notes().getLast().text().contains("only after 'click'"), report.toString());
    }
  }

  @Test
  void anyNumberOfThreadsJudgesTheSame() {
    NoisyLog log = NoisyLog.of(4_000, 4);
    CoordinateOptions options = CoordinateOptions.defaults().withSteps(60);
    Routing one = route(log, options, 1);
    Routing three = route(log, options, 3);
    for (int k = 0; k < NoisyLog.OBJECTIVES.size(); k++) {
      for (int row = 0; row < log.events.size(); row++) {
        assertEquals(one.probability(k, row), three.probability(k, row));
        assertEquals(one.keeps(k, row), three.keeps(k, row));
      }
    }
    assertEquals(one.reports(), three.reports());
  }

  @Test
  void thePlainThresholdStarvesRareObjectivesAndRaisesTheAlarm() {
    NoisyLog log = NoisyLog.of(8_000, 5);
    Routing plain = route(log, CoordinateOptions.paper().withSteps(300), 2);
    KeepReport hate = plain.reports().get(NoisyLog.HATE);
    assertTrue(hate.alarm() && hate.keptShare() < 0.2, hate.toString());
    assertTrue(
        plain.warnings().stream().anyMatch(w -> w.startsWith("hate") && w.contains("starves")),
        plain.warnings().toString());
    Routing balanced = route(log, CoordinateOptions.defaults().withSteps(300), 2);
    assertTrue(balanced.reports().get(NoisyLog.HATE).keptShare() > hate.keptShare());
  }

  @Test
  void aLabelAndItsComplementAreNoInputsOfEachOther() {
    List<Objective> objectives =
        List.of(
            Objective.positive("like", LabelRule.flag("like")),
            Objective.negative("hate", LabelRule.flag("hate")),
            Objective.positive("high", LabelRule.flag("high")));
    Events.Builder log = log(objectives, List.of("rating", "high"));
    Draws draws = Draws.of(1, "complement");
    for (int row = 0; row < 2000; row++) {
      log.add(draws.nextInt(3), draws.nextInt(2), 0);
      boolean likes = draws.nextInt(3) == 0;
      log.value(likes ? 0 : 1, row, 1);
      log.value(2, row, draws.nextInt(2));
      log.signal(0, row, (likes ? 5 : 1) + draws.nextFloat());
      log.signal(1, row, draws.nextInt(2));
    }
    SampleColumns columns = new SampleColumns(log.build(), true);
    String like = columns.notes(0).toString();
    assertTrue(like.contains("'hate' is no input: it is nearly the same label (phi -1.000)"), like);
    assertTrue(like.contains("'rating' is no input: the label is nearly a function of it"), like);
    assertEquals(2, columns.count(0, SampleColumns.Role.INPUT));
    assertTrue(columns.notes(2).toString().contains("'high' is no input"));
  }

  @Test
  void phiIsTheCorrelationOfTwoYesOrNoColumns() {
    assertEquals(1, SampleColumns.phi(3, 0, 0, 5), 1e-12);
    assertEquals(-1, SampleColumns.phi(0, 3, 5, 0), 1e-12);
    assertEquals(0, SampleColumns.phi(2, 4, 3, 6), 1e-12);
    assertEquals(0, SampleColumns.phi(2, 4, 0, 0), 1e-12);
  }

  @Test
  void withNothingToLearnFromAllPositivesAreKeptAndTheReportSaysWhy() {
    List<Objective> click = List.of(Objective.positive("click", LabelRule.everyRow()));
    Events.Builder all = log(click, List.of());
    Events.Builder some = log(click, List.of());
    for (int row = 0; row < 400; row++) {
      all.add(row % 2, row / 2 % 2, 0);
      all.value(0, row, 1);
      some.add(row % 2, row / 2 % 2, 0);
      some.value(0, row, row % 3 == 0 ? 1 : 0);
    }
    for (Events events : List.of(all.build(), some.build())) {
      Routing routing = route(events, CoordinateOptions.defaults());
      KeepReport report = routing.reports().getFirst();
      assertFalse(report.judged());
      assertEquals(report.positives(), report.kept());
      assertTrue(report.notes().getLast().text().startsWith("kept all"), report.notes().toString());
      assertTrue(routing.keeps(0, 0));
      assertEquals(1, routing.probability(0, 0));
      assertTrue(routing.warnings().isEmpty());
    }
  }

  @Test
  void aLogOfNothingButWhatHappenedIsKeptWhole() {
    List<Objective> objectives =
        List.of(
            Objective.positive("view", LabelRule.flag("view")),
            Objective.positive("buy", LabelRule.flag("buy")));
    Events.Builder log = log(objectives, List.of("hour"));
    Draws draws = Draws.of(1, "shop");
    for (int row = 0; row < 900; row++) {
      log.add(draws.nextInt(3), draws.nextInt(2), 0);
      log.signal(0, row, draws.nextInt(24));
      log.value(draws.nextInt(3) == 0 ? 1 : 0, row, 1);
    }
    Routing routing = route(log.build(), CoordinateOptions.defaults());
    for (KeepReport report : routing.reports()) {
      assertEquals(report.positives(), report.kept());
      assertTrue(report.notes().getLast().text().contains("only what happened"), report.toString());
    }
  }

  @Test
  void aLabelAndItsComplementDoNotMakeALogOneOfWhatHappened() {
    Objective like = Objective.positive("like", LabelRule.flag("like"));
    Objective hate = Objective.negative("hate", LabelRule.flag("hate"));
    Objective click = Objective.positive("click", LabelRule.flag("click"));
    for (List<Objective> objectives : List.of(List.of(like, hate, click), List.of(like, hate))) {
      Events.Builder log = log(objectives, List.of("hour"));
      Draws draws = Draws.of(1, "complements");
      for (int row = 0; row < 900; row++) {
        log.add(draws.nextInt(3), draws.nextInt(2), 0);
        log.signal(0, row, draws.nextInt(24));
        log.value(draws.nextInt(3) == 0 ? 1 : 0, row, 1);
        if (objectives.contains(click)) {
          log.value(2, row, draws.nextInt(2));
        }
      }
      Routing routing = route(log.build(), CoordinateOptions.defaults().withSteps(20));
      for (KeepReport report : routing.reports()) {
        // Clicks tell that something was left alone; of likes and hates alone nothing does.
        boolean whole = report.notes().getLast().text().contains("only what happened");
        assertEquals(objectives.size() == 2, whole, report.toString());
      }
    }
  }

  @Test
  void reactionsAreTheWitnessIfThereAreEnoughAndUserAndItemOtherwise() {
    for (int likes : new int[] {40, 300}) {
      Events events = clicks(3_000, likes, true);
      KeepReport click =
          route(events, CoordinateOptions.defaults().withSteps(20)).reports().getFirst();
      // As the lengths mean nothing, nearly all are like those that are liked; user and item,
      // asked where likes are few, tell nothing either, and then none is judged.
      assertEquals(likes >= 50, click.judged(), click.toString());
      assertTrue(click.keptShare() > .98, click.toString());
    }
  }

  @Test
  void reactionsAloneCannotBeLearnedFrom() {
    Routing routing = route(clicks(1_000, 300, false), CoordinateOptions.defaults());
    KeepReport click = routing.reports().getFirst();
    assertFalse(click.judged());
    assertTrue(click.notes().getLast().text().contains("no signal (such as a stay's length)"));
  }

  /** Every third sample is a click of a length without meaning, of which the first are liked. */
  private static Events clicks(int rows, int likes, boolean timed) {
    List<Objective> objectives =
        List.of(
            Objective.positive("click", LabelRule.flag("click")),
            Objective.positive("like", LabelRule.flag("like")));
    List<String> signals = timed ? List.of("dwell") : List.of();
    Events.Builder log = log(objectives, signals);
    Draws draws = Draws.of(1, "clicks");
    for (int row = 0; row < rows; row++) {
      log.add(draws.nextInt(3), draws.nextInt(2), 0);
      if (row % 3 == 0) {
        log.value(0, row, 1);
        log.value(1, row, row / 3 < likes ? 1 : 0);
        if (timed) {
          log.signal(0, row, 1 + draws.nextInt(100));
        }
      }
    }
    return log.build();
  }

  @Test
  void whatIsThereWithoutTheEventTooIsNoAftermathHoweverRareThatIs() {
    Events.Builder log =
        log(
            List.of(Objective.positive("click", LabelRule.flag("click"))),
            List.of("hour", "dwell"));
    Draws draws = Draws.of(1, "rare");
    for (int row = 0; row < 20_000; row++) {
      log.add(draws.nextInt(3), draws.nextInt(2), 0);
      boolean clicks = draws.nextInt(100) > 0;
      log.value(0, row, clicks ? 1 : 0);
      log.signal(0, row, draws.nextInt(24)); // 0, which reads as missing, with and without clicks
      log.signal(1, row, clicks ? 1 + draws.nextInt(100) : 0);
    }
    SampleColumns columns = new SampleColumns(log.build(), true);
    assertEquals(1, columns.count(0, SampleColumns.Role.AFTERMATH));
    assertTrue(columns.notes(0).toString().contains("'dwell' is there only when it happened"));
  }

  @Test
  void aCatalogueOfOtherIdsIsRefused() {
    NoisyLog log = NoisyLog.of(100, 1);
    try (Workers workers = Workers.of(1)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              CoordinatingNetwork.route(
                  log.events,
                  Catalogue.empty(new Ids()),
                  log.users,
                  CoordinateOptions.defaults(),
                  workers,
                  Progress.none()));
    }
  }
}
