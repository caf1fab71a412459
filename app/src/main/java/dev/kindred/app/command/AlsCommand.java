package dev.kindred.app.command;

import com.sun.management.ThreadMXBean;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.als.StrengthException;
import dev.kindred.engine.als.SyntheticInteractions;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.SplitFiles;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.PopularityScores;
import dev.kindred.engine.eval.Scores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.IdTable;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Peak;
import dev.kindred.simd.Simd;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * {@code kindred als}: one ALS on a split and its top-N metrics, or on synthetic data its speed.
 */
@Command(
    name = "als",
    description =
        "Factorise a split by implicit ALS and measure its top-N lists beside item popularity,"
            + " or measure speed on synthetic data.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred als --train train.txt.gz --test test.txt.gz -k 20 --json",
      "  kindred als --train train.csv --test test.csv --convention spark --alpha 40",
      "  kindred als --synthetic 100000x50000x10000000 --rank 64 --iterations 3 --json"
    })
final class AlsCommand extends KindredCommand {
  private static final String USERS_KVEC = "users.kvec";
  private static final String USERS_KIDS = "users.kids";
  private static final String ITEMS_KVEC = "items.kvec";
  private static final String ITEMS_KIDS = "items.kids";
  private static final List<String> SAVED = List.of(USERS_KVEC, USERS_KIDS, ITEMS_KVEC, ITEMS_KIDS);

  private static final int PEAK_MILLIS = 300;
  private static final int PEAK_RUNS = 4000;
  private static final int LEAST_WARM_UP_ROUNDS = 3;

  /** Rounds of the warm-up whose bytes differ by less allocate alike. */
  private static final long SETTLED_BYTES = 100_000;

  private static final long WARM_UP_NANOS = 30_000_000_000L;

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  @Option(
      names = "--train",
      paramLabel = "FILE",
      description = "Pairs to learn from: 'user item item ...' lines or user,item[,value] CSV.")
  private Path train;

  @Option(names = "--test", paramLabel = "FILE", description = "Pairs to find, same format.")
  private Path test;

  @Option(
      names = "--synthetic",
      paramLabel = "UxIxN",
      description = "Instead of a split: users x items x interactions, to measure speed.")
  private String synthetic;

