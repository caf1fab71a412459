package dev.kindred.engine.nn;

import java.util.List;

/**
 * ReLU as a layer of its own, for where something stands between it and the {@link Dense} layer.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Relu extends Layer {
  private final Layer input;

  public Relu(String name, Layer input) {
    super(name, input.width(), List.of(input));
    this.input = input;
  }

  @Override
  protected void forward(Pass pass) {
    float[] x = pass.value(input);
    float[] y = pass.value(this);
    for (int i = 0; i < pass.rows() * width(); i++) {
      y[i] = Math.max(x[i], 0);
    }
  }

  @Override
  protected void backward(Pass pass) {
    float[] y = pass.value(this);
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    boolean adds = addsTo(0);
    for (int i = 0; i < pass.rows() * width(); i++) {
      float g = dy[i] * Math.signum(y[i]);
      dx[i] = adds ? dx[i] + g : g;
    }
  }
}
