package dev.kindred.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuickQuitsTest {
  /** Four clicks and a sample without, with two signals: a place, 1 to 5, and a length. */
  private static Optional<QuickQuits> of(String place, String length, float... lengths) {
    Events.Builder log =
        Events.builder(
            Ids.of(List.of("u")),
            Ids.of(List.of("i")),
            List.of(Objective.positive("click", LabelRule.flag("click"))),
            List.of(place, length),
            Order.NONE);
    for (int row = 0; row < lengths.length; row++) {
      log.add(0, 0, 0);
      log.value(0, row, row < 4 ? 1 : 0);
      log.signal(0, row, 1 + row);
      log.signal(1, row, lengths[row]);
    }
    return QuickQuits.of(log.build(), 0);
  }

  @Test
  void aPlaceWhereItWasDisplayedIsNoLengthOfAStay() {
    assertEquals(
        Optional.of(new QuickQuits("click", "play_seconds", 4, 1)),
        of("display_position", "play_seconds", 2, 30, 5, 400, 0));
    assertEquals(Optional.empty(), of("display_position", "displayed", 2, 30, 5, 400, 0));
  }

  @Test
  void millisecondsAreKnownByTheirName() {
    assertEquals(
        Optional.of(new QuickQuits("click", "videoPlayTime_ms", 4, 2)),
        of("place", "videoPlayTime_ms", 4999, 5000, 30, 70_000, 0));
  }
}
