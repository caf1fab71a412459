package dev.kindred.engine.nn;

import dev.kindred.index.run.Draws;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.List;

/**
 * A fully connected layer: activation(x W + b), W [in x out].
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Dense extends Layer {
  private final Layer input;
  private final Activation activation;
  private final Parameter weight;
  private final Parameter bias;
  private final PackedMatrix packed;
  private final PackedMatrix packedTransposed;

  /**
   * Weights are drawn uniformly within sqrt(6 / in) before a ReLU (He et al. 2015) and sqrt(3 / in)
   * otherwise, so that a layer keeps the variance of its input; biases are zero.
   *
   * @param seed the draws are keyed by it and the layer's name
   */
  public Dense(String name, Layer input, int width, Activation activation, long seed) {
    super(name, width, List.of(input));
    this.input = input;
    this.activation = activation;
    int in = input.width();
    weight = Parameter.dense(name + ".weight", in, width);
    bias = Parameter.dense(name + ".bias", 1, width);
    Draws draws = Draws.of(seed, "nn.dense/" + name);
    float bound = (float) Math.sqrt((activation == Activation.RELU ? 6.0 : 3.0) / in);
    float[] w = weight.values();
    for (int i = 0; i < w.length; i++) {
      w[i] = (2 * draws.nextFloat() - 1) * bound;
    }
    packed = PackedMatrix.pack(w, 0, in, width);
    packedTransposed = PackedMatrix.packTransposed(w, 0, in, width);
  }

  /** [in x out]. */
  public Parameter weight() {
    return weight;
  }

  /** [1 x out]. */
  public Parameter bias() {
    return bias;
  }

  boolean hasRelu() {
    return activation == Activation.RELU;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight, bias);
  }

  @Override
  protected void refresh() {
    packed.repack(weight.values(), 0);
    packedTransposed.repackTransposed(weight.values(), 0);
  }

  @Override
  protected void forward(Pass pass) {
    Gemm.multiplyBias(
        pass.value(input),
        0,
        input.width(),
        pass.rows(),
        packed,
        pass.value(this),
        0,
        width(),
        bias.values(),
        activation);
  }

  @Override
  protected void backward(Pass pass) {
    int rows = pass.rows();
    int in = input.width();
    int out = width();
    float[] dy = pass.gradient(this);
    if (activation == Activation.RELU) {
      gate(pass.value(this), dy, rows * out);
    }
    Gemm.multiplyTransposedAdd(
        pass.value(input), 0, in, dy, 0, out, rows, in, out, pass.gradient(weight), 0, out);
    float[] db = pass.gradient(bias);
    for (int r = 0; r < rows; r++) {
      Distances.axpy(1f, dy, r * out, db, 0, out);
    }
    if (needsGradient(0)) {
      float[] dx = pass.gradient(input);
      if (addsTo(0)) {
        float[] term = pass.scratch(rows * in);
        Gemm.multiply(dy, 0, out, rows, packedTransposed, term, 0, in);
        Distances.axpy(1f, term, 0, dx, 0, rows * in);
      } else {
        Gemm.multiply(dy, 0, out, rows, packedTransposed, dx, 0, in);
      }
    }
  }

  /**
   * No gradient flows where the output was cut off. The sign of an output is 0 or 1; unlike a
   * condition, the product with it becomes vector code.
   */
  private static void gate(float[] y, float[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] *= Math.signum(y[i]);
    }
  }
}
