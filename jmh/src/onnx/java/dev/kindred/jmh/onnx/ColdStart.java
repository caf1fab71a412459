package dev.kindred.jmh.onnx;

import dev.kindred.engine.nn.serve.ItemHalves;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.engine.nn.serve.TowerPair;
import dev.kindred.engine.nn.serve.WarmUp;
import dev.kindred.simd.Distances;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * A process that reads its networks, warms up, and then serves: what do its first requests cost?
 *
 * <p>A request computes a user's vector, its cosines with 500 items, and ranks 500 candidates with
 * what the budget stores of them. Wall time, since that is what a user waits.
 */
final class ColdStart {
  static final String TOWERS = "towers.safetensors";
  static final String RANKER = "ranker.safetensors";
  static final String HALVES = "ranker.khalf";

  /**
   * From the start of the process to its being ready, at most; what loading takes is no longer for
   * warming up.
   */
  private static final long READY_MILLIS = 2_850;

  private static final int ROWS = 500;
  private static final int FIRST = 100;
  private static final int SETTLING = 2_000;
  private static final int STEADY = 500;

  private ColdStart() {}

  /** Arguments: the directory with the files, the user inputs, the bytes an item may take. */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Path directory = Path.of(args[0]);
    Random random = new Random(5);
    try (Arena arena = Arena.ofShared()) {
      TowerPair towers = NetworkFiles.readTowers(directory.resolve(TOWERS));
      SplitMmoe ranker =
          new SplitMmoe(
              NetworkFiles.readMmoe(directory.resolve(RANKER)),
              Integer.parseInt(args[1]),
              Integer.parseInt(args[2]));
      ItemHalves halves = ItemHalves.open(directory.resolve(HALVES), arena);
      int dim = towers.user().outputs();
      float[] items = RandomNetworks.values(1, ROWS * dim, 0.1);
      float[] users = RandomNetworks.values(2, 1 << 16, 1);
      Mlp.Scratch scratch = towers.user().scratch();
      SplitMmoe.Request request = ranker.request();
      float[] vector = new float[dim];
      float[] scores = new float[ROWS];
      int tasks = ranker.network().tasks().size();
      float[] y = new float[ROWS * tasks];
      int[] candidates = random.ints(1 << 14, 0, halves.size()).toArray();
      WarmUp.Request serve =
          rows -> {
            int at = random.nextInt(1 << 13);
            towers.user().forward(users, at, towers.user().inputs(), 1, vector, 0, dim, scratch);
            Distances.dotRange(vector, 0, items, 0, dim, rows, dim, scores, 0);
            ranker.begin(request, users, at);
            int in = ranker.itemInputs();
            ranker.rank(request, halves, candidates, at, rows, users, 0, in, y, 0, tasks);
          };
      boolean settled =
          WarmUp.run(
              serve,
              new int[] {ROWS, 100},
              Duration.ofMillis(Math.max(0, READY_MILLIS - millisSinceStart())));
      long ready = millisSinceStart();
      double first = median(serve, FIRST);
      for (int i = 0; i < SETTLING; i++) {
        serve.run(ROWS);
      }
      double steady = median(serve, STEADY);
      System.out.printf(
          "{\"case\":\"cold-start\",\"startToReadyMillis\":%d,\"warmUpSettled\":%b,"
              + "\"first100MedianMicros\":%.1f,\"steadyMedianMicros\":%.1f,\"ratio\":%.3f}%n",
          ready, settled, first, steady, first / steady);
    }
  }

  private static long millisSinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  private static double median(WarmUp.Request serve, int requests) {
    double[] micros = new double[requests];
    for (int i = 0; i < requests; i++) {
      long start = System.nanoTime();
      serve.run(ROWS);
      micros[i] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(micros);
    return micros[requests / 2];
  }
}
