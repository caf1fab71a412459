package dev.kindred.engine.nn;

import dev.kindred.simd.Activations;
import dev.kindred.simd.Distances;
import java.util.List;

/**
 * Turns each row into shares that add up to 1: y_i = exp x_i / sum_j exp x_j. A gate over experts.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Softmax extends Layer {
  private final Layer input;

  public Softmax(String name, Layer input) {
    super(name, input.width(), List.of(input));
    this.input = input;
  }

  @Override
  protected void forward(Pass pass) {
    int n = width();
    float[] y = pass.value(this);
    System.arraycopy(pass.value(input), 0, y, 0, pass.rows() * n);
    for (int r = 0; r < pass.rows(); r++) {
      Activations.softmax(y, r * n, n);
    }
  }

  /** dx = y (dy - y . dy). */
  @Override
  protected void backward(Pass pass) {
    int n = width();
    float[] y = pass.value(this);
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    boolean adds = addsTo(0);
    for (int r = 0; r < pass.rows(); r++) {
      float along = Distances.dot(y, r * n, dy, r * n, n);
      for (int i = r * n; i < (r + 1) * n; i++) {
        float g = y[i] * (dy[i] - along);
        dx[i] = adds ? dx[i] + g : g;
      }
    }
  }
}
