package dev.kindred.engine.coordinate;

import dev.kindred.engine.coordinate.SampleColumns.Role;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Dense;
import dev.kindred.engine.nn.Input;
import dev.kindred.engine.nn.Layer;
import dev.kindred.engine.nn.Losses;
import dev.kindred.engine.nn.Network;
import dev.kindred.engine.nn.Pass;
import dev.kindred.engine.nn.Trainer;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import java.util.Arrays;

/**
 * Judges the positives of an objective by what came after: dwell time and the like, which are there
 * only when the event happened and so can't tell whether it did.
 *
 * <p>They can tell whether it was meant, with the help of a witness: a number w that is low on
 * average where all events are mistakes, and higher where all are meant. Its mean given the
 * aftermath d, m(d), lies in between. Taking at least half of the events for meant, the median of
 * m(d) is one of theirs, and mistakes lie below half of it; high is the 10th percentile of what
 * lies above, and r(d) = (m(d) - low) / (high - low), within [0, 1], is the share of meant events
 * among those with aftermath d.
 *
 * <ul>
 *   <li><b>Reactions</b>, where other wanted objectives happen only after this one: w is whether
 *       one of them did. Who clicks by mistake does not like what he sees: low is 0. An event was
 *       meant with probability r.
 *   <li><b>Fit</b>, where there are none, or too few: w is the balanced probability s of the event
 *       by user and item alone. A click by mistake falls on whatever stood there, so its user and
 *       item look like those of any sample: low is the mean of s over all samples. With the odds f
 *       of the user and item in meant events against any sample, an event was meant with
 *       probability r f / (r f + 1 - r): two components told apart as in learning from positive and
 *       unlabeled samples (Elkan and Noto, KDD 2008), with a share that depends on d. Where
 *       mistakes have items of their own, which are seldom shown without one, they seem to fit.
 * </ul>
 *
 * <p>For one thread.
 */
final class Aftermath {
  private static final int CHUNK = 128;
  private static final int BATCH = 256;
  private static final double LEARNING_RATE = 3e-3;

  /** Steps that fit m, whatever the number of positives. */
  private static final int STEPS = 1500;

  /** At least so many events are taken for meant. */
  private static final double MEANT = 0.5;

  /**
   * Of the aftermaths with an m that is nearer to that of meant events, those above this quantile
   * are taken for meant without exception: m differs among meant events too.
   */
  private static final double SURE = 0.1;

  /** Standard errors that the median of m must lie above low, or the witness tells nothing. */
  private static final double MIN_CONTRAST = 5;

  private static final double MIN_ODDS = 0.05;
  private static final double MAX_ODDS = 20;

  /**
   * Mean and standard deviation of the scores of one fold's rows.
   *
   * @param deviation above 0
   */
  record Level(double mean, double deviation) {
    /** Of the scores of the given rows. */
    static Level of(float[] scores, int[] rows) {
      double sum = 0;
      double squares = 0;
      for (int row : rows) {
        sum += scores[row];
        squares += (double) scores[row] * scores[row];
      }
      double mean = sum / rows.length;
      return new Level(mean, Math.sqrt(Math.max(squares / rows.length - mean * mean, 1e-12)));
    }
  }

  private final SampleColumns columns;
  private final int objective;
  private final CoordinateOptions options;

  Aftermath(SampleColumns columns, int objective, CoordinateOptions options) {
    this.columns = columns;
    this.objective = objective;
    this.options = options;
  }

  /**
   * The probability that each positive was meant, by what else its user did afterwards.
   *
   * @param positives rows of the objective's positives
   * @param folds fold of each row: m of a row is fitted on the other folds
   * @return by place in {@code positives}; empty if reactions don't tell
   */
  float[] meantByReactions(int[] positives, byte[] folds, Workers workers) {
    float[] reacted = new float[folds.length];
    int reactions = 0;
    for (int row : positives) {
      if (columns.reacted(objective, row)) {
        reacted[row] = 1;
        reactions++;
      }
    }
    double rate = (double) reactions / positives.length;
    return meantShares(positives, folds, reacted, Math.sqrt(rate * (1 - rate)), workers);
  }

  /**
   * The probability that each positive was meant, by how well its user and item fit.
   *
   * @param positives rows of the objective's positives
   * @param folds fold of each row: m of a row is fitted on the other folds
   * @param scores by row, the balanced probability by user and item alone; read at positives only
   * @param levels what such scores are like over all rows of a fold, event or not
   * @return by place in {@code positives}; empty if the scores don't tell
   */
  float[] meantByFit(
      int[] positives, byte[] folds, float[] scores, Level[] levels, Workers workers) {
    float[] standard = standardise(positives, folds, scores, levels);
    float[] shares = meantShares(positives, folds, standard, 1, workers);
    double meanShare = 0;
    for (float share : shares) {
      meanShare += (double) share / shares.length;
    }
    double baseRate = (double) positives.length / scores.length;
    float[] meant = new float[shares.length];
    for (int i = 0; i < shares.length; i++) {
      double s = scores[positives[i]];
      // The user and item in an event, meant or not, against samples without it, then against any.
      double against = s / Math.max(1 - s, 1e-6);
      double any = against / (baseRate * against + 1 - baseRate);
      double odds = (any - (1 - meanShare)) / meanShare;
      double weighted = shares[i] * Math.clamp(odds, MIN_ODDS, MAX_ODDS);
      meant[i] = (float) (weighted / (weighted + 1 - shares[i]));
    }
    return meant;
  }

