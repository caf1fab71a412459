package dev.kindred.app.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the process uses: heap, threads, collections, and on Linux resident and mapped memory. */
public final class ProcessMetrics {
  private ProcessMetrics() {}

  /** Bytes of the process's memory as the kernel counts them; -1 where it doesn't say. */
  public record Memory(long residentBytes, long fileBytes, long virtualBytes) {
    /** As of now. */
    public static Memory now() {
      try {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        return new Memory(
            kilobytes(lines, "VmRSS:"), kilobytes(lines, "RssFile:"), kilobytes(lines, "VmSize:"));
      } catch (IOException e) {
        return new Memory(-1, -1, -1);
      }
    }

    private static long kilobytes(List<String> lines, String name) {
      for (String line : lines) {
        if (line.startsWith(name)) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return -1;
    }
  }

  /** Files of a directory as mapped into the address space. */
  public record Mapped(int count, long bytes) {
    /** As of now; nothing where the kernel doesn't say. */
    public static Mapped under(Path directory) throws IOException {
      Path maps = Path.of("/proc/self/maps");
      String prefix = directory.toRealPath().toString();
      int count = 0;
      long bytes = 0;
      if (Files.isReadable(maps)) {
        for (String line : Files.readAllLines(maps)) {
          if (line.contains(prefix)) {
            String[] range = line.substring(0, line.indexOf(' ')).split("-");
            count++;
            bytes += Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16);
          }
        }
      }
      return new Mapped(count, bytes);
    }
  }

  /** Writes all of them. */
  public static void write(PrometheusText out) {
    var runtime = ManagementFactory.getRuntimeMXBean();
    out.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970 UTC.",
        runtime.getStartTime() / 1000.0);
    Memory memory = Memory.now();
    if (memory.residentBytes() >= 0) {
      out.gauge(
          "process_resident_memory_bytes",
          "Memory of the process in RAM, shared pages of mapped files included.",
          memory.residentBytes());
      out.gauge(
          "kindred_resident_file_bytes",
          "Part of the resident memory that is pages of mapped files.",
          memory.fileBytes());
      out.gauge(
          "process_virtual_memory_bytes", "Address space of the process.", memory.virtualBytes());
    }
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    out.gauge("jvm_heap_used_bytes", "Heap in use, garbage included.", heap.getUsed());
    out.gauge("jvm_heap_max_bytes", "Heap that may be used.", heap.getMax());
    out.gauge("jvm_threads", "Live threads.", ManagementFactory.getThreadMXBean().getThreadCount());
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    out.family("jvm_gc_collections_total", "counter", "Collections, by collector.");
    collectors.forEach(
        gc -> out.sample("jvm_gc_collections_total", gc.getCollectionCount(), "gc", gc.getName()));
    out.family("jvm_gc_seconds_total", "counter", "Time in collections, by collector.");
    collectors.forEach(
        gc -> out.sample("jvm_gc_seconds_total", gc.getCollectionTime() / 1e3, "gc", gc.getName()));
  }
}
