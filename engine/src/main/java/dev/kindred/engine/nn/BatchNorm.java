package dev.kindred.engine.nn;

import java.util.Arrays;
import java.util.List;

/**
 * Batch normalisation (Ioffe and Szegedy 2015): y = gamma (x - mean) / sqrt(variance + epsilon) +
 * beta, a column at a time.
 *
 * <p>While training, mean and variance are those of the rows of one pass ("ghost" batches, Hoffer
 * et al. 2017), so that a step's bits don't depend on how passes are spread over threads; otherwise
 * they are running means over the steps, of the rows' mean and of their unbiased variance (the sum
 * of squares over rows - 1, algorithm 2 of the paper; PyTorch does the same, Keras keeps the biased
 * one that training divides by). Between a linear {@link Dense} layer and its ReLU it can be folded
 * into the layer at export, see {@link #foldInto}. Sharing: see {@link Layer}.
 */
public final class BatchNorm extends Layer {
  private static final float EPSILON = 1e-5f;

  private final Layer input;
  private final Parameter gamma;
  private final Parameter beta;

  /** Running mean in row 0, running unbiased variance in row 1. */
  private final Parameter moments;

  /** A dense layer's weights with a normalisation folded in. */
  public static final class Folded {
    private final float[] weight;
    private final float[] bias;

    Folded(float[] weight, float[] bias) {
      this.weight = weight;
      this.bias = bias;
    }

    /** [in x out]. */
    public float[] weight() {
      return weight.clone();
    }

    /** [out]. */
    public float[] bias() {
      return bias.clone();
    }
  }

  public BatchNorm(String name, Layer input) {
    super(name, input.width(), List.of(input));
    this.input = input;
    gamma = Parameter.dense(name + ".gamma", 1, width());
    beta = Parameter.dense(name + ".beta", 1, width());
    moments = Parameter.statistic(name + ".moments", 2, width());
    Arrays.fill(gamma.values(), 1);
    Arrays.fill(moments.values(), width(), 2 * width(), 1);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(gamma, beta, moments);
  }

  /** x normalised, [rows x width]; after it 1 / sqrt(variance + epsilon), [width]. */
  @Override
  protected int memoryPerRow() {
    return 2 * width();
  }

  @Override
  protected void forward(Pass pass) {
    int n = width();
    int rows = pass.rows();
    float[] x = pass.value(input);
    float[] y = pass.value(this);
    float[] memory = pass.memory(this);
    float[] statistics = pass.isTraining() ? pass.gradient(moments) : moments.values();
    int inverse = rows * n;
    for (int j = 0; j < n; j++) {
      double variance = pass.isTraining() ? measure(x, rows, n, j, statistics) : statistics[n + j];
      memory[inverse + j] = (float) (1 / Math.sqrt(variance + EPSILON));
    }
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        float normal = (x[r * n + j] - statistics[j]) * memory[inverse + j];
        memory[r * n + j] = normal;
        y[r * n + j] = gamma.values()[j] * normal + beta.values()[j];
      }
    }
  }

  /**
   * Mean and variance of a column, the latter from the differences to the mean: the mean of squares
   * less the squared mean would lose all digits where the mean is large.
   *
   * @return the biased variance, which is what training divides by
   */
  private double measure(float[] x, int rows, int n, int j, float[] statistics) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += x[r * n + j];
    }
    double mean = sum / Math.max(1, rows);
    double squares = 0;
    for (int r = 0; r < rows; r++) {
      double off = x[r * n + j] - mean;
      squares += off * off;
    }
    statistics[j] = (float) mean;
    // A single row says nothing of the variance: leave the running one where it is.
    statistics[n + j] = rows > 1 ? (float) (squares / (rows - 1)) : moments.values()[n + j];
    return squares / Math.max(1, rows);
  }

  /**
   * With z normalised, dx = gamma / deviation (dy - mean(dy) - z mean(dy z)), means over the rows.
   */
  @Override
  protected void backward(Pass pass) {
    int n = width();
    int rows = pass.rows();
    float[] dy = pass.gradient(this);
    float[] memory = pass.memory(this);
    float[] dGamma = pass.gradient(gamma);
    float[] dBeta = pass.gradient(beta);
    float[] dx = needsGradient(0) ? pass.gradient(input) : null;
    for (int j = 0; j < n; j++) {
      double sum = 0;
      double along = 0;
      for (int r = 0; r < rows; r++) {
        sum += dy[r * n + j];
        along += (double) dy[r * n + j] * memory[r * n + j];
      }
      dBeta[j] += (float) sum;
      dGamma[j] += (float) along;
      if (dx == null) {
        continue;
      }
      float scale = gamma.values()[j] * memory[rows * n + j];
      float meanOf = (float) (sum / rows);
      float meanAlong = (float) (along / rows);
      for (int r = 0; r < rows; r++) {
        float g = scale * (dy[r * n + j] - meanOf - memory[r * n + j] * meanAlong);
        dx[r * n + j] = addsTo(0) ? dx[r * n + j] + g : g;
      }
    }
  }

  /**
   * The weights of a layer that computes what the given one and this normalisation after it do.
   *
   * @param dense this layer's input, without a ReLU
   */
  public Folded foldInto(Dense dense) {
    if (dense != input || dense.hasRelu()) {
      throw new IllegalArgumentException(
          "normalisation %s can only be folded into its own linear input %s, not into %s"
              .formatted(name(), input.name(), dense.name()));
    }
    int n = width();
    float[] weight = dense.weight().values().clone();
    float[] bias = dense.bias().values().clone();
    for (int j = 0; j < n; j++) {
      float mean = moments.values()[j];
      float scale = (float) (gamma.values()[j] / Math.sqrt(moments.values()[n + j] + EPSILON));
      for (int i = j; i < weight.length; i += n) {
        weight[i] *= scale;
      }
      bias[j] = (bias[j] - mean) * scale + beta.values()[j];
    }
    return new Folded(weight, bias);
  }
}
