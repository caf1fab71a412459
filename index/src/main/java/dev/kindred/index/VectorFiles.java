package dev.kindred.index;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Vectors and ordinals in the formats that other tools read and write; the name tells which.
 *
 * <p>All are little-endian and row-major, and may be compressed (.gz):
 *
 * <ul>
 *   <li>.npy: NumPy, float32 or float16, shape (rows, dim)
 *   <li>.fvecs, .ivecs: each row is its length as i32, then its f32 or i32 values
 *   <li>.f32, .f16, .i32: nothing but values; the caller states the dimension
 * </ul>
 */
public final class VectorFiles {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int CHUNK_VALUES = 1 << 20;

  private VectorFiles() {}

  /**
   * Opens a file to read it row by row.
   *
   * @param dim what its rows must have, or 0 to take it from the file, which .npy and .fvecs state
   * @throws BadVectorFileException if name, header or dimension don't fit
   */
  public static VectorReader open(Path path, int dim) throws IOException {
    return VectorReader.open(path, dim);
  }

  /**
   * Reads all vectors into memory of the arena.
   *
   * @param dim as for {@link #open}
   * @throws BadVectorFileException if the file is cut, or a value isn't finite
   */
  public static Embeddings read(Path path, int dim, Arena arena) throws IOException {
    try (VectorReader reader = open(path, dim)) {
      int rowsPerChunk = Math.max(1, CHUNK_VALUES / reader.dim());
      List<float[]> chunks = new ArrayList<>();
      float[] row = new float[reader.dim()];
      while (reader.read(row, 0)) {
        long read = reader.rows() - 1;
        if (read >= Integer.MAX_VALUE) {
          throw new BadVectorFileException(
              path, "has more than " + Integer.MAX_VALUE + " rows, the most of one index");
        }
        int inChunk = (int) (read % rowsPerChunk);
        if (inChunk == 0) {
          chunks.add(new float[rowsPerChunk * reader.dim()]);
        }
        System.arraycopy(row, 0, chunks.getLast(), inChunk * reader.dim(), reader.dim());
      }
      return Embeddings.copyOf(chunks, (int) reader.rows(), reader.dim(), arena);
    }
  }

  /** Writes vectors, in the format of the name; nothing is left behind if it fails. */
  public static void write(Path target, Embeddings vectors) throws IOException {
    VectorFormat format = VectorFormat.of(target, true);
    int dim = vectors.dim();
    float[] row = new float[dim];
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES + dim * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    publish(
        target,
        out -> {
          if (format == VectorFormat.NPY) {
            out.write(NpyHeader.write(vectors.size(), dim));
          }
          for (int ordinal = 0; ordinal < vectors.size(); ordinal++) {
            vectors.copyRow(ordinal, row, 0);
            bytes.clear();
            if (format == VectorFormat.FVECS) {
              bytes.putInt(dim);
            }
            for (float value : row) {
              if (format == VectorFormat.F16) {
                bytes.putShort(Float.floatToFloat16(value));
              } else {
                bytes.putFloat(value);
              }
            }
            out.write(bytes.array(), 0, bytes.position());
          }
        });
  }

  /**
   * Reads whole numbers, such as true neighbours.
   *
   * @param columns values per row, or 0 to take it from the file, which .ivecs states
   * @throws BadVectorFileException if name or row length don't fit, or the file is cut
   */
  public static IntRows readInts(Path path, int columns) throws IOException {
    VectorFormat format = VectorFormat.of(path, false);
    boolean headed = format == VectorFormat.IVECS;
    if (!headed && columns < 1) {
      throw new BadVectorFileException(
          path, "holds rows without a header; state how many values a row has");
    }
    byte[] all;
    try (InputStream in = VectorReader.openStream(path)) {
      all = in.readAllBytes();
    } catch (IOException e) {
      throw VectorReader.explain(path, e);
    }
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    if (headed && columns == 0) {
      columns = all.length < Integer.BYTES ? 1 : bytes.getInt(0);
    }
    long rowBytes = ((long) columns + (headed ? 1 : 0)) * Integer.BYTES;
    if (columns < 1 || all.length % rowBytes != 0) {
      throw new BadVectorFileException(
          path,
          "its "
              + all.length
              + " bytes aren't a whole number of rows of "
              + columns
              + " values; check the number of values or copy the file again");
    }
    int rows = (int) (all.length / rowBytes);
    int[] values = new int[rows * columns];
    for (int row = 0; row < rows; row++) {
      if (headed) {
        int found = bytes.getInt();
        if (found != columns) {
          throw new BadVectorFileException(
              path, "row " + row + " has " + found + " values, expected " + columns);
        }
      }
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] = bytes.getInt();
      }
    }
    return new IntRows(values, columns);
  }

  /** Writes whole numbers, in the format of the name; nothing is left behind if it fails. */
  public static void writeInts(Path target, IntRows rows) throws IOException {
    boolean headed = VectorFormat.of(target, false) == VectorFormat.IVECS;
    ByteBuffer bytes =
        ByteBuffer.allocate((rows.columns() + 1) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    publish(
        target,
        out -> {
          for (int row = 0; row < rows.rows(); row++) {
            bytes.clear();
            if (headed) {
              bytes.putInt(rows.columns());
            }
            for (int column = 0; column < rows.columns(); column++) {
              bytes.putInt(rows.get(row, column));
            }
            out.write(bytes.array(), 0, bytes.position());
          }
        });
  }

  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes beside the target, then renames. */
  private static void publish(Path target, Body body) throws IOException {
    Path temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      try (OutputStream file =
              new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER_BYTES);
          OutputStream out =
              VectorFormat.isGzip(target) ? new GZIPOutputStream(file, BUFFER_BYTES) : file) {
        body.writeTo(out);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
