package dev.kindred.engine.nn;

/**
 * The arithmetic of an {@link Optimizer}'s step, over one range of a parameter at a time.
 *
 * <p>Element by element, so the result doesn't depend on how a parameter is cut into ranges. Not
 * thread-safe while {@link #advance} runs; ranges of one step may run on several threads.
 */
final class UpdateRule {
  private final Optimizer optimizer;
  private long step;
  private float rate;
  private float decay;
  private float rootScale;
  private float beta1;
  private float beta2;
  private float epsilon;
  private float initial;

  UpdateRule(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /** Arrays of the parameter's size that the rule keeps beside it. */
  int slots() {
    return switch (optimizer) {
      case Sgd s -> 0;
      case Adagrad a -> 1;
      case Adam a -> 2;
    };
  }

  /** Steps taken so far. */
  long steps() {
    return step;
  }

  /** Goes on after so many steps. */
  void resumeAt(long steps) {
    step = steps;
  }

  /** Goes to the next step. */
  void advance(double rateScale) {
    step++;
    rate = (float) (optimizer.learningRate() * rateScale);
    decay = (float) (optimizer.learningRate() * rateScale * optimizer.weightDecay());
    if (optimizer instanceof Adagrad adagrad) {
      epsilon = (float) adagrad.epsilon();
      initial = (float) adagrad.initial();
    }
    if (optimizer instanceof Adam adam) {
      beta1 = (float) adam.beta1();
      beta2 = (float) adam.beta2();
      epsilon = (float) adam.epsilon();
      rate /= (float) (1 - Math.pow(adam.beta1(), step));
      rootScale = (float) Math.sqrt(1 / (1 - Math.pow(adam.beta2(), step)));
    }
  }

  /** Moves w[at, at + n) against g[gAt, gAt + n). */
  void apply(float[] w, int at, float[] g, int gAt, int n, float[][] slots, boolean decays) {
    if (decays && decay > 0) {
      shrink(w, at, n, 1 - decay);
    }
    switch (slots.length) {
      case 0 -> sgd(w, at, g, gAt, n, rate);
      case 1 -> adagrad(w, at, g, gAt, n, slots[0], rate, initial, epsilon);
      default -> adam(w, at, g, gAt, n, slots[0], slots[1], rate, rootScale, beta1, beta2, epsilon);
    }
  }

  private static void shrink(float[] w, int at, int n, float kept) {
    for (int i = at; i < at + n; i++) {
      w[i] *= kept;
    }
  }

  private static void sgd(float[] w, int at, float[] g, int gAt, int n, float rate) {
    for (int i = 0; i < n; i++) {
      w[at + i] -= rate * g[gAt + i];
    }
  }

  /** The slot holds the sum of squares since the start, without the initial one. */
  private static void adagrad(
      float[] w,
      int at,
      float[] g,
      int gAt,
      int n,
      float[] squares,
      float rate,
      float initial,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      float gi = g[gAt + i];
      float s = squares[at + i] + gi * gi;
      squares[at + i] = s;
      w[at + i] -= rate * gi / ((float) Math.sqrt(s + initial) + epsilon);
    }
  }

  private static void adam(
      float[] w,
      int at,
      float[] g,
      int gAt,
      int n,
      float[] mean,
      float[] square,
      float rate,
      float rootScale,
      float beta1,
      float beta2,
      float epsilon) {
    float new1 = 1 - beta1;
    float new2 = 1 - beta2;
    for (int i = 0; i < n; i++) {
      float gi = g[gAt + i];
      float m = beta1 * mean[at + i] + new1 * gi;
      float s = beta2 * square[at + i] + new2 * gi * gi;
      mean[at + i] = m;
      square[at + i] = s;
      w[at + i] -= rate * m / ((float) Math.sqrt(s) * rootScale + epsilon);
    }
  }
}
