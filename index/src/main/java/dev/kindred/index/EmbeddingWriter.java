package dev.kindred.index;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.ElementType;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Streams rows into a .kvec file; nothing appears under the target's name before {@link #commit}.
 *
 * <p>Not thread-safe.
 */
public final class EmbeddingWriter implements AutoCloseable {
  private final CheckedFileWriter out;
  private final int dim;
  private final ElementType type;
  private final boolean normalize;
  private final float[] scratch;

  /** A row of halves with its padding; empty for 32 bits. */
  private final MemorySegment halves;

  private int rows;
  private boolean unit = true;

  private EmbeddingWriter(CheckedFileWriter out, int dim, ElementType type, boolean normalize) {
    this.out = out;
    this.dim = dim;
    this.type = type;
    this.normalize = normalize;
    this.scratch = new float[normalize ? dim : 0];
    int halfBytes = type == ElementType.F16 ? (int) Embeddings.strideFor(dim, type) : 0;
    this.halves = MemorySegment.ofArray(new byte[halfBytes]);
  }

  /** Writes rows as they are. */
  public static EmbeddingWriter create(Path target, int dim) throws IOException {
    return create(target, dim, ElementType.F32);
  }

  /**
   * Writes rows with 32 or 16 bits per value.
   *
   * @param type {@link ElementType#F32}, or {@link ElementType#F16}: see {@link Embeddings#halved}
   */
  public static EmbeddingWriter create(Path target, int dim, ElementType type) throws IOException {
    return create(target, dim, type, false);
  }

  /** Brings every row to length 1 before it is written; zero rows stay zero. */
  public static EmbeddingWriter createNormalized(Path target, int dim) throws IOException {
    return createNormalized(target, dim, ElementType.F32);
  }

  /** As {@link #createNormalized(Path, int)}, with 32 or 16 bits per value. */
  public static EmbeddingWriter createNormalized(Path target, int dim, ElementType type)
      throws IOException {
    return create(target, dim, type, true);
  }

  private static EmbeddingWriter create(Path target, int dim, ElementType type, boolean normalize)
      throws IOException {
    Embeddings.checkDim(dim);
    if (type != ElementType.F32 && type != ElementType.F16) {
      throw new IllegalArgumentException("vectors are F32 or F16, got " + type);
    }
    CheckedFileWriter out =
        CheckedFileWriter.create(target, EmbeddingFile.KIND, EmbeddingFile.VERSION);
    return new EmbeddingWriter(out, dim, type, normalize);
  }

  /** Rows written so far: the ordinal of the next one. */
  public int size() {
    return rows;
  }

  /**
   * Appends row[offset, offset + dim).
   *
   * @throws IllegalArgumentException naming row and value, if one isn't finite, or too large for 16
   *     bits
   */
  public void add(float[] row, int offset) throws IOException {
    Embeddings.checkFinite(row, offset, dim, rows);
    if (rows == Integer.MAX_VALUE) {
      throw new IllegalStateException("a file holds at most " + Integer.MAX_VALUE + " rows");
    }
    if (normalize) {
      System.arraycopy(row, offset, scratch, 0, dim);
      Embeddings.normalize(scratch, 0, dim);
      write(scratch, 0);
    } else {
      unit &= Embeddings.isUnitOrZero(write(row, offset), type);
    }
    rows++;
  }

  /** Returns the squared length of what was written. */
  private double write(float[] row, int offset) throws IOException {
    if (type == ElementType.F16) {
      double squared = Embeddings.encode(row, offset, dim, rows, halves, 0);
      out.writeSegment(halves);
      return squared;
    }
    out.writeFloats(row, offset, dim);
    out.alignTo(Sections.ALIGNMENT);
    return Embeddings.squaredNorm(row, offset, dim);
  }

  /** Publishes the file; nothing may be added afterwards. */
  public void commit() throws IOException {
    out.elementType(type);
    out.count(EmbeddingFile.ROWS, rows);
    out.count(EmbeddingFile.DIM, dim);
    out.count(EmbeddingFile.STRIDE, Embeddings.strideFor(dim, type));
    out.count(EmbeddingFile.UNIT, unit ? 1 : 0);
    out.commit();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
