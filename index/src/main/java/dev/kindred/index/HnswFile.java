package dev.kindred.index;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Reads and writes .khnsw files; docs/formats.md draws them. */
final class HnswFile {
  static final String KIND = "khnsw";
  static final int VERSION = 3;

  private static final int ROWS = 0;
  private static final int DIM = 1;
  private static final int METRIC = 2;
  private static final int M = 3;
  private static final int EF_CONSTRUCTION = 4;
  private static final int DUPLICATES = 5;
  private static final int CODES = 6;
  private static final int UPPER_SIZES = 7;

  private static final int PRELUDE_BYTES = 64;

  private static final int SEED_AT = 0;
  private static final int FINGERPRINT_AT = 8;
  private static final int RECALL_AT = 16;
  private static final int EF_AT_10_AT = 24;
  private static final int EF_AT_100_AT = 28;

  private static final int FINGERPRINT_ROWS = 64;

  private HnswFile() {}

  static void write(Path target, Hnsw index) throws IOException {
    GraphLevel[] levels = index.levels();
    try (CheckedFileWriter out = CheckedFileWriter.create(target, KIND, VERSION)) {
      out.count(ROWS, index.size());
      out.count(DIM, index.dim());
      out.count(METRIC, code(index.metric()));
      out.count(M, index.options().m());
      out.count(EF_CONSTRUCTION, index.options().efConstruction());
      out.count(DUPLICATES, index.duplicates().size());
      out.count(CODES, code(index.options().codes()));
      for (int l = 1; l < levels.length; l++) {
        out.count(UPPER_SIZES + l - 1, levels[l].size());
      }
      out.writeLong(index.options().seed());
      out.writeLong(fingerprint(index.rows()));
      writeTarget(out, index.recallTarget());
      out.alignTo(PRELUDE_BYTES);
      out.writeSegment(levels[0].blocks());
      for (int l = 1; l < levels.length; l++) {
        writeTable(out, levels[l].ordinals());
        writeTable(out, levels[l].below());
        out.writeSegment(levels[l].blocks());
      }
      writeTable(out, index.duplicates().twins());
      writeTable(out, index.duplicates().duplicates());
      writeCodes(out, index);
      out.commit();
    }
  }

  static Hnsw open(Path path, Embeddings rows, MemoryMode mode, Arena arena) throws IOException {
    CheckedFile file = CheckedFile.open(path, KIND, VERSION, mode, arena);
    if (file.count(ROWS) != rows.size() || file.count(DIM) != rows.dim()) {
      throw new CorruptFileException(
          path,
          -1,
          "was built on "
              + file.count(ROWS)
              + " vectors of dim "
              + file.count(DIM)
              + ", not on these "
              + rows.size()
              + " of dim "
              + rows.dim()
              + "; open it with its own vectors or build it again");
    }
    Metric metric = metric(file);
    HnswOptions options = options(file);
    Sections sections = Sections.of(file);
    // A buffer is read without the handles that a segment needs, which a process makes in 20 ms.
    ByteBuffer prelude =
        sections.slice(PRELUDE_BYTES, 1).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    GraphLevel[] levels = levels(file, sections, options, rows.dim());
    long duplicates = file.count(DUPLICATES);
    require(file, duplicates <= rows.size(), "states more duplicates than vectors");
    MemorySegment twins = table(sections, duplicates);
    MemorySegment others = table(sections, duplicates);
    RowCodes rowCodes =
        options.codes() == SearchCodes.NONE ? null : rowCodes(sections, rows, metric);
    LinkCodes linkCodes =
        options.codes() == SearchCodes.LINKS
            ? new LinkCodes(rowCodes, padded(sections, LinkCodes.rotationBytes(rows.dim())))
            : null;
    sections.end();
    if (prelude.getLong(FINGERPRINT_AT) != fingerprint(rows)
        || metric == Metric.COSINE && !rows.unit()) {
      throw new CorruptFileException(
          path,
          -1,
          "was built on other vectors than these; open it with its own or build it again");
    }
    return new Hnsw(
        rows,
        metric,
        options.withSeed(prelude.getLong(SEED_AT)),
        levels,
        new Duplicates((int) duplicates, rows.size(), twins, others),
        rowCodes,
        linkCodes,
        target(file, prelude));
  }

