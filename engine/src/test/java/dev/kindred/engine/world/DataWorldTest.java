package dev.kindred.engine.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.CatalogueReader;
import dev.kindred.engine.data.EventLog;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.SearchLog;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.data.TableSource;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataWorldTest {
  private static final int CLICK = 0;
  private static final int WATCH = 1;
  private static final int LIKE = 2;
  private static final int DISLIKE = 4;
  private static final long WEEK = 7 * 86_400_000L;

  private static final WorldOptions SMALL = WorldOptions.defaults().withSize(300, 400, 20_000);
  private static final World WORLD = World.generate(WorldOptions.defaults());

  @Test
  void theSameOptionsGiveTheSameWorldAndAnotherSeedAnother() {
    Events first = World.generate(SMALL).events();
    Events again = World.generate(SMALL).events();
    assertSameRows(first, again);
    Events other = World.generate(SMALL.withSeed(SMALL.seed() + 1)).events();
    int differing = 0;
    for (int row = 0; row < Math.min(first.size(), other.size()); row++) {
      differing += first.item(row) != other.item(row) ? 1 : 0;
    }
    assertTrue(differing > first.size() / 2, differing + " of " + first.size() + " differ");
  }

  private static void assertSameRows(Events expected, Events actual) {
    assertEquals(expected.size(), actual.size());
    for (int row = 0; row < expected.size(); row++) {
      assertEquals(
          expected.users().idOf(expected.user(row)), actual.users().idOf(actual.user(row)));
      assertEquals(
          expected.items().idOf(expected.item(row)), actual.items().idOf(actual.item(row)));
      assertEquals(expected.time(row), actual.time(row));
      for (int k = 0; k < expected.objectives().size(); k++) {
        assertEquals(
            expected.value(k, row), actual.value(k, row), "objective " + k + " row " + row);
      }
      for (int s = 0; s < expected.signals().size(); s++) {
        assertEquals(expected.signal(s, row), actual.signal(s, row), "signal " + s + " row " + row);
      }
    }
  }

  private static List<String> tokens(Searches searches, int user) {
    List<String> tokens = new ArrayList<>();
    for (int i = searches.start(user); i < searches.end(user); i++) {
      tokens.add(searches.vocabulary().idOf(searches.token(i)) + "@" + searches.time(i));
    }
    return tokens;
  }

  @Test
  void writtenFilesReadBackAsTheSameWorld(@TempDir Path directory) throws IOException {
    World world = World.generate(SMALL);
    Path target = directory.resolve("new/world");
    world.write(target);
    world.write(target); // replaces
    try (Stream<Path> files = Files.list(target)) {
      assertEquals(4, files.count(), "nothing temporary is left");
    }
    Ids users = new Ids();
    Ids items = new Ids();
    EventLog.Result log =
        EventLog.read(
            TableSource.of(target.resolve(World.EVENTS_FILE)),
            World.eventColumns(),
            World.objectives(),
            users,
            items,
            ReadLimits.strict());
    assertEquals(0, log.report().badRows());
    assertEquals(0, log.report().badValues());
    assertSameRows(world.events(), log.events());
    Searches searches =
        SearchLog.read(
                TableSource.of(target.resolve(World.SEARCHES_FILE)),
                World.searchColumns(),
                log.events(),
                2,
                Integer.MAX_VALUE,
                ReadLimits.strict(),
                Progress.none())
            .searches();
    assertTrue(searches.size() > 100, searches.size() + " tokens");
    assertEquals(world.searches().size(), searches.size());
    for (int user = 0; user < world.events().users().size(); user++) {
      int read = users.ordinalOf(world.events().users().idOf(user));
      assertEquals(tokens(world.searches(), user), read < 0 ? List.of() : tokens(searches, read));
    }
    Catalogue itemProfiles =
        CatalogueReader.read(
                TableSource.of(target.resolve(World.ITEMS_FILE)),
                World.ITEM_ID,
                World.itemFields(),
                items,
                ReadLimits.strict(),
                Progress.none())
            .catalogue();
    assertSameProfiles(world.items(), itemProfiles);
    Catalogue userProfiles =
        CatalogueReader.read(
                TableSource.of(target.resolve(World.USERS_FILE)),
                World.USER_ID,
                World.userFields(),
                users,
                ReadLimits.strict(),
                Progress.none())
            .catalogue();
    assertSameProfiles(world.users(), userProfiles);
  }

  private static void assertSameProfiles(Catalogue expected, Catalogue actual) {
    assertEquals(expected.size(), actual.size());
    for (int ordinal = 0; ordinal < expected.ids().size(); ordinal++) {
      String id = expected.ids().idOf(ordinal);
      int other = actual.ids().ordinalOf(id);
      for (int f = 0; f < expected.fields().size(); f++) {
        assertEquals(expected.number(f, ordinal), actual.number(f, other), id);
        assertEquals(values(expected, f, ordinal), values(actual, f, other), id);
      }
    }
  }

  private static Set<String> values(Catalogue catalogue, int field, int ordinal) {
    Set<String> values = new TreeSet<>();
    for (int i = catalogue.valueStart(field, ordinal);
        i < catalogue.valueEnd(field, ordinal);
        i++) {
      values.add(catalogue.vocabulary(field).idOf(catalogue.value(i)));
    }
    return values;
  }

  @Test
  void theLogIsOfTheDeclaredSizeAndTime() {
    Events events = WORLD.events();
    assertEquals(WORLD.options().samples(), events.size(), .02 * WORLD.options().samples());
    assertEquals(Order.TIME, events.order());
    Set<Long> days = new HashSet<>();
    for (int row = 0; row < events.size(); row++) {
      days.add(events.time(row) / 86_400_000L);
      assertTrue(row == 0 || events.time(row) >= events.time(row - 1));
    }
    assertEquals(WORLD.options().days(), days.size(), 1, "visits on every day");
    assertEquals(Polarity.NEGATIVE, World.objectives().get(DISLIKE).polarity());
  }

  @Test
  void clickRateFallsWithPositionByTheDeclaredCurve() {
    for (double exponent : new double[] {0, .5, 1}) {
      World world = World.generate(SMALL.withSize(500, 2_000, 200_000).withLists(6, exponent));
      int[] shown = new int[7];
      int[] clicked = new int[7];
      Events events = world.events();
      for (int row = 0; row < events.size(); row++) {
        int position = (int) events.signal(1, row);
        shown[position]++;
        clicked[position] += events.value(CLICK, row) > 0 ? 1 : 0;
      }
      double top = (double) clicked[1] / shown[1];
      for (int position = 1; position <= 6; position++) {
        double rate = (double) clicked[position] / shown[position];
        assertEquals(Math.pow(position, -exponent), world.examination(position), 1e-12);
        assertEquals(
            world.examination(position), rate / top, .04, exponent + " position " + position);
      }
    }
  }

  @Test
  void noiseIsTheDeclaredShareOfClicksAndQuitsWithinSeconds() {
    for (double share : new double[] {0, .1, .3, .6}) {
      World world = World.generate(SMALL.withSize(500, 1_000, 80_000).withNoiseShare(share));
      Events events = world.events();
      int clicks = 0;
      int noise = 0;
      for (int row = 0; row < events.size(); row++) {
        clicks += events.value(CLICK, row) > 0 ? 1 : 0;
        if (world.isNoise(row)) {
          noise++;
          assertEquals(1, events.value(CLICK, row));
          assertTrue(events.signal(0, row) < 5);
          assertEquals(0, events.value(LIKE, row));
          assertEquals(0, events.value(DISLIKE, row));
        }
        assertEquals(events.value(CLICK, row) == 0, Float.isNaN(events.signal(0, row)));
        assertTrue(events.value(WATCH, row) <= 1);
      }
      assertEquals(share, (double) noise / clicks, .015, "share " + share);
    }
  }

  @Test
  void popularityFollowsThePowerLaw() {
    Events events = WORLD.events();
    int items = WORLD.options().items();
    int[] shown = new int[items];
    for (int row = 0; row < events.size(); row++) {
      shown[events.item(row)]++;
    }
    double[] weights = IntStream.range(0, items).mapToDouble(WORLD::popularity).sorted().toArray();
    for (int rank = 1; rank <= items; rank++) {
      assertEquals(
          Math.pow(rank, -WORLD.options().popularityExponent()), weights[items - rank], 1e-12);
    }
    // Exposure has a floor (random and related items), above which it grows with the weight.
    Integer[] byWeight = IntStream.range(0, items).boxed().toArray(Integer[]::new);
    Arrays.sort(byWeight, Comparator.comparingDouble(i -> -WORLD.popularity(i)));
    double head = 0;
    for (int i = 0; i < items / 100; i++) {
      head += shown[byWeight[i]];
    }
    assertTrue(head / events.size() > .15, "share of the top 1%: " + head / events.size());
    double previous = Double.MAX_VALUE;
    for (int from = 1; from <= items / 2; from *= 4) {
      double mean = 0;
      for (int i = from; i < 2 * from; i++) {
        mean += shown[byWeight[i]] / (double) from;
      }
      assertTrue(mean < previous, "ranks " + from + "..: " + mean + " after " + previous);
      previous = mean;
    }
  }

  @Test
  void everybodyWatchesBothBlockbustersThatHaveNothingInCommon() {
    int[] two = WORLD.blockbusters();
    Catalogue items = WORLD.items();
    for (int f = 0; f < items.fields().size(); f++) {
      Set<String> common = values(items, f, two[0]);
      common.retainAll(values(items, f, two[1]));
      assertEquals(Set.of(), common, items.fields().get(f).name());
    }
    int[] clicks = new int[WORLD.options().items()];
    Events events = WORLD.events();
    for (int row = 0; row < events.size(); row++) {
      clicks[events.item(row)] += events.value(CLICK, row) > 0 ? 1 : 0;
    }
    int[] sorted = clicks.clone();
    Arrays.sort(sorted);
    assertTrue(clicks[two[0]] >= sorted[sorted.length - 2], "" + clicks[two[0]]);
    assertTrue(clicks[two[1]] >= sorted[sorted.length - 2], "" + clicks[two[1]]);
    assertEquals(0, WORLD.relatedness(CLICK, two[0], two[1]), 1e-9);
  }

  @Test
  void episodesFollowEachOtherWithinOneSeries() {
    Catalogue items = WORLD.items();
    int series = items.fieldOf("series");
    int episode = items.fieldOf("episode");
    int followed = 0;
    for (int item = 0; item < WORLD.options().items(); item++) {
      int next = WORLD.nextEpisode(item);
      if (next >= 0) {
        followed++;
        assertEquals(values(items, series, item), values(items, series, next));
        assertEquals(items.number(episode, item) + 1, items.number(episode, next));
        assertTrue(WORLD.relatedness(LIKE, item, next) > 0);
      }
    }
    assertTrue(followed > WORLD.options().items() / 20, followed + " have a next episode");
  }

  @Test
  void itemsOfOneTypeAreMoreRelatedThanOthers() {
    SplittableRandom random = new SplittableRandom(2);
    int type = WORLD.items().fieldOf("type");
    double[] sums = new double[2];
    int[] counts = new int[2];
    while (counts[0] < 40 || counts[1] < 40) {
      int item = random.nextInt(WORLD.options().items());
      int other = random.nextInt(WORLD.options().items());
      int same =
          values(WORLD.items(), type, item).equals(values(WORLD.items(), type, other)) ? 1 : 0;
      if (item != other && counts[same] < 40) {
        sums[same] += WORLD.relatedness(LIKE, item, other);
        counts[same]++;
      }
    }
    assertTrue(sums[1] / 40 > sums[0] / 40 + .02, Arrays.toString(sums));
  }

  @Test
  void likesAndClicksComeFromTheTrueAffinities() {
    Events events = WORLD.events();
    // Rows in four groups by true affinity: the share that is liked must follow it.
    List<double[]> likes = new ArrayList<>();
    for (int row = 0; row < events.size(); row++) {
      double affinity = WORLD.affinity(LIKE, events.user(row), events.item(row));
      likes.add(new double[] {affinity, events.value(LIKE, row)});
    }
    likes.sort(Comparator.comparingDouble(pair -> pair[0]));
    double last = -1;
    for (int q = 0; q < 4; q++) {
      List<double[]> part = likes.subList(q * likes.size() / 4, (q + 1) * likes.size() / 4);
      double liked = part.stream().mapToDouble(pair -> pair[1]).average().orElseThrow();
      assertTrue(liked > last, "quarter " + q + ": " + liked + " after " + last);
      last = liked;
    }
  }

  @Test
  void usersReturnTheOftenerTheMoreSatisfiedUnlessRetentionIsSwitchedOff() {
    assertTrue(returnGap(WORLD) > .2, "gap " + returnGap(WORLD));
    World indifferent = World.generate(WorldOptions.defaults().withRetentionEffect(0));
    assertEquals(0, returnGap(indifferent), .08, "gap without effect");
  }

  /** Share that returns in days 8 to 14, of the more satisfied half minus of the less satisfied. */
  private static double returnGap(World world) {
    Events events = world.events();
    int users = world.options().users();
    double[][] worth = new double[4][users];
    int[][] lists = new int[5][users];
    for (int row = 0; row < events.size(); row++) {
      int week = (int) ((events.time(row) - Simulation.START) / WEEK);
      if (week < 5) {
        lists[week][events.user(row)] += events.signal(1, row) == 1 ? 1 : 0;
      }
      for (int k = 0; week < 4 && k < 5; k++) {
        worth[week][events.user(row)] += world.satisfaction(k) * events.value(k, row);
      }
    }
    List<double[]> pairs = new ArrayList<>();
    for (int week = 0; week < 4; week++) {
      for (int user = 0; user < users; user++) {
        if (lists[week][user] > 0) {
          pairs.add(
              new double[] {
                worth[week][user] / lists[week][user], lists[week + 1][user] > 0 ? 1 : 0
              });
        }
      }
    }
    pairs.sort(Comparator.comparingDouble(pair -> pair[0]));
    int half = pairs.size() / 2;
    return pairs.subList(half, pairs.size()).stream().mapToDouble(p -> p[1]).average().orElseThrow()
        - pairs.subList(0, half).stream().mapToDouble(p -> p[1]).average().orElseThrow();
  }

  @Test
  void aWorldWithoutTasteHasNoRelatedItems() {
    World world = World.generate(SMALL.withTasteStrength(0));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 50; i++) {
      double relatedness = world.relatedness(CLICK, random.nextInt(300), random.nextInt(300));
      assertEquals(0, relatedness, 1e-9);
    }
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    for (Runnable bad :
        List.<Runnable>of(
            () -> SMALL.withSize(10, 100, 10_000),
            () -> SMALL.withDays(7),
            () -> SMALL.withNoiseShare(.95),
            () -> SMALL.withLists(1, .5),
            () -> SMALL.withTasteStrength(Double.NaN))) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, bad::run);
      assertTrue(e.getMessage().contains("must be"), e.getMessage());
    }
  }
}
