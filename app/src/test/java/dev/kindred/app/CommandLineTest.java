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
  void helpGoesDownToACommandWithinACommand() {
    assertTrue(Run.kindred("help").out().contains("snapshots"));
    assertEquals(Run.kindred("ann", "--help").out(), Run.kindred("help", "ann").out());
    Run build = Run.kindred("help", "ann", "build");
    assertEquals(0, build.exitCode());
    assertEquals(Run.kindred("ann", "build", "--help").out(), build.out());
    Run none = Run.kindred("help", "ann", "bild");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().startsWith("kindred: no command 'bild'"), none.err());
  }

  @Test
  void aMisspeltOptionIsToldBeforeTheMissingOne() {
    Run run = Run.kindred("related", "--model", "m", "--itm", "x");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("kindred: no option '--itm'; did you mean --item?"), run.err());
  }

  @Test
  void snapshotsAloneListsAndAsksForTheDirectory() {
    Run run = Run.kindred("snapshots");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--model DIR is missing"), run.err());
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
