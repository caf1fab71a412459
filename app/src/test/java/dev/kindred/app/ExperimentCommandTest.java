package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code experiment}: given related lists, an A/B test in the site that they were trained on. */
final class ExperimentCommandTest {
  private static final List<String> SITE =
      List.of("--items", "200", "--users", "300", "--samples", "9000", "--seed", "4");

  @TempDir static Path directory;
  private static String snapshots;

  @BeforeAll
  static void simulateAndTrain() throws IOException {
    String site = directory.resolve("site").toString();
    assertEquals(0, kindred("simulate", SITE, "--out", site).exitCode());
    Path config = Path.of(site, "kindred.toml");
    Files.writeString(
        config,
        """

        [coordinator]
        enabled = false
        [tower]
        enabled = false
        [als]
        rank = 8
        iterations = 3
        """,
        StandardOpenOption.APPEND);
    snapshots = directory.resolve("snapshots").toString();
    Run trained = Run.kindred("train", "--config", config.toString(), "--out", snapshots);
    assertEquals(0, trained.exitCode(), trained.err());
  }

  private static Run kindred(String command, List<String> options, String... more) {
    return Run.kindred(
        Stream.of(Stream.of(command), options.stream(), Stream.of(more))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private static List<JsonNode> json(Run run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    return run.json();
  }

  @Test
  void groupsOfEqualVolumeAreCheckedAndThenComparedWithIntervals() throws IOException {
    List<JsonNode> lines =
        json(kindred("experiment", SITE, snapshots, "--play-days", "20", "--json"));
    assertEquals(3, lines.size());
    JsonNode check = lines.get(0).get("aaCheck");
    int users = 0;
    for (JsonNode group : check.get("users")) {
      users += group.asInt();
      assertTrue(Math.abs(group.asInt() - 150) < 50, check.toString());
    }
    assertEquals(300, users);
    assertEquals(check.get("findings").isEmpty(), check.get("passed").asBoolean());
    assertEquals("popular items", lines.get(1).get("group").asText());
    for (String metric : List.of("clicking", "playedTime", "satisfaction", "negative", "visits")) {
      JsonNode base = lines.get(1).get(metric);
      assertTrue(base.get("value").asDouble() > 0, metric);
      assertEquals(0, base.at("/changePercent/value").asDouble(), metric);
      JsonNode ours = lines.get(2).get(metric);
      for (String change : List.of("changePercent", "pairedChangePercent")) {
        JsonNode interval = ours.get(change);
        assertTrue(interval.get("low").asDouble() <= interval.get("value").asDouble(), metric);
        assertTrue(interval.get("high").asDouble() >= interval.get("value").asDouble(), metric);
      }
      double paired = 100 * (ours.get("value").asDouble() / base.get("value").asDouble() - 1);
      assertEquals(paired, ours.at("/pairedChangePercent/value").asDouble(), 1e-6, metric);
    }
  }

  @Test
  void theSameListsInTwoGroupsLiveTheSameLives() throws IOException {
    List<JsonNode> lines =
        json(kindred("experiment", SITE, snapshots, snapshots, "--play-days", "3", "--json"));
    for (String metric : List.of("clicking", "playedTime", "satisfaction", "negative")) {
      JsonNode second = lines.get(2).get(metric);
      assertEquals(lines.get(1).get(metric).get("value"), second.get("value"), metric);
      assertEquals(0, second.at("/pairedChangePercent/value").asDouble(), metric);
    }
    String first = lines.get(1).get("group").asText();
    assertEquals(first + " (2)", lines.get(2).get("group").asText());
    Run text = kindred("experiment", SITE, snapshots, "--play-days", "3");
    assertTrue(text.out().startsWith("A/A check, groups of ["), text.out());
  }

  @Test
  void aSnapshotOfAnotherSiteIsRefused() {
    Run other = Run.kindred("experiment", snapshots, "--items", "400", "--users", "300");
    assertEquals(3, other.exitCode(), other.err());
    assertTrue(other.err().contains("knows 200 of the 400 items"), other.err());
    assertEquals(2, kindred("experiment", SITE, snapshots, "--play-days", "0").exitCode());
    String warning = "is it of another site?";
    List<String> neighbour = new ArrayList<>(SITE);
    neighbour.set(SITE.size() - 1, "8");
    Run seed = kindred("experiment", neighbour, snapshots, "--play-days", "1");
    assertTrue(seed.err().contains(warning), seed.err());
    Run own = kindred("experiment", SITE, snapshots, "--play-days", "1");
    assertFalse(own.err().contains(warning), own.err());
  }
}
