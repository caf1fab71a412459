package dev.kindred.engine.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends training when the validation score has not risen for some epochs, and brings back the
 * weights of the best one.
 *
 * <p>The first epochs can be kept from being the best: after one pass a recommender has learned
 * little but which items are popular, and where popularity alone scores well, training would end
 * with that.
 *
 * <p>For one thread.
 */
public final class EarlyStopping {
  private final int patience;
  private final int earliest;
  private final List<Parameter> parameters;
  private final List<float[]> best = new ArrayList<>();
  private double bestScore = Double.NEGATIVE_INFINITY;
  private int bestEpoch;
  private int lastEpoch;

  /**
   * @param patience epochs without a better score after which to stop, at least 1
   * @param earliest first epoch that may be the best, from 1; the epochs before it count for
   *     nothing
   * @param parameters the weights to keep a copy of
   */
  public EarlyStopping(int patience, int earliest, List<Parameter> parameters) {
    if (patience < 1) {
      throw new IllegalArgumentException("patience is " + patience + ", must be at least 1");
    }
    if (earliest < 1) {
      throw new IllegalArgumentException("earliest epoch is " + earliest + ", must be at least 1");
    }
    this.patience = patience;
    this.earliest = earliest;
    this.parameters = List.copyOf(parameters);
  }

  /**
   * Takes the score of an epoch, higher = better; NaN counts as no better.
   *
   * @return whether it is the best so far
   */
  public boolean offer(int epoch, double score) {
    lastEpoch = epoch;
    if (epoch < earliest || !(score > bestScore)) {
      return false;
    }
    bestScore = score;
    bestEpoch = epoch;
    for (int i = 0; i < parameters.size(); i++) {
      float[] values = parameters.get(i).values();
      if (best.size() <= i) {
        best.add(values.clone());
      } else {
        System.arraycopy(values, 0, best.get(i), 0, values.length);
      }
    }
    return true;
  }

  public boolean shouldStop() {
    return lastEpoch - Math.max(bestEpoch, earliest - 1) >= patience;
  }

  /** Negative infinity if no epoch has been the best yet. */
  public double bestScore() {
    return bestScore;
  }

  /**
   * The epoch whose weights {@link #restore} brings back: the last one if none was the best yet.
   */
  public int bestEpoch() {
    return bestEpoch == 0 ? lastEpoch : bestEpoch;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  /** The weights of the best epoch, in the order of the parameters; empty before there is one. */
  List<float[]> best() {
    return best;
  }

  /**
   * Takes over the scores of the epochs run so far; if one of them was the best, {@link #best} has
   * the weights as they are now, for the caller to overwrite with that epoch's.
   */
  void resume(List<Double> scores) {
    for (int epoch = 1; epoch <= scores.size(); epoch++) {
      offer(epoch, scores.get(epoch - 1));
    }
  }

  /** Puts the weights of the best epoch back; the caller refreshes the networks. */
  public void restore() {
    for (int i = 0; i < best.size(); i++) {
      float[] values = parameters.get(i).values();
      System.arraycopy(best.get(i), 0, values, 0, values.length);
    }
  }
}
