package dev.kindred.engine.nn;

import java.util.Arrays;
import java.util.List;

/**
 * Some neighbouring columns of its input: one part of a layer that computes several at once.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Slice extends Layer {
  private final Layer input;
  private final int start;

  /**
   * @param start first column
   * @param width columns
   * @throws IllegalArgumentException unless the input has all of them
   */
  public Slice(String name, Layer input, int start, int width) {
    super(name, width, List.of(input));
    if (start < 0 || start > input.width() - width) {
      throw new IllegalArgumentException(
          "layer %s takes %d columns from %d on of %s, which has %d"
              .formatted(name, width, start, input.name(), input.width()));
    }
    this.input = input;
    this.start = start;
  }

  @Override
  protected void forward(Pass pass) {
    float[] x = pass.value(input);
    float[] y = pass.value(this);
    for (int r = 0; r < pass.rows(); r++) {
      System.arraycopy(x, r * input.width() + start, y, r * width(), width());
    }
  }

  @Override
  protected void backward(Pass pass) {
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    if (!addsTo(0)) {
      Arrays.fill(dx, 0, pass.rows() * input.width(), 0);
    }
    for (int r = 0; r < pass.rows(); r++) {
      for (int i = 0; i < width(); i++) {
        dx[r * input.width() + start + i] += dy[r * width() + i];
      }
    }
  }
}