  /**
   * The share r(d) of meant events among those with the aftermath of each positive.
   *
   * @param witness by row, 0 on average among mistakes
   * @param deviation of the witness
   * @return empty if the witness doesn't tell
   */
  private float[] meantShares(
      int[] positives, byte[] folds, float[] witness, double deviation, Workers workers) {
    float[] mean = new float[positives.length];
    for (int fold = 0; fold < options.folds(); fold++) {
      fit(positives, folds, fold, witness, mean, workers);
    }
    float[] sorted = mean.clone();
    Arrays.sort(sorted);
    double median = sorted[(int) ((1 - MEANT) * (sorted.length - 1))];
    if (!(median > MIN_CONTRAST * deviation / Math.sqrt(positives.length))) {
      return new float[0];
    }
    int near = 0;
    while (sorted[near] < median / 2) {
      near++;
    }
    double high = sorted[near + (int) (SURE * (sorted.length - 1 - near))];
    float[] shares = new float[positives.length];
    for (int i = 0; i < positives.length; i++) {
      shares[i] = (float) Math.clamp(mean[i] / high, 0.0, 1.0);
    }
    return shares;
  }

  /**
   * Scores less their fold's mean, over its standard deviation: each fold was judged by a network
   * of its own, with a bias of its own. So low is 0.
   */
  private static float[] standardise(
      int[] positives, byte[] folds, float[] scores, Level[] levels) {
    float[] standard = new float[scores.length];
    for (int row : positives) {
      Level level = levels[folds[row]];
      standard[row] = (float) ((scores[row] - level.mean) / level.deviation);
    }
    return standard;
  }

  /** Fits m on the other folds and writes it for the positives of this one. */
  private void fit(
      int[] positives, byte[] folds, int fold, float[] witness, float[] mean, Workers workers) {
    long seed = Draws.of(options.seed(), "coordinate.aftermath", objective, fold).nextLong();
    Input input = new Input("aftermath", columns.size() * SampleColumns.WIDTH);
    Layer layer = input;
    for (int i = 0; i < options.hidden().size(); i++) {
      int width = Math.max(1, options.hidden().get(i) / 2);
      layer = new Dense("hidden" + (i + 1), layer, width, Activation.RELU, seed);
    }
    Dense output = new Dense("mean", layer, 1, Activation.NONE, seed);
    Network network = new Network(output);
    int[] others = Arrays.stream(positives).filter(row -> folds[row] != fold).toArray();
    if (others.length > 0) {
      Trainer trainer =
          new Trainer(
              "the Coordinating Network", network, Adam.of(LEARNING_RATE), BATCH, CHUNK, seed);
      Draws draws = Draws.of(seed, "coordinate.aftermath.batch");
      int[] rows = new int[BATCH];
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < BATCH; i++) {
          rows[i] = others[draws.nextInt(others.length)];
        }
        // The rate falls to nothing, so that the end does not depend on the last batches.
        double rate = 1 - (double) step / STEPS;
        trainer.step(
            BATCH,
            rate,
            (pass, from, count) -> {
              forward(pass, network, input, rows, from, count);
              float[] targets = new float[count];
              float[] ones = new float[count];
              for (int i = 0; i < count; i++) {
                targets[i] = witness[rows[from + i]];
                ones[i] = 1;
              }
              return Losses.squaredError(
                  pass.value(output), targets, ones, count, 1f / BATCH, pass.gradient(output));
            },
            workers);
      }
    }
    Pass pass = Pass.forInference(network, CHUNK);
    int[] places = new int[CHUNK];
    int[] rows = new int[CHUNK];
    int count = 0;
    for (int i = 0; i <= positives.length; i++) {
      if (count == CHUNK || i == positives.length) {
        forward(pass, network, input, rows, 0, count);
        for (int j = 0; j < count; j++) {
          mean[places[j]] = pass.value(output)[j];
        }
        count = 0;
      }
      if (i < positives.length && folds[positives[i]] == fold) {
        places[count] = i;
        rows[count++] = positives[i];
      }
    }
  }

  private void forward(Pass pass, Network network, Input input, int[] rows, int from, int count) {
    float[] x = pass.value(input);
    for (int i = 0; i < count; i++) {
      columns.write(objective, Role.AFTERMATH, rows[from + i], x, i * input.width());
    }
    network.forward(pass, count);
  }
}
