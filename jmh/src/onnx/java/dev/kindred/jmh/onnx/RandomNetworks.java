package dev.kindred.jmh.onnx;

import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.Task;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded inputs and networks of given sizes; weights keep the variance of what they multiply. */
final class RandomNetworks {
  private RandomNetworks() {}

  /** Uniform in [-bound, bound). */
  static float[] values(long seed, int n, double bound) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) ((random.nextFloat() * 2 - 1) * bound);
    }
    return values;
  }

  static DenseLayer layer(long seed, int inputs, int outputs, Activation activation) {
    return DenseLayer.of(
        inputs,
        outputs,
        values(seed, inputs * outputs, Math.sqrt(6.0 / inputs)),
        values(seed + 1, outputs, 0.1),
        activation);
  }

  /** ReLU after each layer but, unless asked for, the last. */
  static Mlp mlp(long seed, Activation output, boolean normalized, int... widths) {
    List<DenseLayer> layers = new ArrayList<>();
    for (int i = 0; i + 1 < widths.length; i++) {
      Activation activation = i + 2 < widths.length ? Activation.RELU : output;
      layers.add(layer(seed + 2L * i, widths[i], widths[i + 1], activation));
    }
    return new Mlp(layers, normalized);
  }

  /** 8 experts 256-128 on 256 inputs, 5 binary tasks with towers of 64. */
  static Mmoe mmoe() {
    List<Mlp> experts = new ArrayList<>();
    for (int e = 0; e < 8; e++) {
      experts.add(mlp(100 + 10L * e, Activation.RELU, false, 256, 256, 128));
    }
    List<Mlp> towers = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (int t = 0; t < 5; t++) {
      tasks.add(new Task("task" + t, true));
      towers.add(mlp(300 + 10L * t, Activation.NONE, false, 128, 64, 1));
    }
    return new Mmoe(experts, layer(400, 256, 40, Activation.NONE), towers, tasks);
  }
}
