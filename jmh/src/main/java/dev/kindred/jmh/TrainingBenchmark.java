package dev.kindred.jmh;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.mmoe.Mmoe;
import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Peak;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Training examples per second, one thread, batch 512: one epoch of a two-tower network (256, 128)
 * and of a multi-task one (8 experts 256-128, 5 towers of 64), eight fields a side that look up
 * 100,000 embeddings of 32 values in all. Beside them stands the ceiling, the peak of the machine
 * measured in the same run divided by the operations of the matrix products of an example, and the
 * best rate per second of the thread's processor time, which other programs disturb less.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 4, time = 1)
public class TrainingBenchmark {
  private static final int BATCH = 512;
  private static final int FIELDS = 8;
  private static final int VALUES = 12_500;
  private static final int INPUT = FIELDS * 32;
  private static final int ROWS = 2_500;
  private static final int POSITIVES = 50_000;
  private static final int EXAMPLES = 20_480;

  /** Forward, gradient by the input, gradient by the weights: three products of equal size. */
  private static final double TOWER_FLOPS = 3 * 2.0 * (2 * (INPUT * 256 + 256 * 128) + BATCH * 128);

  private static final double MMOE_FLOPS =
      3 * 2.0 * (8 * (INPUT * 256 + 256 * 128) + 5 * (INPUT * 8 + 8 * 128 + 128 * 64 + 64));

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private double bestTowerRate;
  private double bestMultiTaskRate;
  private Workers workers;
  private Interactions positives;
  private FeatureTable users;
  private FeatureTable items;
  private FeatureTable examples;
  private TaskLabels labels;
  private int[] all;

  @Setup
  public void makeData() {
    workers = Workers.of(1);
    Draws draws = Draws.of(1, "training");
    users = table(ROWS, draws);
    items = table(ROWS, draws);
    positives =
        Interactions.of(
            ROWS,
            ROWS,
            sink -> {
              Draws pairs = Draws.of(1, "pairs");
              for (int i = 0; i < POSITIVES; i++) {
                int user = i % ROWS;
                sink.add(user, (int) ((i / ROWS * 125L + pairs.nextInt(120)) % ROWS), 1);
              }
            },
            Duplicates.SUM);
    examples = table(EXAMPLES, draws);
    List<Task> tasks = new ArrayList<>();
    float[][] each = new float[5][EXAMPLES];
    for (int t = 0; t < each.length; t++) {
      tasks.add(Task.binary("task " + t));
      for (int row = 0; row < EXAMPLES; row++) {
        each[t][row] = draws.nextInt(10) <= t ? 1 : 0;
      }
    }
    labels = TaskLabels.of(tasks, each);
    all = IntStream.range(0, EXAMPLES).toArray();
  }

  private static FeatureTable table(int rows, Draws draws) {
    FeatureTable.Builder builder = FeatureTable.builder(rows);
    for (int f = 0; f < FIELDS; f++) {
      int[] values = IntStream.generate(() -> draws.nextInt(VALUES)).limit(rows).toArray();
      builder.single(Feature.categorical("field" + f, VALUES), values);
    }
    return builder.build();
  }

  /** Printed after the figures, so that both are of one run. */
  @TearDown
  public void printCeiling() {
    workers.close();
    double peak = Peak.gflops(4000);
    System.out.printf(
        "%npeak %.0f GFLOP/s: at most %,.0f two-tower and %,.0f multi-task examples/s%n"
            + "per second of processor time: %,.0f two-tower, %,.0f multi-task examples%n",
        peak, peak * 1e9 / TOWER_FLOPS, peak * 1e9 / MMOE_FLOPS, bestTowerRate, bestMultiTaskRate);
  }

  @Benchmark
  @OperationsPerInvocation(POSITIVES)
  public double twoTower() {
    TowerOptions options =
        TowerOptions.defaults()
            .withHidden(List.of(256))
            .withDim(128)
            .withSkip(false)
            .withHistory(0)
            .withBatch(BATCH)
            .withEpochs(1)
            .withPatience(0);
    long start = threads.getCurrentThreadCpuTime();
    double loss =
        TwoTower.train(positives, users, items, options, workers, Progress.none()).losses()[0];
    long nanos = threads.getCurrentThreadCpuTime() - start;
    bestTowerRate = Math.max(bestTowerRate, POSITIVES * 1e9 / nanos);
    return loss;
  }

  @Benchmark
  @OperationsPerInvocation(EXAMPLES)
  public double multiTask() {
    MmoeOptions options =
        MmoeOptions.defaults()
            .withExperts(8)
            .withHidden(List.of(256, 128))
            .withTowerHidden(List.of(64))
            .withEmbeddingDim(32)
            .withBatch(BATCH)
            .withEpochs(1)
            .withPatience(0);
    long start = threads.getCurrentThreadCpuTime();
    double loss =
        Mmoe.train(
                examples,
                Optional.empty(),
                labels,
                all,
                new int[0],
                options,
                workers,
                Progress.none())
            .losses()[0];
    long nanos = threads.getCurrentThreadCpuTime() - start;
    bestMultiTaskRate = Math.max(bestMultiTaskRate, EXAMPLES * 1e9 / nanos);
    return loss;
  }
}
