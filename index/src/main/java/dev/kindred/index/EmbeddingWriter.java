package dev.kindred.index;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.ElementType;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Streams rows into a .kvec file; nothing appears under the target's name before {@link #commit}.
 *
 * <p>Not thread-safe.
 */
public final class EmbeddingWriter implements AutoCloseable {
  private final CheckedFileWriter out;
  private final int dim;
  private final boolean normalize;
  private final float[] scratch;
  private int rows;
  private boolean unit = true;

  private EmbeddingWriter(CheckedFileWriter out, int dim, boolean normalize) {
    this.out = out;
    this.dim = dim;
    this.normalize = normalize;
    this.scratch = new float[normalize ? dim : 0];
  }

  /** Writes rows as they are. */
  public static EmbeddingWriter create(Path target, int dim) throws IOException {
    return create(target, dim, false);
  }

  /** Brings every row to length 1 before it is written; zero rows stay zero. */
  public static EmbeddingWriter createNormalized(Path target, int dim) throws IOException {
    return create(target, dim, true);
  }

  private static EmbeddingWriter create(Path target, int dim, boolean normalize)
      throws IOException {
    Embeddings.checkDim(dim);
    CheckedFileWriter out =
        CheckedFileWriter.create(target, EmbeddingFile.KIND, EmbeddingFile.VERSION);
    return new EmbeddingWriter(out, dim, normalize);
  }

  /** Rows written so far: the ordinal of the next one. */
  public int size() {
    return rows;
  }

  /**
   * Appends row[offset, offset + dim).
   *
   * @throws IllegalArgumentException naming row and value, if one isn't finite
   */
  public void add(float[] row, int offset) throws IOException {
    Embeddings.checkFinite(row, offset, dim, rows);
    if (rows == Integer.MAX_VALUE) {
      throw new IllegalStateException("a file holds at most " + Integer.MAX_VALUE + " rows");
    }
    if (normalize) {
      System.arraycopy(row, offset, scratch, 0, dim);
      Embeddings.normalize(scratch, 0, dim);
      out.writeFloats(scratch, 0, dim);
    } else {
      unit = unit && Embeddings.isUnitOrZero(row, offset, dim);
      out.writeFloats(row, offset, dim);
    }
    out.alignTo(Embeddings.ROW_ALIGNMENT);
    rows++;
  }

  /** Publishes the file; nothing may be added afterwards. */
  public void commit() throws IOException {
    out.elementType(ElementType.F32);
    out.count(EmbeddingFile.ROWS, rows);
    out.count(EmbeddingFile.DIM, dim);
    out.count(EmbeddingFile.STRIDE, Embeddings.strideFor(dim));
    out.count(EmbeddingFile.UNIT, unit ? 1 : 0);
    out.commit();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
