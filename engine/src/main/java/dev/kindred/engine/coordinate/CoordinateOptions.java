package dev.kindred.engine.coordinate;

import java.util.List;
import java.util.function.Consumer;

/**
 * How the Coordinating Network is trained and where it draws the line.
 *
 * @param hidden widths of its hidden layers; the paper has two
 * @param embeddingDim values per embedding vector
 * @param threshold a positive is kept above this, the paper's t
 * @param balanced whether the threshold is for the score that the network would give if every other
 *     sample were positive; else for the plain probability, which starves rare objectives
 * @param folds each sample is judged by a network that did not train on it
 * @param floor share of an objective's positives below which the report raises an alarm; with
 *     {@code balanced} the best positives up to this share are then kept
 * @param negatives samples without the event that train an objective, per positive
 * @param maxPositives of an objective that train it; more are sampled down to this
 * @param epochs passes over the training samples, at least
 * @param steps of each fold's training, at least: a small log is passed over more often
 * @param batch examples per step
 * @param learningRate of Adam
 * @param seed of all random draws
 */
public record CoordinateOptions(
    List<Integer> hidden,
    int embeddingDim,
    double threshold,
    boolean balanced,
    int folds,
    double floor,
    int negatives,
    int maxPositives,
    int epochs,
    int steps,
    int batch,
    double learningRate,
    long seed) {
  public CoordinateOptions {
    hidden = List.copyOf(hidden);
    for (int width : hidden) {
      check("hidden width", width, 1, 1 << 14);
    }
    check("embeddingDim", embeddingDim, 1, 1 << 12);
    check("threshold", threshold, 0, 1);
    check("folds", folds, 2, 100);
    check("floor", floor, 0, 1);
    check("negatives", negatives, 1, 1000);
    check("maxPositives", maxPositives, 1, Integer.MAX_VALUE);
    check("epochs", epochs, 1, 10_000);
    check("steps", steps, 1, Integer.MAX_VALUE);
    check("batch", batch, 2, 1 << 16);
    check("learningRate", learningRate, Double.MIN_VALUE, 1e6);
  }

  private static void check(String name, double value, double from, double to) {
    if (!(value >= from && value <= to)) {
      throw new IllegalArgumentException(
          "coordinate option %s is %s, must be in [%s, %s]".formatted(name, value, from, to));
    }
  }

  /** The sound reading: t = .6 on the balanced score. */
  public static CoordinateOptions defaults() {
    return new CoordinateOptions(
        List.of(64, 32), 16, 0.6, true, 3, 0.2, 3, 40_000, 2, 1000, 256, 2e-3, 99);
  }

  /**
   * The paper's line, literally: t = .6 on the plain probability.
   *
   * <p>Not from the paper, which gives none: all widths and the training; and the folds, without
   * which the network would only confirm what it was told.
   */
  public static CoordinateOptions paper() {
    return defaults().withBalanced(false);
  }

  /** How often so many examples of a fold are passed over. */
  public int epochs(int examples) {
    long perEpoch = Math.max(1, (examples + batch - 1L) / batch);
    return (int) Math.max(epochs, (steps + perEpoch - 1) / perEpoch);
  }

  public CoordinateOptions withHidden(List<Integer> hidden) {
    return with(draft -> draft.hidden = hidden);
  }

  public CoordinateOptions withEmbeddingDim(int embeddingDim) {
    return with(draft -> draft.embeddingDim = embeddingDim);
  }

  public CoordinateOptions withThreshold(double threshold) {
    return with(draft -> draft.threshold = threshold);
  }

  public CoordinateOptions withBalanced(boolean balanced) {
    return with(draft -> draft.balanced = balanced);
  }

  public CoordinateOptions withFolds(int folds) {
    return with(draft -> draft.folds = folds);
  }

  public CoordinateOptions withFloor(double floor) {
    return with(draft -> draft.floor = floor);
  }

  public CoordinateOptions withNegatives(int negatives) {
    return with(draft -> draft.negatives = negatives);
  }

  public CoordinateOptions withMaxPositives(int maxPositives) {
    return with(draft -> draft.maxPositives = maxPositives);
  }

  public CoordinateOptions withEpochs(int epochs) {
    return with(draft -> draft.epochs = epochs);
  }

  public CoordinateOptions withSteps(int steps) {
    return with(draft -> draft.steps = steps);
  }

  public CoordinateOptions withBatch(int batch) {
    return with(draft -> draft.batch = batch);
  }

  public CoordinateOptions withLearningRate(double learningRate) {
    return with(draft -> draft.learningRate = learningRate);
  }

  public CoordinateOptions withSeed(long seed) {
    return with(draft -> draft.seed = seed);
  }

  private CoordinateOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    List<Integer> hidden;
    int embeddingDim;
    double threshold;
    boolean balanced;
    int folds;
    double floor;
    int negatives;
    int maxPositives;
    int epochs;
    int steps;
    int batch;
    double learningRate;
    long seed;

    Draft(CoordinateOptions of) {
      hidden = of.hidden;
      embeddingDim = of.embeddingDim;
      threshold = of.threshold;
      balanced = of.balanced;
      folds = of.folds;
      floor = of.floor;
      negatives = of.negatives;
      maxPositives = of.maxPositives;
      epochs = of.epochs;
      steps = of.steps;
      batch = of.batch;
      learningRate = of.learningRate;
      seed = of.seed;
    }

    CoordinateOptions options() {
      return new CoordinateOptions(
          hidden,
          embeddingDim,
          threshold,
          balanced,
          folds,
          floor,
          negatives,
          maxPositives,
          epochs,
          steps,
          batch,
          learningRate,
          seed);
    }
  }
}
