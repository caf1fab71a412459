package dev.kindred.jmh.onnx;

import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.ItemHalves;
import dev.kindred.engine.nn.serve.ItemPrecision;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.engine.nn.serve.TowerPair;
import dev.kindred.jmh.onnx.OnnxNetwork.Tensor;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Peak;
import dev.kindred.simd.Simd;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code jmh/compare networks [--json]}: Kindred's forward-only networks beside ONNX Runtime, same
 * weights, one thread each, in turns in one JVM.
 */
public final class Networks {
  private static final int ROUNDS = 31;
  private static final long WARM_UP_MILLIS = 6_000;

  /** Largest difference of an output, relative to the largest output of the case. */
  private static final double TOLERANCE = 1e-5;

  /** Beside the whole network, which rounds nothing that it keeps of an item. */
  private static final double HALVES_TOLERANCE = 2e-3;

  private static final double BYTES_TOLERANCE = 5e-3;

  private static final int USER_INPUTS = 128;
  private static final int ITEMS = 20_000;
  private static final int CANDIDATES = 500;

  /** Kindred ranks other items in each run; ONNX Runtime finds its inputs where they were. */
  private static final int CANDIDATE_SETS = 8;

  private static final int[][] DENSE = {
    {1, 256, 128}, {32, 256, 128}, {500, 64, 64}, {500, 256, 128}, {500, 256, 256}, {500, 512, 256}
  };

  private final Rounds rounds = new Rounds();
  private final List<OnnxNetwork> opened = new ArrayList<>();
  private final Mmoe mmoe = RandomNetworks.mmoe();
  private Path directory;

