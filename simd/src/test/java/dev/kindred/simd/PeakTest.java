package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeakTest {
  @Test
  void rateIsPlausible() {
    double gflops = Peak.gflops(20);
    assertTrue(gflops > 0 && gflops < 10_000, gflops + " GFLOP/s");
    assertThrows(IllegalArgumentException.class, () -> Peak.gflops(0));
  }

  @Test
  void workIsTheOperationsOfItsRuns() {
    assertEquals(3 * Peak.work(1), Peak.work(3));
    assertThrows(IllegalArgumentException.class, () -> Peak.work(0));
  }
}
