package dev.kindred.engine.nn.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.nn.Safetensors.Tensor;
import dev.kindred.index.Embeddings;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.simd.Activation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stored networks, inputs and outputs come from generate.py beside them. */
class NetworkFilesTest {
  private static final int ROWS = 60;

  @TempDir Path directory;

  private static Path resource(String name) {
    try {
      return Path.of(NetworkFilesTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] stored(String name) {
    try (Arena arena = Arena.ofConfined()) {
      Embeddings rows = VectorFiles.read(resource(name), 0, arena);
      assertEquals(ROWS, rows.size());
      float[] values = new float[ROWS * rows.dim()];
      for (int i = 0; i < ROWS; i++) {
        rows.copyRow(i, values, i * rows.dim());
      }
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] run(Mlp mlp, float[] x) {
    float[] y = new float[ROWS * mlp.outputs()];
    mlp.forward(x, 0, mlp.inputs(), ROWS, y, 0, mlp.outputs(), mlp.scratch());
    return y;
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * Math.max(1, Math.abs(expected[i])), "at " + i);
    }
  }

  @Test
  void anMlpOfPyTorchsLayoutGivesTheStoredOutputs() throws IOException {
    Mlp mlp = NetworkFiles.readMlp(resource("mlp.safetensors"));
    assertEquals(3, mlp.layers().size());
    assertClose(stored("mlp-output.npy"), run(mlp, stored("mlp-input.npy")));
  }

  @Test
  void twoTowersOfPyTorchsLayoutGiveTheStoredCosines() throws IOException {
    TowerPair towers = NetworkFiles.readTowers(resource("two-tower.safetensors"));
    float[] users = run(towers.user(), stored("user-input.npy"));
    float[] items = run(towers.item(), stored("item-input.npy"));
    float[] cosines = new float[ROWS * ROWS];
    for (int i = 0; i < cosines.length; i++) {
      for (int k = 0; k < 16; k++) {
        cosines[i] += users[i / ROWS * 16 + k] * items[i % ROWS * 16 + k];
      }
    }
    assertClose(stored("cosines.npy"), cosines);
  }

  @Test
  void aMixtureOfExpertsOfPyTorchsLayoutGivesTheStoredOutputs() throws IOException {
    Mmoe mmoe = NetworkFiles.readMmoe(resource("mmoe.safetensors"));
    assertEquals(3, mmoe.experts().size());
    assertEquals(new Task("watch", false), mmoe.tasks().get(1));
    float[] y = new float[ROWS * 2];
    mmoe.forward(stored("mmoe-input.npy"), 0, 24, ROWS, y, 0, 2, mmoe.scratch());
    assertClose(stored("mmoe-output.npy"), y);
  }

  @Test
  void whatIsWrittenIsReadBackToTheBit() throws IOException {
    Path path = directory.resolve("network.safetensors");
    Mlp mlp = PlainNetworks.mlp("m", Activation.NONE, true, 5, 8, 3);
    NetworkFiles.write(path, mlp);
    assertSame(mlp, NetworkFiles.readMlp(path));
    TowerPair towers =
        new TowerPair(mlp, PlainNetworks.mlp("n", Activation.NONE, true, 4, 9, 2, 3));
    NetworkFiles.write(path, towers);
    assertSame(towers.user(), NetworkFiles.readTowers(path).user());
    assertSame(towers.item(), NetworkFiles.readTowers(path).item());
    Mmoe mmoe = PlainNetworks.mmoe(7, 4, 6, 5);
    NetworkFiles.write(path, mmoe);
    Mmoe read = NetworkFiles.readMmoe(path);
    assertEquals(mmoe.tasks(), read.tasks());
    assertSame(mmoe.gates(), read.gates());
    for (int e = 0; e < 4; e++) {
      assertSame(mmoe.experts().get(e), read.experts().get(e));
    }
    for (int t = 0; t < 3; t++) {
      assertSame(mmoe.towers().get(t), read.towers().get(t));
    }
  }

  private static void assertSame(Mlp expected, Mlp actual) {
    assertEquals(expected.normalized(), actual.normalized());
    assertEquals(expected.layers().size(), actual.layers().size());
    for (int i = 0; i < expected.layers().size(); i++) {
      assertSame(expected.layers().get(i), actual.layers().get(i));
    }
  }

  private static void assertSame(DenseLayer expected, DenseLayer actual) {
    assertEquals(expected.activation(), actual.activation());
    assertArrayEquals(expected.weight(), actual.weight());
    assertArrayEquals(expected.bias(), actual.bias());
  }

  @Test
  void aLayerWithoutBiasesHasNone() throws IOException {
    Path path = directory.resolve("network.safetensors");
    Map<String, Tensor> tensors =
        Map.of("layers.1.weight", new Tensor(2, 3, new float[] {1, 2, 3, 4, 5, 6}));
    Safetensors.write(path, described("mlp", "none"), tensors);
    Mlp mlp = NetworkFiles.readMlp(path);
    float[] y = new float[2];
    mlp.forward(new float[] {1, 10, 100}, 0, 3, 1, y, 0, 2, mlp.scratch());
    assertArrayEquals(new float[] {321, 654}, y);
  }

  private static Map<String, String> described(String kind, String output) {
    return Map.of(
        "kindred",
        "{\"kind\":\"%s\",\"output\":\"%s\",\"normalized\":false}".formatted(kind, output));
  }

  @Test
  void whatMakesNoNetworkIsRefusedByName() throws IOException {
    Tensor weight = new Tensor(2, 3, new float[6]);
    Map<String, Tensor> good = new LinkedHashMap<>(Map.of("layers.0.weight", weight));
    assertRefused(Map.of(), good, "metadata 'kindred'");
    assertRefused(described("mmoe", "none"), good, "kind 'mmoe', expected 'mlp'");
    assertRefused(described("mlp", "tanh"), good, "output is 'tanh'");
    assertRefused(Map.of("kindred", "{\"kind\":\"mlp\"}"), good, "incompletely");
    assertRefused(described("mlp", "none"), Map.of("0.weight", weight), "layers.N.weight");
    good.put("layers.0.bias", new Tensor(1, 3, new float[3]));
    assertRefused(described("mlp", "none"), good, "layers.0.bias holds 3 values");
    good.put("layers.0.bias", new Tensor(1, 2, new float[2]));
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      good.put("layers.0.bias", new Tensor(1, 2, new float[] {1, bad}));
      assertRefused(
          described("mlp", "none"), good, "value 1 of tensor layers.0.bias is " + bad + ";");
    }
    good.put("layers.0.bias", new Tensor(1, 2, new float[2]));
    good.put("norm.weight", new Tensor(1, 2, new float[2]));
    assertRefused(described("mlp", "none"), good, "[norm.weight]");
    good.remove("norm.weight");
    good.put("layers.2.weight", weight);
    assertRefused(described("mlp", "none"), good, "layer 0 gives 2 values, layer 1 takes 3");
  }

  private void assertRefused(
      Map<String, String> metadata, Map<String, Tensor> tensors, String message)
      throws IOException {
    Path path = directory.resolve("bad.safetensors");
    Safetensors.write(path, metadata, tensors);
    Exception e =
        assertThrows(CorruptFileException.class, () -> NetworkFiles.readMlp(path), message);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void arraysGoOutAndComeBackAsNpy() throws IOException {
    Path path = directory.resolve("x.npy");
    try (Arena arena = Arena.ofConfined()) {
      Embeddings rows = VectorFiles.read(resource("mmoe-input.npy"), 0, arena);
      VectorFiles.write(path, rows);
      Embeddings again = VectorFiles.read(path, 0, arena);
      float[] a = new float[24];
      float[] b = new float[24];
      for (int i = 0; i < ROWS; i++) {
        rows.copyRow(i, a, 0);
        again.copyRow(i, b, 0);
        assertTrue(Arrays.equals(a, b));
      }
    }
  }
}
