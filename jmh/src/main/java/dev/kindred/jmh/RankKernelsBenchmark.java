package dev.kindred.jmh;

import dev.kindred.simd.Activation;
import dev.kindred.simd.CacheLines;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Mixtures;
import dev.kindred.simd.ScaledBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * What ranking does with a candidate beside dense layers, per candidate of 48: the small ranker's
 * shapes, and rows of 64 floats at random in 256 MB.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class RankKernelsBenchmark {
  private static final int CANDIDATES = 48;
  private static final int TASKS = 5;
  private static final int EXPERTS = 4;
  private static final int WIDTH = 32;

  /** Values stored of an item: the experts' and the gates'. */
  private static final int STORED = EXPERTS * WIDTH + TASKS * EXPERTS;

  private static final int STORED_STRIDE = 192;
  private static final int STORED_ROWS = 256;
  private static final int LD = 176;
  private static final int TOWER = 16;
  private static final int DIM = 64;
  private static final long ROW_BYTES = DIM * Float.BYTES;
  private static final int ROWS = 1 << 20;

  /** A multiple of the candidates; rows drawn so often come from memory each time. */
  private static final int DRAWN = CANDIDATES << 10;

  private final float[] outputs = Inputs.values(1, CANDIDATES * LD);
  private final float[] scales = Inputs.values(2, STORED);
  private final float[] shares = Inputs.values(3, CANDIDATES * TASKS * EXPERTS);
  private final float[] mixed = new float[TASKS * CANDIDATES * WIDTH];
  private final float[] hidden = Inputs.values(4, CANDIDATES * TOWER);
  private final float[] query = Inputs.values(5, DIM);
  private final float[] sums = new float[CANDIDATES * LD];
  private final float[] scores = new float[DRAWN];
  private final int[] ordinals = new int[DRAWN];
  private final int[] storedOrdinals = new int[DRAWN];
  private int at;
  private Arena arena;
  private MemorySegment stored;
  private MemorySegment rows;

  @Setup(Level.Trial)
  public void prepare() {
    arena = Arena.ofConfined();
    Random random = new Random(1);
    for (int i = 0; i < DRAWN; i++) {
      ordinals[i] = random.nextInt(ROWS);
      storedOrdinals[i] = random.nextInt(STORED_ROWS);
    }
    stored = arena.allocate(STORED_ROWS * STORED_STRIDE, 64);
    for (long at = 0; at < stored.byteSize(); at++) {
      stored.set(ValueLayout.JAVA_BYTE, at, (byte) (31 * at));
    }
    rows = arena.allocate(ROWS * ROW_BYTES, 64);
    for (long at = 0; at < rows.byteSize(); at += Float.BYTES) {
      rows.set(ValueLayout.JAVA_FLOAT, at, at % 7);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    arena.close();
  }

  /** Where the next candidates begin. */
  private int next() {
    at = at + CANDIDATES == DRAWN ? 0 : at + CANDIDATES;
    return at;
  }

  /** Stored bytes of an item added to what its pair gave: of the experts, the gates. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public float[] storedBytes() {
    int from = next();
    add(from, 0, EXPERTS * WIDTH, Activation.RELU);
    add(from, EXPERTS * WIDTH, STORED - EXPERTS * WIDTH, Activation.NONE);
    return sums;
  }

  private void add(int from, int first, int count, Activation act) {
    ScaledBytes.addRows(
        outputs,
        first,
        LD,
        scales,
        first,
        stored,
        first,
        STORED_STRIDE,
        storedOrdinals,
        from,
        CANDIDATES,
        count,
        sums,
        first,
        LD,
        act);
  }

  /** The experts mixed for every task. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public float[] mixtures() {
    Mixtures.mix(
        outputs,
        0,
        LD,
        CANDIDATES,
        EXPERTS,
        WIDTH,
        shares,
        0,
        TASKS,
        mixed,
        0,
        WIDTH,
        CANDIDATES * WIDTH);
    return mixed;
  }

  /** The last layer of a task's tower. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public float[] lastLayer() {
    Distances.dotRange(query, 0, hidden, 0, TOWER, CANDIDATES, TOWER, scores, 0);
    return scores;
  }

  /** Cosines of rows that are in memory. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public float[] rows() {
    int from = next();
    int to = from + CANDIDATES;
    Distances.dotRows(query, 0, rows, ROW_BYTES, ordinals, from, to, DIM, scores);
    return scores;
  }

  /** The same, all their cache lines read before. */
  @Benchmark
  @OperationsPerInvocation(CANDIDATES)
  public int rowsTouched() {
    int from = next();
    int to = from + CANDIDATES;
    int touched = CacheLines.touch(rows, ROW_BYTES, ROW_BYTES, ordinals, from, to);
    Distances.dotRows(query, 0, rows, ROW_BYTES, ordinals, from, to, DIM, scores);
    return touched;
  }
}
