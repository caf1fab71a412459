package dev.kindred.app.command;

import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.app.soak.Soak;
import dev.kindred.app.soak.SoakOptions;
import dev.kindred.app.soak.SoakSlice;
import dev.kindred.app.soak.SoakVerdict;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred bench soak}: minutes of mixed load, and whether anything grew or failed. */
@Command(
    name = "soak",
    description = {
      "Serve a snapshot under a mixed load for minutes: lists of all kinds at a fixed rate,"
          + " while items are hidden, added and removed, events come in and the snapshot is swapped"
          + " for a copy.",
      "Prints a line of figures a slice; exits with 1 if a request failed or something grew."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  kindred bench soak --model snapshots/ --minutes 20 --rate 1000 --json"})
final class BenchSoakCommand extends KindredCommand {
  private static final SoakOptions DEFAULTS = SoakOptions.defaults();

  @Mixin private SnapshotOption model;

  @Option(names = "--minutes", paramLabel = "M", description = "How long (default: 20).")
  private double minutes = DEFAULTS.minutes();

  @Option(names = "--rate", paramLabel = "R", description = "Lists a second (default: 1000).")
  private double rate = DEFAULTS.rate();

  @Option(names = "--slice", paramLabel = "S", description = "Seconds of a line (default: 10).")
  private double slice = DEFAULTS.sliceSeconds();

  @Option(
      names = "--swap-millis",
      paramLabel = "MS",
      description = "Between swaps (default: 1000).")
  private int swapMillis = DEFAULTS.swapMillis();

  @Option(
      names = "--changes",
      paramLabel = "C",
      description = "Live changes a second (default: 20).")
  private double changes = DEFAULTS.changesPerSecond();

  private boolean headed;

  @Override
  protected void run() throws IOException {
    SoakOptions options =
        options(
            () ->
                new SoakOptions(
                    minutes, rate, slice, swapMillis, changes, seed().orElse(DEFAULTS.seed())));
    SoakVerdict verdict;
    try (TemporaryDirectory work = new TemporaryDirectory("soak")) {
      verdict = new Soak(model.path(), work.path(), options, this::show).run();
    }
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("operation", "soak");
      line.put("minutes", minutes);
      line.put("rate", rate);
      line.put("requests", verdict.requests());
      line.put("errors", verdict.errors());
      line.put("swaps", verdict.swaps());
      line.put("worstP99Micros", verdict.worstP99Micros());
      line.put("complaints", verdict.complaints());
      jsonLines().write(line);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "%,d requests, %,d swaps, %,d errors%n",
              verdict.requests(),
              verdict.swaps(),
              verdict.errors());
    }
    if (!verdict.complaints().isEmpty()) {
      throw new IOException("the soak found faults: " + String.join("; ", verdict.complaints()));
    }
    note(
        verdict.isLong()
            ? "nothing grew, nothing failed"
            : "nothing failed; too few slices to tell whether anything grows");
  }

  private void show(SoakSlice slice) {
    if (json()) {
      jsonLines().write(slice);
      return;
    }
    if (!headed) {
      headed = true;
      out()
          .printf(
              "%6s %8s %6s %8s %8s %9s %9s %6s %8s %8s %8s %5s %7s%n",
              "s",
              "requests",
              "errors",
              "p50 us",
              "p99 us",
              "p99.9 us",
              "max us",
              "swaps",
              "heap MB",
              "resident",
              "mapped",
              "maps",
              "threads");
    }
    out()
        .printf(
            Locale.ROOT,
            "%6d %8d %6d %8.1f %8.1f %9.1f %9.1f %6d %8.1f %8.1f %8.1f %5d %7d%n",
            slice.seconds(),
            slice.requests(),
            slice.errors(),
            slice.p50Micros(),
            slice.p99Micros(),
            slice.p999Micros(),
            slice.maxMicros(),
            slice.swaps(),
            slice.heapMb(),
            slice.residentMb(),
            slice.mappedMb(),
            slice.mappings(),
            slice.threads());
    out().flush();
  }
}
