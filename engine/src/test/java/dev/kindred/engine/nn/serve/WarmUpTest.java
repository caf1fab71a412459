package dev.kindred.engine.nn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void sizesGrowFromOneRowAndTheTypicalOnesFollow() {
    List<Integer> seen = new ArrayList<>();
    assertTrue(WarmUp.run(seen::add, new int[] {20, 5}, Duration.ofSeconds(20)));
    assertEquals(1, seen.getFirst());
    int replayed = seen.indexOf(20);
    for (int i = 1; i < replayed; i++) {
      assertTrue(seen.get(i) >= seen.get(i - 1) && seen.get(i) < 20, "sizes " + seen);
    }
    assertEquals(List.of(20, 5, 20, 5), seen.subList(replayed, replayed + 4));
  }

  @Test
  void theLimitEndsAWarmUpThatGetsNowhere() {
    boolean done =
        WarmUp.run(
            rows -> {
              long start = System.nanoTime();
              while (System.nanoTime() - start < 20_000_000) {
                Thread.onSpinWait();
              }
            },
            new int[] {100},
            Duration.ofMillis(50));
    assertFalse(done);
  }

  @Test
  void sizesBelowOneAreRefused() {
    Duration limit = Duration.ofSeconds(1);
    assertThrows(IllegalArgumentException.class, () -> WarmUp.run(rows -> {}, new int[] {}, limit));
    assertThrows(
        IllegalArgumentException.class, () -> WarmUp.run(rows -> {}, new int[] {3, 0}, limit));
  }
}