  @Option(
      names = "-k",
      paramLabel = "N",
      defaultValue = "20",
      description = "Length of the lists (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--paper",
      paramLabel = "OBJECTIVE",
      description = "Start from published settings: click, time, like, share or dislike.")
  private String paper;

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description =
          "Write factors and ids to users.kvec, users.kids, items.kvec and items.kids there.")
  private Path save;

  @Mixin private AlsOptionsGroup group;

  @Override
  protected void run() throws IOException {
    AlsOptions options =
        options(
            () ->
                group.over(
                    paper == null ? AlsOptions.defaults() : AlsOptions.paper(paper), seed()));
    if (k < 1) {
      throw usage("-k is " + k + ", must be at least 1");
    }
    if ((synthetic == null) == (train == null && test == null)) {
      throw usage("give --train and --test, or --synthetic");
    }
    if (synthetic == null && (train == null || test == null)) {
      throw usage("--train and --test go together");
    }
    if (synthetic != null && save != null) {
      throw usage("--save keeps what a split taught; synthetic data teaches nothing");
    }
    try (Workers workers = Workers.of(threads())) {
      if (synthetic == null) {
        rate(options, workers);
      } else {
        time(options, workers);
      }
    }
  }

  private void rate(AlsOptions options, Workers workers) throws IOException {
    Ids users = new Ids();
    Ids items = new Ids();
    if (save != null) {
      RunFiles files = new RunFiles().reads("--train", train).reads("--test", test);
      SAVED.forEach(name -> files.writes("--save", save.resolve(name)));
      files.requireApart(this);
      Destination.directoryOfFiles(save); // before the work: a place that can't be had shows now
    }
    SplitFiles.Split split =
        TestPart.toFind(
            SplitFiles.read(train, test, users, items, group.duplicates(), this::note),
            train,
            test,
            this::note);
    List<Map<String, Object>> results = new ArrayList<>();
    Scores popularity = new PopularityScores(split.train());
    results.add(report("popularity", popularity, split, workers));
    write(results.getLast());
    long start = System.nanoTime();
    AlsModel model;
    try {
      model = ImplicitAls.train(split.train(), options, workers, progress());
    } catch (StrengthException e) {
      throw NamedStrength.of(e, train, users, items);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    TestPart.noteZeros(model, this::note);
    if (save != null) {
      Destination.directoryOfFiles(save).fill(() -> save(model, users, items));
    }
    Scores factors = new FactorScores(model.userFactors(), model.itemFactors(), model.rank());
    Map<String, Object> result = report("als", factors, split, workers);
    result.put("trainSeconds", rounded(seconds));
    result.put("rank", model.rank());
    result.put("iterations", model.objectivePerSweep().length);
    result.put("loss", model.objectivePerSweep()[model.objectivePerSweep().length - 1]);
    result.put("modelHash", model.hash());
    results.add(result);
    write(result);
    if (!json()) {
      TextTable table =
          new TextTable("model", ">recall@" + k, ">ndcg@" + k, ">hr@" + k, ">seconds");
      for (Map<String, Object> row : results) {
        table.row(
            row.get("model"),
            number(row.get("recall@" + k)),
            number(row.get("ndcg@" + k)),
            number(row.get("hr@" + k)),
            row.get("trainSeconds"));
      }
      table.print(out());
    }
  }

  private void save(AlsModel model, Ids users, Ids items) throws IOException {
    Files.createDirectories(save);
    EmbeddingFile.write(save.resolve(USERS_KVEC), model.userFactors(), model.rank());
    IdTable.write(save.resolve(USERS_KIDS), users.size(), users::idOf);
    EmbeddingFile.write(save.resolve(ITEMS_KVEC), model.itemFactors(), model.rank());
    IdTable.write(save.resolve(ITEMS_KIDS), items.size(), items::idOf);
    note("factors and ids are in " + save);
  }

  private Map<String, Object> report(
      String name, Scores scores, SplitFiles.Split split, Workers workers) {
    TopNEvaluator.Report report =
        TopNEvaluator.evaluate(scores, split.train(), split.test(), k, workers, progress());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", name);
    result.put("recall@" + k, report.recall());
    result.put("ndcg@" + k, report.ndcg());
    result.put("hr@" + k, report.hitRate());
    TestPart.Counts.of(split).addTo(result);
    return result;
  }

  /**
   * Times training by the CPU time of the process, so that other load on the machine is left out.
   */
  private void time(AlsOptions options, Workers workers) throws IOException {
    long[] sizes = sizes();
    long seed = options.seed();
    warmUp((int) Math.min(sizes[0], 4000), (int) Math.min(sizes[1], 3000), options, workers);
    double peak = Peak.gflops(PEAK_MILLIS);
    long heapBefore = THREADS.getTotalThreadAllocatedBytes();
    Interactions data =
        SyntheticInteractions.generate((int) sizes[0], (int) sizes[1], sizes[2], seed);
    IterationClock clock = new IterationClock(progress());
    long start = System.nanoTime();
    AlsModel model = ImplicitAls.train(data, options, workers, clock);
    double seconds = (System.nanoTime() - start) / 1e9;
    // A bound: all that was allocated, as if nothing had been freed, or all that the heap may hold.
    long heap =
        Math.min(
            THREADS.getTotalThreadAllocatedBytes() - heapBefore, Runtime.getRuntime().maxMemory());
    long peakBytes = 2 * data.bytes() + heap;
    double cpuSeconds = clock.cpuSeconds();
    // Again, for the compiler may not have been done with it the first time: the higher one counts.
    peak = Math.max(peak, Peak.gflops(PEAK_MILLIS));
    // By processor time, as training is measured: what other load slows, it slows in both.
    Peak.work(PEAK_RUNS);
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    double peakByCpu =
        Peak.work(PEAK_RUNS) / Math.max(1, THREADS.getCurrentThreadCpuTime() - cpuBefore);
    double iterations = model.objectivePerSweep().length;
    // Processor time comes in steps, of 10 ms on Linux; what takes less is timed by the clock.
    double busySeconds = cpuSeconds > 0 ? cpuSeconds : seconds;
    double gflops = iterations * flops(data, options.rank()) / busySeconds / 1e9;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("users", data.rows());
    result.put("items", data.columns());
    result.put("interactions", data.size());
    result.put("rank", options.rank());
    result.put("solver", ConstantName.of(options.solver()));
    result.put("solverUsed", ConstantName.of(options.solver().forRank(options.rank())));
    result.put("iterations", (int) iterations);
    result.put("trainSeconds", rounded(seconds));
    result.put("cpuSeconds", rounded(cpuSeconds));
    result.put("bestIterationCpuSeconds", rounded(clock.best()));
    result.put("medianIterationCpuSeconds", rounded(clock.median()));
    result.put("interactionsPerSecondPerCore", Math.round(iterations * data.size() / busySeconds));
    result.put("gflops", rounded(gflops));
    result.put("peakGflops", rounded(peak));
    result.put("fraction", rounded(gflops / peak));
    result.put("peakGflopsByCpu", rounded(peakByCpu));
    result.put("fractionByCpu", rounded(gflops / peakByCpu));
    result.put("kernels", Simd.description());
    // The matrix and its transpose, and the factors.
    long bytes = 2 * data.bytes() + 4L * (model.userFactors().length + model.itemFactors().length);
    result.put("dataAndFactorBytes", bytes);
    result.put("peakBytes", peakBytes);
    result.put("peakToDataAndFactors", rounded((double) peakBytes / bytes));
    result.put("loss", model.objectivePerSweep()[(int) iterations - 1]);
    result.put("modelHash", model.hash());
    if (json()) {
      jsonLines().write(result);
    } else {
      TextTable table = new TextTable("measure", "value");
      result.forEach(table::row);
      table.print(out());
    }
  }

  /**
   * Trains on a small matrix of the same kind until two rounds allocate alike: vectors of a kernel
   * that isn't compiled are objects, fewer in each round, which would count as memory of the
   * training timed next.
   */
  private static void warmUp(int users, int items, AlsOptions options, Workers workers) {
    Interactions small =
        SyntheticInteractions.generate(
            users, items, Math.min((long) users * items / 4, 400_000), options.seed());
    long end = System.nanoTime() + WARM_UP_NANOS;
    long least = Long.MAX_VALUE;
    boolean settled = false;
    for (int round = 0;
        round < LEAST_WARM_UP_ROUNDS || !settled && System.nanoTime() < end;
        round++) {
      long before = THREADS.getTotalThreadAllocatedBytes();
      ImplicitAls.train(small, options.withIterations(3), workers, Progress.none());
      long bytes = THREADS.getTotalThreadAllocatedBytes() - before;
      settled = Math.abs(bytes - least) < SETTLED_BYTES;
      least = Math.min(least, bytes);
    }
  }

  /**
   * Useful operations of one exact iteration: the lower triangles of all outer products and, for
   * every row, a Cholesky factorisation and two triangular solves. Nominal: every row counts as
   * solved at full rank, those too that are solved by a smaller system of their own length, and
   * whatever the solver; so the rate compares runs and is no measure of the units' work.
   */
  private static double flops(Interactions data, double d) {
    double rows = (double) data.rows() + data.columns();
    return 2.0 * data.size() * d * (d + 1) + rows * (d * d * d / 3 + 2 * d * d);
  }

  private long[] sizes() {
    String[] parts = synthetic.split("x", -1);
    if (parts.length != 3) {
      throw badSizes("has " + parts.length + " numbers, must have three");
    }
    long users = size("users", parts[0], Integer.MAX_VALUE);
    long items = size("items", parts[1], Integer.MAX_VALUE);
    long most = users * items / 2;
    if (most == 0) {
      throw badSizes("has 1 pair of user and item, must have at least 2");
    }
    return new long[] {users, items, size("interactions", parts[2], most)};
  }

  private long size(String name, String text, long most) {
    String range =
        ", must be 1 to " + most + (most == Integer.MAX_VALUE ? "" : ", half of all pairs");
    try {
      long size = Long.parseLong(text);
      if (size >= 1 && size <= most) {
        return size;
      }
    } catch (NumberFormatException e) {
      // No number, or one of more digits than a long has: it is shown as it stands.
    }
    throw badSizes("has '" + text + "' " + name + range);
  }

  private ParameterException badSizes(String fault) {
    return usage(
        "--synthetic is '" + synthetic + "': " + fault + "; it is like 100000x50000x10000000");
  }

  private void write(Map<String, Object> result) {
    if (json()) {
      jsonLines().write(result);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static String number(Object value) {
    return String.format(Locale.ROOT, "%.5f", (double) value);
  }
}
