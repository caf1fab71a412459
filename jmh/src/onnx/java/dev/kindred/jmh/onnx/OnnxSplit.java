package dev.kindred.jmh.onnx;

import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.ItemHalves;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.jmh.onnx.OnnxNetwork.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A split ranker in ONNX Runtime: the user's half and the stored halves of the items are inputs,
 * one for each expert, so that nothing has to be cut or copied there. Stateless.
 */
final class OnnxSplit {
  private OnnxSplit() {}

  static OnnxNetwork of(
      SplitMmoe split, ItemHalves halves, int[] items, float[] user, float[] itemInputs) {
    Mmoe mmoe = split.network();
    int rows = items.length;
    float[] stored = new float[rows * halves.values()];
    for (int i = 0; i < rows; i++) {
      halves.copy(items[i], stored, i * halves.values());
    }
    OnnxModel model = new OnnxModel();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (!split.complete()) {
      model.input("x", rows, split.itemInputs());
      inputs.put("x", new Tensor(itemInputs, rows, split.itemInputs()));
    }
    String[] experts = new String[mmoe.experts().size()];
    int column = 0;
    for (int e = 0; e < experts.length; e++) {
      DenseLayer first = mmoe.experts().get(e).layers().getFirst();
      String userHalf = model.input("user" + e, 1, first.outputs());
      inputs.put(userHalf, new Tensor(userHalf(first, user), 1, first.outputs()));
      String sum;
      if (e < split.storedExperts()) {
        String itemHalf = model.input("item" + e, rows, first.outputs());
        inputs.put(itemHalf, columns(stored, rows, halves.values(), column, first.outputs()));
        sum = model.node("Add", null, itemHalf, userHalf);
      } else {
        sum = model.node("Gemm", null, "x", itemWeight(model, first, user.length), userHalf);
      }
      column += first.outputs();
      String hidden = model.node("Relu", null, sum);
      experts[e] = OnnxGraphs.mlp(model, hidden, mmoe.experts().get(e), 1);
    }
    DenseLayer gates = mmoe.gates();
    String userGates = model.input("gates", 1, gates.outputs());
    inputs.put(userGates, new Tensor(userHalf(gates, user), 1, gates.outputs()));
    String scores;
    if (split.complete()) {
      String itemGates = model.input("itemGates", rows, gates.outputs());
      inputs.put(itemGates, columns(stored, rows, halves.values(), column, gates.outputs()));
      scores = model.node("Add", null, itemGates, userGates);
    } else {
      scores = model.node("Gemm", null, "x", itemWeight(model, gates, user.length), userGates);
    }
    String output = OnnxGraphs.mixture(model, experts, scores, mmoe, rows);
    int tasks = mmoe.tasks().size();
    model.output(output, rows, tasks);
    return new OnnxNetwork(model.bytes(), inputs, output, rows, tasks);
  }

  /** b + W_user user, in doubles. */
  private static float[] userHalf(DenseLayer layer, float[] user) {
    float[] half = new float[layer.outputs()];
    for (int o = 0; o < half.length; o++) {
      double sum = layer.bias()[o];
      for (int i = 0; i < user.length; i++) {
        sum += (double) user[i] * layer.weight()[i * half.length + o];
      }
      half[o] = (float) sum;
    }
    return half;
  }

  private static String itemWeight(OnnxModel model, DenseLayer layer, int userInputs) {
    int from = userInputs * layer.outputs();
    float[] weight = Arrays.copyOfRange(layer.weight(), from, layer.weight().length);
    return model.constant(weight, layer.inputs() - userInputs, layer.outputs());
  }

  private static Tensor columns(float[] a, int rows, int stride, int first, int count) {
    float[] columns = new float[rows * count];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(a, i * stride + first, columns, i * count, count);
    }
    return new Tensor(columns, rows, count);
  }
}
