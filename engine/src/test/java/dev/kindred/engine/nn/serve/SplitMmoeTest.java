package dev.kindred.engine.nn.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitMmoeTest {
  private static final int USER = 14;
  private static final int ITEM = 10;
  private static final int EXPERTS = 3;
  private static final int HIDDEN = 20;
  private static final int GATES = 9;
  private static final int ITEMS = 300;

  @TempDir Path directory;
  private final Mmoe mmoe = PlainNetworks.mmoe(USER + ITEM, EXPERTS, HIDDEN, 16);
  private final float[] user = PlainNetworks.values("user", USER, 1);
  private final float[] itemInputs = PlainNetworks.values("items", ITEMS * ITEM, 1);

  private Path written(SplitMmoe split) throws IOException {
    Path path = directory.resolve("items.khalf");
    ItemHalves.write(
        path,
        split,
        ITEMS,
        (item, x, at) -> System.arraycopy(itemInputs, item * ITEM, x, at, ITEM));
    return path;
  }

  @Test
  void anyBudgetGivesTheScoresOfTheWholeNetwork() throws IOException {
    int[] ordinals = {7, 0, 299, 7, 120};
    int count = 201;
    int[] many = new int[count + 2];
    for (int i = 0; i < count; i++) {
      many[i + 2] = ordinals[i % 5] + (ordinals[i % 5] + i < ITEMS ? i : 0);
    }
    for (int i = 0; i < 2 * (EXPERTS + 1); i++) {
      int stored = 1 + i / 2;
      ItemPrecision precision = ItemPrecision.values()[i % 2];
      int values = Math.min(stored, EXPERTS) * HIDDEN + (stored > EXPERTS ? GATES : 0);
      int bytes = precision.bytes() * values;
      SplitMmoe split = new SplitMmoe(mmoe, USER, bytes + precision.bytes() - 1, precision);
      assertEquals(Math.min(stored, EXPERTS), split.storedExperts());
      assertEquals(stored > EXPERTS, split.complete());
      assertEquals(values, split.storedValues());
      try (Arena arena = Arena.ofConfined()) {
        ItemHalves halves = ItemHalves.open(written(split), arena);
        halves.verify();
        float[] x = new float[count * ITEM];
        float[] whole = new float[USER + ITEM];
        float[] expected = new float[count * 3];
        Mmoe.Scratch scratch = mmoe.scratch();
        System.arraycopy(user, 0, whole, 0, USER);
        for (int r = 0; r < count; r++) {
          System.arraycopy(itemInputs, many[r + 2] * ITEM, x, r * ITEM, ITEM);
          System.arraycopy(x, r * ITEM, whole, USER, ITEM);
          mmoe.forward(whole, 0, USER + ITEM, 1, expected, r * 3, 3, scratch);
        }
        float[] y = new float[count * 3];
        SplitMmoe.Request request = split.request();
        split.begin(request, user, 0);
        float[] given = split.complete() ? new float[0] : x;
        split.rank(request, halves, many, 2, count, given, 0, ITEM, y, 0, 3);
        // 2^-11 of values of a few units or 1/508 of their range, through a few layers.
        float tolerance = precision == ItemPrecision.HALF ? 5e-3f : 2e-2f;
        assertArrayEquals(expected, y, tolerance, stored + " stored, " + precision);
      }
    }
  }

  @Test
  void inputsOfUserAndItemTogetherAreAddedForAnyBudgetAndDepth() throws IOException {
    int pair = 6;
    int items = ITEM - pair;
    Mmoe deep = PlainNetworks.mmoe(USER + ITEM, EXPERTS, HIDDEN, 16);
    Mmoe shallow = PlainNetworks.mmoe(USER + ITEM, EXPERTS, new int[] {USER + ITEM, HIDDEN});
    // Experts of 32 are computed side by side where all are stored.
    Mmoe wide = PlainNetworks.mmoe(USER + ITEM, EXPERTS, new int[] {USER + ITEM, 32});
    for (Mmoe network : new Mmoe[] {deep, shallow, wide}) {
      for (int bytes : new int[] {2 * HIDDEN, 4096}) {
        SplitMmoe split = new SplitMmoe(network, USER, pair, bytes);
        assertEquals(items, split.itemInputs());
        Path path = directory.resolve("pairs.khalf");
        ItemHalves.write(
            path,
            split,
            ITEMS,
            (item, x, at) -> System.arraycopy(itemInputs, item * ITEM, x, at, items));
        try (Arena arena = Arena.ofConfined()) {
          ItemHalves halves = ItemHalves.open(path, arena);
          int[] ordinals = {5, 299, 5, 0};
          float[] whole = new float[USER + ITEM];
          float[] expected = new float[12];
          System.arraycopy(user, 0, whole, 0, USER);
          int from = split.complete() ? items : 0;
          float[] x = new float[4 * ITEM];
          for (int i = 0; i < 4; i++) {
            // The pair differs from row to row, for the same item too.
            System.arraycopy(itemInputs, ordinals[i] * ITEM, whole, USER, items);
            System.arraycopy(itemInputs, i * pair, whole, USER + items, pair);
            System.arraycopy(whole, USER + from, x, i * ITEM, ITEM - from);
            network.forward(whole, 0, USER + ITEM, 1, expected, i * 3, 3, network.scratch());
          }
          float[] y = new float[12];
          SplitMmoe.Request request = split.request();
          split.begin(request, user, 0);
          split.rank(request, halves, ordinals, 0, 4, x, 0, ITEM, y, 0, 3);
          assertArrayEquals(expected, y, 5e-3f, split.storedExperts() + " stored");
        }
      }
    }
  }

  @Test
  void columnsOfPairsThatAreZeroForAllMayBeLeftOut() throws IOException {
    int pair = 24;
    int inputs = USER + ITEM + pair;
    // Nine gates fill no vectors; experts of 32 and the gates are one product where all is stored.
    Mmoe deep = PlainNetworks.mmoe(inputs, EXPERTS, 32, 16);
    Mmoe wide = PlainNetworks.mmoe(inputs, EXPERTS, new int[] {inputs, 32});
    Mmoe odd = PlainNetworks.mmoe(inputs, EXPERTS, new int[] {inputs, HIDDEN});
    int count = 200;
    int[] ordinals = new int[count];
    Arrays.setAll(ordinals, i -> (7 * i) % ITEMS);
    for (Mmoe network : new Mmoe[] {deep, wide, odd}) {
      float tolerance = network == odd ? 1e-6f : 0;
      SplitMmoe split = new SplitMmoe(network, USER, pair, 4096);
      try (Arena arena = Arena.ofConfined()) {
        ItemHalves halves = ItemHalves.open(written(split), arena);
        SplitMmoe.Request request = split.request();
        for (int[] kept : new int[][] {{}, {23}, {1, 2, 5, 17}, {0, 3, 4, 8, 9, 11, 15, 16, 22}}) {
          float[] all = new float[count * pair];
          float[] few = new float[count * kept.length];
          for (int i = 0; i < few.length; i++) {
            few[i] = itemInputs[i];
            all[i / kept.length * pair + kept[i % kept.length]] = few[i];
          }
          float[] expected = new float[count * 3];
          split.begin(request, user, 0);
          split.rank(request, halves, ordinals, 0, count, all, 0, pair, expected, 0, 3);
          float[] y = new float[count * 3];
          split.pairColumns(request, kept, kept.length);
          split.rank(request, halves, ordinals, 0, count, few, 0, kept.length, y, 0, 3);
          assertArrayEquals(expected, y, tolerance, kept.length + " columns");
          split.begin(request, user, 0);
          split.rank(request, halves, ordinals, 0, count, all, 0, pair, y, 0, 3);
          assertArrayEquals(expected, y, 0, "begin takes all columns again");
        }
        assertThrows(
            IndexOutOfBoundsException.class, () -> split.pairColumns(request, new int[] {pair}, 1));
        assertThrows(
            IllegalArgumentException.class, () -> split.pairColumns(request, new int[] {3, 3}, 2));
      }
    }
    SplitMmoe partly = new SplitMmoe(wide, USER, pair, 2 * 32);
    SplitMmoe.Request request = partly.request();
    Exception e =
        assertThrows(IllegalStateException.class, () -> partly.pairColumns(request, new int[1], 1));
    assertTrue(e.getMessage().contains("stores 2 of 3 experts"), e.getMessage());
  }

  @Test
  void storedValuesAreTheItemsPartRoundedToHalves() throws IOException {
    SplitMmoe split = new SplitMmoe(mmoe, USER, 4096);
    try (Arena arena = Arena.ofConfined()) {
      ItemHalves halves = ItemHalves.open(written(split), arena);
      assertEquals(ITEMS, halves.size());
      assertEquals(EXPERTS * HIDDEN + GATES, halves.values());
      assertEquals(192, halves.strideBytes());
      float[] row = new float[halves.values()];
      halves.copy(250, row, 0);
      for (int e = 0; e < EXPERTS; e++) {
        float[] weight = mmoe.experts().get(e).layers().getFirst().weight();
        for (int k = 0; k < HIDDEN; k++) {
          double sum = 0;
          for (int i = 0; i < ITEM; i++) {
            sum += (double) itemInputs[250 * ITEM + i] * weight[(USER + i) * HIDDEN + k];
          }
          assertEquals(sum, row[e * HIDDEN + k], Math.abs(sum) * 0x1p-11 + 1e-6);
        }
      }
    }
  }

  @Test
  void storedBytesAreOffByAtMostHalfAStepOfTheirColumn() throws IOException {
    for (int i = 0; i < ITEMS; i++) {
      itemInputs[i * ITEM + 3] += 40; // far from 0: the centre takes it up
    }
    SplitMmoe split = new SplitMmoe(mmoe, USER, 128);
    SplitMmoe exact = new SplitMmoe(mmoe, USER, 256);
    assertEquals(ItemPrecision.BYTE, split.precision());
    assertEquals(ItemPrecision.HALF, exact.precision());
    int values = split.storedValues();
    float[] sums = new float[ITEMS * values];
    exact.storedHalves(itemInputs, ITEMS, sums);
    try (Arena arena = Arena.ofConfined()) {
      ItemHalves stored = ItemHalves.open(written(split), arena);
      stored.verify();
      assertEquals(128, stored.strideBytes());
      float[] row = new float[values];
      for (int v = 0; v < values; v++) {
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        for (int i = 0; i < ITEMS; i++) {
          least = Math.min(least, sums[i * values + v]);
          most = Math.max(most, sums[i * values + v]);
        }
        for (int i = 0; i < ITEMS; i += 23) {
          stored.copy(i, row, 0);
          assertEquals(sums[i * values + v], row[v], (most - least) / 508 * 1.001 + 1e-5);
        }
      }
      SplitMmoe.Request request = exact.request();
      exact.begin(request, user, 0);
      Exception other =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  exact.rank(request, stored, new int[1], 0, 1, itemInputs, 0, 0, sums, 0, values));
      assertTrue(other.getMessage().contains("BYTE"), other.getMessage());
    }
    itemInputs[7 * ITEM] = Float.NaN;
    Exception notFinite = assertThrows(IllegalArgumentException.class, () -> written(split));
    assertTrue(notFinite.getMessage().contains("item 7 is NaN"), notFinite.getMessage());
  }

  @Test
  void rankingAllocatesNothing() throws IOException {
    for (ItemPrecision precision : ItemPrecision.values()) {
      rankingAllocatesNothing(new SplitMmoe(mmoe, USER, 2 * HIDDEN, precision));
    }
  }

  private void rankingAllocatesNothing(SplitMmoe split) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      ItemHalves halves = ItemHalves.open(written(split), arena);
      SplitMmoe.Request request = split.request();
      int[] ordinals = new int[50];
      float[] y = new float[150];
      long bytes =
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 50; i++) {
                  split.begin(request, user, 0);
                  split.rank(request, halves, ordinals, 0, 50, itemInputs, 0, ITEM, y, 0, 3);
                }
              });
      assertEquals(0, bytes);
    }
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() throws IOException {
    SplitMmoe split = new SplitMmoe(mmoe, USER, 2 * HIDDEN, ItemPrecision.HALF);
    SplitMmoe larger = new SplitMmoe(mmoe, USER, 4 * HIDDEN, ItemPrecision.HALF);
    SplitMmoe otherCut = new SplitMmoe(mmoe, USER - 1, 2 * HIDDEN, ItemPrecision.HALF);
    try (Arena arena = Arena.ofConfined()) {
      ItemHalves halves = ItemHalves.open(written(split), arena);
      int[] one = {0};
      float[] y = new float[3];
      SplitMmoe.Request request = split.request();
      assertThrows(
          IllegalStateException.class,
          () -> split.rank(request, halves, one, 0, 1, itemInputs, 0, ITEM, y, 0, 3));
      split.begin(request, user, 0);
      Exception outside =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  split.rank(
                      request, halves, new int[] {ITEMS}, 0, 1, itemInputs, 0, ITEM, y, 0, 3));
      assertTrue(outside.getMessage().contains("item 300"), outside.getMessage());
      for (SplitMmoe other : new SplitMmoe[] {larger, otherCut}) {
        SplitMmoe.Request its = other.request();
        other.begin(its, user, 0);
        assertThrows(
            IllegalArgumentException.class,
            () -> other.rank(its, halves, one, 0, 1, itemInputs, 0, ITEM, y, 0, 3));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new SplitMmoe(mmoe, USER + ITEM, 2048));
    assertThrows(IllegalArgumentException.class, () -> new SplitMmoe(mmoe, USER, ITEM, 2048));
    Arrays.fill(itemInputs, 1e6f);
    Exception large = assertThrows(IllegalArgumentException.class, () -> written(split));
    assertTrue(large.getMessage().contains("item 0"), large.getMessage());
  }

  @Test
  void aBudgetBelowOneExpertIsRefusedWithTheLeastOne() {
    for (ItemPrecision precision : ItemPrecision.values()) {
      int least = precision.bytes() * HIDDEN;
      assertEquals(1, new SplitMmoe(mmoe, USER, least, precision).storedExperts());
      for (int budget : new int[] {-1, 0, least - 1}) {
        Exception e =
            assertThrows(
                IllegalArgumentException.class, () -> new SplitMmoe(mmoe, USER, budget, precision));
        assertTrue(e.getMessage().contains("budget is " + budget + " bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("allow " + least + " or more"), e.getMessage());
      }
    }
  }

  @Test
  void anItemThatIsNotStoredIsRefusedWhereverItStands() throws IOException {
    int pair = 6;
    // Experts of 32 are computed side by side where all are stored.
    Mmoe wide = PlainNetworks.mmoe(USER + ITEM, EXPERTS, new int[] {USER + ITEM, 32});
    for (ItemPrecision precision : ItemPrecision.values()) {
      SplitMmoe split = new SplitMmoe(wide, USER, pair, 4096, precision);
      Path path = directory.resolve("unknown.khalf");
      ItemHalves.write(
          path,
          split,
          ITEMS,
          (item, x, at) -> System.arraycopy(itemInputs, item * ITEM, x, at, ITEM - pair));
      try (Arena arena = Arena.ofConfined()) {
        ItemHalves halves = ItemHalves.open(path, arena);
        SplitMmoe.Request request = split.request();
        split.begin(request, user, 0);
        for (int bad : new int[] {ITEMS, -1, Integer.MAX_VALUE}) {
          for (int place : new int[] {0, 60}) {
            int[] ordinals = new int[70];
            ordinals[place] = bad;
            float[] y = new float[70 * 3];
            Exception refused =
                assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        split.rank(request, halves, ordinals, 0, 70, itemInputs, 0, pair, y, 0, 3));
            assertTrue(refused.getMessage().contains("item " + bad), refused.getMessage());
          }
        }
      }
    }
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    SplitMmoe split = new SplitMmoe(mmoe, USER, 2 * HIDDEN, ItemPrecision.HALF);
    Path path = written(split);
    byte[] bytes = Files.readAllBytes(path);
    bytes[4096 + 77] ^= 1;
    Files.write(path, bytes);
    try (Arena arena = Arena.ofConfined()) {
      ItemHalves halves = ItemHalves.open(path, arena);
      assertThrows(CorruptFileException.class, halves::verify);
    }
    Files.write(path, Arrays.copyOf(bytes, bytes.length - 1));
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(CorruptFileException.class, () -> ItemHalves.open(path, arena));
      assertFalse(Files.size(path) == bytes.length);
    }
  }
}
