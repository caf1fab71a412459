package dev.kindred.app.command;

import com.sun.management.OperatingSystemMXBean;
import dev.kindred.app.output.ByteSize;
import dev.kindred.engine.data.InputException;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.Metric;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.VectorReader;
import dev.kindred.index.file.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What building an index over a file of vectors takes, estimated before the file is read.
 *
 * @param rows vectors; of a compressed file without a header a lower bound
 * @param heapBytes on the Java heap
 * @param otherBytes outside of it
 * @param fileBytes of the files of the index
 */
record BuildMemory(long rows, long heapBytes, long otherBytes, long fileBytes) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final double GIB = 1 << 30;

  static BuildMemory estimate(
      Path file, int dim, Metric metric, boolean half, HnswOptions options, int threads)
      throws IOException {
    if (file.toString().endsWith(".kvec")) {
      try (Arena arena = Arena.ofShared()) {
        EmbeddingFile mapped = EmbeddingFile.open(file, arena);
        Embeddings rows = mapped.embeddings();
        long bytes = metric == Metric.COSINE && !rows.unit() ? rows.strideBytes() : 0;
        if (half && rows.elementType() == ElementType.F32) {
          bytes += (long) rows.dim() * ElementType.F16.bytes();
        }
        long written = half ? (long) rows.dim() * ElementType.F16.bytes() : rows.strideBytes();
        BuildMemory vectors = ofRows(mapped.size(), 0, bytes, written);
        return vectors.withGraph(mapped.dim(), options, threads);
      }
    }
    try (VectorReader reader = VectorFiles.open(file, dim)) {
      long rowBytes = (long) reader.dim() * Float.BYTES;
      long copies = metric == Metric.COSINE ? 2 : 1;
      long halves = half ? (long) reader.dim() * ElementType.F16.bytes() : 0;
      long written = half ? halves : rowBytes;
      BuildMemory vectors =
          ofRows(reader.expectedRows(), rowBytes, copies * rowBytes + halves, written);
      return vectors.withGraph(reader.dim(), options, threads);
    }
  }

  /** Of the vectors alone: bytes that each takes on the heap, outside of it and in the files. */
  private static BuildMemory ofRows(long rows, long heap, long other, long file) {
    return new BuildMemory(rows, rows * heap, rows * other, rows * file);
  }

  /** These with the graph over them. */
  private BuildMemory withGraph(int dim, HnswOptions options, int threads) {
    long graph = Hnsw.graphBytes(rows, dim, options);
    return new BuildMemory(
        rows,
        heapBytes + Hnsw.buildHeapBytes(rows, threads),
        otherBytes + graph,
        fileBytes + graph);
  }

  /** One line for the user. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "%,d vectors: building takes about %s of memory, %s of it Java heap",
        rows,
        ByteSize.text(heapBytes + otherBytes),
        ByteSize.text(heapBytes));
  }

  /** Refuses what the machine or the heap can't hold. */
  void requireFits(Path file) throws IOException {
    requireFits(file, Runtime.getRuntime().maxMemory(), availableBytes());
  }

  void requireFits(Path file, long mostHeap, long available) {
    if (heapBytes > mostHeap) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %s; the heap may grow to %s: raise it (KINDRED_JVM_OPTIONS=-Xmx%dg), or"
                  + " turn the file into a .kvec, which is read in place",
              file,
              describe(),
              ByteSize.text(mostHeap),
              (long) Math.ceil(1.25 * heapBytes / GIB)));
    }
    if (heapBytes + otherBytes > available) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %s, and %s are free: use a machine with more memory, fewer vectors, a"
                  + " smaller --m, or --codes rows or none",
              file,
              describe(),
              ByteSize.text(available)));
    }
  }

  /** What programs may take without swapping; page cache counts as free. */
  private static long availableBytes() throws IOException {
    if (Files.isReadable(MEMINFO)) {
      List<String> lines = Files.readAllLines(MEMINFO);
      for (String line : lines) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    }
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getFreeMemorySize();
  }
}
