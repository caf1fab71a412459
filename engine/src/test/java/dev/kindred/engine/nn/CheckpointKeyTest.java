package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckpointKeyTest {
  private enum Loss {
    SAMPLED_SOFTMAX,
    BPR
  }

  /** Has what the records of networks have: numbers, lists, constants and a record within. */
  private record SomeOptions(
      List<Integer> hidden, int dim, Loss loss, Optimizer optimizer, boolean anneal, int epochs) {}

  private static final SomeOptions MADE =
      new SomeOptions(List.of(64, 32), 16, Loss.BPR, Adam.of(0.01), false, 1);

  private static String told(SomeOptions now) {
    return CheckpointKey.differences(MADE + " data 12", now + " data 12");
  }

  @Test
  void optionsThatDifferAreNamedAsOnTheCommandLine() {
    Optimizer adam = Adam.of(0.01);
    assertEquals(
        "made with dim 16, now 8",
        told(new SomeOptions(List.of(64, 32), 8, Loss.BPR, adam, false, 1)));
    assertEquals(
        "made with hidden [64, 32], now [], and with loss bpr, now sampled-softmax",
        told(new SomeOptions(List.of(), 16, Loss.SAMPLED_SOFTMAX, adam, false, 1)));
    assertEquals(
        "made with learning-rate 0.01, now 0.5, and with weight-decay 0.0, now 0.1",
        told(
            new SomeOptions(
                List.of(64, 32), 16, Loss.BPR, Adam.of(0.5).withWeightDecay(0.1), false, 1)));
    assertEquals(
        "made with anneal false, now true",
        told(new SomeOptions(List.of(64, 32), 16, Loss.BPR, adam, true, 12)));
  }

  @Test
  void dataTasksAndOptionsOfOtherVersionsAreTold() {
    assertEquals(
        "made of other data", CheckpointKey.differences(MADE + " data 12", MADE + " data 13"));
    assertEquals(
        "made for other tasks",
        CheckpointKey.differences(
            "by x " + MADE + " [Task[name=a]] data 1", "by x " + MADE + " [Task[name=b]] data 1"));
    assertEquals(
        "made without scale, now 2.0, and with old 3, now without",
        CheckpointKey.differences("AOptions[old=3] data 1", "AOptions[scale=2.0] data 1"));
    assertEquals("made for other tasks", CheckpointKey.differences("nonsense [", "AOptions["));
  }
}
