package dev.kindred.engine.nn;

import java.util.List;

/**
 * Multiplies two inputs of one width, value by value: lets a network see how far two vectors agree.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Product extends Layer {
  private final Layer left;
  private final Layer right;

  public Product(String name, Layer left, Layer right) {
    super(name, left.width(), List.of(left, right));
    if (right.width() != left.width()) {
      throw new IllegalArgumentException(
          "layer %s multiplies %s [rows x %d] and %s [rows x %d]; their widths must be equal"
              .formatted(name, left.name(), left.width(), right.name(), right.width()));
    }
    this.left = left;
    this.right = right;
  }

  @Override
  protected void forward(Pass pass) {
    float[] a = pass.value(left);
    float[] b = pass.value(right);
    float[] y = pass.value(this);
    for (int i = 0; i < pass.rows() * width(); i++) {
      y[i] = a[i] * b[i];
    }
  }

  @Override
  protected void backward(Pass pass) {
    side(pass, 0, left, right);
    side(pass, 1, right, left);
  }

  private void side(Pass pass, int input, Layer side, Layer other) {
    if (!needsGradient(input)) {
      return;
    }
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(side);
    float[] factor = pass.value(other);
    boolean adds = addsTo(input);
    for (int i = 0; i < pass.rows() * width(); i++) {
      float g = dy[i] * factor[i];
      dx[i] = adds ? dx[i] + g : g;
    }
  }
}
