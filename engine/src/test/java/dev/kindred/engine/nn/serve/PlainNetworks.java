package dev.kindred.engine.nn.serve;

import dev.kindred.index.run.Draws;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.List;

/** Small random networks, and the dullest way to run them: loops over doubles. */
final class PlainNetworks {
  private PlainNetworks() {}

  static float[] values(String what, int n, float bound) {
    Draws draws = Draws.of(7, what);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (2 * draws.nextFloat() - 1) * bound;
    }
    return values;
  }

  static DenseLayer layer(String name, int inputs, int outputs, Activation activation) {
    return DenseLayer.of(
        inputs,
        outputs,
        values(name + "/weight", inputs * outputs, (float) Math.sqrt(6.0 / inputs)),
        values(name + "/bias", outputs, 0.5f),
        activation);
  }

  /** ReLU everywhere but, unless asked for, at the output. */
  static Mlp mlp(String name, Activation output, boolean normalized, int... widths) {
    List<DenseLayer> layers = new ArrayList<>();
    for (int i = 0; i + 1 < widths.length; i++) {
      Activation activation = i + 2 < widths.length ? Activation.RELU : output;
      layers.add(layer(name + i, widths[i], widths[i + 1], activation));
    }
    return new Mlp(layers, normalized);
  }

  /** Three tasks, the second one a regression. */
  static Mmoe mmoe(int inputs, int experts, int hidden, int width) {
    return mmoe(inputs, experts, new int[] {inputs, hidden, width});
  }

  /** The same with experts of the given layers. */
  static Mmoe mmoe(int inputs, int experts, int[] layers) {
    int width = layers[layers.length - 1];
    List<Task> tasks =
        List.of(new Task("click", true), new Task("watch", false), new Task("like", true));
    List<Mlp> each = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      each.add(mlp("expert" + e, Activation.RELU, false, layers));
    }
    List<Mlp> towers = new ArrayList<>();
    for (Task task : tasks) {
      towers.add(mlp("tower" + task.name(), Activation.NONE, false, width, 6, 1));
    }
    DenseLayer gates = layer("gates", inputs, tasks.size() * experts, Activation.NONE);
    return new Mmoe(each, gates, towers, tasks);
  }

  static double[] run(DenseLayer layer, double[] x) {
    double[] y = new double[layer.outputs()];
    for (int o = 0; o < y.length; o++) {
      y[o] = layer.bias()[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * layer.weight()[i * y.length + o];
      }
      if (layer.activation() == Activation.RELU) {
        y[o] = Math.max(0, y[o]);
      }
    }
    return y;
  }

  static double[] run(Mlp mlp, double[] x) {
    double[] y = x;
    for (DenseLayer layer : mlp.layers()) {
      y = run(layer, y);
    }
    if (mlp.normalized()) {
      double squared = 0;
      for (double value : y) {
        squared += value * value;
      }
      for (int i = 0; i < y.length && squared > 0; i++) {
        y[i] /= Math.sqrt(squared);
      }
    }
    return y;
  }

  static double[] run(Mmoe mmoe, double[] x) {
    int experts = mmoe.experts().size();
    double[] gates = run(mmoe.gates(), x);
    double[] y = new double[mmoe.tasks().size()];
    for (int t = 0; t < y.length; t++) {
      double total = 0;
      for (int e = 0; e < experts; e++) {
        total += Math.exp(gates[t * experts + e]);
      }
      double[] mixed = new double[mmoe.experts().getFirst().outputs()];
      for (int e = 0; e < experts; e++) {
        double[] output = run(mmoe.experts().get(e), x);
        for (int k = 0; k < mixed.length; k++) {
          mixed[k] += Math.exp(gates[t * experts + e]) / total * output[k];
        }
      }
      double value = run(mmoe.towers().get(t), mixed)[0];
      y[t] = mmoe.tasks().get(t).probability() ? 1 / (1 + Math.exp(-value)) : value;
    }
    return y;
  }

  static double[] row(float[] x, int offset, int n) {
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      row[i] = x[offset + i];
    }
    return row;
  }
}
