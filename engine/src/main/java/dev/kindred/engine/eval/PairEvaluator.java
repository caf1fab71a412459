package dev.kindred.engine.eval;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.CalibrationPairs;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Does an objective's score tell two items of one user from items of two users, and a negative
 * one's what a user dislikes from what else he met?
 *
 * <p>Pairs are those of {@link CalibrationPairs}. Pairs with an item that the scorer does not know
 * are left out. Stateless.
 */
public final class PairEvaluator {
  private static final int BINS = 10;

  /** Bars of a histogram of cosines, from -1 to 1. */
  public static final int BARS = 40;

  private PairEvaluator() {}

  /**
   * What came out for one objective.
   *
   * @param pairs how many were asked
   * @param auc with its 95% interval
   * @param grouped the AUC within the pairs of one source item: is its list in a good order?
   * @param predictions of probabilities; empty where the scores are none (raw cosines, a negative
   *     objective)
   * @param channels the cosines of each channel
   * @param baselines what the same pairs give without a model
   */
  public record Report(
      int pairs,
      Auc.Interval auc,
      GroupedAuc grouped,
      Optional<Probabilities> predictions,
      List<Cosines> channels,
      Baselines baselines) {
    public Report {
      channels = List.copyOf(channels);
    }
  }

  /**
   * How good the probabilities are, both kinds of pairs in equal number.
   *
   * @param logLoss 0.693 = says nothing
   * @param rmse 0.5 = says nothing
   * @param reliability in ten bins
   */
  public record Probabilities(double logLoss, double rmse, Reliability reliability) {}

  /**
   * How the cosines of a channel lie.
   *
   * @param kind of the channel
   * @param auc of the raw cosines, pairs without the channel left out; NaN if undefined
   * @param positive share of the positive pairs in each of {@link #BARS} ranges from -1 to 1
   * @param random the same for the others
   */
  public record Cosines(
      Channel.Kind kind, double auc, List<Double> positive, List<Double> random) {}

  /**
   * AUC of scores that need no model.
   *
   * @param popularity of the number of users whom the second item has
   * @param cooccurrence of the cosine of both items' users, as in {@link
   *     BaselineLists#cooccurrence}
   */
  public record Baselines(double popularity, double cooccurrence) {}

  /**
   * Evaluates one objective.
   *
   * @param train [users x items] of the objective, in the ordinals of the log, for the baselines
   * @param pairs in the ordinals of the log
   * @param toModel from these to the scorer's; -1 = unknown there
   * @return empty if fewer than two pairs of either kind are known
   */
  public static Optional<Report> evaluate(
      RelatedScorer scorer,
      int objective,
      Interactions train,
      CalibrationPairs pairs,
      IntUnaryOperator toModel) {
    int[] rows = new int[pairs.size()];
    int[] first = new int[pairs.size()];
    int[] second = new int[pairs.size()];
    boolean[] positive = new boolean[pairs.size()];
    int n = 0;
    int positives = 0;
    for (int i = 0; i < pairs.size(); i++) {
      first[n] = toModel.applyAsInt(pairs.first(i));
      second[n] = toModel.applyAsInt(pairs.second(i));
      positive[n] = pairs.isPositive(i);
      if (first[n] >= 0 && second[n] >= 0) {
        positives += positive[n] ? 1 : 0;
        rows[n++] = i;
      }
    }
    if (Math.min(positives, n - positives) < 2) {
      return Optional.empty();
    }
    boolean[] labels = Arrays.copyOf(positive, n);
    int[] sources = Arrays.copyOf(first, n);
    boolean negative = scorer.weights().objectives().get(objective).polarity() == Polarity.NEGATIVE;
    float[] merged = merged(scorer, objective, sources, second);
    Optional<Probabilities> predictions =
        negative || scorer.merge() == Merge.MAX
            ? Optional.empty()
            : Optional.of(probabilities(scorer.merge(), merged, labels));
    List<Cosines> channels = new ArrayList<>();
    for (RelatedScorer.Part part : scorer.parts(objective)) {
      if (part.channel().kind() != Channel.Kind.PRIOR) {
        channels.add(cosines(part.channel(), sources, second, labels));
      }
    }
    return Optional.of(
        new Report(
            n,
            Auc.interval(merged, labels),
            GroupedAuc.of(merged, labels, sources),
            predictions,
            channels,
            baselines(train.transposed(), pairs, Arrays.copyOf(rows, n), labels)));
  }

  private static Baselines baselines(
      Interactions byItem, CalibrationPairs pairs, int[] rows, boolean[] labels) {
    float[] popularity = new float[rows.length];
    float[] cosine = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int a = pairs.first(rows[i]);
      int b = pairs.second(rows[i]);
      popularity[i] = byItem.count(b);
      double sizes = (double) byItem.count(a) * byItem.count(b);
      cosine[i] = sizes == 0 ? 0 : (float) (shared(byItem, a, b) / Math.sqrt(sizes));
    }
    return new Baselines(Auc.of(popularity, labels), Auc.of(cosine, labels));
  }

  /** How many users both items have. */
  private static int shared(Interactions byItem, int a, int b) {
    int shared = 0;
    long i = byItem.start(a);
    long j = byItem.start(b);
    while (i < byItem.end(a) && j < byItem.end(b)) {
      int order = Integer.compare(byItem.column(i), byItem.column(j));
      shared += order == 0 ? 1 : 0;
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return shared;
  }

  private static float[] merged(RelatedScorer scorer, int objective, int[] sources, int[] targets) {
    RelatedScorer.Scratch scratch = scorer.newScratch(1);
    double[] manual = new double[scorer.weights().size()];
    float[] merged = new float[sources.length];
    for (int i = 0; i < sources.length; i++) {
      List<Term> terms = scorer.terms(sources[i], targets[i], manual, scratch);
      merged[i] = terms.get(objective).merged();
    }
    return merged;
  }

  private static Probabilities probabilities(Merge merge, float[] merged, boolean[] labels) {
    float[] probability = new float[merged.length];
    for (int i = 0; i < merged.length; i++) {
      probability[i] =
          merge == Merge.NOISY_OR ? merged[i] : (float) (1 / (1 + Math.exp(-merged[i])));
    }
    return new Probabilities(
        Predictions.logLoss(probability, labels),
        Predictions.rmse(probability, labels),
        Reliability.of(probability, labels, BINS));
  }

  private static Cosines cosines(Channel channel, int[] sources, int[] targets, boolean[] labels) {
    double[] positive = new double[BARS];
    double[] random = new double[BARS];
    float[] known = new float[labels.length];
    boolean[] knownLabels = new boolean[labels.length];
    int n = 0;
    int positives = 0;
    for (int i = 0; i < labels.length; i++) {
      if (!channel.covers(sources[i], targets[i])) {
        continue;
      }
      float cosine = channel.cosine(sources[i], targets[i]);
      int bar = (int) Math.min(BARS - 1, Math.max(0, (cosine + 1) / 2 * BARS));
      (labels[i] ? positive : random)[bar]++;
      known[n] = cosine;
      knownLabels[n++] = labels[i];
      positives += labels[i] ? 1 : 0;
    }
    return new Cosines(
        channel.kind(),
        Auc.of(Arrays.copyOf(known, n), Arrays.copyOf(knownLabels, n)),
        shares(positive, positives),
        shares(random, n - positives));
  }

  private static List<Double> shares(double[] counts, int of) {
    return Arrays.stream(counts).map(c -> of == 0 ? 0 : c / of).boxed().toList();
  }
}
