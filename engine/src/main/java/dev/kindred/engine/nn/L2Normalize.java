package dev.kindred.engine.nn;

import dev.kindred.simd.Distances;
import java.util.List;

/**
 * Scales each row to length 1, so that inner products are cosines: y = x / sqrt(|x|^2 + epsilon).
 *
 * <p>Epsilon keeps a zero row zero and its gradient finite. Sharing: see {@link Layer}.
 */
public final class L2Normalize extends Layer {
  /** A row of length 0.1 still comes out at length 1 - 5e-7; gradients grow at most 1e4-fold. */
  static final float EPSILON = 1e-8f;

  private final Layer input;

  public L2Normalize(String name, Layer input) {
    super(name, input.width(), List.of(input));
    this.input = input;
  }

  @Override
  protected int memoryPerRow() {
    return 1;
  }

  @Override
  protected void forward(Pass pass) {
    int n = width();
    float[] x = pass.value(input);
    float[] y = pass.value(this);
    float[] inverse = pass.memory(this);
    for (int r = 0; r < pass.rows(); r++) {
      float squared = Distances.dot(x, r * n, x, r * n, n);
      float scale = (float) (1 / Math.sqrt(squared + EPSILON));
      inverse[r] = scale;
      for (int i = r * n; i < (r + 1) * n; i++) {
        y[i] = x[i] * scale;
      }
    }
  }

  /** dx = (dy - y (y . dy)) / sqrt(|x|^2 + epsilon). */
  @Override
  protected void backward(Pass pass) {
    int n = width();
    float[] y = pass.value(this);
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    float[] inverse = pass.memory(this);
    boolean adds = addsTo(0);
    for (int r = 0; r < pass.rows(); r++) {
      float along = Distances.dot(y, r * n, dy, r * n, n);
      float scale = inverse[r];
      for (int i = r * n; i < (r + 1) * n; i++) {
        float g = scale * (dy[i] - y[i] * along);
        dx[i] = adds ? dx[i] + g : g;
      }
    }
  }
}
