package dev.kindred.index;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A .kvec file opened in place: vectors by ordinal, larger than 2 GiB if need be (docs/formats.md).
 *
 * <p>Immutable and free to share while its arena is open.
 */
public final class EmbeddingFile {
  static final String KIND = "kvec";
  static final int VERSION = 1;
  static final int ROWS = 0;
  static final int DIM = 1;
  static final int STRIDE = 2;
  static final int UNIT = 3;

  private final CheckedFile file;
  private final Embeddings embeddings;

  private EmbeddingFile(CheckedFile file, Embeddings embeddings) {
    this.file = file;
    this.embeddings = embeddings;
  }

  /**
   * Writes rows of an array as they are.
   *
   * @param rows [size x dim], row-major, all finite; its length a multiple of dim
   */
  public static void write(Path target, float[] rows, int dim) throws IOException {
    Embeddings.checkDim(dim);
    if (rows.length % dim != 0) {
      throw new IllegalArgumentException(
          rows.length + " values aren't a whole number of rows of dim " + dim);
    }
    try (EmbeddingWriter out = EmbeddingWriter.create(target, dim)) {
      for (int offset = 0; offset < rows.length; offset += dim) {
        out.add(rows, offset);
      }
      out.commit();
    }
  }

  /** Writes rows as they are, with as many bits per value. */
  public static void write(Path target, Embeddings rows) throws IOException {
    float[] row = new float[rows.dim()];
    try (EmbeddingWriter out = EmbeddingWriter.create(target, rows.dim(), rows.elementType())) {
      for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
        rows.copyRow(ordinal, row, 0);
        out.add(row, 0);
      }
      out.commit();
    }
  }

  /**
   * Maps a file; the time doesn't depend on its size.
   *
   * @param arena owns the mapping
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static EmbeddingFile open(Path path, Arena arena) throws IOException {
    return open(path, MemoryMode.MAPPED, arena);
  }

  /**
   * Opens a file in a mode of memory.
   *
   * @param arena owns the memory
   * @throws CorruptFileException if header, table or length are wrong
   */
  public static EmbeddingFile open(Path path, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    ElementType type = file.elementType();
    if (type != ElementType.F32 && type != ElementType.F16) {
      throw new CorruptFileException(
          path, -1, "holds " + type + " values, this Kindred reads F32 and F16");
    }
    long rows = file.count(ROWS);
    long dim = file.count(DIM);
    long stride = file.count(STRIDE);
    if (rows > Integer.MAX_VALUE || dim < 1 || dim > Embeddings.MAX_DIM) {
      throw new CorruptFileException(
          path, -1, "states " + rows + " rows of dim " + dim + ", which is out of range");
    }
    if (stride != Embeddings.strideFor((int) dim, type)
        || file.body().byteSize() != rows * stride) {
      throw new CorruptFileException(
          path,
          -1,
          rows
              + " rows of "
              + stride
              + " bytes don't make the body of "
              + file.body().byteSize()
              + " bytes; build the file again");
    }
    return new EmbeddingFile(
        file, new Embeddings(file.body(), (int) rows, (int) dim, type, file.count(UNIT) == 1));
  }

  /** The rows. */
  public Embeddings embeddings() {
    return embeddings;
  }

  /** Number of rows. */
  public int size() {
    return embeddings.size();
  }

  /** Floats per row. */
  public int dim() {
    return embeddings.dim();
  }

  /** The file that was opened. */
  public Path path() {
    return file.path();
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    file.verify();
  }
}
