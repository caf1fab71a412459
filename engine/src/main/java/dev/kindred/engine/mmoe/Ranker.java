package dev.kindred.engine.mmoe;

import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the network that serves out of the trained one: the layers above the features, their
 * weights packed, regression outputs scaled back.
 *
 * <p>For one thread.
 */
final class Ranker {
  private final Map<String, Parameter> parameters = new HashMap<>();
  private final MmoeOptions options;

  private Ranker(Graph graph, MmoeOptions options) {
    this.options = options;
    graph.network.parameters().forEach(p -> parameters.put(p.name(), p));
  }

  /**
   * @param means by which a regression task's output is scaled back, with the deviations
   */
  static Mmoe of(
      Graph graph, MmoeOptions options, List<Task> tasks, float[] means, float[] deviations) {
    Ranker ranker = new Ranker(graph, options);
    int count = options.sharing() == Sharing.SHARED_BOTTOM ? 1 : options.experts();
    List<Mlp> experts = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      List<DenseLayer> layers = ranker.stack("expert." + e, options.hidden().size());
      experts.add(
          new Mlp(layers.isEmpty() ? List.of(identity(graph.input.width())) : layers, false));
    }
    List<Mlp> towers = new ArrayList<>();
    List<dev.kindred.engine.nn.serve.Task> outputs = new ArrayList<>();
    for (int t = 0; t < tasks.size(); t++) {
      List<DenseLayer> layers = ranker.stack("task." + t, options.towerHidden().size());
      boolean probability = tasks.get(t).kind() == Task.Kind.BINARY;
      float scale = probability ? 1 : deviations[t];
      float shift = probability ? 0 : means[t];
      layers.add(ranker.layer("task." + t + ".output", Activation.NONE, scale, shift));
      towers.add(new Mlp(layers, false));
      outputs.add(new dev.kindred.engine.nn.serve.Task(tasks.get(t).name(), probability));
    }
    int inputs = experts.getFirst().inputs();
    return new Mmoe(experts, ranker.gates(inputs, count, tasks.size()), towers, outputs);
  }

  private List<DenseLayer> stack(String name, int depth) {
    List<DenseLayer> layers = new ArrayList<>();
    for (int i = 1; i <= depth; i++) {
      layers.add(layer(name + ".hidden" + i, Activation.RELU, 1, 0));
    }
    return layers;
  }

  /**
   * What stands for an expert without layers, which a network that serves has none of: towers read
   * the inputs as they are. It costs inputs^2 weights, of which linear networks have few.
   */
  private static DenseLayer identity(int width) {
    float[] weight = new float[Math.multiplyExact(width, width)];
    for (int i = 0; i < width; i++) {
      weight[i * width + i] = 1;
    }
    return DenseLayer.of(width, width, weight, new float[width], Activation.NONE);
  }

  /** A layer whose outputs are multiplied by a number and shifted by another. */
  private DenseLayer layer(String name, Activation activation, float scale, float shift) {
    Parameter weight = parameters.get(name + ".weight");
    float[] w = weight.values().clone();
    float[] b = parameters.get(name + ".bias").values().clone();
    for (int i = 0; i < w.length; i++) {
      w[i] *= scale;
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = b[i] * scale + shift;
    }
    return DenseLayer.of(weight.rows(), weight.columns(), w, b, activation);
  }

  /** The gates of all tasks side by side; zeros for a shared bottom, whose one share is 1. */
  private DenseLayer gates(int inputs, int experts, int tasks) {
    int width = tasks * experts;
    float[] weight = new float[inputs * width];
    float[] bias = new float[width];
    for (int t = 0; t < tasks && options.sharing() != Sharing.SHARED_BOTTOM; t++) {
      String name = "gate." + (options.sharing() == Sharing.ONE_GATE ? 0 : t);
      float[] w = parameters.get(name + ".weight").values();
      for (int i = 0; i < inputs; i++) {
        System.arraycopy(w, i * experts, weight, i * width + t * experts, experts);
      }
      System.arraycopy(parameters.get(name + ".bias").values(), 0, bias, t * experts, experts);
    }
    return DenseLayer.of(inputs, width, weight, bias, Activation.NONE);
  }
}
