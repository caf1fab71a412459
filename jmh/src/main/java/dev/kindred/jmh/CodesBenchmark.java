package dev.kindred.jmh;

import dev.kindred.simd.Codes;
import dev.kindred.simd.SignCodes;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a search by codes does with one node: 17 rows of codes, and a block of 32 links. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CodesBenchmark {
  private static final int BATCH = 17;
  private static final int LINKS = 32;

  @Param({"64", "128"})
  public int d;

  /** 500 rows lie in the caches; a million are read from memory. */
  @Param({"500", "1000000"})
  public int rows;

  private Arena arena;
  private MemorySegment codes;
  private MemorySegment blocks;
  private long blockBytes;
  private short[] query;
  private byte[] tables;
  private int[] ordinals;
  private int[] sums;
  private Random random;

  @Setup(Level.Trial)
  public void prepare() {
    random = new Random(1);
    arena = Arena.ofConfined();
    codes = arena.allocate((long) rows * d, 64);
    for (long at = 0; at < codes.byteSize(); at++) {
      codes.set(ValueLayout.JAVA_BYTE, at, (byte) (at * 31 % 15));
    }
    blockBytes = SignCodes.blockBytes(LINKS, d / SignCodes.PIECE);
    blocks = arena.allocate(rows * blockBytes, 64);
    query = new short[d];
    for (int i = 0; i < d; i++) {
      query[i] = (short) (i % 9);
    }
    tables = new byte[SignCodes.tableBytes(d / SignCodes.PIECE)];
    random.nextBytes(tables);
    ordinals = new int[BATCH];
    sums = new int[BATCH];
  }

  @TearDown(Level.Trial)
  public void close() {
    arena.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int[] row() {
    for (int i = 0; i < BATCH; i++) {
      ordinals[i] = random.nextInt(rows);
    }
    Codes.dotRows(query, codes, d, ordinals, 0, BATCH, d, sums);
    return sums;
  }

  @Benchmark
  public long block() {
    long offset = random.nextInt(rows) * blockBytes;
    return SignCodes.passing(blocks, offset, LINKS, d / SignCodes.PIECE, tables, 1, 0, 0.5f);
  }
}
