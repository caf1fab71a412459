package dev.kindred.engine.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldLaws;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LiveExperimentTest {
  private static final int CLICK = 0;
  private static final int DISLIKE = 4;
  private static final WorldOptions SMALL = WorldOptions.defaults().withSize(150, 900, 20_000);
  private static final World WORLD = World.generate(SMALL);
  private static final BaselineLists POPULAR = popular(WORLD);
  private static final Workers WORKERS = Workers.of(2);
  private static final ExperimentOptions SHORT = ExperimentOptions.defaults().withDays(3, 6);

  @AfterAll
  static void close() {
    WORKERS.close();
  }

  private static BaselineLists popular(World world) {
    return BaselineLists.popularity(world.events().interactions(CLICK, RowFilter.ALL), 150);
  }

  private static ExperimentReport run(World world, Group... groups) {
    return LiveExperiment.run(
        world, List.of(groups), popular(world), SHORT, WORKERS, Progress.none());
  }

  /** For each user the items in the order of what the simulator knows of them. */
  private static ListPolicy byTruth(World world, ToDoubleFunction<int[]> worth) {
    int items = world.options().items();
    int[][] lists = new int[world.options().users()][];
    for (int user = 0; user < lists.length; user++) {
      int of = user;
      double[] worths =
          IntStream.range(0, items)
              .mapToDouble(item -> worth.applyAsDouble(new int[] {of, item}))
              .toArray();
      lists[user] =
          IntStream.range(0, items)
              .boxed()
              .sorted(Comparator.comparingDouble(item -> -worths[item]))
              .mapToInt(item -> item)
              .toArray();
    }
    return (user, item, n, out) -> {
      int written = 0;
      for (int i = 0; i < items && written < n; i++) {
        if (lists[user][i] != item) {
          out[written++] = lists[user][i];
        }
      }
      return written;
    };
  }

  private static ListPolicy anything() {
    return (user, item, n, out) -> {
      for (int i = 0; i < n; i++) {
        out[i] = (item + 1 + 7 * i) % 150;
      }
      return Math.min(n, 20);
    };
  }

  @Test
  void theSameListsComeToTheSameToTheLastClickAndForAnyNumberOfThreads() {
    Group base = new Group("popular", ListPolicy.of(POPULAR));
    ExperimentReport report = run(WORLD, base, new Group("again", ListPolicy.of(POPULAR)));
    for (Metric metric : Metric.values()) {
      assertEquals(0, report.change(1, metric).value(), 1e-9, metric.label());
      assertEquals(0, report.change(1, metric).error(), 1e-9, metric.label());
    }
    try (Workers one = Workers.of(1)) {
      ExperimentReport alone =
          LiveExperiment.run(WORLD, List.of(base), POPULAR, SHORT, one, Progress.none());
      for (Metric metric : Metric.values()) {
        assertEquals(alone.value(0, metric), report.value(0, metric), 0, metric.label());
      }
    }
  }

  @Test
  void betterListsAreClickedMoreAndThoseWithoutDislikedItemsAreDislikedLess() {
    ListPolicy clicks = byTruth(WORLD, pair -> WORLD.affinity(CLICK, pair[0], pair[1]));
    ListPolicy calm = byTruth(WORLD, pair -> -WORLD.affinity(DISLIKE, pair[0], pair[1]));
    ExperimentReport report =
        run(
            WORLD,
            new Group("anything", anything()),
            new Group("clicked", clicks),
            new Group("calm", calm));
    assertTrue(
        report.change(1, Metric.CLICKING).low() > 20, "" + report.change(1, Metric.CLICKING));
    assertTrue(report.change(1, Metric.PLAYED_TIME).isRise());
    assertTrue(report.change(1, Metric.VISITS).isRise(), "good visits bring users back");
    assertTrue(
        report.value(2, Metric.NEGATIVE) < report.value(0, Metric.NEGATIVE),
        report.value(2, Metric.NEGATIVE) + " of " + report.value(0, Metric.NEGATIVE));
    // The split sees the same, less sharply.
    Change live = report.liveChange(1, Metric.CLICKING);
    Change paired = report.change(1, Metric.CLICKING);
    assertTrue(live.isRise(), live.toString());
    assertTrue(live.error() > paired.error(), live + " and " + paired);
  }

  @Test
  void whatGoesWithTheSourceIsPlayedLongerWhereTheWorldSaysSo() {
    WorldOptions heavy = SMALL.withTasteStrength(.1).withLaws(SMALL.laws().withContext(1.5));
    World world = World.generate(heavy);
    // Beside each item those most alike by the truth: more is watched in their context.
    int[][] alike = new int[150][];
    for (int item = 0; item < alike.length; item++) {
      int source = item;
      double[] worths =
          IntStream.range(0, 150)
              .mapToDouble(
                  other -> world.affinity(1, 0, other, source) / world.affinity(1, 0, other))
              .toArray();
      alike[item] =
          IntStream.range(0, 150)
              .boxed()
              .filter(other -> other != source)
              .sorted(Comparator.comparingDouble(other -> -worths[other]))
              .mapToInt(other -> other)
              .toArray();
    }
    ListPolicy near =
        (user, item, n, out) -> {
          System.arraycopy(alike[item], 0, out, 0, Math.min(n, 149));
          return Math.min(n, 149);
        };
    ExperimentReport report = run(world, new Group("any", anything()), new Group("near", near));
    assertTrue(
        report.change(1, Metric.PLAYED_TIME).low() > 10, "" + report.change(1, Metric.PLAYED_TIME));
    assertTrue(report.change(1, Metric.NEGATIVE).isFall(), "" + report.change(1, Metric.NEGATIVE));
  }

  @Test
  void shortListsAreFilledWithTheFallbackAndCounted() {
    ListPolicy none = (user, item, n, out) -> 0;
    ExperimentReport report =
        run(WORLD, new Group("popular", ListPolicy.of(POPULAR)), new Group("none", none));
    assertEquals(0, report.filled(0));
    assertEquals(1, report.filled(1));
    assertEquals(0, report.change(1, Metric.CLICKING).value(), 1e-9);
  }

  @Test
  void mistakesAreClicksButNoPlays() {
    World noisy = World.generate(SMALL.withNoiseShare(.6));
    World clean = World.generate(SMALL.withNoiseShare(0));
    ExperimentReport withNoise = run(noisy, new Group("popular", ListPolicy.of(popular(noisy))));
    ExperimentReport without = run(clean, new Group("popular", ListPolicy.of(popular(clean))));
    assertTrue(
        withNoise.value(0, Metric.CLICKING) > 1.5 * without.value(0, Metric.CLICKING),
        withNoise.value(0, Metric.CLICKING) + " of " + without.value(0, Metric.CLICKING));
    assertEquals(
        without.value(0, Metric.SATISFACTION),
        withNoise.value(0, Metric.SATISFACTION),
        .3 * without.value(0, Metric.SATISFACTION));
  }

  @Test
  void groupsOfEqualVolumeAreStickyAndPassTheCheck() {
    Group[] groups = new Group[5];
    Arrays.setAll(groups, g -> new Group("g" + g, ListPolicy.of(POPULAR)));
    SplitCheck check = run(WORLD, groups).check();
    assertTrue(check.passed(), check.findings().toString());
    assertEquals(900, check.users().stream().mapToInt(n -> n).sum());
    GroupAssignment assignment = new GroupAssignment(3, 5);
    int[] sizes = new int[5];
    int moved = 0;
    for (int user = 0; user < 20_000; user++) {
      int group = assignment.groupOf("u" + user);
      assertEquals(group, assignment.groupOf(new StringBuilder("u").append(user)));
      sizes[group]++;
      moved += new GroupAssignment(4, 5).groupOf("u" + user) != group ? 1 : 0;
    }
    double chiSquare = Arrays.stream(sizes).mapToDouble(n -> (n - 4e3) * (n - 4e3) / 4e3).sum();
    assertTrue(chiSquare < 18.5, Arrays.toString(sizes)); // 4 degrees of freedom: 1 in 1,000
    assertEquals(.8, moved / 20_000.0, .02, "another salt mixes anew");
  }

  @Test
  void aUserStaysInTheSameGroupInEveryRelease() {
    GroupAssignment assignment = new GroupAssignment(7, 9);
    assertArrayEquals(
        new int[] {2, 1, 2, 2, 2, 4, 7, 6, 2, 3, 0, 7},
        IntStream.range(0, 12).map(user -> assignment.groupOf("" + user)).toArray());
  }

  @Test
  void aBadSplitFailsTheCheck() {
    Tally tally = new Tally(400);
    for (int user = 0; user < 400; user++) {
      for (int count = 0; count < 9; count++) {
        tally.add(count, user, 10 + user % 7);
      }
      tally.add(Tally.CLICKS, user, user < 200 ? 3 : 0);
    }
    int[][] halves = {IntStream.range(0, 200).toArray(), IntStream.range(200, 400).toArray()};
    SplitCheck bad = SplitCheck.of(tally, halves);
    assertFalse(bad.passed());
    assertTrue(
        bad.findings().toString().contains("group 1, clicking: +"), bad.findings().toString());
    int[][] uneven = {IntStream.range(0, 120).toArray(), IntStream.range(120, 400).toArray()};
    assertTrue(SplitCheck.of(tally, uneven).findings().toString().contains("volumes differ"));
  }

  @Test
  void whatNeverHappensAndWhatAllDoAlikeIsNoDifference() {
    Tally tally = new Tally(400);
    for (int user = 0; user < 400; user++) {
      for (int count = 0; count < 9; count++) {
        tally.add(count, user, count == Tally.COMPLAINTS ? 0 : 10);
      }
    }
    int[][] halves = {IntStream.range(0, 200).toArray(), IntStream.range(200, 400).toArray()};
    SplitCheck same = SplitCheck.of(tally, halves);
    assertTrue(same.passed(), same.findings().toString());
    assertEquals(0, same.largestErrors());
    SplitCheck alone = SplitCheck.of(tally, new int[][] {IntStream.range(0, 400).toArray()});
    assertTrue(alone.passed(), alone.findings().toString());
  }

  @Test
  void volumesFailOnceInAThousandTimes() {
    // Two groups: one degree of freedom, so the difference is normal and its square counts.
    Tally tally = new Tally(10_000);
    for (int count = 0; count < 9; count++) {
      for (int user = 0; user < 10_000; user++) {
        tally.add(count, user, 10);
      }
    }
    for (int more : new int[] {160, 170}) { // of a standard deviation of 50: 3.2 and 3.4
      int first = 5_000 + more;
      int[][] split = {
        IntStream.range(0, first).toArray(), IntStream.range(first, 10_000).toArray()
      };
      assertEquals(more == 160, SplitCheck.of(tally, split).passed(), "chi-square of " + more);
    }
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ExperimentOptions.defaults().withDays(0, 1));
    assertTrue(e.getMessage().contains("check days of an experiment are 0"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> run(WORLD));
    assertThrows(IllegalArgumentException.class, () -> WorldLaws.defaults().withContext(-1));
  }
}
