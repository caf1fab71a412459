package dev.kindred.engine.nn;

import dev.kindred.index.run.Draws;
import java.util.List;

/**
 * Zeroes a share of the values while training and scales the others up so that sums keep their mean
 * (Srivastava et al. 2014); passes everything through otherwise.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Dropout extends Layer {
  private final Layer input;
  private final float share;

  /**
   * @param share of values dropped, in [0, 1)
   */
  public Dropout(String name, Layer input, double share) {
    super(name, input.width(), List.of(input));
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("dropout share " + share + " must be in [0, 1)");
    }
    this.input = input;
    this.share = (float) share;
  }

  @Override
  protected int memoryPerRow() {
    return width();
  }

  @Override
  protected void forward(Pass pass) {
    int width = width();
    float[] x = pass.value(input);
    float[] y = pass.value(this);
    if (!pass.isTraining() || share == 0) {
      System.arraycopy(x, 0, y, 0, pass.rows() * width);
      return;
    }
    float[] mask = pass.memory(this);
    float kept = 1 / (1 - share);
    for (int r = 0; r < pass.rows(); r++) {
      Draws draws = pass.draws(this, r);
      for (int i = r * width; i < (r + 1) * width; i++) {
        mask[i] = draws.nextFloat() < share ? 0 : kept;
        y[i] = x[i] * mask[i];
      }
    }
  }

  @Override
  protected void backward(Pass pass) {
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    float[] mask = pass.memory(this);
    boolean adds = addsTo(0);
    for (int i = 0; i < pass.rows() * width(); i++) {
      float g = share == 0 ? dy[i] : dy[i] * mask[i];
      dx[i] = adds ? dx[i] + g : g;
    }
  }
}
