package dev.kindred.engine.nn.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.simd.Activation;
import dev.kindred.simd.CompactMatrix;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworksTest {
  @Test
  void mlpAgreesWithPlainLoopsForAnyBatch() {
    for (boolean normalized : new boolean[] {false, true}) {
      Mlp mlp = PlainNetworks.mlp("mlp", Activation.NONE, normalized, 13, 40, 21, 9);
      for (int rows : new int[] {0, 1, 2, 7, 96, 97, 200}) {
        int ldx = 15;
        int ldy = 11;
        float[] x = PlainNetworks.values("x", rows * ldx + 3, 1);
        float[] y = new float[rows * ldy + 2];
        mlp.forward(x, 3, ldx, rows, y, 2, ldy, mlp.scratch());
        for (int i = 0; i < rows; i++) {
          double[] expected = PlainNetworks.run(mlp, PlainNetworks.row(x, 3 + i * ldx, 13));
          for (int k = 0; k < 9; k++) {
            assertEquals(expected[k], y[2 + i * ldy + k], 1e-5, rows + " rows, row " + i);
          }
          assertEquals(0, y[2 + i * ldy + 9], "written past the row");
        }
      }
    }
  }

  @Test
  void mmoeAgreesWithPlainLoopsForAnyBatch() {
    agreesWithPlainLoops(PlainNetworks.mmoe(17, 4, 33, 20));
    agreesWithPlainLoops(PlainNetworks.mmoe(17, 8, 70, 80));
    agreesWithPlainLoops(PlainNetworks.mmoe(17, 2, new int[] {17, 66}));
    agreesWithPlainLoops(PlainNetworks.mmoe(17, 2, new int[] {17, 24, 70, 8}));
  }

  private static void agreesWithPlainLoops(Mmoe mmoe) {
    Mmoe.Scratch scratch = mmoe.scratch();
    for (int rows : new int[] {0, 1, 5, 48, 49, 101, 144, 145, 300, 30}) {
      float[] x = PlainNetworks.values("x", 2 + rows * 19, 1);
      float[] y = new float[1 + rows * 4];
      mmoe.forward(x, 2, 19, rows, y, 1, 4, scratch);
      assertEquals(0, y[0], "written before the rows");
      for (int i = 0; i < rows; i++) {
        double[] expected = PlainNetworks.run(mmoe, PlainNetworks.row(x, 2 + i * 19, 17));
        for (int t = 0; t < 3; t++) {
          String at = rows + " rows, row " + i + ", task " + t;
          assertEquals(expected[t], y[1 + i * 4 + t], 1e-5, at);
        }
        assertEquals(0, y[1 + i * 4 + 3], "written past the row");
      }
    }
  }

  @Test
  void aRowHasTheSameBitsAloneAndInABatch() {
    Mmoe mmoe = PlainNetworks.mmoe(40, 3, 64, 48);
    int rows = 60;
    float[] x = PlainNetworks.values("x", rows * 40, 1);
    float[] batch = new float[rows * 3];
    float[] alone = new float[rows * 3];
    Mmoe.Scratch scratch = mmoe.scratch();
    mmoe.forward(x, 0, 40, rows, batch, 0, 3, scratch);
    for (int i = 0; i < rows; i++) {
      mmoe.forward(x, i * 40, 40, 1, alone, i * 3, 3, scratch);
    }
    assertArrayEquals(alone, batch);
  }

  @Test
  void rowsAloneMayTakeCompactWeights() {
    int wide = CompactMatrix.columnStep();
    for (boolean normalized : new boolean[] {false, true}) {
      Mlp full = PlainNetworks.mlp("mlp", Activation.NONE, normalized, 90, 2 * wide, wide, 9);
      List<DenseLayer> layers = full.layers();
      Mlp compact =
          new Mlp(
              List.of(
                  layers.get(0).withCompactWeights(),
                  layers.get(1).withCompactWeights(),
                  layers.get(2)),
              normalized);
      int rows = Mlp.BLOCK + 1;
      float[] x = PlainNetworks.values("x", rows * 90, 1);
      float[] batch = new float[rows * 9];
      full.forward(x, 0, 90, rows, batch, 0, 9, full.scratch());
      float[] same = new float[rows * 9];
      compact.forward(x, 0, 90, rows, same, 0, 9, compact.scratch());
      assertArrayEquals(batch, same, "batches take the weights as they are");
      float[] alone = new float[9];
      for (int i = 0; i < rows; i++) {
        compact.forward(x, i * 90, 90, 1, alone, 0, 9, compact.scratch());
        float largest = 0;
        for (int k = 0; k < 9; k++) {
          largest = Math.max(largest, Math.abs(batch[i * 9 + k]));
        }
        for (int k = 0; k < 9; k++) {
          assertEquals(batch[i * 9 + k], alone[k], 1e-5 * largest, "row " + i);
        }
      }
    }
  }

  @Test
  void aNetworkForSingleRowsTakesCompactWeightsWhereTheyPay() {
    int wide = 8 * CompactMatrix.columnStep();
    Mlp full = PlainNetworks.mlp("mlp", Activation.NONE, true, 90, wide, 9);
    float[] x = PlainNetworks.values("x", 90, 1);
    float[] expected = new float[9];
    float[] actual = new float[9];
    Mlp single = full.forSingleRows();
    full.forward(x, 0, 90, 1, expected, 0, 9, full.scratch());
    single.forward(x, 0, 90, 1, actual, 0, 9, single.scratch());
    assertArrayEquals(expected, actual, 1e-5f);
    boolean pays = CompactMatrix.pays(full.layers().getFirst().weight(), 0, 90, wide);
    assertEquals(pays, !Arrays.equals(expected, actual));
    for (int i = 0; i < 2; i++) {
      assertSame(full.layers().get(i).weight(), single.layers().get(i).weight(), "no third copy");
    }
  }

  @Test
  void oneExpertIsASharedBottom() {
    Mmoe mmoe = PlainNetworks.mmoe(10, 1, 16, 8);
    float[] x = PlainNetworks.values("x", 10, 1);
    float[] y = new float[3];
    mmoe.forward(x, 0, 10, 1, y, 0, 3, mmoe.scratch());
    float[] bottom = new float[8];
    Mlp expert = mmoe.experts().getFirst();
    expert.forward(x, 0, 10, 1, bottom, 0, 8, expert.scratch());
    Mlp tower = mmoe.towers().get(1);
    float[] watch = new float[1];
    tower.forward(bottom, 0, 8, 1, watch, 0, 1, tower.scratch());
    assertEquals(watch[0], y[1]);
  }

  @Test
  void runningAllocatesNothing() {
    Mmoe mmoe = PlainNetworks.mmoe(32, 4, 64, 32);
    Mlp tower = PlainNetworks.mlp("tower", Activation.NONE, true, 32, 64, 32);
    float[] x = PlainNetworks.values("x", 50 * 32, 1);
    float[] y = new float[50 * 32];
    Mmoe.Scratch scratch = mmoe.scratch();
    Mlp.Scratch towerScratch = tower.scratch();
    long bytes =
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < 50; i++) {
                mmoe.forward(x, 0, 32, 50, y, 0, 3, scratch);
                tower.forward(x, 0, 32, 50, y, 0, 32, towerScratch);
              }
            });
    assertEquals(0, bytes);
  }

  @Test
  void partsThatDoNotFitAreNamed() {
    DenseLayer wide = PlainNetworks.layer("a", 4, 5, Activation.RELU);
    DenseLayer narrow = PlainNetworks.layer("b", 4, 2, Activation.NONE);
    Exception gap =
        assertThrows(IllegalArgumentException.class, () -> new Mlp(List.of(wide, narrow), false));
    assertTrue(gap.getMessage().contains("layer 0 gives 5 values, layer 1 takes 4"));
    assertThrows(IllegalArgumentException.class, () -> new Mlp(List.of(), false));
    assertThrows(
        IllegalArgumentException.class,
        () -> DenseLayer.of(3, 2, new float[5], new float[2], Activation.NONE));
    Mmoe good = PlainNetworks.mmoe(4, 2, 5, 3);
    Exception gates =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Mmoe(good.experts(), narrow, good.towers(), good.tasks()));
    assertTrue(gates.getMessage().contains("gates [4 x 2]"), gates.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Mmoe(good.experts(), good.gates(), good.towers().subList(0, 2), good.tasks()));
  }
}