  static void verify(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile.open(path, KIND, VERSION, arena).verify();
    }
  }

  private static GraphLevel[] levels(
      CheckedFile file, Sections sections, HnswOptions options, int dim) {
    int m = options.m();
    long bottomBytes =
        options.codes() == SearchCodes.LINKS
            ? LinkCodes.blockBytes(2 * m, dim)
            : GraphLevel.blockBytes(2 * m);
    int upper = 0;
    while (upper < HnswBuilder.MAX_UPPER_LEVELS && file.count(UPPER_SIZES + upper) > 0) {
      upper++;
    }
    for (int l = upper; l < HnswBuilder.MAX_UPPER_LEVELS; l++) {
      require(file, file.count(UPPER_SIZES + l) == 0, "has a gap between its levels");
    }
    GraphLevel[] levels = new GraphLevel[upper + 1];
    long below = file.count(ROWS);
    levels[0] =
        new GraphLevel(
            (int) below, 2 * m, bottomBytes, sections.slice(below, bottomBytes), null, null);
    for (int l = 1; l <= upper; l++) {
      long size = file.count(UPPER_SIZES + l - 1);
      require(file, size <= below, "states more nodes on a level than on the one below it");
      MemorySegment ordinals = table(sections, size);
      MemorySegment down = table(sections, size);
      MemorySegment blocks = sections.slice(size, GraphLevel.blockBytes(m));
      levels[l] = new GraphLevel((int) size, m, GraphLevel.blockBytes(m), blocks, ordinals, down);
      below = size;
    }
    return levels;
  }

  private static void writeTarget(CheckedFileWriter out, Optional<RecallTarget> target)
      throws IOException {
    if (target.isPresent()) {
      out.writeDouble(target.get().recall());
      out.writeInt(target.get().efAt10());
      out.writeInt(target.get().efAt100());
    }
  }

  /** The target recall of the prelude, or null where all of it is 0. */
  private static RecallTarget target(CheckedFile file, ByteBuffer prelude) {
    double recall = prelude.getDouble(RECALL_AT);
    int efAt10 = prelude.getInt(EF_AT_10_AT);
    int efAt100 = prelude.getInt(EF_AT_100_AT);
    if (recall == 0 && efAt10 == 0 && efAt100 == 0) {
      return null;
    }
    try {
      return new RecallTarget(recall, efAt10, efAt100);
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(file.path(), -1, e.getMessage() + "; build the file again");
    }
  }

  private static void writeCodes(CheckedFileWriter out, Hnsw index) throws IOException {
    RowCodes rows = index.rowCodes();
    if (rows != null) {
      writeTable(out, rows.head());
      writeTable(out, rows.codes());
      if (rows.biases() != null) {
        writeTable(out, rows.biases());
      }
    }
    if (index.linkCodes() != null) {
      writeTable(out, index.linkCodes().rotation());
    }
  }

  /** The next table of i32, padded. */
  private static MemorySegment table(Sections sections, long size) {
    return padded(sections, size * Integer.BYTES);
  }

  /** The next bytes, padded to a multiple of 64. */
  private static MemorySegment padded(Sections sections, long bytes) {
    MemorySegment section = sections.slice(bytes, 1);
    sections.align(Sections.ALIGNMENT);
    return section;
  }

  private static RowCodes rowCodes(Sections sections, Embeddings rows, Metric metric) {
    int dim = rows.dim();
    MemorySegment head = padded(sections, RowCodes.headBytes(dim));
    MemorySegment codes = padded(sections, (long) rows.size() * RowCodes.stride(dim));
    MemorySegment biases =
        metric == Metric.L2 ? padded(sections, (long) rows.size() * Float.BYTES) : null;
    return new RowCodes(metric, rows.size(), dim, head, codes, biases);
  }

  private static SearchCodes codes(CheckedFile file) {
    for (SearchCodes codes : SearchCodes.values()) {
      if (codes != SearchCodes.AUTO && code(codes) == file.count(CODES)) {
        return codes;
      }
    }
    throw new CorruptFileException(
        file.path(), -1, "states search codes " + file.count(CODES) + ", which don't exist");
  }

  private static void writeTable(CheckedFileWriter out, MemorySegment table) throws IOException {
    out.writeSegment(table);
    out.alignTo(Sections.ALIGNMENT);
  }

  private static int code(SearchCodes codes) {
    return switch (codes) {
      case NONE -> 1;
      case ROWS -> 2;
      case LINKS -> 3;
      case AUTO -> throw new IllegalArgumentException("an index has codes or none, never AUTO");
    };
  }

  private static int code(Metric metric) {
    return switch (metric) {
      case COSINE -> 1;
      case DOT -> 2;
      case L2 -> 3;
    };
  }

  private static Metric metric(CheckedFile file) {
    for (Metric metric : Metric.values()) {
      if (code(metric) == file.count(METRIC)) {
        return metric;
      }
    }
    throw new CorruptFileException(
        file.path(), -1, "states metric " + file.count(METRIC) + ", which doesn't exist");
  }

  private static HnswOptions options(CheckedFile file) {
    try {
      return new HnswOptions(
          (int) Math.min(file.count(M), Integer.MAX_VALUE),
          (int) Math.min(file.count(EF_CONSTRUCTION), Integer.MAX_VALUE),
          0,
          codes(file));
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(file.path(), -1, e.getMessage() + "; build the file again");
    }
  }

  /**
   * Checks what a file states.
   *
   * @param fault a constant: putting a text together would cost every process that opens a file the
   *     start of the JVM's machinery for that
   */
  private static void require(CheckedFile file, boolean holds, String fault) {
    if (!holds) {
      throw new CorruptFileException(file.path(), -1, fault + "; build the file again");
    }
  }

  /** Hash of up to 64 rows spread over all, so that a graph isn't used with other vectors. */
  private static long fingerprint(Embeddings rows) {
    long hash = 1;
    int sample = Math.min(FINGERPRINT_ROWS, rows.size());
    float[] row = new float[rows.dim()];
    for (int i = 0; i < sample; i++) {
      rows.copyRow((int) ((long) i * rows.size() / sample), row, 0);
      for (float value : row) {
        hash = hash * 0x9E3779B97F4A7C15L + Float.floatToRawIntBits(value);
        hash ^= hash >>> 29;
      }
    }
    return hash;
  }
}
