package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveCommandTest {
  @TempDir Path directory;

  @Test
  void hiddenItemsAreListedUntilShownAgain() {
    String state = directory.resolve("state").toString();
    assertEquals(
        List.of("b hidden", "a hidden"),
        Run.kindred("live", "hide", "--live", state, "b", "a").lines());
    assertEquals(
        List.of("a was hidden already"), Run.kindred("live", "hide", "--live", state, "a").lines());
    assertEquals(List.of("a", "b"), Run.kindred("live", "list", "--live", state).lines());
    assertEquals(
        List.of("b shown again"), Run.kindred("live", "unhide", "--live", state, "b").lines());
    Run json = Run.kindred("live", "list", "--json", "--live", state);
    assertEquals(List.of("{\"item\":\"a\",\"hidden\":true}"), json.lines());
    assertEquals("", json.err());
  }

  @Test
  void wrongArgumentsMakeNoState() {
    String state = directory.resolve("state").toString();
    for (List<String> action :
        List.of(List.of("hide", " a"), List.of("add", "--item", "a ", "--value", "type=film"))) {
      List<String> args = new ArrayList<>(List.of("live", action.getFirst(), "--live", state));
      args.addAll(action.subList(1, action.size()));
      Run run = Run.kindred(args.toArray(String[]::new));
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("has blanks around it, but ids have none"), run.err());
    }
    String nowhere = directory.resolve("nowhere").toString();
    for (List<String> action :
        List.of(List.of("hide", "a"), List.of("add", "--item", "a", "--value", "type=film"))) {
      List<String> args = new ArrayList<>(List.of("live", action.getFirst(), "--live", state));
      args.addAll(List.of("--model", nowhere));
      args.addAll(action.subList(1, action.size()));
      Run run = Run.kindred(args.toArray(String[]::new));
      assertEquals(3, run.exitCode(), run.err());
    }
    assertFalse(Files.exists(Path.of(state)));
  }

  @Test
  void aDirectoryWithoutStateIsRefusedAndLeftAlone() {
    Run run = Run.kindred("live", "list", "--live", directory.toString());
    assertEquals(3, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("kindred: " + directory + ": no live state here"), run.err());
    assertEquals(0, directory.toFile().list().length);
  }

  @Test
  void aDamagedStateExitsWithFour() throws IOException {
    Path state = directory.resolve("state");
    Run first = Run.kindred("live", "hide", "--live", state.toString(), "a");
    assertTrue(first.err().startsWith("a new live state: "), first.err());
    assertEquals("", Run.kindred("live", "hide", "--live", state.toString(), "a").err());
    Path header = state.resolve("live.header");
    byte[] bytes = Files.readAllBytes(header);
    bytes[3] ^= 1;
    Files.write(header, bytes);
    Run run = Run.kindred("live", "list", "--live", state.toString());
    assertEquals(4, run.exitCode());
    assertTrue(run.err().contains("live.header (byte 0): not a live state"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void anUnwritablePathIsBadInput() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Run run = Run.kindred("live", "hide", "--live", file.toString(), "a");
    assertEquals(3, run.exitCode());
    assertTrue(run.err().startsWith("kindred: " + file), run.err());
    Run below = Run.kindred("live", "hide", "--live", file.resolve("state").toString(), "a");
    assertEquals(3, below.exitCode());
    assertTrue(
        below
            .err()
            .contains("state: can't be written to (" + file + " is a file); change that, or"),
        below.err());
  }

  @Test
  void withoutAnActionItIsAUsageError() {
    Run run = Run.kindred("live");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("kindred: no action given"), run.err());
  }
}
