package dev.kindred.jmh.compare;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured of one engine at one setting.
 *
 * @param recall part of the k true neighbours found
 * @param qps queries a second, of the median round
 * @param cpuQps queries a second of the thread's processor time, of the median round: what a
 *     machine with other work allows to compare
 */
record Point(
    String engine,
    int ef,
    int k,
    double recall,
    double qps,
    double cpuQps,
    double meanMicros,
    double p50Micros,
    double p99Micros,
    BuildTime buildTime,
    double bytesPerVector) {

  /** As a line of JSON has it, rounded to what a run can tell. */
  Map<String, Object> toJson() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("engine", engine);
    line.put("setting", "ef=" + ef);
    line.put("recall@" + k, rounded(recall, 1e5));
    line.put("qps", rounded(qps, 10));
    line.put("meanMicros", rounded(meanMicros, 100));
    line.put("p50Micros", rounded(p50Micros, 100));
    line.put("p99Micros", rounded(p99Micros, 100));
    line.put("cpuQps", rounded(cpuQps, 10));
    line.put("buildSeconds", rounded(buildTime.seconds(), 100));
    line.put("buildCpuSeconds", rounded(buildTime.cpuSeconds(), 100));
    line.put("bytesPerVector", rounded(bytesPerVector, 10));
    return line;
  }

  static double rounded(double value, double parts) {
    return Math.round(value * parts) / parts;
  }
}
