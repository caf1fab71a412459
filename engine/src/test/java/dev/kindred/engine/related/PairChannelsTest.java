package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairChannelsTest {
  private static final long MINUTE = 60_000;

  @TempDir Path directory;

  private static long step(int from, int to) {
    return (long) from << 32 | to;
  }

  @Test
  void valuesOfAHandWorkedCaseAlsoFromAFile() throws IOException {
    // From 0: three times to 1, once to 2. From 1: once to 2. Item 3 is never met.
    long[] steps = {step(0, 1), step(0, 1), step(0, 1), step(0, 2), step(1, 2)};
    PairValues counted = PairValues.ofSteps(4, steps, steps.length, 2);
    counted.write(directory.resolve("next.knext"));
    try (Arena arena = Arena.ofConfined()) {
      PairValues opened = PairValues.open(directory.resolve("next.knext"), arena);
      opened.verify();
      for (PairValues next : List.of(counted, opened)) {
        assertEquals(3, next.size());
        assertEquals(Math.log((3 + 2 * 0.6) / ((4 + 2) * 0.6)), next.value(0, 1), 1e-6);
        assertEquals(Math.log((1 + 2 * 0.4) / ((4 + 2) * 0.4)), next.value(0, 2), 1e-6);
        assertEquals(Math.log(2.0 / (1 + 2)), next.value(1, 1), 1e-6, "never seen");
        assertEquals(0, next.value(0, 3), "nobody went on to 3");
        assertEquals(0, next.value(2, 1), "nobody went on from 2");
        assertTrue(next.leaves(0) && !next.leaves(2) && next.isReached(2) && !next.isReached(0));
        float[] values = new float[3];
        next.values(0, new int[] {3, 2, 1}, 0, 3, values);
        assertEquals(next.value(0, 2), values[1]);
        assertEquals(next.value(0, 1), values[2]);
      }
    }
  }

  /** Series of five episodes, watched in order or, if not {@code inOrder}, in a drawn one. */
  private static Events series(boolean inOrder, Order order) {
    Ids users = new Ids();
    Ids items = new Ids();
    for (int i = 0; i < 40; i++) {
      items.add("i" + i);
    }
    Events.Builder builder =
        Events.builder(
            users,
            items,
            List.of(
                Objective.positive("watch", LabelRule.flag("watch")),
                Objective.negative("dislike", LabelRule.flag("dislike"))),
            List.of(),
            order);
    Draws draws = Draws.of(4, "series");
    int[] five = {0, 1, 2, 3, 4};
    for (int u = 0; u < 400; u++) {
      draws.reset(u);
      int user = users.add("u" + u);
      for (int s = 0; s < 3; s++) {
        int series = draws.nextInt(8);
        if (!inOrder) {
          draws.shuffle(five, 0, 5);
        }
        for (int e = 0; e < 5; e++) {
          int row = builder.add(user, 5 * series + five[e], (600L * s + 30 * e) * MINUTE);
          builder.value(0, row, draws.nextDouble() < 0.9 ? 1 : 0);
        }
      }
    }
    return builder.build();
  }

  @Test
  void episodesPointToTheNextOneAndNotBack() {
    Events events = series(true, Order.TIME);
    RelatedScorer.Part part =
        NextItemChannel.of(events, NextItemOptions.defaults(), Calibration.Method.PLATT, 1);
    Channel channel = part.channel();
    assertTrue(part.calibration().active(), part.calibration().note());
    RelatedScorer scorer =
        RelatedScorer.of(
            new ObjectiveWeights(
                List.of(new ObjectiveWeight("next", Polarity.POSITIVE, 1, 1)), false, "test"),
            List.of(part),
            Merge.CALIBRATED,
            40);
    int[] all = new int[40];
    for (int i = 0; i < 40; i++) {
      all[i] = i;
    }
    float[] scores = new float[40];
    for (int item = 0; item < 40; item++) {
      if (item % 5 == 4) {
        continue;
      }
      assertTrue(channel.cosine(item, item + 1) > channel.cosine(item + 1, item) + 1, "" + item);
      scorer.score(item, all, 40, scores, scorer.newScratch(40));
      for (int other = 0; other < 40; other++) {
        assertTrue(scores[other] <= scores[item + 1], item + " to " + other);
        List<Term> terms = scorer.terms(item, other, new double[] {1}, scorer.newScratch(1));
        assertEquals(scores[other], Explanation.sum(terms));
      }
    }
  }

  @Test
  void withinASeriesWatchedInAnyOrderTheDirectionSaysNothing() {
    Events events = series(false, Order.TIME);
    Channel channel =
        NextItemChannel.of(events, NextItemOptions.defaults(), Calibration.Method.PLATT, 1)
            .channel();
    double forth = 0;
    double back = 0;
    for (int item = 0; item < 40; item++) {
      if (item % 5 < 4) {
        forth += channel.cosine(item, item + 1);
        back += channel.cosine(item + 1, item);
      }
    }
    assertEquals(forth / 32, back / 32, 0.2);
  }

  @Test
  void aLogWithoutAnOrderHasNoSteps() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                NextItemChannel.of(
                    series(true, Order.NONE),
                    NextItemOptions.defaults(),
                    Calibration.Method.PLATT,
                    1));
    assertTrue(refused.getMessage().contains("[together] enabled = true"), refused.getMessage());
  }

  private static RelatedScorer.Part together(Events events, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return TogetherChannel.of(
          events,
          TogetherOptions.defaults(),
          Calibration.Method.PLATT,
          1,
          workers,
          Progress.none());
    }
  }

  @Test
  void whatIsTakenTogetherIsTheCosineOfTheSetsOfCountedUsers() throws IOException {
    Events events = series(true, Order.NONE);
    RelatedScorer.Part part = together(events, 1);
    assertTrue(part.calibration().active(), part.calibration().note());
    RelatedScorer.Part byThree = together(events, 3);
    assertEquals(part.calibration(), byThree.calibration());
    assertEquals(part.calibration().logOdds(0), part.calibration().absentLogOdds(0.5f));
    Interactions engaged = events.engaged();
    boolean[] isHeldOut = PairCalibration.heldOut(engaged.rows(), Draws.of(1, "together"));
    int[][] both = new int[40][40];
    for (int user = 0; user < engaged.rows(); user++) {
      for (int i = 0; i < 40 && !isHeldOut[user]; i++) {
        for (int j = 0; j < 40; j++) {
          both[i][j] += engaged.contains(user, i) && engaged.contains(user, j) ? 1 : 0;
        }
      }
    }
    PairValues kept = part.channel().pairs().orElseThrow();
    kept.write(directory.resolve("together.knext"));
    try (Arena arena = Arena.ofConfined()) {
      PairValues opened = PairValues.open(directory.resolve("together.knext"), arena);
      opened.verify();
      for (int i = 0; i < 40; i++) {
        for (int j = 0; j < 40; j++) {
          double cosine =
              i == j || both[i][j] < 2 ? 0 : both[i][j] / Math.sqrt(both[i][i] * both[j][j]);
          assertEquals(cosine, kept.value(i, j), 1e-6, i + " and " + j);
          assertEquals(kept.value(i, j), opened.value(i, j));
          assertEquals(kept.value(i, j), byThree.channel().cosine(i, j));
        }
      }
    }
  }

  /** Pairs that end before they begin, and pairs beyond the last, under a right checksum. */
  @Test
  void verifyingLooksAtBothEndsOfAnItemsPairs() throws IOException {
    Path file = directory.resolve("next.knext");
    for (long[] starts : new long[][] {{0, 4, 1, 4}, {0, 1, 2, 5}, {0, 1, 2, 4}}) {
      ByteBuffer body = ByteBuffer.allocate(88).order(ByteOrder.LITTLE_ENDIAN);
      LongStream.of(starts).forEach(body::putLong); // of 3 items with 4 pairs
      try (CheckedFileWriter out = CheckedFileWriter.create(file, "knext", 1)) {
        out.count(0, 3);
        out.count(1, 4);
        out.writeSegment(MemorySegment.ofArray(body.array()));
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        PairValues opened = PairValues.open(file, arena);
        if (starts[1] == 1 && starts[3] == 4) {
          opened.verify();
        } else {
          assertThrows(CorruptFileException.class, opened::verify);
        }
      }
    }
  }

  /** Users of 1, 5, 20, 21, 22 and 100 items, all of them held out. */
  @Test
  void pairsOfAHeldOutUserComeOnceEachAndNoMoreThanTwentyAnItem() {
    int[] lengths = {1, 5, 20, 21, 22, 100};
    Interactions engaged =
        Interactions.of(
            lengths.length,
            200,
            sink -> {
              for (int user = 0; user < lengths.length; user++) {
                for (int item = 0; item < lengths[user]; item++) {
                  sink.add(user, item, 1);
                }
              }
            },
            Interactions.Duplicates.LAST);
    for (int user = 0; user < lengths.length; user++) {
      boolean[] isHeldOut = new boolean[lengths.length];
      isHeldOut[user] = true;
      long[] pairs = TogetherChannel.pairs(engaged, isHeldOut, 100, Draws.of(3, "pairs"));
      int length = lengths[user];
      assertEquals(length <= 20 ? length * (length - 1) / 2 : length * 10, pairs.length);
      Set<Long> distinct = new HashSet<>();
      int falling = 0;
      for (long pair : pairs) {
        int first = (int) (pair >>> 32);
        int second = (int) pair;
        assertTrue(first != second && first < length && second < length);
        assertTrue(distinct.add(step(Math.min(first, second), Math.max(first, second))));
        falling += first > second ? 1 : 0;
      }
      assertTrue(length < 20 || Math.abs(2 * falling - pairs.length) < pairs.length / 2);
      assertEquals(0, TogetherChannel.pairs(engaged, isHeldOut, 0, Draws.of(3, "pairs")).length);
    }
  }

  @Test
  void anItemWithAListOfItsOwnHasTheChannelThoughItIsInNoOther() {
    // 1 is nearer to 0 than 2 is, so that the only place in 0's list is 1's.
    Interactions users =
        Interactions.of(
            5,
            4,
            sink -> {
              for (int user = 0; user < 5; user++) {
                sink.add(user, 0, 1);
                sink.add(user, user < 3 ? 1 : 2, 1);
              }
            },
            Interactions.Duplicates.LAST);
    try (Workers workers = Workers.of(1)) {
      PairValues values =
          PairValues.ofLists(
              Cooccurrence.candidates(
                  users,
                  Cooccurrence.Options.defaults().withMaxPerItem(1),
                  workers,
                  Progress.none()));
      assertEquals(0, values.value(0, 2), "0's list has no room for 2");
      assertEquals(2 / Math.sqrt(5 * 2), values.value(2, 0), 1e-6);
      assertTrue(values.isReached(2) && values.leaves(2));
      assertFalse(values.isReached(3) || values.leaves(3), "nobody took to 3");
    }
  }

  @Test
  void whatIsTakenTogetherBringsASeriesTogether() {
    Channel channel = together(series(false, Order.TIME), 2).channel();
    for (int item = 0; item < 40; item++) {
      float least = Float.POSITIVE_INFINITY;
      float most = 0;
      for (int other = 0; other < 40; other++) {
        if (other / 5 == item / 5 && other != item) {
          least = Math.min(least, channel.cosine(item, other));
        } else if (other != item) {
          most = Math.max(most, channel.cosine(item, other));
        }
      }
      assertTrue(least > most, item + ": " + least + " within its series, " + most + " beyond");
    }
  }

  @Test
  void stepsFurtherApartThanTheGapAreNoneAndAnOrderHasNoGaps() {
    RelatedScorer.Part ordered =
        NextItemChannel.of(
            series(true, Order.SEQUENCE),
            NextItemOptions.defaults().withMaxGapMillis(1),
            Calibration.Method.PLATT,
            1);
    assertTrue(ordered.calibration().active(), "an order has no gaps");
    assertTrue(ordered.channel().cosine(0, 1) > ordered.channel().cosine(1, 0) + 1);
    RelatedScorer.Part none =
        NextItemChannel.of(
            series(true, Order.TIME),
            NextItemOptions.defaults().withMaxGapMillis(MINUTE),
            Calibration.Method.PLATT,
            1);
    assertFalse(none.calibration().active());
    String note = none.calibration().note();
    assertTrue(note.startsWith("objective 'next' (next item) switched off: "), note);
    assertEquals(0, none.channel().pairs().orElseThrow().size());
  }
}
