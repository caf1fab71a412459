package dev.kindred.index.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class TemporaryNameTest {
  @Test
  void namesAreHiddenBesideTheTargetAndDiffer() {
    Path target = Path.of("snapshots", "films");
    Path first = TemporaryName.beside(target);
    assertEquals(target.getParent(), first.getParent());
    String name = first.getFileName().toString();
    String process = "" + ProcessHandle.current().pid();
    assertTrue(name.matches("\\.films\\." + process + "-\\d+\\.tmp"), name);
    assertNotEquals(first, TemporaryName.beside(target));
  }
}
