package dev.kindred.app.soak;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.app.load.HttpLoad;
import dev.kindred.app.load.LoadOptions;
import dev.kindred.app.load.LoadResult;
import dev.kindred.app.metrics.ProcessMetrics;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.EventLog;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.serve.Recommender;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A server in this process under a mixed load for minutes: lists, filtered and weighed and
 * explained ones among them, while hide marks, added items and events change its live state and one
 * snapshot follows the other. What must not grow is told slice by slice.
 */
public final class Soak {
  private static final int CONNECTIONS = 8;
  private static final double MB = 1 << 20;

  /** Late replies show in the figures of a slice; they are no faults. */
  private static final int LATEST_MILLIS = 60_000;

  private final Path model;
  private final Path work;

  private final SoakOptions options;
  private final Consumer<SoakSlice> slices;

  /**
   * Prepares.
   *
   * @param model a snapshot, or the directory that one is published in
   * @param work an empty directory, for two copies of the snapshot, live state and events
   * @param slices told the figures of each slice
   */
  public Soak(Path model, Path work, SoakOptions options, Consumer<SoakSlice> slices) {
    this.model = model;
    this.work = work;
    this.options = options;
    this.slices = slices;
  }

  /** Runs to the end and judges. */
  public SoakVerdict run() throws IOException {
    Path snapshots = copies();
    AccessLog log = new AccessLog(new PrintWriter(PrintWriter.nullWriter()), 0, false);
    ServingOptions serving =
        ServingOptions.of(snapshots)
            .withServer(ServerOptions.defaults().withPort(0).withDeadlineMillis(LATEST_MILLIS))
            .withTokens(Tokens.of("", SoakChanges.TOKEN))
            .withLive(work.resolve("live"))
            .withRefreshMillis(0)
            .withWarmupMillis(warmUpMillis())
            .withEventLog(work.resolve("events.ndjson"), EventLog.Fsync.INTERVAL);
    List<SoakSlice> all = new ArrayList<>();
    try (Serving server = Serving.start(serving, log)) {
      server.warmUp();
      InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.port());
      byte[][] requests = requests(server.recommender(), address);
      long start = System.nanoTime();
      try (SoakChanges changes =
          new SoakChanges(address, server.recommender(), snapshots, options)) {
        double left = options.minutes() * 60;
        while (left > 0) {
          double seconds = Math.min(options.sliceSeconds(), left);
          LoadResult result;
          try (HttpLoad load =
              new HttpLoad(
                  address, requests, new LoadOptions(options.rate(), seconds, 0, CONNECTIONS))) {
            result = load.run();
          }
          left -= seconds;
          SoakSlice slice = slice(start, snapshots, result, changes);
          all.add(slice);
          slices.accept(slice);
        }
      }
    }
    return SoakVerdict.of(all);
  }

  /** As a server warms up, but no longer than the soak itself takes. */
  private int warmUpMillis() {
    return (int) Math.min(ServingOptions.of(model).warmupMillis(), options.minutes() * 60_000);
  }

  private SoakSlice slice(long start, Path snapshots, LoadResult result, SoakChanges changes)
      throws IOException {
    System.gc(); // what is left after it is what a leak would add to
    ProcessMetrics.Memory memory = ProcessMetrics.Memory.now();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    ProcessMetrics.Mapped mapped = ProcessMetrics.Mapped.under(snapshots);
    Map<Integer, Long> statuses = new TreeMap<>(result.statuses());
    Histogram service = result.service();
    return new SoakSlice(
        Math.round((System.nanoTime() - start) / 1e9),
        result.requests(),
        result.errors() + changes.takeErrors(),
        statuses,
        micros(service, 50),
        micros(service, 99),
        micros(service, 99.9),
        micros(service, 100),
        micros(result.response(), 99.9),
        changes.swaps(),
        changes.made(),
        tenths(heap / MB),
        tenths((memory.residentBytes() - memory.fileBytes()) / MB),
        tenths(mapped.bytes() / MB),
        mapped.count(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        openFiles());
  }

  /** Lists in all forms, of drawn items. */
  private byte[][] requests(Recommender recommender, InetSocketAddress address) {
    return SoakRequests.drawn(recommender, address, options.seed());
  }

  /** Two copies of the snapshot in a directory of their own. */
  private Path copies() throws IOException {
    Path source;
    try (Recommender opened = Recommender.open(model)) {
      source = opened.directory();
    }
    Path snapshots = Files.createDirectories(work.resolve("snapshots"));
    for (String name : List.of(SoakChanges.FIRST, SoakChanges.SECOND)) {
      Path copy = Files.createDirectories(snapshots.resolve(name));
      try (Stream<Path> files = Files.list(source)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    SoakChanges.point(snapshots, SoakChanges.FIRST);
    return snapshots;
  }

  private static int openFiles() {
    String[] files = Path.of("/proc/self/fd").toFile().list();
    return files == null ? -1 : files.length;
  }

  private static double micros(Histogram times, double percentile) {
    return tenths(times.getValueAtPercentile(percentile) / 1000.0);
  }

  private static double tenths(double value) {
    return Math.round(10 * value) / 10.0;
  }
}
