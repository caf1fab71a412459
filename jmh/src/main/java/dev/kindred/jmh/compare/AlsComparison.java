package dev.kindred.jmh.compare;

import dev.kindred.app.output.JsonLines;
import dev.kindred.engine.als.SyntheticInteractions;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code jmh/compare als}: exact implicit ALS of Kindred and of Java peers on the same power-law
 * data in one run, by the processor time of the process, with the loss that each reached.
 *
 * <p>Prints one line of JSON for each. The first of two rounds warms the compiler up.
 */
@Command(name = "als", description = "Measures exact implicit ALS on generated interactions.")
final class AlsComparison implements Callable<Integer> {
  private static final int ROUNDS = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--synthetic",
      paramLabel = "UxIxN",
      defaultValue = "10000x5000x1000000",
      description = "Users x items x interactions (default: ${DEFAULT-VALUE}).")
  private String synthetic;

  @Option(
      names = "--rank",
      paramLabel = "D",
      defaultValue = "64",
      description = "Length of a factor (default: ${DEFAULT-VALUE}).")
  private int rank;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "3",
      description = "Full iterations (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Option(
      names = "--lambda",
      paramLabel = "L",
      defaultValue = "1",
      description = "Plain regularisation (default: ${DEFAULT-VALUE}).")
  private double lambda;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "40",
      description = "Confidence of observed pairs is 1 + alpha (default: ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of Kindred and Mahout; RankSys takes all (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Override
  public Integer call() throws IOException {
    Interactions data = data();
    JsonLines lines = new JsonLines(spec.commandLine().getOut());
    try (Workers workers = Workers.of(threads)) {
      for (AlsPeer peer :
          List.of(new KindredAls(workers), new MahoutAls(threads), new RankSysAls())) {
        lines.write(measure(peer, data));
      }
    }
    return 0;
  }

  private Map<String, Object> measure(AlsPeer peer, Interactions data) throws IOException {
    peer.load(data);
    AlsPeer.Factors[] factors = new AlsPeer.Factors[1];
    BuildTime time = null;
    for (int round = 0; round < ROUNDS; round++) {
      time = BuildTime.of(() -> factors[0] = peer.train(rank, lambda, alpha, iterations));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("engine", peer.title());
    result.put("interactions", data.size());
    result.put("rank", rank);
    result.put("iterations", iterations);
    result.put("seconds", time.seconds());
    result.put("cpuSeconds", time.cpuSeconds());
    result.put(
        "interactionsPerCpuSecond", Math.round(iterations * data.size() / time.cpuSeconds()));
    result.put("loss", factors[0].loss(data, lambda, alpha));
    return result;
  }

  private Interactions data() {
    try {
      String[] sizes = synthetic.split("x");
      if (sizes.length == 3 && rank >= 1 && iterations >= 1 && threads >= 1) {
        return SyntheticInteractions.generate(
            Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), Long.parseLong(sizes[2]), 1);
      }
    } catch (NumberFormatException e) {
      // Refused below, with what was expected.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--synthetic must be like 10000x5000x1000000, --rank, --iterations and --threads at least"
            + " 1");
  }
}
