package dev.kindred.engine.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WorldFamilyTest {
  private static World small(WorldFamily family) {
    return World.generate(family.options().withSize(400, 600, 30_000));
  }

  @Test
  void everyLabelNamesItsFamilyAndAWrongOneNamesThemAll() {
    for (WorldFamily family : WorldFamily.values()) {
      assertEquals(family, WorldFamily.of(family.label()));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> WorldFamily.of("radio"));
    for (WorldFamily family : WorldFamily.values()) {
      assertTrue(e.getMessage().contains(family.label()), e.getMessage());
    }
  }

  @Test
  void familiesDifferInWhatTheirLogsShow() {
    World video = small(WorldFamily.VIDEO);
    World clips = small(WorldFamily.SHORT_VIDEO);
    World films = small(WorldFamily.CATALOGUE);
    assertTrue(
        clickRate(clips) > 1.2 * clickRate(video), clickRate(clips) + " " + clickRate(video));
    assertTrue(headShare(clips) < .6 * headShare(video), headShare(clips) + "");
    assertTrue(episodes(films) > 1.8 * episodes(video), episodes(films) + " episodes");
    assertTrue(episodes(clips) < .4 * episodes(video), episodes(clips) + " episodes");
    assertTrue(noise(films) < .5 * noise(video) && noise(clips) > 1.3 * noise(video));
    assertTrue(seconds(clips) < seconds(video) && seconds(video) < seconds(films));
  }

  @Test
  void aWorldOfPopularityAloneHasNothingElseToLearn() {
    World world = small(WorldFamily.POPULARITY_ONLY);
    Draws draws = Draws.of(1, "test");
    for (int i = 0; i < 200; i++) {
      int item = draws.nextInt(400);
      int other = draws.nextInt(400);
      assertEquals(0, world.relatedness(0, item, other), 1e-9);
      assertEquals(world.affinity(2, 3, item), world.affinity(2, 9, item), 1e-12);
      double like = world.affinity(2, 0, item) / world.affinity(0, 0, item);
      assertEquals(world.affinity(2, 0, other) / world.affinity(0, 0, other), like, 1e-9);
      boolean blockbuster =
          Arrays.stream(world.blockbusters()).anyMatch(b -> b == item || b == other);
      if (!blockbuster && world.popularity(item) > world.popularity(other)) {
        assertTrue(world.affinity(0, 0, item) > world.affinity(0, 0, other));
      }
    }
  }

  @Test
  void whatHasNothingToDoWithTheSourceDoesWorse() {
    World world = small(WorldFamily.CATALOGUE);
    int checked = 0;
    for (int item = 0; item < 400; item++) {
      int next = world.nextEpisode(item);
      if (next >= 0) {
        int far = (item + 200) % 400;
        for (int user = 0; user < 5; user++) {
          double beside = world.affinity(1, user, next, item) / world.affinity(1, user, next);
          double elsewhere = world.affinity(1, user, next, far) / world.affinity(1, user, next);
          checked += beside > elsewhere ? 1 : 0;
          assertTrue(beside > 1, "an episode goes with the one before it");
        }
      }
    }
    assertTrue(checked > 100, checked + " checked");
  }

  @Test
  void aViewerGoesOnWhereTheLogEnds() {
    World world = small(WorldFamily.NO_NOISE);
    Events events = world.events();
    Viewer viewer = world.viewer();
    Draws draws = Draws.of(2, "lives");
    int again = 0;
    int fresh = 0;
    for (int row = 0; row < 4_000; row++) {
      if (events.value(0, row) > 0) {
        // What was watched is rarely clicked again: the same draws for an item never met.
        viewer.become(events.user(row));
        draws.reset(row);
        again += viewer.look(events.item(row), -1, false, draws).clicked() ? 1 : 0;
        fresh += draws.nextDouble() < world.affinity(0, events.user(row), events.item(row)) ? 1 : 0;
      }
    }
    assertTrue(again < .6 * fresh, again + " again, " + fresh + " for the first time");
  }

  private static double clickRate(World world) {
    double clicks = 0;
    int top = 0;
    for (int row = 0; row < world.events().size(); row++) {
      if (world.events().signal(1, row) == 1) {
        top++;
        clicks += world.events().value(0, row);
      }
    }
    return clicks / top;
  }

  private static double headShare(World world) {
    int[] shown = new int[400];
    for (int row = 0; row < world.events().size(); row++) {
      shown[world.events().item(row)]++;
    }
    for (int blockbuster : world.blockbusters()) {
      shown[blockbuster] = 0;
    }
    Arrays.sort(shown);
    return Arrays.stream(shown, 380, 400).sum() / (double) world.events().size();
  }

  private static double episodes(World world) {
    int episodes = 0;
    for (int item = 0; item < 400; item++) {
      episodes += world.nextEpisode(item) >= 0 ? 1 : 0;
    }
    return episodes;
  }

  private static double noise(World world) {
    double noise = 0;
    double clicks = 0;
    for (int row = 0; row < world.events().size(); row++) {
      clicks += world.events().value(0, row);
      noise += world.isNoise(row) ? 1 : 0;
    }
    return noise / clicks;
  }

  private static double seconds(World world) {
    double seconds = 0;
    int clicks = 0;
    for (int row = 0; row < world.events().size(); row++) {
      if (world.events().value(0, row) > 0 && !world.isNoise(row)) {
        seconds += world.events().signal(0, row);
        clicks++;
      }
    }
    return seconds / clicks;
  }
}
