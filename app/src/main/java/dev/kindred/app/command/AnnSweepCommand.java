package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.InputException;
import dev.kindred.index.BitSetFilter;
import dev.kindred.index.Embeddings;
import dev.kindred.index.ExactSearch;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.IntRows;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.VectorSearcher;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code kindred ann sweep}: recall and speed of one search thread at several ef.
 *
 * <p>Every ef is timed once a round, so that a slow moment of the machine doesn't fall on one of
 * them alone; QPS is that of the median round, latencies are of all rounds together. With a filter
 * the same queries are timed without it and by a scan of what passes, in the same rounds.
 */
@Command(name = "sweep", description = "Measure recall and speed at several ef.")
final class AnnSweepCommand extends KindredCommand {
  @Mixin private AnnSource source;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "True neighbours, .ivecs or .i32 (default: found by an exact scan).")
  private Path truth;

  @Option(
      names = "--ef",
      split = ",",
      paramLabel = "EF",
      description =
          "Settings to measure (default: 16,24,32,48,64,96,128,192,256,384,512 and what the index"
              + " chose for its target recall).")
  private List<Integer> efs = List.of();

  @Option(
      names = "-k",
      paramLabel = "K",
      defaultValue = "10",
      description = "Neighbours of a query (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed rounds (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--filter",
      paramLabel = "SHARE",
      description = "Search under a filter that this part of the vectors passes; in (0, 1).")
  private Double filter;

  @Option(
      names = "--filter-kind",
      paramLabel = "KIND",
      defaultValue = "random",
      completionCandidates = ConstantNames.FilterKinds.class,
      description =
          "${COMPLETION-CANDIDATES}: what passes is drawn, or is nearest to each query, or farthest"
              + " from it (default: ${DEFAULT-VALUE}).")
  private FilterKind filterKind;

  private static final List<Integer> DEFAULT_EFS =
      List.of(16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512);

  /** How what passes relates to the query. */
  enum FilterKind {
    RANDOM,
    NEAR,
    FAR
  }

  @Override
  protected void run() throws IOException {
    if (filter != null && !(filter > 0 && filter < 1)) {
      throw usage("--filter is " + filter + ", it must be in (0, 1)");
    }
    if (filter != null && truth != null) {
      throw usage("--truth holds neighbours among all vectors; leave it out with --filter");
    }
    if (k < 1 || rounds < 1 || efs.stream().anyMatch(ef -> ef < 1)) {
      throw usage("-k, --rounds and every --ef must be at least 1");
    }
    HnswOptions options = source.options(this);
    try (Arena arena = Arena.ofShared()) {
      AnnIndex opened = source.index(options, this, arena);
      Hnsw index = opened.graph();
      Embeddings queries = source.queries(index.dim(), arena);
      if (index.size() < k) {
        throw new InputException(
            "the index has " + index.size() + " vectors, fewer than -k " + k + "; lower -k");
      }
      if (efs.isEmpty()) {
        TreeSet<Integer> all = new TreeSet<>(DEFAULT_EFS);
        index.recallTarget().ifPresent(target -> all.add(target.ef(k)));
        efs = List.copyOf(all);
      }
      OrdinalFilter[] filters = filters(opened, queries);
      source.noteOpening(this);
      note(opened.describe());
      IntRows expected =
          truth == null
              ? scan(opened, queries, filters)
              : VectorFiles.readTruth(truth, queries.size(), k, index.size());
      report(measure(opened, queries, filters, expected));
    }
  }

  /** What was measured at one ef; without a filter the last two stay 0. */
  private record Point(
      int ef,
      double recall,
      double qps,
      double mean,
      double p50,
      double p99,
      double unfiltered,
      double scan) {}

  /** The filter of each query. */
  private OrdinalFilter[] filters(AnnIndex opened, Embeddings queries) {
    OrdinalFilter[] filters = new OrdinalFilter[queries.size()];
    Arrays.fill(filters, OrdinalFilter.ALL);
    if (filter == null) {
      return filters;
    }
    int n = opened.rows().size();
    int passing = (int) Math.max(k, Math.round(filter * n));
    if (filterKind == FilterKind.RANDOM) {
      int[] order = IntStream.range(0, n).toArray();
      Draws.of(1, "sweep filter").shuffle(order, 0, n);
      BitSetFilter drawn = new BitSetFilter(n);
      for (int i = 0; i < passing; i++) {
        drawn.set(order[i]);
      }
      Arrays.fill(filters, drawn);
      return filters;
    }
    VectorSearcher ranking = ExactSearch.of(opened.rows(), opened.graph().metric()).searcher();
    Neighbors ranked = new Neighbors(n);
    float[] query = new float[opened.rows().dim()];
    try (Progress.Stage stage = progress().stage("filters", queries.size())) {
      for (int q = 0; q < filters.length; q++) {
        queries.copyRow(q, query, 0);
        ranking.search(query, n, ranked);
        BitSetFilter bound = new BitSetFilter(n);
        for (int i = 0; i < passing; i++) {
          bound.set(ranked.ordinal(filterKind == FilterKind.NEAR ? i : n - 1 - i));
        }
        filters[q] = bound;
        stage.add(1);
      }
    }
    return filters;
  }

  private List<Point> measure(
      AnnIndex opened, Embeddings queries, OrdinalFilter[] filters, IntRows expected) {
    Hnsw index = opened.graph();
    int n = queries.size();
    float[][] rows = new float[n][index.dim()];
    for (int q = 0; q < n; q++) {
      queries.copyRow(q, rows[q], 0);
    }
    HnswSearcher searcher = index.searcher();
    Neighbors result = new Neighbors(k);
    double[] recall = new double[efs.size()];
    long[][] nanos = new long[efs.size()][n * rounds];
    double[][] seconds = new double[efs.size()][rounds];
    VectorSearcher exact = ExactSearch.of(opened.rows(), index.metric()).searcher();
    double[][] unfiltered = new double[efs.size()][rounds];
    double[][] scan = new double[efs.size()][rounds];
    try (Progress.Stage stage = progress().stage("sweep", (long) efs.size() * n * (rounds + 1))) {
      // Round -1 warms up and counts what is found; later ones only take the time.
      for (int round = -1; round < rounds; round++) {
        for (int e = 0; e < efs.size(); e++) {
          int ef = efs.get(e);
          long begun = System.nanoTime();
          for (int q = 0; q < n; q++) {
            long before = System.nanoTime();
            searcher.search(rows[q], 0, k, ef, filters[q], result);
            long after = System.nanoTime();
            if (round < 0) {
              recall[e] += hits(result, expected, q);
            } else {
              nanos[e][round * n + q] = after - before;
            }
          }
          if (round >= 0) {
            seconds[e][round] = (System.nanoTime() - begun) / 1e9;
          }
          if (round >= 0 && filter != null) {
            long plain = System.nanoTime();
            for (int q = 0; q < n; q++) {
              searcher.search(rows[q], 0, k, ef, OrdinalFilter.ALL, result);
            }
            long scanned = System.nanoTime();
            for (int q = 0; q < n; q++) {
              exact.search(rows[q], 0, k, filters[q], result);
            }
            unfiltered[e][round] = (scanned - plain) / 1e3 / n;
            scan[e][round] = (System.nanoTime() - scanned) / 1e3 / n;
          }
          stage.add(n);
        }
      }
    }
    Point[] points = new Point[efs.size()];
    for (int e = 0; e < points.length; e++) {
      Arrays.sort(nanos[e]);
      Arrays.sort(seconds[e]);
      Arrays.sort(unfiltered[e]);
      Arrays.sort(scan[e]);
      points[e] =
          new Point(
              efs.get(e),
              recall[e] / ((double) n * k),
              n / seconds[e][rounds / 2],
              Arrays.stream(nanos[e]).average().orElseThrow() / 1e3,
              percentile(nanos[e], 0.50) / 1e3,
              percentile(nanos[e], 0.99) / 1e3,
              unfiltered[e][rounds / 2],
              scan[e][rounds / 2]);
    }
    return List.of(points);
  }

  /** How many of the first k true neighbours were found. */
  private int hits(Neighbors result, IntRows expected, int query) {
    int hits = 0;
    for (int rank = 0; rank < result.size(); rank++) {
      for (int column = 0; column < k; column++) {
        if (expected.get(query, column) == result.ordinal(rank)) {
          hits++;
          break;
        }
      }
    }
    return hits;
  }

  /** By nearest rank: the least value that this share of all doesn't exceed. */
  private static double percentile(long[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  private IntRows scan(AnnIndex opened, Embeddings queries, OrdinalFilter[] filters) {
    int[] found = new int[Math.multiplyExact(queries.size(), k)];
    VectorSearcher searcher = ExactSearch.of(opened.rows(), opened.graph().metric()).searcher();
    Neighbors result = new Neighbors(k);
    float[] query = new float[opened.rows().dim()];
    try (Progress.Stage stage = progress().stage("true neighbours", queries.size())) {
      for (int q = 0; q < queries.size(); q++) {
        queries.copyRow(q, query, 0);
        searcher.search(query, 0, k, filters[q], result);
        for (int rank = 0; rank < k; rank++) {
          found[q * k + rank] = result.ordinal(rank);
        }
        stage.add(1);
      }
    }
    return new IntRows(found, k);
  }

  private void report(List<Point> points) {
    String recall = "recall@" + k;
    List<String> header =
        new ArrayList<>(List.of(">ef", ">" + recall, ">qps", ">mean us", ">p50 us", ">p99 us"));
    if (filter != null) {
      header.addAll(List.of(">unfiltered us", ">scan us"));
    }
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (Point point : points) {
      if (json()) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ef", point.ef());
        line.put(recall, point.recall());
        line.put("qps", point.qps());
        line.put("meanMicros", point.mean());
        line.put("p50Micros", point.p50());
        line.put("p99Micros", point.p99());
        if (filter != null) {
          line.put("filter", filter);
          line.put("filterKind", ConstantName.of(filterKind));
          line.put("unfilteredMicros", point.unfiltered());
          line.put("scanMicros", point.scan());
        }
        jsonLines().write(line);
      }
      List<Object> row = new ArrayList<>();
      row.add(point.ef());
      row.add(String.format(Locale.ROOT, "%.4f", point.recall()));
      row.add(String.format(Locale.ROOT, "%,.0f", point.qps()));
      for (double micros : new double[] {point.mean(), point.p50(), point.p99()}) {
        row.add(String.format(Locale.ROOT, "%.1f", micros));
      }
      if (filter != null) {
        row.add(String.format(Locale.ROOT, "%.1f", point.unfiltered()));
        row.add(String.format(Locale.ROOT, "%.1f", point.scan()));
      }
      table.row(row.toArray());
    }
    if (!json()) {
      table.print(out());
    }
  }
}
