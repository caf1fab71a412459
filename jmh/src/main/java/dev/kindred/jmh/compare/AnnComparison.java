package dev.kindred.jmh.compare;

import dev.kindred.app.output.JsonLines;
import dev.kindred.app.output.StderrProgress;
import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code jmh/compare ann}: vector search of Kindred and its peers on the same vectors in one run.
 *
 * <p>Prints one line of JSON for each engine and setting, and last the speeds at three recalls.
 */
@Command(
    name = "ann",
    description = "Measures recall and speed of vector search, one search thread each.")
final class AnnComparison implements Callable<Integer> {
  private static final double[] RECALLS = {0.90, 0.95, 0.99};

  @Spec private CommandSpec spec;

  @Option(names = "--base", paramLabel = "FILE", description = "Vectors: .npy, .fvecs, .f32, .f16.")
  private Path base;

  @Option(names = "--queries", paramLabel = "FILE", description = "Queries, in the same formats.")
  private Path queries;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "True neighbours, .ivecs or .i32 (default: found by an exact scan).")
  private Path truth;

  @Option(
      names = "--synthetic",
      paramLabel = "ROWSxDIM",
      description = "Instead of files: generated vectors like those of items, such as 1000000x64.")
  private String synthetic;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "Dimension; .npy and .fvecs state it themselves.")
  private int dim;

  @Option(
      names = "--metric",
      paramLabel = "M",
      defaultValue = "cosine",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "NAME",
      description =
          "Any of kindred, kindred-none and kindred-rows (with these codes), kindred-compact (codes"
              + " of rows, vectors of 16 bits), kindred-resident (kindred's graph and the vectors"
              + " copied to memory, in huge pages), jvector, lucene, lucene-8bit, jelmerk, hnswlib,"
              + " hnswlib-huge (huge pages by its allocator); default:"
              + " kindred,jvector,lucene,jelmerk,hnswlib.")
  private List<String> engines = List.of("kindred", "jvector", "lucene", "jelmerk", "hnswlib");

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take only the first N vectors of the file; not with --truth.")
  private int limit;

  @Option(
      names = "--query-count",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Queries of a generated set (default: ${DEFAULT-VALUE}).")
  private int queryCount;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of a generated set (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--ef",
      split = ",",
      paramLabel = "EF",
      description =
          "Settings, rising (default: 10,16,24,32,48,64,96,128,192,256,384,512,768,1024). An engine"
              + " stops at the first that finds 99.8%%.")
  private List<Integer> efs =
      List.of(10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024);

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
      names = {"--threads", "--build-threads"},
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads to build on; all search on one (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--m",
      paramLabel = "M",
      defaultValue = "16",
      description = "Links of a vector, twice as many on level 0 (default: ${DEFAULT-VALUE}).")
  private int m;

  @Option(
      names = "--ef-construction",
      paramLabel = "EF",
      defaultValue = "200",
      description = "Candidates for links (default: ${DEFAULT-VALUE}).")
  private int efConstruction;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = "target/compare",
      description = "Where built graphs stay, with their build times (default: ${DEFAULT-VALUE}).")
  private Path cache;

  @Option(
      names = "--rebuild",
      split = ",",
      paramLabel = "NAME",
      description = "Engines whose graphs are built anew although the cache has them.")
  private Set<String> rebuild = Set.of();

  @Option(
      names = "--build-only",
      description = "Fill the cache and print the build times; nothing is searched.")
  private boolean buildOnly;

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw recall against queries a second.")
  private Path plot;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    Progress progress = new StderrProgress(spec.commandLine().getErr(), 0);
    JsonLines json = new JsonLines(spec.commandLine().getOut());
    BuildCache builds = new BuildCache(cache);
    Map<String, Engine> opened = new LinkedHashMap<>();
    try (Arena arena = Arena.ofShared();
        Workers workers = Workers.of(threads)) {
      SearchSet set = read(builds, arena, workers, progress);
      try {
        open(set, builds, opened);
        if (buildOnly) {
          opened.forEach((name, engine) -> json.write(buildLine(name, engine, set)));
        } else {
          measure(set, opened, json);
        }
      } finally {
        for (Engine engine : opened.values()) {
          engine.close();
        }
      }
    }
    return 0;
  }

  private void checkOptions() {
    if (synthetic == null && (base == null || queries == null)) {
      throw usage("either --base and --queries, or --synthetic");
    }
    if (synthetic != null && (base != null || queries != null || truth != null || limit != 0)) {
      throw usage("--synthetic takes the place of --base, --queries, --truth and --limit");
    }
    if (limit != 0 && truth != null) {
      throw usage("--truth is of all vectors; with --limit it is found by a scan");
    }
    if (k < 1 || rounds < 1 || limit < 0 || efs.stream().anyMatch(ef -> ef < k)) {
      throw usage("-k and --rounds must be at least 1, --limit at least 0, each --ef at least -k");
    }
    engines.forEach(EngineKind::of);
    rebuild.forEach(EngineKind::of);
    efs = new ArrayList<>(new TreeSet<>(efs));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void note(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  private SearchSet read(BuildCache builds, Arena arena, Workers workers, Progress progress)
      throws IOException {
    Path baseFile = base;
    Path queryFile = queries;
    Path truthFile = truth;
    int fileDim = dim;
    if (synthetic != null) {
      SyntheticSet generated = SyntheticSet.of(synthetic, queryCount, seed);
      Path directory = builds.directory().resolve(generated.name());
      if (!SyntheticSet.isIn(directory)) {
        generated.write(directory, workers, progress);
      }
      baseFile = directory.resolve(SyntheticSet.BASE);
      queryFile = directory.resolve(SyntheticSet.QUERIES);
      truthFile = directory.resolve(SyntheticSet.TRUTH);
      fileDim = generated.dim();
    }
    Embeddings rows = VectorFiles.read(baseFile, fileDim, arena);
    if (limit > 0 && limit < rows.size()) {
      rows = first(rows, limit, arena);
    }
    Embeddings asked = VectorFiles.read(queryFile, rows.dim(), arena);
    if (metric == Metric.COSINE) {
      rows = rows.normalized(arena);
      asked = asked.normalized(arena);
    }
    IntRows expected =
        truthFile == null || synthetic != null && metric != Metric.COSINE
            ? ExactTruth.of(rows, metric, asked, k, workers, progress)
            : VectorFiles.readTruth(truthFile, asked.size(), k, rows.size());
    return new SearchSet(rows, asked, expected, metric);
  }

  private static Embeddings first(Embeddings rows, int limit, Arena arena) {
    float[] values = new float[Math.multiplyExact(limit, rows.dim())];
    for (int ordinal = 0; ordinal < limit; ordinal++) {
      rows.copyRow(ordinal, values, ordinal * rows.dim());
    }
    return Embeddings.copyOf(values, rows.dim(), arena);
  }

  private void open(SearchSet set, BuildCache builds, Map<String, Engine> opened)
      throws IOException {
    for (String name : engines) {
      EngineKind.Building building =
          new EngineKind.Building(m, efConstruction, threads, rebuild.contains(name));
      Optional<Engine> engine = EngineKind.of(name).open(set, building, builds, this::note);
      if (engine.isPresent()) {
        opened.put(name, engine.get());
        note(
            String.format(
                Locale.ROOT,
                "%s: built in %.1f s (%.1f s of processor time), %.0f bytes a vector",
                name,
                engine.get().buildTime().seconds(),
                engine.get().buildTime().cpuSeconds(),
                (double) engine.get().bytes() / set.base().size()));
      }
    }
  }

  private void measure(SearchSet set, Map<String, Engine> opened, JsonLines json)
      throws IOException {
    Rounds measured = new Rounds(set, k, rounds);
    for (Map.Entry<String, Engine> entry : opened.entrySet()) {
      note(entry.getKey() + ": warming up, checking answers");
      measured.add(entry.getKey(), entry.getValue(), efs);
    }
    List<Point> points = measured.measure();
    points.forEach(point -> json.write(point.toJson()));
    Map<String, Object> last = new LinkedHashMap<>();
    last.put("qpsAtRecall", atRecalls(points, Point::qps));
    last.put("cpuQpsAtRecall", atRecalls(points, Point::cpuQps));
    json.write(last);
    if (plot != null) {
      Files.writeString(plot, new RecallPlot(title(set), k, points).svg());
    }
  }

  private String title(SearchSet set) {
    String name = synthetic != null ? "generated items" : base.getFileName().toString();
    return String.format(
        Locale.ROOT,
        "%s: %,d vectors of dim %d, %s, one search thread",
        name,
        set.base().size(),
        set.dim(),
        metric.name().toLowerCase(Locale.ROOT));
  }

  private static Map<String, Object> buildLine(String name, Engine engine, SearchSet set) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("engine", name);
    line.put("buildSeconds", Point.rounded(engine.buildTime().seconds(), 100));
    line.put("buildCpuSeconds", Point.rounded(engine.buildTime().cpuSeconds(), 100));
    line.put("bytesPerVector", Point.rounded((double) engine.bytes() / set.base().size(), 10));
    return line;
  }

  /** For each engine the speed at each recall, null where its curve doesn't get there. */
  static Map<String, Object> atRecalls(List<Point> points, ToDoubleFunction<Point> qps) {
    Map<String, List<Point>> byEngine =
        points.stream()
            .collect(Collectors.groupingBy(Point::engine, LinkedHashMap::new, Collectors.toList()));
    Map<String, Object> all = new LinkedHashMap<>();
    byEngine.forEach(
        (engine, own) -> {
          Curve curve = new Curve(own, qps);
          Map<String, Object> speeds = new LinkedHashMap<>();
          for (double recall : RECALLS) {
            OptionalDouble speed = curve.qpsAt(recall);
            speeds.put(
                String.format(Locale.ROOT, "%.2f", recall),
                speed.isPresent() ? Point.rounded(speed.getAsDouble(), 10) : null);
          }
          all.put(engine, speeds);
        });
    return all;
  }
}
