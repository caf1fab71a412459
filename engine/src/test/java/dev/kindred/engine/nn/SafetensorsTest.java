package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path directory;

  private Path written() throws IOException {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", new Safetensors.Tensor(2, 3, new float[] {1, 2, 3, -4, Float.NaN, 1e-40f}));
    tensors.put("b", new Safetensors.Tensor(1, 1, new float[] {7}));
    Path path = directory.resolve("weights.safetensors");
    Safetensors.write(path, Map.of("about", "a \"test\""), tensors);
    return path;
  }

  @Test
  void whatIsWrittenIsReadBackToTheBit() throws IOException {
    Safetensors read = Safetensors.read(written());
    assertEquals(Map.of("about", "a \"test\""), read.metadata());
    assertEquals(List.of("a", "b"), List.copyOf(read.tensors().keySet()));
    Safetensors.Tensor a = read.tensors().get("a");
    assertEquals(2, a.rows());
    assertEquals(3, a.columns());
    assertArrayEquals(new float[] {1, 2, 3, -4, Float.NaN, 1e-40f}, a.values());
  }

  /** Vocabularies of millions of values make strings that JSON readers refuse by default. */
  @Test
  void aStringLongerThanJsonReadersAllowIsReadBack() throws IOException {
    Path path = directory.resolve("long.safetensors");
    Map<String, String> strings = Map.of("long", "x".repeat(21_000_000));
    Map<String, Safetensors.Tensor> tensors =
        Map.of("a", new Safetensors.Tensor(1, 1, new float[] {7}));
    Safetensors.write(path, strings, tensors);
    assertEquals(strings, Safetensors.read(path).metadata());
  }

  @Test
  void nothingElseIsLeftInTheDirectory() throws IOException {
    written();
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void theOrderOfTheStringsDoesNotMatter() throws IOException {
    LinkedHashMap<String, String> strings = new LinkedHashMap<>();
    strings.put("b", "2");
    strings.put("a", "1");
    Map<String, Safetensors.Tensor> tensors =
        Map.of("x", new Safetensors.Tensor(1, 1, new float[] {7}));
    Path one = directory.resolve("one");
    Path other = directory.resolve("other");
    Safetensors.write(one, strings, tensors);
    Safetensors.write(other, strings.reversed(), tensors);
    assertEquals(-1, Files.mismatch(one, other));
    assertEquals(strings, Safetensors.read(other).metadata());
  }

  @Test
  void whoMayReadOtherFilesOfTheDirectoryMayReadThis() throws IOException {
    Path plain = Files.writeString(directory.resolve("plain"), "");
    Path weights = written();
    assertEquals(
        Files.getAttribute(plain, "posix:permissions"),
        Files.getAttribute(weights, "posix:permissions"));
  }

  @Test
  void aFileCutOffAnywhereIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(written());
    Path cut = directory.resolve("cut");
    for (int n = 0; n < bytes.length; n++) {
      Files.write(cut, Arrays.copyOf(bytes, n));
      assertThrows(CorruptFileException.class, () -> Safetensors.read(cut), "cut at " + n);
    }
  }

  @Test
  void aFlippedBitOfTheValuesIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(written());
    for (int at = bytes.length - 28; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 4;
      Path path = Files.write(directory.resolve("flipped"), flipped);
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> Safetensors.read(path), "byte " + at);
      assertTrue(e.getMessage().contains("checksum"), e.getMessage());
    }
  }

  @Test
  void aChangedStringIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(written());
    String header = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[header.indexOf("test")] = 'T';
    Path path = Files.write(directory.resolve("changed"), bytes);
    CorruptFileException e = assertThrows(CorruptFileException.class, () -> Safetensors.read(path));
    assertTrue(e.getMessage().contains("checksum"), e.getMessage());
  }

  @Test
  void aFlippedBitOfTheHeaderNeverEscapesAsAnotherError() throws IOException {
    byte[] bytes = Files.readAllBytes(written());
    for (int at = 0; at < bytes.length - 28; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Path path = Files.write(directory.resolve("flipped"), flipped);
      try {
        Safetensors.read(path);
      } catch (CorruptFileException expected) {
        assertEquals(path, expected.path());
      }
    }
  }

  @Test
  void filesOfOtherWritersAreReadWithoutAChecksum() throws IOException {
    String json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   ";
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(header.length).put(header).putFloat(1.5f).putFloat(-2);
    Path path = Files.write(directory.resolve("other"), buffer.array());
    assertArrayEquals(new float[] {1.5f, -2}, Safetensors.read(path).tensors().get("w").values());
  }

  @Test
  void weightsGoOnlyIntoParametersOfTheirShape() throws IOException {
    Safetensors read = Safetensors.read(written());
    Parameter a = Parameter.dense("a", 2, 3);
    read.into(List.of(a));
    assertEquals(-4, a.values()[3]);
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> read.into(List.of(Parameter.dense("a", 3, 2))));
    assertTrue(e.getMessage().contains("[2 x 3]") && e.getMessage().contains("[3 x 2]"));
    assertThrows(
        IllegalArgumentException.class, () -> read.into(List.of(Parameter.dense("c", 3, 2))));
  }
}
