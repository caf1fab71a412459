package dev.kindred.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Activations;
import dev.kindred.simd.BatchedCholesky;
import dev.kindred.simd.Cholesky;
import dev.kindred.simd.Codes;
import dev.kindred.simd.CompactMatrix;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.HalfFloats;
import dev.kindred.simd.Mixtures;
import dev.kindred.simd.PackedMatrix;
import dev.kindred.simd.PackedRows;
import dev.kindred.simd.Panels;
import dev.kindred.simd.ScaledBytes;
import dev.kindred.simd.SignCodes;
import dev.kindred.simd.Simd;
import dev.kindred.simd.SymmetricUpdate;
import dev.kindred.simd.TiledPanels;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A vector that the compiler can't keep in a register becomes an object, and its kernel twenty
 * times slower. So: once compiled, no kernel allocates, whatever ran before it in the same JVM.
 *
 * <p>What C2 inlines first depends on when its threads get to it, and in one JVM of forty that
 * leaves an object behind in a kernel that is sound. The promise is about the code: a kernel fails
 * if it allocates here and in two fresh JVMs as well.
 */
final class KernelAllocationTest {
  private static final int CALLS = 50;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void compiledKernelsAllocateNothing() throws IOException, InterruptedException {
    Set<String> suspects = allocating();
    for (int fresh = 0; fresh < 2 && !suspects.isEmpty(); fresh++) {
      suspects.retainAll(allocatingInAFreshJvm());
    }
    assertEquals(Set.of(), suspects);
  }

  /** Prints the kernels that allocate, a line each: how the test asks a fresh JVM. */
  public static void main(String[] args) {
    new KernelAllocationTest().allocating().forEach(System.out::println);
  }

