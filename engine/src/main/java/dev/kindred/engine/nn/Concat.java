package dev.kindred.engine.nn;

import dev.kindred.simd.Distances;
import java.util.List;

/**
 * Stands its inputs side by side, row by row.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Concat extends Layer {
  public Concat(String name, List<Layer> inputs) {
    super(name, inputs.stream().mapToInt(Layer::width).sum(), inputs);
  }

  @Override
  protected void forward(Pass pass) {
    float[] y = pass.value(this);
    int start = 0;
    for (Layer input : inputs()) {
      float[] x = pass.value(input);
      int n = input.width();
      for (int r = 0; r < pass.rows(); r++) {
        System.arraycopy(x, r * n, y, r * width() + start, n);
      }
      start += n;
    }
  }

  @Override
  protected void backward(Pass pass) {
    float[] dy = pass.gradient(this);
    int start = 0;
    for (int i = 0; i < inputs().size(); i++) {
      int n = inputs().get(i).width();
      if (needsGradient(i)) {
        float[] dx = pass.gradient(inputs().get(i));
        for (int r = 0; r < pass.rows(); r++) {
          if (addsTo(i)) {
            Distances.axpy(1f, dy, r * width() + start, dx, r * n, n);
          } else {
            System.arraycopy(dy, r * width() + start, dx, r * n, n);
          }
        }
      }
      start += n;
    }
  }
}
