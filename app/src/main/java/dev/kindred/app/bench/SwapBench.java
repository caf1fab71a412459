package dev.kindred.app.bench;

import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Replaces the snapshot of a recommender again and again while it is asked. */
public final class SwapBench {
  private static final int N = 20;

  private SwapBench() {}

  /**
   * Swaps between two snapshots of a directory, at even distances in time.
   *
   * @param directory holds at least two snapshots; CURRENT names one of them afterwards
   * @param rate requests a second, of all threads together
   * @return what happened, for a line of results
   */
  public static Map<String, Object> run(
      Path directory, int swaps, double swapsPerSecond, double rate, int threads, long seed)
      throws IOException {
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    List<SnapshotCatalog.Entry> entries = catalog.list();
    if (entries.size() < 2) {
      throw new IllegalArgumentException(
          directory + " holds " + entries.size() + " snapshots, needs two to swap between");
    }
    Histogram unmap = Latencies.histogram();
    Histogram drain = Latencies.histogram();
    Histogram open = Latencies.histogram();
    HiccupMeter meter = new HiccupMeter();
    OpenLoop.Outcome outcome;
    long mapped;
    long swapped;
    int inUse;
    try (Recommender recommender = Recommender.open(directory);
        meter) {
      AtomicBoolean stop = new AtomicBoolean();
      Swapper swapper =
          new Swapper(
              recommender, catalog, entries, swaps, swapsPerSecond, stop, open, drain, unmap);
      Thread thread = Thread.ofPlatform().name("swaps").start(swapper);
      try {
        outcome =
            OpenLoop.run(
                threads,
                number -> requests(recommender, seed, number),
                rate,
                swaps / swapsPerSecond + 1,
                1);
      } finally {
        stop.set(true);
        Threads.join(thread);
      }
      if (swapper.failure != null) {
        throw swapper.failure;
      }
      swapped = swapper.done;
      inUse = recommender.replacedInUse();
      mapped = mappings(directory);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("operation", "swap");
    line.put("swaps", swapped);
    line.put("requests", outcome.requests());
    line.put("errors", outcome.errors());
    if (outcome.firstError() != null) {
      line.put("firstError", outcome.firstError());
    }
    line.put("rate", rate);
    line.put("threads", threads);
    Latencies.put(line, "", outcome.service());
    Latencies.put(line, "response", outcome.response());
    Latencies.put(line, "hiccup", meter.histogram());
    Latencies.put(line, "open", open);
    Latencies.put(line, "drain", drain);
    Latencies.put(line, "unmap", unmap);
    line.put("replacedInUse", inUse);
    line.put("snapshotsMapped", mapped);
    Machine.putCollections(line);
    Machine.put(line);
    return line;
  }

  private static OpenLoop.Requests requests(Recommender recommender, long seed, int thread) {
    RelatedSearcher searcher = recommender.searcher();
    RelatedResult result = new RelatedResult(N);
    Draws draws = Draws.of(seed, "swap-requests");
    int items = recommender.size();
    return number -> {
      draws.reset(thread, number);
      // Every second request is scored, so that both paths meet with swaps.
      searcher.weight(0, number % 2 == 0 ? 1 : 2);
      searcher.related(1L + draws.nextInt(items), N, result);
      if (result.size() == 0) {
        throw new IllegalStateException("an empty list");
      }
    };
  }

  /** How many of the snapshots this process has mapped; -1 where the system doesn't tell. */
  private static long mappings(Path directory) {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return -1;
    }
    String prefix = directory.toAbsolutePath().normalize() + "/";
    try (Stream<String> lines = Files.lines(maps)) {
      return lines
          .filter(line -> line.contains(prefix))
          .map(line -> line.substring(line.indexOf(prefix) + prefix.length()))
          .map(file -> file.substring(0, file.indexOf('/')))
          .distinct()
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The thread that swaps. */
  private static final class Swapper implements Runnable {
    private final Recommender recommender;
    private final SnapshotCatalog catalog;
    private final List<SnapshotCatalog.Entry> entries;
    private final int swaps;
    private final double perSecond;
    private final AtomicBoolean stop;
    private final Histogram open;
    private final Histogram drain;
    private final Histogram unmap;
    private int done; // read after the thread has ended
    private IOException failure;

    Swapper(
        Recommender recommender,
        SnapshotCatalog catalog,
        List<SnapshotCatalog.Entry> entries,
        int swaps,
        double perSecond,
        AtomicBoolean stop,
        Histogram open,
        Histogram drain,
        Histogram unmap) {
      this.recommender = recommender;
      this.catalog = catalog;
      this.entries = entries;
      this.swaps = swaps;
      this.perSecond = perSecond;
      this.stop = stop;
      this.open = open;
      this.drain = drain;
      this.unmap = unmap;
    }

    @Override
    public void run() {
      try {
        // The second that requests warm up in.
        Thread.sleep(1000);
        long start = System.nanoTime();
        for (int i = 0; i < swaps; i++) {
          long due = start + (long) (i * 1e9 / perSecond);
          long wait = due - System.nanoTime();
          if (wait > 0) {
            Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
          }
          String current = recommender.directory().getFileName().toString();
          // Reading every byte would slow the swaps and warm the page cache for them.
          catalog.promote(
              entries.get(current.equals(entries.get(0).name()) ? 1 : 0).name(),
              SnapshotCatalog.Check.OPENING);
          if (recommender.refresh()) {
            Recommender.Swap swap = recommender.lastSwap().orElseThrow();
            Latencies.record(open, swap.openNanos());
            Latencies.record(drain, swap.drainNanos());
            Latencies.record(unmap, swap.unmapNanos());
            done++;
          }
        }
        while (!stop.get()) {
          Thread.sleep(1);
        }
      } catch (IOException e) {
        failure = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
