package dev.kindred.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void barShowsShareRateAndTimeLeft() {
    assertEquals(
        "reading [############............]  50% 100.0k/s, 5.0 s left, 3 bad rows",
        ProgressLine.bar("reading", 500_000, 1_000_000, 5 * SECOND, "3 bad rows", 100));
  }

  @Test
  void theFirstHundredthTellsNoTimeLeft() {
    assertEquals(
        "training: 0% 100/s", ProgressLine.plain("training", 200, 1_000_000, 2 * SECOND, ""));
  }

  @Test
  void unknownTotalShowsTheRateAlone() {
    assertEquals("reading: 200/s", ProgressLine.plain("reading", 1000, -1, 5 * SECOND, ""));
  }

  @Test
  void aBarNeverWraps() {
    String line = ProgressLine.bar("a long name of a stage", 1, 1000, SECOND, "and a note", 40);
    assertEquals(39, line.length());
  }

  @Test
  void durationsAndCountsReadWell() {
    assertEquals("0.3 s", ProgressLine.duration(SECOND * 3 / 10));
    assertEquals("10 s", ProgressLine.duration(9_960_000_000L));
    assertEquals("1:05", ProgressLine.duration(65 * SECOND));
    assertEquals("1:02:03", ProgressLine.duration(3723 * SECOND));
    assertEquals("999", ProgressLine.count(999));
    assertEquals("2.5", ProgressLine.count(2.5));
    assertEquals("1.5M", ProgressLine.count(1_500_000));
  }

  @Test
  void aShortStageLeavesNoTrace() {
    StringWriter err = new StringWriter();
    AtomicLong clock = new AtomicLong();
    AtomicInteger looks = new AtomicInteger();
    Progress progress =
        new StderrProgress(new PrintWriter(err, true), 80, 1, counted(clock, looks));
    try (Progress.Stage stage = progress.stage("quick", 10)) {
      stage.add(10);
      clock.set(2 * SECOND - 1);
      awaitLooks(looks, 3);
    }
    assertEquals("", err.toString());
  }

  @Test
  void aLongStageIsDrawnAndEndsWithOneLine() {
    StringWriter err = new StringWriter();
    AtomicLong clock = new AtomicLong();
    AtomicInteger looks = new AtomicInteger();
    Progress progress =
        new StderrProgress(new PrintWriter(err, true), 60, 1, counted(clock, looks));
    try (Progress.Stage stage = progress.stage("slow", 4)) {
      stage.add(2);
      clock.set(2 * SECOND);
      // The look after the next one comes when the next one has been drawn.
      awaitLooks(looks, looks.get() + 2);
      clock.set(2_300_000_000L);
    }
    assertTrue(err.toString().contains("slow [############............]  50%"), err.toString());
    assertTrue(err.toString().strip().endsWith("slow: 2 in 2.3 s"), err.toString());
  }

  private static LongSupplier counted(AtomicLong clock, AtomicInteger looks) {
    return () -> {
      looks.incrementAndGet();
      return clock.get();
    };
  }

  private static void awaitLooks(AtomicInteger looks, int count) {
    while (looks.get() < count) {
      Thread.onSpinWait();
    }
  }
}