  private Networks() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean json = List.of(args).equals(List.of("--json"));
    if (!json && !List.of(args).equals(List.of("--table"))) {
      System.err.println("usage: jmh/compare networks [--json]");
      System.exit(2);
    }
    Locale.setDefault(Locale.ROOT);
    new Networks().run(json);
  }

  private void run(boolean json) throws IOException, InterruptedException {
    directory = Files.createTempDirectory("kindred-networks");
    try (Arena arena = Arena.ofShared()) {
      for (int[] shape : DENSE) {
        dense(shape[0], shape[1], shape[2]);
      }
      tower();
      cosines();
      for (int batch : new int[] {100, 500, 1000}) {
        mmoe(batch);
      }
      cached("mmoe-500-cached", SplitMmoe.DEFAULT_BYTES_PER_ITEM, arena);
      int everything = Short.BYTES * (8 * 256 + mmoe.gates().outputs());
      cached("mmoe-500-cached-halves", everything, arena);
      List<Rounds.Pair> pairs = rounds.run(ROUNDS, WARM_UP_MILLIS);
      double peak = Peak.gflops(500);
      if (!json) {
        System.out.printf(
            "Kindred (%s) beside ONNX Runtime %s, one thread, peak %.0f GFLOP/s%n",
            Simd.description(), OnnxNetwork.version(), peak);
        System.out.printf(
            "%-26s %10s %10s %6s %9s %9s%n",
            "case", "kindred us", "onnx us", "ratio", "GF/s", "GF/s");
      }
      pairs.forEach(pair -> print(pair, peak, json));
      coldStart(SplitMmoe.DEFAULT_BYTES_PER_ITEM);
    } finally {
      opened.forEach(OnnxNetwork::close);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** In a process of its own, with the flags of this one. */
  private void coldStart(int bytesPerItem) throws IOException, InterruptedException {
    Mlp item = RandomNetworks.mlp(60, Activation.NONE, true, 256, 128);
    NetworkFiles.write(directory.resolve(ColdStart.TOWERS), new TowerPair(userTower(), item));
    NetworkFiles.write(directory.resolve(ColdStart.RANKER), mmoe);
    Files.move(directory.resolve("mmoe-500-cached.khalf"), directory.resolve(ColdStart.HALVES));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ColdStart.class.getName(),
            directory.toString(),
            Integer.toString(USER_INPUTS),
            Integer.toString(bytesPerItem)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = process.inputReader()) {
      out.lines().forEach(System.out::println);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the process of cold-start ended with an error");
    }
  }

  private static void print(Rounds.Pair pair, double peak, boolean json) {
    double kindred = pair.kindredMicros();
    double onnx = pair.onnxMicros();
    StringBuilder line = new StringBuilder();
    String figures =
        json
            ? "{\"case\":\"%s\",\"kindredMicros\":%.2f,\"onnxMicros\":%.2f,\"ratio\":%.3f"
            : "%-27s %10.2f %10.2f %6.2f";
    line.append(figures.formatted(pair.name, kindred, onnx, pair.ratio()));
    if (pair.flops > 0) {
      String rates =
          json ? ",\"kindredGflops\":%.1f,\"onnxGflops\":%.1f,\"peakGflops\":%.1f" : " %9.1f %9.1f";
      line.append(rates.formatted(pair.flops / kindred / 1e3, pair.flops / onnx / 1e3, peak));
    }
    if (pair.bytesPerItem > 0) {
      String budget = json ? ",\"bytesPerItem\":%d" : " %d bytes an item";
      line.append(budget.formatted(pair.bytesPerItem));
    }
    if (json) {
      line.append(
          ",\"simdBits\":%d,\"onnxRuntime\":\"%s\"}".formatted(Simd.bits(), OnnxNetwork.version()));
    }
    System.out.println(line);
  }

  private OnnxNetwork onnx(
      OnnxModel model, Map<String, Tensor> inputs, String output, int... shape) {
    model.output(output, shape);
    OnnxNetwork network = new OnnxNetwork(model.bytes(), inputs, output, shape);
    opened.add(network);
    return network;
  }

  /** Runs both once, refuses differing answers, and puts them on the list. */
  private void add(
      String name, double flops, Runnable kindred, Supplier<float[]> answer, OnnxNetwork onnx) {
    add(name, flops, kindred, answer, onnx, TOLERANCE, 0);
  }

  private void add(
      String name,
      double flops,
      Runnable kindred,
      Supplier<float[]> answer,
      OnnxNetwork onnx,
      double tolerance,
      int bytesPerItem) {
    kindred.run();
    onnx.run();
    float[] expected = onnx.output();
    float[] actual = answer.get();
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i]) <= tolerance * largest)) {
        throw new IllegalStateException(
            "%s: output %d is %s with Kindred and %s with ONNX Runtime, the largest is %s"
                .formatted(name, i, actual[i], expected[i], largest));
      }
    }
    rounds.add(name, flops, bytesPerItem, kindred, onnx::run);
  }

  private void dense(int rows, int in, int out) {
    DenseLayer layer = RandomNetworks.layer(1, in, out, Activation.RELU);
    float[] x = RandomNetworks.values(2, rows * in, 1);
    float[] y = new float[rows * out];
    OnnxModel model = new OnnxModel();
    String output = OnnxGraphs.dense(model, model.input("x", rows, in), layer);
    OnnxNetwork onnx = onnx(model, Map.of("x", new Tensor(x, rows, in)), output, rows, out);
    String name = "dense-" + rows + "x" + in + "x" + out;
    Runnable kindred = () -> layer.forward(x, 0, in, rows, y, 0, out);
    add(name, 2.0 * rows * in * out, kindred, () -> y, onnx);
  }

  private static Mlp userTower() {
    return RandomNetworks.mlp(20, Activation.NONE, true, 256, 256, 128).forSingleRows();
  }

  private static double flops(Mlp mlp) {
    return mlp.layers().stream().mapToDouble(l -> 2.0 * l.inputs() * l.outputs()).sum();
  }

  private void tower() {
    Mlp tower = userTower();
    float[] x = RandomNetworks.values(21, 256, 1);
    float[] y = new float[128];
    OnnxModel model = new OnnxModel();
    String output = OnnxGraphs.mlp(model, model.input("x", 1, 256), tower, 0);
    OnnxNetwork onnx = onnx(model, Map.of("x", new Tensor(x, 1, 256)), output, 1, 128);
    Mlp.Scratch scratch = tower.scratch();
    add(
        "tower-batch-1",
        flops(tower),
        () -> tower.forward(x, 0, 256, 1, y, 0, 128, scratch),
        () -> y,
        onnx);
  }

  /** A request of retrieval: the user's vector, then its cosines with 500 item vectors. */
  private void cosines() {
    int items = 500;
    int dim = 128;
    Mlp tower = userTower();
    float[] x = RandomNetworks.values(22, 256, 1);
    float[] vectors = RandomNetworks.values(23, items * dim, 1);
    for (int i = 0; i < items; i++) {
      Distances.normalize(vectors, i * dim, dim);
    }
    OnnxModel model = new OnnxModel();
    String user = OnnxGraphs.mlp(model, model.input("x", 1, 256), tower, 0);
    String transposed = model.node("Transpose", null, user);
    String output = model.node("MatMul", null, model.input("items", items, dim), transposed);
    OnnxNetwork onnx =
        onnx(
            model,
            Map.of("x", new Tensor(x, 1, 256), "items", new Tensor(vectors, items, dim)),
            output,
            items,
            1);
    Mlp.Scratch scratch = tower.scratch();
    float[] y = new float[dim];
    float[] scores = new float[items];
    add(
        "tower-500-cosines",
        flops(tower) + 2.0 * items * dim,
        () -> {
          tower.forward(x, 0, 256, 1, y, 0, dim, scratch);
          Distances.dotRange(y, 0, vectors, 0, dim, items, dim, scores, 0);
        },
        () -> scores,
        onnx);
  }

  private double flopsPerRow() {
    double flops = 2.0 * mmoe.gates().inputs() * mmoe.gates().outputs();
    flops += mmoe.experts().stream().mapToDouble(Networks::flops).sum();
    flops += mmoe.towers().stream().mapToDouble(Networks::flops).sum();
    return flops + 2.0 * mmoe.gates().outputs() * mmoe.experts().getFirst().outputs();
  }

  private void mmoe(int rows) {
    int in = mmoe.inputs();
    int tasks = mmoe.tasks().size();
    float[] x = RandomNetworks.values(30, rows * in, 1);
    float[] y = new float[rows * tasks];
    OnnxModel model = new OnnxModel();
    String output = OnnxGraphs.mmoe(model, model.input("x", rows, in), mmoe, rows);
    OnnxNetwork onnx = onnx(model, Map.of("x", new Tensor(x, rows, in)), output, rows, tasks);
    Mmoe.Scratch scratch = mmoe.scratch();
    add(
        "mmoe-batch-" + rows,
        rows * flopsPerRow(),
        () -> mmoe.forward(x, 0, in, rows, y, 0, tasks, scratch),
        () -> y,
        onnx);
  }

  /**
   * Ranking 500 items out of 20,000 for one user with the items' half of the first layers in a
   * mapped file, other items each time: beside the whole network in ONNX Runtime, and beside the
   * same split graph there, which is given as inputs what Kindred computes for the user and reads
   * from the file.
   */
  private void cached(String name, int bytesPerItem, Arena arena) throws IOException {
    SplitMmoe split = new SplitMmoe(mmoe, USER_INPUTS, bytesPerItem);
    int in = split.itemInputs();
    int tasks = mmoe.tasks().size();
    float[] user = RandomNetworks.values(40, USER_INPUTS, 1);
    float[] inputs = RandomNetworks.values(41, ITEMS * in, 1);
    Path file = directory.resolve(name + ".khalf");
    ItemHalves.write(
        file, split, ITEMS, (item, x, at) -> System.arraycopy(inputs, item * in, x, at, in));
    ItemHalves halves = ItemHalves.open(file, arena);
    int[][] candidates = new int[CANDIDATE_SETS][];
    float[][] candidateInputs = new float[CANDIDATE_SETS][CANDIDATES * in];
    Random random = new Random(42);
    for (int set = 0; set < CANDIDATE_SETS; set++) {
      candidates[set] = random.ints(CANDIDATES, 0, ITEMS).toArray();
      for (int i = 0; i < CANDIDATES; i++) {
        System.arraycopy(inputs, candidates[set][i] * in, candidateInputs[set], i * in, in);
      }
    }
    SplitMmoe.Request request = split.request();
    float[] y = new float[CANDIDATES * tasks];
    int[] turn = {CANDIDATE_SETS - 1};
    Runnable kindred =
        () -> {
          int set = (turn[0] + 1) % CANDIDATE_SETS;
          turn[0] = set;
          split.begin(request, user, 0);
          split.rank(
              request,
              halves,
              candidates[set],
              0,
              CANDIDATES,
              candidateInputs[set],
              0,
              in,
              y,
              0,
              tasks);
        };

    float[] whole = new float[CANDIDATES * mmoe.inputs()];
    for (int i = 0; i < CANDIDATES; i++) {
      System.arraycopy(user, 0, whole, i * mmoe.inputs(), USER_INPUTS);
      System.arraycopy(candidateInputs[0], i * in, whole, i * mmoe.inputs() + USER_INPUTS, in);
    }
    OnnxModel model = new OnnxModel();
    String output =
        OnnxGraphs.mmoe(model, model.input("x", CANDIDATES, mmoe.inputs()), mmoe, CANDIDATES);
    OnnxNetwork full =
        onnx(
            model,
            Map.of("x", new Tensor(whole, CANDIDATES, mmoe.inputs())),
            output,
            CANDIDATES,
            tasks);
    int bytes = split.precision().bytes() * split.storedValues();
    double tolerance = split.precision() == ItemPrecision.HALF ? HALVES_TOLERANCE : BYTES_TOLERANCE;
    add(name, 0, kindred, () -> y, full, tolerance, bytes);

    turn[0] = CANDIDATE_SETS - 1;
    OnnxNetwork same = OnnxSplit.of(split, halves, candidates[0], user, candidateInputs[0]);
    opened.add(same);
    add(name + "-vs-split", 0, kindred, () -> y, same, TOLERANCE, bytes);
  }
}
