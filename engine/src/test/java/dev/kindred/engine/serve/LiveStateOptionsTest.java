package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LiveStateOptionsTest {
  @Test
  void valuesOutOfRangeAreRefused() {
    LiveStateOptions options = LiveStateOptions.defaults();
    assertThrows(IllegalArgumentException.class, () -> options.withExpectedUsers(0));
    assertThrows(IllegalArgumentException.class, () -> options.withExpectedItems(0));
    assertThrows(IllegalArgumentException.class, () -> options.withHistoryLength(0));
    assertThrows(IllegalArgumentException.class, () -> options.withHistoryLength(10_001));
    assertEquals(
        new LiveStateOptions(5, 6, 7),
        options.withExpectedUsers(5).withExpectedItems(6).withHistoryLength(7));
  }
}
