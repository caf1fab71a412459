package dev.kindred.engine.tower;

import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a plain network of a trained tower's layers.
 *
 * <p>A skip from the input to the output becomes part of the hidden layers, so that any runtime of
 * plain networks can run it: as x = relu(x) - relu(-x), each hidden layer carries relu(x) and
 * relu(-x) along, which ReLUs no longer change.
 *
 * <p>For one thread.
 */
final class TowerNetwork {
  private final Map<String, Parameter> parameters = new HashMap<>();
  private final Tower tower;
  private final String name;
  private final int inputs;

  private TowerNetwork(Tower tower) {
    this.tower = tower;
    name = tower.input.name();
    inputs = tower.input.width();
    tower.network.parameters().forEach(p -> parameters.put(p.name(), p));
  }

  static Mlp of(Tower tower, TowerOptions options) {
    return new TowerNetwork(tower).mlp(options);
  }

  private Mlp mlp(TowerOptions options) {
    if (parameters.get(name + ".output.weight") == null) {
      return new Mlp(List.of(sum(options.dim())), true);
    }
    boolean skips = parameters.containsKey(name + ".skip.weight");
    if (skips && options.reluOutput()) {
      throw new IllegalArgumentException(
          "a tower with a skip and a ReLU on its output can't be served; switch one off");
    }
    int carried = skips ? 2 * inputs : 0;
    List<DenseLayer> layers = new ArrayList<>();
    for (int i = 1; i <= options.hidden().size(); i++) {
      layers.add(hidden(i, i == 1 ? inputs : options.hidden().get(i - 2), carried, i == 1));
    }
    layers.add(output(options, carried));
    return new Mlp(layers, true);
  }

  /** [below, carried x] to [hidden, carried x], or from x alone below the first. */
  private DenseLayer hidden(int number, int below, int carried, boolean first) {
    float[] w = weight("hidden" + number);
    float[] b = bias("hidden" + number);
    int width = b.length;
    int in = first ? inputs : below + carried;
    int out = width + carried;
    float[] weight = new float[in * out];
    float[] bias = new float[out];
    for (int i = 0; i < below; i++) {
      System.arraycopy(w, i * width, weight, i * out, width);
    }
    System.arraycopy(b, 0, bias, 0, width);
    for (int i = 0; i < carried; i++) {
      boolean negated = i >= inputs;
      int from = first ? i % inputs : below + i;
      weight[from * out + width + i] = first && negated ? -1 : 1;
    }
    return DenseLayer.of(in, out, weight, bias, Activation.RELU);
  }

  private DenseLayer output(TowerOptions options, int carried) {
    float[] w = weight("output");
    int dim = options.dim();
    int below = w.length / dim;
    float[] weight = new float[(below + carried) * dim];
    float[] bias = bias("output").clone();
    System.arraycopy(w, 0, weight, 0, w.length);
    if (carried > 0) {
      float[] skip = weight("skip");
      float[] skipBias = bias("skip");
      for (int i = 0; i < carried * dim; i++) {
        int row = i / dim;
        float value = skip[row % inputs * dim + i % dim];
        weight[w.length + i] = row < inputs ? value : -value;
      }
      for (int i = 0; i < dim; i++) {
        bias[i] += skipBias[i];
      }
    }
    Activation activation = options.reluOutput() ? Activation.RELU : Activation.NONE;
    return DenseLayer.of(below + carried, dim, weight, bias, activation);
  }

  /** The sum of the features' vectors. */
  private DenseLayer sum(int dim) {
    float[] weight = new float[inputs * dim];
    for (int i = 0; i < inputs; i++) {
      weight[i * dim + i % dim] = 1;
    }
    return DenseLayer.of(inputs, dim, weight, new float[dim], Activation.NONE);
  }

  private float[] weight(String layer) {
    return parameters.get(name + "." + layer + ".weight").values();
  }

  private float[] bias(String layer) {
    return parameters.get(name + "." + layer + ".bias").values();
  }
}
