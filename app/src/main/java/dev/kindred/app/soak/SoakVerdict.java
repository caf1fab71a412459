package dev.kindred.app.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Whether anything grew or failed.
 *
 * @param requests in all
 * @param errors in all
 * @param swaps in all
 * @param worstP99Micros of any slice
 * @param isLong whether there were slices enough to tell whether anything grows
 * @param complaints one line each; none if all is well
 */
public record SoakVerdict(
    long requests,
    long errors,
    long swaps,
    double worstP99Micros,
    boolean isLong,
    List<String> complaints) {
  private static final int LEAST_SLICES = 6;

  public SoakVerdict {
    complaints = List.copyOf(complaints);
  }

  /**
   * Judges a series: errors, and what in its last third stands above its first third by more than
   * noise. Slices of the first tenth are left out, as code is still being compiled.
   */
  static SoakVerdict of(List<SoakSlice> all) {
    long requests = 0;
    long errors = 0;
    double worst = 0;
    for (SoakSlice slice : all) {
      requests += slice.requests();
      errors += slice.errors();
      worst = Math.max(worst, slice.p99Micros());
    }
    List<String> complaints = new ArrayList<>();
    if (errors > 0) {
      complaints.add(errors + " requests or changes failed");
    }
    List<SoakSlice> steady = all.subList((all.size() + 9) / 10, all.size());
    boolean isLong = steady.size() >= LEAST_SLICES;
    if (isLong) {
      grown(complaints, steady, "heap, MB", SoakSlice::heapMb, 8, 0.10);
      grown(complaints, steady, "resident memory, MB", SoakSlice::residentMb, 24, 0.10);
      grown(complaints, steady, "mapped snapshots, MB", SoakSlice::mappedMb, 1, 0.5);
      grown(complaints, steady, "mappings", SoakSlice::mappings, 4, 0.5);
      grown(complaints, steady, "threads", SoakSlice::threads, 4, 0.10);
      grown(complaints, steady, "open files", SoakSlice::openFiles, 8, 0.10);
    }
    return new SoakVerdict(
        requests, errors, all.isEmpty() ? 0 : all.getLast().swaps(), worst, isLong, complaints);
  }

  private static void grown(
      List<String> complaints,
      List<SoakSlice> slices,
      String what,
      ToDoubleFunction<SoakSlice> value,
      double noise,
      double share) {
    int third = slices.size() / 3;
    double first = median(slices.subList(0, third), value);
    double last = median(slices.subList(slices.size() - third, slices.size()), value);
    if (last > first + noise && last > first * (1 + share)) {
      complaints.add(String.format(Locale.ROOT, "%s grew from %.1f to %.1f", what, first, last));
    }
  }

  private static double median(List<SoakSlice> slices, ToDoubleFunction<SoakSlice> value) {
    double[] sorted = slices.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
