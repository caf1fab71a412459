package dev.kindred.engine.mmoe;

import dev.kindred.engine.nn.Dense;
import dev.kindred.engine.nn.Dropout;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureInput;
import dev.kindred.engine.nn.Layer;
import dev.kindred.engine.nn.Mixture;
import dev.kindred.engine.nn.Network;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.RowDropout;
import dev.kindred.engine.nn.Softmax;
import dev.kindred.engine.nn.Sum;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of a multi-task network. There are three graphs of one network: all of it, to be
 * trained; the part without the bias tower, to serve; and the bias tower alone. Equal parts have
 * equal parameter names and start from equal weights.
 *
 * <p>Running it forward is safe from several threads while nobody trains it.
 */
final class Graph {
  /** Values per embedding vector of a bias feature. */
  private static final int BIAS_DIM = 8;

  final Network network;

  /** Null in the graph of the bias tower alone. */
  final FeatureInput input;

  /** Null without a bias tower. */
  final FeatureInput biasInput;

  /** The logit or number of each task without its bias; empty in the graph of the bias tower. */
  final List<Layer> mains = new ArrayList<>();

  /** What the bias tower says of each task; null where a task is not biased. */
  final List<Layer> biases = new ArrayList<>();

  /** What the loss of each task reads: the main output, for additive bias the sum. */
  final List<Layer> outputs = new ArrayList<>();

  /** The gate of each task, one for all with ONE_GATE, none for SHARED_BOTTOM. */
  final List<Layer> gates = new ArrayList<>();

  private final MmoeOptions options;
  private final List<Task> tasks;
  private final List<Dense> outputLayers = new ArrayList<>();

  /** The mixture that all tasks share with ONE_GATE. */
  private Layer oneMixture;

  /**
   * @param features of the main part; empty for the bias tower alone
   * @param biasFeatures empty for a graph without a bias tower
   */
  Graph(List<Task> tasks, List<Feature> features, List<Feature> biasFeatures, MmoeOptions options) {
    this.options = options;
    this.tasks = tasks;
    input = features.isEmpty() ? null : main(features);
    biasInput = biasFeatures.isEmpty() ? null : bias(biasFeatures);
    List<Layer> ends = new ArrayList<>();
    for (int t = 0; t < tasks.size(); t++) {
      Layer main = input == null ? null : mains.get(t);
      Layer bias = biasInput == null ? null : biases.get(t);
      if (main == null) {
        outputs.add(bias);
      } else if (bias != null && options.biasMode() == BiasMode.ADDITIVE) {
        Layer dropped = new RowDropout("bias.dropout." + t, bias, options.biasDropout());
        outputs.add(new Sum("sum." + t, List.of(main, dropped)));
      } else {
        outputs.add(main);
        if (bias != null) {
          ends.add(bias);
        }
      }
      if (outputs.getLast() != null) {
        ends.add(outputs.getLast());
      }
    }
    network = new Network(ends.toArray(Layer[]::new));
  }

  private FeatureInput main(List<Feature> features) {
    FeatureInput in =
        FeatureInput.of(
            "input",
            features,
            options.embeddingDim(),
            Map.of(),
            options.unknownIds(),
            Integer.MAX_VALUE,
            options.seed());
    Layer below = options.dropout() > 0 ? new Dropout("input.dropout", in, options.dropout()) : in;
    List<Layer> experts = new ArrayList<>();
    int count = options.sharing() == Sharing.SHARED_BOTTOM ? 1 : options.experts();
    for (int e = 0; e < count; e++) {
      experts.add(stack("expert." + e, below, options.hidden()));
    }
    for (int t = 0; t < tasks.size(); t++) {
      Layer mixed = mixed(t, below, experts);
      Layer tower = stack("task." + t, mixed, options.towerHidden());
      String name = "task." + t + ".output";
      outputLayers.add(new Dense(name, tower, 1, Activation.NONE, options.seed()));
      mains.add(outputLayers.getLast());
    }
    return in;
  }

  private Layer mixed(int task, Layer below, List<Layer> experts) {
    if (options.sharing() == Sharing.SHARED_BOTTOM) {
      return experts.getFirst();
    }
    if (options.sharing() == Sharing.ONE_GATE && task > 0) {
      return oneMixture;
    }
    String name = "gate." + task;
    Layer logits = new Dense(name, below, experts.size(), Activation.NONE, options.seed());
    Layer gate = new Softmax(name + ".softmax", logits);
    gates.add(gate);
    oneMixture = new Mixture(name + ".mixture", gate, experts);
    return oneMixture;
  }

  private FeatureInput bias(List<Feature> features) {
    FeatureInput in =
        FeatureInput.of("bias", features, BIAS_DIM, Map.of(), 0, Integer.MAX_VALUE, options.seed());
    Layer below = stack("bias", in, options.biasHidden());
    for (int t = 0; t < tasks.size(); t++) {
      biases.add(
          tasks.get(t).biased()
              ? new Dense("bias.output." + t, below, 1, Activation.NONE, options.seed())
              : null);
    }
    return in;
  }

  private Layer stack(String name, Layer below, List<Integer> widths) {
    Layer layer = below;
    for (int i = 0; i < widths.size(); i++) {
      String each = name + ".hidden" + (i + 1);
      layer = new Dense(each, layer, widths.get(i), Activation.RELU, options.seed());
    }
    return layer;
  }

  /** Lets the main output of a task start at a logit. */
  void startAt(int task, float logit) {
    outputLayers.get(task).bias().values()[0] = logit;
  }

  /** Takes over the weights of equal names; each must be there. */
  void copyFrom(Graph other) {
    Map<String, Parameter> source = new HashMap<>();
    other.network.parameters().forEach(p -> source.put(p.name(), p));
    for (Parameter parameter : network.parameters()) {
      Parameter from = source.get(parameter.name());
      parameter.set(from.values(), from.rows(), from.columns());
    }
    network.refresh();
  }
}