  private static Set<String> allocatingInAFreshJvm() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KernelAllocationTest.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      Set<String> names = lines.lines().collect(Collectors.toSet());
      assertEquals(0, process.waitFor());
      return names;
    }
  }

  /** Names of the kernels that still allocate when patience ends. */
  private Set<String> allocating() {
    Set<String> names = new TreeSet<>();
    try (Arena arena = Arena.ofConfined()) {
      Map<String, Runnable> kernels = kernels(arena);
      // Twice, so that the first kernels run again beside the profiles of the last.
      for (int round = 0; round < 2; round++) {
        kernels.forEach(
            (name, kernel) -> {
              if (!names.contains(name) && bytesOnceCompiled(kernel) > 0) {
                names.add(name);
              }
            });
      }
    }
    return names;
  }

  /** Fewest bytes that a batch of calls allocated; stops at the first that allocated nothing. */
  private long bytesOnceCompiled(Runnable kernel) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    while (least > 0 && System.nanoTime() < end) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        kernel.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static Map<String, Runnable> kernels(Arena arena) {
    Map<String, Runnable> kernels = new LinkedHashMap<>();
    float[] x = Inputs.values(1, 100);
    float[] y = Inputs.values(2, 100);
    kernels.put("dot", () -> Distances.dot(x, 0, y, 0, 100));
    kernels.put("squaredL2", () -> Distances.squaredL2(x, 0, y, 0, 100));
    kernels.put("cosine", () -> Distances.cosine(x, 0, y, 0, 100));
    kernels.put("normalize", () -> Distances.normalize(x, 0, 100));
    kernels.put("axpy", () -> Distances.axpy(0.001f, x, 0, y, 0, 100));

    MemorySegment rows = arena.allocate(20 * 400, 64);
    int[] ordinals = {3, 1, 4, 15, 9, 2, 6};
    float[] scores = new float[20];
    kernels.put("dot of segment", () -> Distances.dot(x, 0, rows, 400, 100));
    kernels.put("dotRows", () -> Distances.dotRows(x, 0, rows, 400, ordinals, 0, 7, 100, scores));
    kernels.put(
        "squaredL2Rows",
        () -> Distances.squaredL2Rows(x, 0, rows, 400, ordinals, 0, 7, 100, scores));
    // Rows of other lengths: each opens another way through the same code.
    kernels.put(
        "dotRows of 64", () -> Distances.dotRows(x, 0, rows, 400, ordinals, 0, 7, 64, scores));
    kernels.put(
        "dotRows of 21", () -> Distances.dotRows(x, 0, rows, 400, ordinals, 0, 7, 21, scores));
    kernels.put(
        "squaredL2Rows of 53",
        () -> Distances.squaredL2Rows(x, 0, rows, 400, ordinals, 0, 7, 53, scores));
    kernels.put("dotRange", () -> Distances.dotRange(x, 0, rows, 400, 0, 20, 100, scores, 0));

    short[] codedQuery = new short[128];
    int[] sums = new int[20];
    kernels.put("codes", () -> Codes.dotRows(codedQuery, rows, 128, ordinals, 0, 7, 128, sums));

    byte[] tables = new byte[SignCodes.tableBytes(14)];
    kernels.put("signs", () -> SignCodes.passing(rows, 64, 32, 14, tables, 1, 0, 0));

    // 70 columns: wide panels, a narrow one, and some left.
    float[] a = Inputs.values(3, 23 * 40);
    float[] c = new float[23 * 70];
    float[] bias = new float[70];
    float[] gradient = new float[40 * 70];
    PackedMatrix b = PackedMatrix.pack(Inputs.values(4, 40 * 70), 0, 40, 70);
    kernels.put("layer", () -> Gemm.multiplyBias(a, 0, 40, 23, b, c, 0, 70, bias, Activation.RELU));
    kernels.put("product", () -> Gemm.multiply(a, 0, 40, 23, b, c, 0, 70));
    PackedMatrix few = PackedMatrix.pack(Inputs.values(4, 40 * 48), 0, 40, 48);
    kernels.put("product of few columns", () -> Gemm.multiply(a, 0, 40, 23, few, c, 0, 70));
    PackedRows packed = new PackedRows(23, 40);
    kernels.put("rows to pack", () -> packed.pack(a, 0, 40, 23));
    packed.pack(a, 0, 40, 23);
    kernels.put(
        "layer of packed rows",
        () -> Gemm.multiplyBias(packed, b, c, 0, 70, bias, Activation.RELU));
    kernels.put(
        "layer of one row",
        () -> Gemm.multiplyBias(a, 0, 40, 1, b, c, 0, 70, bias, Activation.NONE));
    int wide = 2 * CompactMatrix.columnStep();
    CompactMatrix compact = CompactMatrix.pack(Inputs.values(4, 40 * wide), 0, 40, wide);
    float[] wideBias = new float[wide];
    float[] wideRow = new float[wide];
    kernels.put(
        "layer of one row, compact",
        () -> compact.multiplyBias(a, 0, wideRow, 0, wideBias, Activation.RELU));
    kernels.put(
        "gradient",
        () -> Gemm.multiplyTransposedAdd(a, 0, 40, c, 0, 70, 23, 40, 70, gradient, 0, 70));

    float[] mixed = new float[3 * 140];
    float[] experts = Inputs.values(8, 4 * 140);
    kernels.put(
        "mixture of four",
        () -> Mixtures.mix(experts, 0, 0, 1, 4, 140, x, 0, 3, mixed, 0, 140, 140));
    float[] eightExperts = Inputs.values(8, 2 * 8 * 64);
    float[] shares = Inputs.values(9, 2 * 3 * 8);
    kernels.put(
        "mixture of eight",
        () -> Mixtures.mix(eightExperts, 0, 512, 2, 8, 64, shares, 0, 3, mixed, 0, 64, 128));
    kernels.put(
        "mixture of five",
        () -> Mixtures.mix(eightExperts, 0, 512, 2, 5, 64, shares, 0, 3, mixed, 0, 64, 128));
    kernels.put(
        "layer of halves",
        () -> HalfFloats.add(experts, 0, rows, 16, 140, mixed, 0, Activation.RELU));
    kernels.put(
        "layer of bytes",
        () ->
            ScaledBytes.addRows(
                experts,
                0,
                140,
                experts,
                1,
                rows,
                16,
                128,
                ordinals,
                0,
                3,
                139,
                mixed,
                0,
                140,
                Activation.RELU));

    kernels.put(
        "layer of many bytes",
        () ->
            ScaledBytes.addRows(
                experts,
                0,
                0,
                experts,
                1,
                rows,
                16,
                128,
                ordinals,
                0,
                1,
                257,
                mixed,
                0,
                257,
                Activation.RELU));

    int eight = Math.max(4, Simd.bits() / Float.SIZE) * 8;
    float[] array = Inputs.values(9, 7 * eight);
    kernels.put(
        "dotRange of an array of eight vectors",
        () -> Distances.dotRange(array, 0, array, 0, eight, 7, eight, scores, 0));
    kernels.put(
        "dotRange of an array of two vectors",
        () -> Distances.dotRange(array, 0, array, 0, eight / 4, 7, eight / 4, scores, 0));
    float[] doubled = Inputs.values(9, 7 * 2 * eight);
    kernels.put(
        "dotRange of an array of sixteen vectors",
        () -> Distances.dotRange(doubled, 0, doubled, 0, 2 * eight, 7, 2 * eight, scores, 0));
    kernels.put(
        "dotRange of an array of whole vectors",
        () -> Distances.dotRange(x, 0, experts, 0, 64, 8, 64, scores, 0));
    kernels.put(
        "dotRange of an array", () -> Distances.dotRange(array, 0, array, 0, 30, 7, 30, scores, 0));

    float[] padded = Inputs.values(9, 128);
    kernels.put(
        "dotRows of halves",
        () -> HalfFloats.dotRows(padded, rows, 256, ordinals, 0, 7, 128, scores));
    kernels.put(
        "squaredL2Rows of halves",
        () -> HalfFloats.squaredL2Rows(padded, rows, 256, ordinals, 0, 7, 128, scores));
    kernels.put(
        "dotRange of halves", () -> HalfFloats.dotRange(padded, rows, 256, 0, 19, 64, scores));
    kernels.put("decoded halves", () -> HalfFloats.decode(rows, 16, 100, mixed, 0));

    float[] panel = Inputs.values(5, 20 * 70);
    float[] weights = Inputs.values(6, 20);
    float[] normal = new float[70 * 70];
    double[] gramian = new double[70 * 70];
    kernels.put(
        "weighted update", () -> SymmetricUpdate.accumulate(panel, 20, 70, weights, 0, normal, 70));
    kernels.put("update", () -> SymmetricUpdate.accumulate(panel, 20, 64, normal, 64));
    kernels.put("gramian", () -> SymmetricUpdate.gramian(panel, 0, 20, 70, gramian));

    float[] gathered = new float[20 * 80];
    float[] sum = new float[80];
    kernels.put(
        "gather",
        () -> Panels.gather(panel, 70, 0, 70, ordinals, 0, 7, weights, 0, gathered, 0, 80));
    kernels.put("weighted sum", () -> Panels.addWeighted(gathered, 0, 80, 7, weights, 0, sum));
    kernels.put("weighted squares", () -> Panels.addSquares(gathered, 0, 80, 7, weights, 0, sum));
    kernels.put(
        "gather to tiles",
        () -> TiledPanels.gather(panel, 70, ordinals, 0, 7, weights, 0, gathered, 20));
    kernels.put(
        "weighted sum of tiles",
        () -> TiledPanels.addWeighted(gathered, 20, 7, 80, weights, 0, sum));
    kernels.put(
        "update from tiles", () -> TiledPanels.accumulate(gathered, 20, 7, 64, normal, 0, 64));

    float[] turned = new float[80 * 16];
    kernels.put("turned tiles", () -> TiledPanels.turn(gathered, 20, 11, 64, panel, turned, 80));

    float[] identity = new float[70 * 70];
    float[] factor = new float[70 * 70];
    float[] solution = Inputs.values(7, 70);
    for (int i = 0; i < 70; i++) {
      identity[i * 70 + i] = 1;
    }
    kernels.put(
        "factor",
        () -> {
          System.arraycopy(identity, 0, factor, 0, factor.length);
          Cholesky.factor(factor, 70, 70);
        });
    kernels.put("solve", () -> Cholesky.solve(identity, 70, 70, solution, 0));

    int systems = BatchedCholesky.systems();
    float[] matrices = new float[systems * 64 * 64];
    float[] batch = new float[BatchedCholesky.floats(64)];
    float[] diagonal = Inputs.values(8, 64);
    float[] shifts = new float[systems];
    float[] inverses = new float[64 * systems];
    float[] sides = new float[64 * systems];
    Arrays.fill(shifts, 100);
    kernels.put(
        "batch of systems",
        () -> {
          BatchedCholesky.interleave(matrices, 64 * 64, 64, 64, batch);
          BatchedCholesky.addToDiagonals(batch, 64, diagonal, shifts);
          BatchedCholesky.factor(batch, 64, inverses);
          BatchedCholesky.pivotRatios(inverses, 64, shifts);
          BatchedCholesky.solve(batch, 64, inverses, sides);
          Arrays.fill(shifts, 100);
        });

    float[] z = new float[100];
    kernels.put("exp", () -> Activations.exp(x, 0, z, 0, 100));
    kernels.put("sigmoid of a few", () -> Activations.sigmoid(x, 0, z, 0, 5));
    kernels.put("softmax of a few", () -> Activations.softmax(x, 0, z, 0, 8));
    kernels.put("exp of a few", () -> Activations.exp(x, 0, z, 0, 3));
    kernels.put("sigmoid", () -> Activations.sigmoid(x, 0, z, 0, 100));
    kernels.put("softmax", () -> Activations.softmax(x, 0, z, 0, 100));
    kernels.put("relu", () -> Activations.relu(x, 0, z, 0, 100));
    return kernels;
  }
}
