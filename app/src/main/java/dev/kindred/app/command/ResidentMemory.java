package dev.kindred.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory of the machine this process came to hold at most since a moment, heap, off-heap
 * memory and the JVM's own together. Linux tells it; elsewhere the answer is -1.
 *
 * <p>Immutable; the peak is one of the whole process, so two at a time disturb each other.
 */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Written to clear_refs, it makes the peak start anew from what is held now. */
  private static final String RESET_PEAK = "5";

  private final long before;

  private ResidentMemory(long before) {
    this.before = before;
  }

  /** From here on the peak counts. */
  static ResidentMemory restart() throws IOException {
    if (!Files.isReadable(STATUS) || !Files.isWritable(CLEAR)) {
      return new ResidentMemory(-1);
    }
    Files.writeString(CLEAR, RESET_PEAK);
    return new ResidentMemory(bytes("VmRSS:"));
  }

  /** Bytes held at the peak less those held at {@link #restart}, or -1. */
  long peakGrowth() throws IOException {
    return before < 0 ? -1 : bytes("VmHWM:") - before;
  }

  private static long bytes(String field) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(STATUS + " has no line " + field);
  }
}
