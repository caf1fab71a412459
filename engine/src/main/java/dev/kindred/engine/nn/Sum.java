package dev.kindred.engine.nn;

import dev.kindred.simd.Distances;
import java.util.List;

/**
 * Adds inputs of one width: residual links, wide and deep parts, additive bias towers.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Sum extends Layer {
  public Sum(String name, List<Layer> inputs) {
    super(name, inputs.getFirst().width(), inputs);
    for (Layer input : inputs) {
      if (input.width() != width()) {
        throw new IllegalArgumentException(
            "layer %s adds %s [rows x %d] and %s [rows x %d]; their widths must be equal"
                .formatted(
                    name,
                    inputs.getFirst().name(),
                    inputs.getFirst().width(),
                    input.name(),
                    input.width()));
      }
    }
  }

  @Override
  protected void forward(Pass pass) {
    int n = pass.rows() * width();
    float[] y = pass.value(this);
    System.arraycopy(pass.value(inputs().getFirst()), 0, y, 0, n);
    for (int i = 1; i < inputs().size(); i++) {
      Distances.axpy(1f, pass.value(inputs().get(i)), 0, y, 0, n);
    }
  }

  @Override
  protected void backward(Pass pass) {
    int n = pass.rows() * width();
    float[] dy = pass.gradient(this);
    for (int i = 0; i < inputs().size(); i++) {
      if (needsGradient(i)) {
        float[] dx = pass.gradient(inputs().get(i));
        if (addsTo(i)) {
          Distances.axpy(1f, dy, 0, dx, 0, n);
        } else {
          System.arraycopy(dy, 0, dx, 0, n);
        }
      }
    }
  }
}
