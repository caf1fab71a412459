package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RowRoomTest {
  @Test
  void capacitiesGrowUpToTheLongestArrayAndNoFurther() {
    int capacity = 1024;
    int steps = 0;
    while (capacity < RowRoom.MAX_ROWS) {
      int next = RowRoom.grown(capacity);
      assertTrue(next > capacity, capacity + " to " + next);
      capacity = next;
      steps++;
    }
    assertEquals(Integer.MAX_VALUE - 64, capacity);
    assertTrue(steps < 50, steps + " steps");
    assertEquals(RowRoom.MAX_ROWS, RowRoom.grown(RowRoom.MAX_ROWS));
  }

  @Test
  void aFileOfMoreRowsIsRefusedByName() {
    Path file = Path.of("clicks.csv");
    RowRoom.require(RowRoom.MAX_ROWS - 1, file);
    InputException e =
        assertThrows(InputException.class, () -> RowRoom.require(RowRoom.MAX_ROWS, file));
    assertTrue(e.getMessage().startsWith("clicks.csv: holds more than 2147483583 rows"));
  }
}
