package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Compares a network's gradients with differences of its loss, weight by weight. */
final class GradientCheck {
  private static final float STEP = 4e-3f;

  private GradientCheck() {}

  /** Writes normal numbers, the same for the same seed, into the first rows of an input. */
  static void fill(Pass pass, Input input, int rows, long seed) {
    Draws draws = Draws.of(seed, "input");
    float[] x = pass.value(input);
    for (int i = 0; i < rows * input.width(); i++) {
      x[i] = (float) draws.nextGaussian();
    }
  }

  /**
   * The loss is a random linear function of the last output. Gradients are read off a step of plain
   * gradient descent, so the sparse updates of embeddings are checked too.
   *
   * @param bind writes or binds the inputs of a pass
   */
  static void check(Network network, int rows, long seed, Consumer<Pass> bind) {
    Layer output = network.outputs().getLast();
    float[] slope = new float[rows * output.width()];
    Draws draws = Draws.of(seed, "slope");
    for (int i = 0; i < slope.length; i++) {
      slope[i] = 2 * draws.nextFloat() - 1;
    }
    Pass pass = Pass.forTraining(network, rows, seed);
    pass.at(1, 0);
    bind.accept(pass);
    List<float[]> before = new ArrayList<>();
    network.parameters().forEach(p -> before.add(p.values().clone()));
    network.forward(pass, rows);
    System.arraycopy(slope, 0, pass.gradient(output), 0, slope.length);
    network.backward(pass);
    try (Workers workers = Workers.of(1)) {
      new Updater(Sgd.of(1), List.of(pass), Map.of()).step(1, workers);
    }
    List<float[]> gradients = new ArrayList<>();
    for (int p = 0; p < before.size(); p++) {
      float[] values = network.parameters().get(p).values();
      float[] gradient = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        gradient[i] = before.get(p)[i] - values[i];
      }
      gradients.add(gradient);
      System.arraycopy(before.get(p), 0, values, 0, values.length);
    }
    for (int p = 0; p < before.size(); p++) {
      Parameter parameter = network.parameters().get(p);
      if (parameter.isStatistic()) {
        continue;
      }
      for (int i = 0; i < parameter.values().length; i++) {
        float value = parameter.values()[i];
        parameter.values()[i] = value + STEP;
        double up = loss(network, pass, rows, output, slope);
        parameter.values()[i] = value - STEP;
        double down = loss(network, pass, rows, output, slope);
        parameter.values()[i] = value;
        double difference = (up - down) / (2 * STEP);
        assertEquals(
            difference,
            gradients.get(p)[i],
            2e-3 * Math.max(1, Math.abs(difference)),
            "seed %d, gradient of %s[%d]".formatted(seed, parameter.name(), i));
      }
    }
  }

  private static double loss(Network network, Pass pass, int rows, Layer output, float[] slope) {
    network.refresh();
    network.forward(pass, rows);
    double sum = 0;
    for (int i = 0; i < slope.length; i++) {
      sum += (double) slope[i] * pass.value(output)[i];
    }
    return sum;
  }
}
