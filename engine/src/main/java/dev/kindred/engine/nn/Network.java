package dev.kindred.engine.nn;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph of layers with its weights; the graph never changes, the weights do while it is trained.
 *
 * <p>Safe to share between threads for running forward, each with its own {@link Pass}, as long as
 * nobody trains it.
 */
public final class Network {
  private final List<Layer> layers;
  private final List<Layer> outputs;
  private final List<Parameter> parameters;

  /** Collects everything that the outputs are computed from. */
  public Network(Layer... outputs) {
    this.outputs = List.of(outputs);
    if (outputs.length == 0) {
      throw new IllegalArgumentException("a network needs at least one output layer");
    }
    List<Layer> order = new ArrayList<>();
    for (Layer output : outputs) {
      visit(output, order);
    }
    layers = List.copyOf(order);
    Set<String> names = new HashSet<>();
    Set<Parameter> weights = new LinkedHashSet<>();
    for (Layer layer : layers) {
      if (!names.add(layer.name())) {
        throw new IllegalArgumentException(
            "two layers of one network are called " + layer.name() + "; names must differ");
      }
      weights.addAll(layer.parameters());
      layer.trained =
          !layer.parameters().isEmpty() || layer.inputs().stream().anyMatch(input -> input.trained);
    }
    parameters = List.copyOf(weights);
    planGradients();
    refresh();
  }

  private static void visit(Layer layer, List<Layer> order) {
    if (order.contains(layer)) {
      return;
    }
    if (layer.index != Layer.UNPLACED) {
      throw new IllegalArgumentException(
          "layer " + layer.name() + " already belongs to another network; build a new one");
    }
    for (Layer input : layer.inputs()) {
      visit(input, order);
    }
    layer.index = order.size();
    order.add(layer);
  }

  /**
   * Backward runs from the last layer to the first: the first reader met overwrites, others add.
   */
  private void planGradients() {
    boolean[] written = new boolean[layers.size()];
    for (Layer output : outputs) {
      written[output.index] = true; // the loss writes there before backward starts
    }
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      layer.addsToGradient = new boolean[layer.inputs().size()];
      for (int j = 0; j < layer.addsToGradient.length; j++) {
        int input = layer.inputs().get(j).index;
        layer.addsToGradient[j] = written[input];
        written[input] = true;
      }
    }
  }

  /** Inputs before their readers. */
  public List<Layer> layers() {
    return layers;
  }

  public List<Layer> outputs() {
    return outputs;
  }

  /** The weights, in a fixed order; a shared one stands once. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Must be called when weights were changed by other hands than an {@link Updater}. */
  public void refresh() {
    for (Layer layer : layers) {
      layer.refresh();
    }
  }

  /** Computes every layer for the first {@code rows} rows that the pass has been bound to. */
  public void forward(Pass pass, int rows) {
    pass.begin(this, rows);
    for (Layer layer : layers) {
      layer.forward(pass);
    }
  }

  /**
   * Carries the gradients of the outputs, which the caller has written to {@code
   * pass.gradient(output)}, down to the weights. The gradients of the weights in the pass are those
   * of this run alone.
   */
  public void backward(Pass pass) {
    pass.beginBackward();
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      if (layer.trained) {
        layer.backward(pass);
      }
    }
  }
}
