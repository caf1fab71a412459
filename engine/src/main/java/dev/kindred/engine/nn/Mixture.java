package dev.kindred.engine.nn;

import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mixture of experts: y = sum_e g_e f_e, g the row's shares from a gate, f_e the experts' outputs
 * (Jacobs et al. 1991; several of these over the same experts make the multi-gate mixture of Ma et
 * al., KDD 2018, equation 6).
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Mixture extends Layer {
  private final Layer gate;
  private final List<Layer> experts;

  /**
   * @param gate one value per expert, usually a {@link Softmax}
   * @param experts of one width
   */
  public Mixture(String name, Layer gate, List<Layer> experts) {
    super(name, experts.getFirst().width(), inputs(gate, experts));
    this.gate = gate;
    this.experts = List.copyOf(experts);
    if (gate.width() != experts.size()) {
      throw new IllegalArgumentException(
          "layer %s mixes %d experts by the gate %s of width %d; they must be as many"
              .formatted(name, experts.size(), gate.name(), gate.width()));
    }
    for (Layer expert : experts) {
      if (expert.width() != width()) {
        throw new IllegalArgumentException(
            "layer %s mixes %s [rows x %d] and %s [rows x %d]; their widths must be equal"
                .formatted(
                    name, experts.getFirst().name(), width(), expert.name(), expert.width()));
      }
    }
  }

  private static List<Layer> inputs(Layer gate, List<Layer> experts) {
    List<Layer> inputs = new ArrayList<>(experts);
    inputs.addFirst(gate);
    return inputs;
  }

  @Override
  protected void forward(Pass pass) {
    int n = width();
    int count = experts.size();
    float[] y = pass.value(this);
    float[] g = pass.value(gate);
    Arrays.fill(y, 0, pass.rows() * n, 0);
    for (int e = 0; e < count; e++) {
      float[] f = pass.value(experts.get(e));
      for (int r = 0; r < pass.rows(); r++) {
        Distances.axpy(g[r * count + e], f, r * n, y, r * n, n);
      }
    }
  }

  /** dg_e = dy . f_e; df_e = g_e dy. */
  @Override
  protected void backward(Pass pass) {
    int n = width();
    int count = experts.size();
    float[] dy = pass.gradient(this);
    float[] g = pass.value(gate);
    float[] dg = pass.gradient(gate);
    for (int e = 0; e < count; e++) {
      float[] f = pass.value(experts.get(e));
      if (needsGradient(0)) {
        for (int r = 0; r < pass.rows(); r++) {
          float by = Distances.dot(dy, r * n, f, r * n, n);
          dg[r * count + e] = addsTo(0) ? dg[r * count + e] + by : by;
        }
      }
      if (needsGradient(e + 1)) {
        float[] df = pass.gradient(experts.get(e));
        if (!addsTo(e + 1)) {
          Arrays.fill(df, 0, pass.rows() * n, 0);
        }
        for (int r = 0; r < pass.rows(); r++) {
          Distances.axpy(g[r * count + e], dy, r * n, df, r * n, n);
        }
      }
    }
  }
}
