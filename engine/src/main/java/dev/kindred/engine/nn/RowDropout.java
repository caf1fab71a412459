package dev.kindred.engine.nn;

import java.util.Arrays;
import java.util.List;

/**
 * Zeroes whole rows in training and scales nothing up, so that what is added to its output learns
 * to do without it: used on a bias tower, whose input is missing at serving (Zhao et al., RecSys
 * 2019, section 4.4).
 *
 * <p>Passes everything through when not training. Sharing: see {@link Layer}.
 */
public final class RowDropout extends Layer {
  private final Layer input;
  private final double share;

  /**
   * @param share of rows dropped, in [0, 1)
   */
  public RowDropout(String name, Layer input, double share) {
    super(name, input.width(), List.of(input));
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("dropout share " + share + " must be in [0, 1)");
    }
    this.input = input;
    this.share = share;
  }

  @Override
  protected int memoryPerRow() {
    return 1;
  }

  @Override
  protected void forward(Pass pass) {
    int n = width();
    float[] y = pass.value(this);
    float[] kept = pass.memory(this);
    System.arraycopy(pass.value(input), 0, y, 0, pass.rows() * n);
    for (int r = 0; r < pass.rows(); r++) {
      boolean dropped = pass.isTraining() && share > 0 && pass.draws(this, r).nextDouble() < share;
      kept[r] = dropped ? 0 : 1;
      if (dropped) {
        Arrays.fill(y, r * n, (r + 1) * n, 0);
      }
    }
  }

  @Override
  protected void backward(Pass pass) {
    int n = width();
    float[] dy = pass.gradient(this);
    float[] dx = pass.gradient(input);
    float[] kept = pass.memory(this);
    boolean adds = addsTo(0);
    for (int r = 0; r < pass.rows(); r++) {
      for (int i = r * n; i < (r + 1) * n; i++) {
        float g = dy[i] * kept[r];
        dx[i] = adds ? dx[i] + g : g;
      }
    }
  }
}
