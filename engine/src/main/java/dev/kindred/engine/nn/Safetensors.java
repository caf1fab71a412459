package dev.kindred.engine.nn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.TemporaryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Named f32 matrices and strings in one file of the safetensors layout, which PyTorch and others
 * read and write too.
 *
 * <pre>
 *   bytes 0-7    length h of the header, little-endian
 *   h bytes      JSON: name -> {"dtype":"F32","shape":[r,c],"data_offsets":[from,to]},
 *                      "__metadata__" -> {string: string}
 *   the rest     the matrices, row-major, little-endian, at the offsets given
 * </pre>
 *
 * <p>Kindred adds the metadata {@code crc32c}, the checksum of the other strings and of the rest in
 * hex, and checks it where it is there. Immutable; the arrays are not copied.
 */
public final class Safetensors {
  private static final String METADATA = "__metadata__";
  private static final String CHECKSUM = "crc32c";
  private static final int LENGTH_BYTES = 8;
  private static final int MAX_HEADER_BYTES = 256 << 20;

  /** A description is one string, long if features know millions of texts. */
  private static final JSON HEADERS =
      JSON.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_HEADER_BYTES).build())
                  .build())
          .build();

  private static final int BUFFER_BYTES = 1 << 20;

  private final Map<String, String> metadata;
  private final Map<String, Tensor> tensors;

  private Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /** A matrix [rows x columns] of a file, or a vector [1 x columns]. */
  public static final class Tensor {
    private final int rows;
    private final int columns;
    private final float[] values;

    public Tensor(int rows, int columns, float[] values) {
      if ((long) rows * columns != values.length) {
        throw new IllegalArgumentException(
            "%d values for a tensor of shape [%d x %d]".formatted(values.length, rows, columns));
      }
      this.rows = rows;
      this.columns = columns;
      this.values = values;
    }

    public int rows() {
      return rows;
    }

    public int columns() {
      return columns;
    }

    /**
     * Makes sure that all values are numbers.
     *
     * @param name to complain of
     * @throws IllegalArgumentException if one is NaN or infinite
     */
    public void requireFinite(String name) {
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw new IllegalArgumentException(
              "value %d of tensor %s is %s; values must be finite: its training went wrong"
                  .formatted(i, name, values[i]));
        }
      }
    }

    /** Row-major, not a copy. */
    public float[] values() {
      return values;
    }
  }

  /** The strings of the file. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The matrices by name, in the file's order. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Overwrites the parameters with the tensors of the same names; shapes must fit. */
  public void into(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      Tensor tensor = tensors.get(parameter.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            "no tensor is called %s; there are %s".formatted(parameter.name(), tensors.keySet()));
      }
      parameter.set(tensor.values(), tensor.rows(), tensor.columns());
    }
  }

  /** The parameters as tensors of the same names. */
  public static Map<String, Tensor> of(List<Parameter> parameters) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter p : parameters) {
      if (tensors.put(p.name(), new Tensor(p.rows(), p.columns(), p.values())) != null) {
        throw new IllegalArgumentException("two parameters are called " + p.name());
      }
    }
    return tensors;
  }

  /**
   * Writes a file under a temporary name, forces it to disk and renames it; on failure nothing is
   * left behind. The same strings and tensors give the same bytes, whatever the order of the
   * strings.
   *
   * @throws IllegalArgumentException if names and strings make a header of more than 256 MiB
   */
  public static void write(Path path, Map<String, String> strings, Map<String, Tensor> tensors)
      throws IOException {
    Map<String, String> metadata = new TreeMap<>(strings);
    CRC32C checksum = new CRC32C();
    add(metadata, checksum);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors.values()) {
      for (int from = 0; from < tensor.values.length; ) {
        from = fill(buffer, tensor.values, from);
        checksum.update(buffer);
      }
    }
    byte[] header = header(metadata, tensors, Long.toHexString(checksum.getValue()));
    if (header.length > MAX_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "%s can't be written: its names and strings have %d bytes, at most %d can be read back; let features know fewer texts, or hash them"
              .formatted(path, header.length, MAX_HEADER_BYTES));
    }
    // Not createTempFile: its files can be read by their owner alone, and would stay so.
    Path temporary = TemporaryName.beside(path.toAbsolutePath());
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        buffer.clear();
        buffer.putLong(header.length).flip();
        writeAll(channel, buffer);
        writeAll(channel, ByteBuffer.wrap(header));
        for (Tensor tensor : tensors.values()) {
          for (int from = 0; from < tensor.values.length; ) {
            from = fill(buffer, tensor.values, from);
            writeAll(channel, buffer);
          }
        }
        channel.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void add(Map<String, String> metadata, CRC32C checksum) {
    metadata.forEach(
        (key, value) -> {
          checksum.update(key.getBytes(StandardCharsets.UTF_8));
          checksum.update(0);
          checksum.update(value.getBytes(StandardCharsets.UTF_8));
          checksum.update(0);
        });
  }

  /** Fills the buffer with values from an index on; returns the index after the last one. */
  private static int fill(ByteBuffer buffer, float[] values, int from) {
    int n = Math.min(values.length - from, buffer.capacity() / Float.BYTES);
    buffer.clear();
    buffer.asFloatBuffer().put(values, from, n);
    buffer.limit(n * Float.BYTES);
    return from + n;
  }

  private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static byte[] header(
      Map<String, String> metadata, Map<String, Tensor> tensors, String checksum)
      throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    Map<String, String> strings = new LinkedHashMap<>(metadata);
    strings.put(CHECKSUM, checksum);
    header.put(METADATA, strings);
    long at = 0;
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      Tensor tensor = each.getValue();
      long end = at + (long) tensor.values.length * Float.BYTES;
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "F32");
      entry.put("shape", List.of(tensor.rows, tensor.columns));
      entry.put("data_offsets", List.of(at, end));
      header.put(each.getKey(), entry);
      at = end;
    }
    // Padded with spaces so that the values begin at a multiple of 8 bytes, as the format asks.
    String json = JSON.std.asString(header);
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat((8 - bytes % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a file whole.
   *
   * @throws CorruptFileException if the file is cut off, is no safetensors file, holds anything but
   *     f32 vectors and matrices, or fails its checksum
   */
  public static Safetensors read(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long fileBytes = channel.size();
      if (fileBytes < LENGTH_BYTES) {
        throw new CorruptFileException(path, 0, "has only " + fileBytes + " bytes");
      }
      long headerBytes = readAt(channel, path, 0, LENGTH_BYTES).getLong();
      if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES)) {
        throw new CorruptFileException(
            path, 0, "says its header has " + headerBytes + " bytes of " + fileBytes);
      }
      byte[] header = readAt(channel, path, LENGTH_BYTES, (int) headerBytes).array();
      Map<String, String> metadata = new LinkedHashMap<>();
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      CRC32C checksum = new CRC32C();
      long dataStart = LENGTH_BYTES + headerBytes;
      long dataBytes = fileBytes - dataStart;
      List<Span> spans = spans(path, header, metadata);
      String said = metadata.remove(CHECKSUM);
      add(metadata, checksum);
      long expected = 0;
      for (Span span : spans) {
        if (span.from != expected || span.to > dataBytes) {
          throw new CorruptFileException(
              path,
              dataStart + expected,
              "tensor %s stands at bytes [%d, %d) of %d; expected from %d on"
                  .formatted(span.name, span.from, span.to, dataBytes, expected));
        }
        expected = span.to;
        float[] values = new float[Math.toIntExact((span.to - span.from) / Float.BYTES)];
        readFloats(channel, path, dataStart + span.from, values, checksum);
        tensors.put(span.name, new Tensor(span.rows, span.columns, values));
      }
      if (expected != dataBytes) {
        throw new CorruptFileException(
            path, dataStart + expected, (dataBytes - expected) + " bytes belong to no tensor");
      }
      if (said != null && !said.equals(Long.toHexString(checksum.getValue()))) {
        throw new CorruptFileException(
            path,
            dataStart,
            "checksum is %x, the file says %s".formatted(checksum.getValue(), said));
      }
      return new Safetensors(metadata, tensors);
    }
  }

  private record Span(String name, int rows, int columns, long from, long to) {}

  private static List<Span> spans(Path path, byte[] header, Map<String, String> metadata) {
    List<Span> spans = new ArrayList<>();
    try {
      Map<String, Object> entries = HEADERS.mapFrom(header);
      for (Map.Entry<String, Object> each : entries.entrySet()) {
        Map<?, ?> entry = (Map<?, ?>) each.getValue();
        if (each.getKey().equals(METADATA)) {
          entry.forEach((key, value) -> metadata.put((String) key, (String) value));
          continue;
        }
        if (!"F32".equals(entry.get("dtype"))) {
          throw new CorruptFileException(
              path,
              LENGTH_BYTES,
              "tensor %s has dtype %s, only F32 is read"
                  .formatted(each.getKey(), entry.get("dtype")));
        }
        List<?> shape = (List<?>) entry.get("shape");
        List<?> offsets = (List<?>) entry.get("data_offsets");
        if (shape.isEmpty() || shape.size() > 2 || offsets.size() != 2) {
          throw new CorruptFileException(
              path,
              LENGTH_BYTES,
              "tensor %s has shape %s, only vectors and matrices are read"
                  .formatted(each.getKey(), shape));
        }
        long rows = shape.size() == 1 ? 1 : ((Number) shape.get(0)).longValue();
        long columns = ((Number) shape.getLast()).longValue();
        long from = ((Number) offsets.get(0)).longValue();
        long to = ((Number) offsets.get(1)).longValue();
        boolean sized = rows >= 0 && columns >= 0 && rows <= Integer.MAX_VALUE;
        if (!sized
            || columns > Integer.MAX_VALUE
            || rows * columns > Integer.MAX_VALUE - 8
            || to - from != rows * columns * Float.BYTES) {
          throw new CorruptFileException(
              path,
              LENGTH_BYTES,
              "tensor %s of shape %s can't fill bytes %s".formatted(each.getKey(), shape, offsets));
        }
        spans.add(new Span(each.getKey(), (int) rows, (int) columns, from, to));
      }
    } catch (IOException | ClassCastException | NullPointerException e) {
      throw new CorruptFileException(path, LENGTH_BYTES, "header is no safetensors header");
    }
    spans.sort((a, b) -> Long.compare(a.from, b.from));
    return spans;
  }

  private static ByteBuffer readAt(FileChannel channel, Path path, long at, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    readAll(channel, path, at, buffer);
    return buffer;
  }

  private static void readAll(FileChannel channel, Path path, long at, ByteBuffer buffer)
      throws IOException {
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, at + buffer.position());
      if (n < 0) {
        throw new CorruptFileException(path, at, "ends before its data does");
      }
    }
    buffer.flip();
  }

  private static void readFloats(
      FileChannel channel, Path path, long at, float[] values, CRC32C checksum) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int perRead = BUFFER_BYTES / Float.BYTES;
    for (int from = 0; from < values.length; from += perRead) {
      int n = Math.min(perRead, values.length - from);
      buffer.clear().limit(n * Float.BYTES);
      readAll(channel, path, at + (long) from * Float.BYTES, buffer);
      buffer.asFloatBuffer().get(values, from, n);
      checksum.update(buffer);
    }
  }
}
