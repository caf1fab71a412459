package dev.kindred.app.serving;

import com.sun.management.OperatingSystemMXBean;
import dev.kindred.engine.data.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What serving a snapshot takes, against what there is: the heap that the JVM may grow to, the
 * files of the snapshot, which want to stay in the page cache, and a second copy of them for the
 * moment of a swap where the model directory is watched. A container's limit counts as all there
 * is.
 *
 * @param heapBytes that the JVM may use
 * @param snapshotBytes of the files
 * @param swapBytes for a second snapshot while one follows the other: of the same size, as long as
 *     it isn't known
 * @param otherBytes of the JVM itself: code, threads, buffers
 * @param limitBytes that there are
 */
public record MemoryCheck(
    long heapBytes, long snapshotBytes, long swapBytes, long otherBytes, long limitBytes) {
  /** Measured: code cache, metaspace, threads and buffers of a server under load. */
  private static final long OTHER_BYTES = 160L << 20;

  /** What is done when memory looks too small. */
  public enum Policy {
    /** The server doesn't start, and doesn't go over to another snapshot. */
    REFUSE,
    /** It does and says so. */
    WARN,
    /** Nothing is estimated. */
    OFF
  }

  /**
   * Estimates.
   *
   * @param snapshot directory of files
   * @param swaps whether another snapshot may follow while it is served
   * @param limitBytes 0: as the machine or its container says
   */
  public static MemoryCheck of(Path snapshot, boolean swaps, long limitBytes) throws IOException {
    long bytes = bytes(snapshot);
    return of(bytes, swaps ? bytes : 0, limitBytes);
  }

  /**
   * Estimates what a swap takes, by the same sum.
   *
   * @param servedBytes of the snapshot that serves
   * @param next directory of the one that is to follow
   * @param limitBytes 0: as the machine or its container says
   */
  static MemoryCheck ofSwap(long servedBytes, Path next, long limitBytes) throws IOException {
    return of(servedBytes, bytes(next), limitBytes);
  }

  private static MemoryCheck of(long snapshotBytes, long swapBytes, long limitBytes) {
    long limit =
        limitBytes > 0
            ? limitBytes
            : ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    return new MemoryCheck(
        Runtime.getRuntime().maxMemory(), snapshotBytes, swapBytes, OTHER_BYTES, limit);
  }

  private static long bytes(Path snapshot) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(snapshot)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  public long needBytes() {
    return heapBytes + snapshotBytes + swapBytes + otherBytes;
  }

  public boolean fits() {
    return needBytes() <= limitBytes;
  }

  /** The estimate in one sentence. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "serving needs about %s: heap of up to %s, snapshot %s, its successor during a swap %s,"
            + " the JVM itself %s; there are %s",
        megabytes(needBytes()),
        megabytes(heapBytes),
        megabytes(snapshotBytes),
        megabytes(swapBytes),
        megabytes(otherBytes),
        megabytes(limitBytes));
  }

  /**
   * Refuses to go on if memory is too small.
   *
   * @throws InputException with numbers and remedies
   */
  void require() {
    if (!fits()) {
      throw new InputException(
          sentence()
              + "; give it more memory, lower the heap with -Xmx (512m do for any catalogue), or"
              + " set [memory] check = \"warn\"");
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MB", (bytes + (1 << 20) - 1) >> 20);
  }
}
