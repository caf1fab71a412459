package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class CommandLineTest {
  @Test
  void helpListsTheCommandsOnStdout() {
    Run run = Run.kindred("--help");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("completion"), run.out());
    assertTrue(run.out().contains("Exit codes:"), run.out());
    assertEquals("", run.err());
  }

  @Test
  void versionNamesTheBuildAndTheJava() {
    Run run = Run.kindred("--version");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().matches("(?s)kindred \\d+\\.\\d+\\.\\d+.*Java 2\\d.*"), run.out());
  }

  @Test
  void noCommandIsAUsageError() {
    Run run = Run.kindred();
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("kindred: no command given"), run.err());
  }

  @Test
  void aMisspeltCommandIsSuggested() {
    Run run = Run.kindred("completoin");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("completion"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void globalOptionsStandBeforeOrAfterTheCommand() {
    assertEquals(0, Run.kindred("--quiet", "completion").exitCode());
    assertEquals(0, Run.kindred("completion", "--quiet", "--threads", "3").exitCode());
  }

  @Test
  void anImpossibleThreadCountIsAUsageError() {
    Run run = Run.kindred("completion", "--threads", "0");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--threads is 0, must be 1 to 4096"), run.err());
  }
}
