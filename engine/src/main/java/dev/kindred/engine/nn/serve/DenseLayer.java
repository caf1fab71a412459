package dev.kindred.engine.nn.serve;

import dev.kindred.simd.Activation;
import dev.kindred.simd.CompactMatrix;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import dev.kindred.simd.PackedRows;

/**
 * A fully connected layer, forward only: y = act(x W + b), W [inputs x outputs].
 *
 * <p>Immutable; safe for any number of threads on distinct outputs.
 */
public final class DenseLayer {
  private final int inputs;
  private final int outputs;
  private final float[] weight;
  private final float[] bias;
  private final Activation activation;
  private final PackedMatrix packed;
  private final CompactMatrix compact; // null unless for rows alone

  private DenseLayer(int inputs, int outputs, float[] weight, float[] bias, Activation activation) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.weight = weight;
    this.bias = bias;
    this.activation = activation;
    packed = PackedMatrix.pack(weight, 0, inputs, outputs);
    compact = null;
  }

  private DenseLayer(DenseLayer layer, CompactMatrix compact) {
    inputs = layer.inputs;
    outputs = layer.outputs;
    weight = layer.weight;
    bias = layer.bias;
    activation = layer.activation;
    packed = layer.packed;
    this.compact = compact;
  }

  /**
   * A layer of the given weights, which are copied.
   *
   * @param weight [inputs x outputs], row-major
   * @param bias [outputs]
   */
  public static DenseLayer of(
      int inputs, int outputs, float[] weight, float[] bias, Activation activation) {
    check(inputs, outputs, weight, bias);
    return new DenseLayer(inputs, outputs, weight.clone(), bias.clone(), activation);
  }

  /**
   * A layer of weights as PyTorch's {@code nn.Linear} holds them; they are copied.
   *
   * @param weight [outputs x inputs], row-major
   * @param bias [outputs]
   */
  public static DenseLayer ofTransposed(
      int inputs, int outputs, float[] weight, float[] bias, Activation activation) {
    check(inputs, outputs, weight, bias);
    float[] rows = new float[weight.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        rows[i * outputs + o] = weight[o * inputs + i];
      }
    }
    return new DenseLayer(inputs, outputs, rows, bias.clone(), activation);
  }

  private static void check(int inputs, int outputs, float[] weight, float[] bias) {
    if (inputs < 1
        || outputs < 1
        || weight.length != (long) inputs * outputs
        || bias.length != outputs) {
      throw new IllegalArgumentException(
          "%d weights and %d biases don't make a layer of %d inputs and %d outputs"
              .formatted(weight.length, bias.length, inputs, outputs));
    }
  }

  /**
   * This layer with a second, smaller copy of its weights for {@link #forwardAlone}; see {@link
   * CompactMatrix} for how exactly.
   *
   * @throws IllegalArgumentException if a compact matrix can't hold the weights
   */
  DenseLayer withCompactWeights() {
    return new DenseLayer(this, CompactMatrix.pack(weight, 0, inputs, outputs));
  }

  /** This layer for {@link #forwardAlone}: with compact weights if they are faster and exact. */
  DenseLayer forSingleRows() {
    return CompactMatrix.pays(weight, 0, inputs, outputs) ? withCompactWeights() : this;
  }

  public int inputs() {
    return inputs;
  }

  public int outputs() {
    return outputs;
  }

  /** [inputs x outputs], row-major, not a copy: don't write. */
  public float[] weight() {
    return weight;
  }

  /** [outputs], not a copy: don't write. */
  public float[] bias() {
    return bias;
  }

  public Activation activation() {
    return activation;
  }

  /**
   * y [rows x outputs] = act(x [rows x inputs] W + b), rows ldx and ldy floats apart.
   *
   * @throws IllegalArgumentException if a range doesn't lie in its array
   */
  public void forward(float[] x, int xOffset, int ldx, int rows, float[] y, int yOffset, int ldy) {
    forward(x, xOffset, ldx, rows, y, yOffset, ldy, bias);
  }

  /** As above for one row that comes alone, by compact weights if the layer has them. */
  void forwardAlone(float[] x, int xOffset, float[] y, int yOffset) {
    if (compact == null) {
      forward(x, xOffset, inputs, 1, y, yOffset, outputs);
    } else {
      compact.multiplyBias(x, xOffset, y, yOffset, bias, activation);
    }
  }

  /** As above with other biases [outputs]. */
  void forward(
      float[] x, int xOffset, int ldx, int rows, float[] y, int yOffset, int ldy, float[] bias) {
    if (outputs == 1 && ldy == 1) {
      column(x, xOffset, ldx, rows, y, yOffset, bias[0]);
    } else {
      Gemm.multiplyBias(x, xOffset, ldx, rows, packed, y, yOffset, ldy, bias, activation);
    }
  }

  /** As above for rows that other layers read too. */
  void forward(PackedRows x, float[] y, int yOffset, int ldy) {
    Gemm.multiplyBias(x, packed, y, yOffset, ldy, bias, activation);
  }

  /** One output: inner products of all rows with the one column, four at a time. */
  private void column(float[] x, int xOffset, int ldx, int rows, float[] y, int yOffset, float b) {
    Distances.dotRange(weight, 0, x, xOffset, ldx, rows, inputs, y, yOffset);
    float least = activation == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
    for (int i = yOffset; i < yOffset + rows; i++) {
      float sum = y[i] + b;
      y[i] = sum < least ? least : sum;
    }
  }
}
