package dev.kindred.index;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Streams the rows of a file of vectors, see {@link VectorFiles}; each row is checked.
 *
 * <p>Not thread-safe.
 */
public final class VectorReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final VectorFormat format;
  private final InputStream in;
  private final int dim;
  private final int elementBytes;
  private final long statedRows;
  private final ByteBuffer bytes;
  private long rows;

  private VectorReader(
      Path path, VectorFormat format, InputStream in, int dim, int elementBytes, long statedRows) {
    this.path = path;
    this.format = format;
    this.in = in;
    this.dim = dim;
    this.elementBytes = elementBytes;
    this.statedRows = statedRows;
    int rowBytes = dim * elementBytes + (format == VectorFormat.FVECS ? Integer.BYTES : 0);
    this.bytes = ByteBuffer.allocate(rowBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file; its name tells the format.
   *
   * @param dim what its rows must have, or 0 to take it from the file, which .npy and .fvecs state
   * @throws BadVectorFileException if name, header or dimension don't fit
   */
  static VectorReader open(Path path, int dim) throws IOException {
    if (dim != 0) {
      Embeddings.checkDim(dim);
    }
    VectorFormat format = VectorFormat.of(path, true);
    InputStream in = openStream(path);
    try {
      return switch (format) {
        case NPY -> {
          NpyHeader header = NpyHeader.read(in, path);
          checkDim(path, header.dim(), dim);
          yield new VectorReader(
              path, format, in, header.dim(), header.elementBytes(), header.rows());
        }
        case FVECS -> openFvecs(path, in, dim);
        default -> {
          if (dim == 0) {
            throw new BadVectorFileException(
                path, "holds rows without a header; state their dimension");
          }
          yield new VectorReader(path, format, in, dim, format == VectorFormat.F16 ? 2 : 4, -1);
        }
      };
    } catch (IOException e) {
      in.close();
      throw explain(path, e);
    }
  }

  private static VectorReader openFvecs(Path path, InputStream in, int dim) throws IOException {
    in.mark(Integer.BYTES);
    byte[] first = in.readNBytes(Integer.BYTES);
    in.reset();
    if (first.length == 0) {
      return new VectorReader(path, VectorFormat.FVECS, in, dim == 0 ? 1 : dim, 4, -1);
    }
    if (first.length < Integer.BYTES) {
      throw new BadVectorFileException(path, "ends within its first row; copy it again");
    }
    int found = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (found < 1 || found > Embeddings.MAX_DIM) {
      throw new BadVectorFileException(
          path, "its first row has dim " + found + ", expected 1 to " + Embeddings.MAX_DIM);
    }
    checkDim(path, found, dim);
    return new VectorReader(path, VectorFormat.FVECS, in, found, 4, -1);
  }

  /** Floats per row. */
  public int dim() {
    return dim;
  }

  /**
   * How many rows the file has: what its header states, or else what its length makes; at least
   * that many, if it is compressed.
   */
  public long expectedRows() throws IOException {
    if (statedRows >= 0) {
      return statedRows;
    }
    long size = Files.size(path);
    return (VectorFormat.isGzip(path) ? Math.max(size, unpackedBytes(size)) : size)
        / bytes.capacity();
  }

  /** What the end of a .gz states: the length of its content modulo 2^32. */
  private long unpackedBytes(long size) throws IOException {
    ByteBuffer stated = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      int read = file.read(stated, Math.max(0, size - Integer.BYTES));
      return read < Integer.BYTES ? 0 : Integer.toUnsignedLong(stated.getInt(0));
    }
  }

  /** Rows read so far. */
  public long rows() {
    return rows;
  }

  /**
   * Reads the next row to target[offset, offset + dim); false at the end of the file.
   *
   * @throws BadVectorFileException if the file ends within a row, a row has another dimension, or a
   *     value isn't finite
   */
  public boolean read(float[] target, int offset) throws IOException {
    try {
      return readRow(target, offset);
    } catch (IOException e) {
      throw explain(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean readRow(float[] target, int offset) throws IOException {
    if (statedRows >= 0 && rows == statedRows) {
      if (in.read() >= 0) {
        throw new BadVectorFileException(
            path, "goes on after the " + statedRows + " rows that its header states");
      }
      return false;
    }
    int got = in.readNBytes(bytes.array(), 0, bytes.capacity());
    if (got == 0 && statedRows < 0) {
      return false;
    }
    if (got < bytes.capacity()) {
      throw new BadVectorFileException(
          path,
          "ends within row "
              + rows
              + " ("
              + got
              + " of "
              + bytes.capacity()
              + " bytes); check the dimension ("
              + dim
              + ") or copy the file again");
    }
    bytes.clear();
    if (format == VectorFormat.FVECS) {
      int rowDim = bytes.getInt();
      if (rowDim != dim) {
        throw new BadVectorFileException(
            path, "row " + rows + " has dim " + rowDim + ", the first row has " + dim);
      }
    }
    if (elementBytes == Float.BYTES) {
      bytes.asFloatBuffer().get(target, offset, dim);
    } else {
      for (int i = 0; i < dim; i++) {
        target[offset + i] = Float.float16ToFloat(bytes.getShort());
      }
    }
    int bad = Embeddings.firstNotFinite(target, offset, dim);
    if (bad >= 0) {
      throw new BadVectorFileException(
          path,
          "row "
              + rows
              + " has "
              + target[offset + bad]
              + " at position "
              + bad
              + "; vectors must be finite: drop the row or replace the value");
    }
    rows++;
    return true;
  }

  private static void checkDim(Path path, int found, int wanted) throws IOException {
    if (wanted != 0 && wanted != found) {
      throw new BadVectorFileException(
          path, "has vectors of dim " + found + ", expected dim " + wanted);
    }
  }

  /** Opens a file for reading, unpacked if its name ends in .gz, with mark and reset. */
  static InputStream openStream(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new BadVectorFileException(path, "is a directory, expected a file of vectors");
    }
    try {
      InputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
      if (!VectorFormat.isGzip(path)) {
        return file;
      }
      try {
        return new BufferedInputStream(new GZIPInputStream(file, BUFFER_BYTES), BUFFER_BYTES);
      } catch (IOException e) {
        file.close();
        throw explain(path, e);
      }
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(path.toString(), null, "no such file of vectors");
    }
  }

  /** Turns what the decompressor says into a message that names the file. */
  static IOException explain(Path path, IOException e) {
    if (e instanceof EOFException) {
      return new BadVectorFileException(
          path, "its compressed data ends too early; copy the file again", e);
    }
    if (e instanceof ZipException) {
      return new BadVectorFileException(
          path, "isn't valid gzip data (" + e.getMessage() + "); copy the file again", e);
    }
    return e;
  }
}
