package dev.kindred.app.bench;

import dev.kindred.simd.Simd;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a figure depends on besides the program: to be printed beside it. */
final class Machine {
  private Machine() {}

  static void put(Map<String, Object> line) {
    Runtime runtime = Runtime.getRuntime();
    line.put("cpu", cpu());
    line.put("processors", runtime.availableProcessors());
    line.put("simdBits", Simd.bits());
    line.put("jdk", Runtime.version().toString());
    line.put(
        "gc",
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(GarbageCollectorMXBean::getName)
            .toList());
    line.put("maxHeapBytes", runtime.maxMemory());
    line.put("jvmFlags", flags());
  }

  /** Collections so far and the milliseconds that they took. */
  static void putCollections(Map<String, Object> line) {
    long count = 0;
    long millis = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      count += Math.max(0, bean.getCollectionCount());
      millis += Math.max(0, bean.getCollectionTime());
    }
    line.put("gcCount", count);
    line.put("gcMillis", millis);
  }

  private static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-X"))
        .toList();
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
