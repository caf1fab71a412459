package dev.kindred.jmh.onnx;

import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.jmh.onnx.OnnxModel.Attribute;
import dev.kindred.simd.Activation;

/** Kindred's networks as graphs of ONNX operators. Stateless. */
final class OnnxGraphs {
  private OnnxGraphs() {}

  /** A fully connected layer; ONNX Runtime makes one kernel of product, bias and ReLU. */
  static String dense(OnnxModel model, String x, DenseLayer layer) {
    String weight = model.constant(layer.weight(), layer.inputs(), layer.outputs());
    String sum = model.node("Gemm", null, x, weight, model.constant(layer.bias(), layer.outputs()));
    return layer.activation() == Activation.RELU ? model.node("Relu", null, sum) : sum;
  }

  static String mlp(OnnxModel model, String x, Mlp mlp, int firstLayer) {
    String y = x;
    for (DenseLayer layer : mlp.layers().subList(firstLayer, mlp.layers().size())) {
      y = dense(model, y, layer);
    }
    return mlp.normalized() ? model.node("LpNormalization", new Attribute("axis", 1), y) : y;
  }

  /** All of a mixture of experts from its input [rows x inputs] on. */
  static String mmoe(OnnxModel model, String x, Mmoe mmoe, int rows) {
    String[] experts = new String[mmoe.experts().size()];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = mlp(model, x, mmoe.experts().get(e), 0);
    }
    return mixture(model, experts, dense(model, x, mmoe.gates()), mmoe, rows);
  }

  /** From the experts' outputs and the gates before their softmax to [rows x tasks]. */
  static String mixture(OnnxModel model, String[] experts, String gates, Mmoe mmoe, int rows) {
    int tasks = mmoe.tasks().size();
    int width = mmoe.experts().getFirst().outputs();
    String side = model.node("Concat", new Attribute("axis", 1), experts);
    String stacked = model.node("Reshape", null, side, model.constant(rows, experts.length, width));
    String scores = model.node("Reshape", null, gates, model.constant(rows, tasks, experts.length));
    String shares = model.node("Softmax", new Attribute("axis", 2), scores);
    String mixed = model.node("MatMul", null, shares, stacked);
    String flat = model.node("Reshape", null, mixed, model.constant(rows, (long) tasks * width));
    String[] inputs = model.nodes("Split", tasks, new Attribute("axis", 1), flat);
    String[] outputs = new String[tasks];
    for (int t = 0; t < tasks; t++) {
      String output = mlp(model, inputs[t], mmoe.towers().get(t), 0);
      outputs[t] = mmoe.tasks().get(t).probability() ? model.node("Sigmoid", null, output) : output;
    }
    return model.node("Concat", new Attribute("axis", 1), outputs);
  }
}
