package dev.kindred.index;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
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
                bytes.putShort(half(value, target, ordinal));
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

  /**
   * Reads the true neighbours of queries, best first: a row per query.
   *
   * @param queries number of queries, at least 1; a .i32 says nothing of its width, which follows
   *     from it
   * @param k neighbours that each row must have at least
   * @param size number of vectors that they are among
   * @throws BadVectorFileException if the file holds something else
   */
  public static IntRows readTruth(Path path, int queries, int k, int size) throws IOException {
    boolean headed = VectorFormat.of(path, false) == VectorFormat.IVECS;
    IntRows truth = readInts(path, headed ? 0 : 1);
    if (!headed && truth.rows() % queries == 0 && truth.rows() > 0) {
      truth = readInts(path, truth.rows() / queries);
    }
    if (truth.rows() != queries || truth.columns() < k) {
      throw new BadVectorFileException(
          path,
          "has "
              + truth.rows()
              + " rows of "
              + truth.columns()
              + " neighbours, expected "
              + queries
              + " rows (one a query) of at least "
              + k);
    }
    for (int query = 0; query < queries; query++) {
      for (int column = 0; column < k; column++) {
        int ordinal = truth.get(query, column);
        if (Integer.compareUnsigned(ordinal, size) >= 0) {
          throw new BadVectorFileException(
              path,
              "query "
                  + query
                  + " has neighbour "
                  + ordinal
                  + ", the vectors have rows 0 to "
                  + (size - 1)
                  + "; is it the truth of these vectors?");
        }
      }
    }
    return truth;
  }

  /** Refuses a name that {@link #writeInts} would refuse, before the work that is to fill it. */
  public static void requireInts(Path target) throws BadVectorFileException {
    VectorFormat.of(target, false);
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

  private static short half(float value, Path target, int ordinal) {
    short half = Float.floatToFloat16(value);
    if (Float.isInfinite(Float.float16ToFloat(half))) {
      throw new IllegalArgumentException(
          target
              + ": row "
              + ordinal
              + " holds "
              + value
              + ", 16 bits hold up to 65,504; write .f32 or scale the vectors");
    }
    return half;
  }

  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes beside the target, forces it to the disk, then renames. */
  private static void publish(Path target, Body body) throws IOException {
    String own = ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId();
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + own + ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE, TRUNCATE_EXISTING, WRITE)) {
        OutputStream file =
            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        if (VectorFormat.isGzip(target)) {
          GZIPOutputStream zipped = new GZIPOutputStream(file, BUFFER_BYTES);
          body.writeTo(zipped);
          zipped.finish();
        } else {
          body.writeTo(file);
        }
        file.flush();
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
