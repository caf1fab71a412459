package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExperimentNamesTest {
  private static List<String> names(String... directories) {
    return ExperimentCommand.names(List.of(directories).stream().map(Path::of).toList());
  }

  @Test
  void groupsAreNamedByTheLastPartWhereThatTellsThemApart() {
    assertEquals(List.of("before", "after"), names("/s/before", "/s/after"));
  }

  @Test
  void directoriesThatEndAlikeShowTheirPaths() {
    assertEquals(List.of("/a/1", "/b/1", "2"), names("/a/1", "/b/1", "/b/2"));
  }

  @Test
  void aSnapshotThatIsGivenAgainHasANumber() {
    assertEquals(List.of("1", "1 (2)", "1 (3)"), names("/a/1", "/a/1", "/a/../a/1"));
    assertEquals(List.of("/a/1", "/b/1", "/a/1 (2)"), names("/a/1", "/b/1", "/a/1"));
  }
}
