package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The ranking score of a source and its targets (paper, section 4.3 and equation 7): sum over
 * objectives of sign a_k w_k s_k, where s_k merges the objective's linear and non-linear cosine and
 * the sign comes from the declared polarity alone.
 *
 * <p>Scores are floats and exact: each is the float sum, in declared order, of the contributions
 * that {@link #terms} names, bit for bit. Scoring allocates nothing; all scratch is the caller's.
 * Immutable, may be shared by threads, each with its own {@link Scratch}; lives as long as the
 * channels' segments.
 */
public final class RelatedScorer {
  /** A channel and what its cosines are worth. */
  public record Part(Channel channel, Calibration calibration) {
    public Part {
      Objects.requireNonNull(channel, "channel");
      Objects.requireNonNull(calibration, "calibration");
    }
  }

  private final ObjectiveWeights weights;
  private final Merge merge;
  private final Part[][] parts; // [objective][0 to 2], linear first
  private final int items;
  private final int maxDim;

  private RelatedScorer(
      ObjectiveWeights weights, Merge merge, Part[][] parts, int items, int maxDim) {
    this.weights = weights;
    this.merge = merge;
    this.parts = parts;
    this.items = items;
    this.maxDim = maxDim;
  }

  /**
   * A scorer.
   *
   * @param weights the objectives in declared order
   * @param parts the channels: of an objective at most one of each kind; an objective without any
   *     contributes 0
   * @param items number of items, that of every channel
   */
  public static RelatedScorer of(
      ObjectiveWeights weights, List<Part> parts, Merge merge, int items) {
    Part[][] byObjective = new Part[weights.size()][];
    Arrays.setAll(byObjective, k -> new Part[0]);
    int maxDim = 0;
    for (Channel.Kind kind : Channel.Kind.values()) {
      for (Part part : parts) {
        Channel channel = part.channel();
        if (channel.kind() != kind) {
          continue;
        }
        int k = weights.indexOf(channel.objective());
        if (k < 0) {
          throw new IllegalArgumentException(
              "channel " + channel + " belongs to no declared objective");
        }
        Part[] before = byObjective[k];
        if (before.length > 0 && before[before.length - 1].channel().kind() == kind) {
          throw new IllegalArgumentException(
              "objective '" + channel.objective() + "' has two " + kind.label() + " channels");
        }
        if (channel.items() != items) {
          throw new IllegalArgumentException(
              "channel " + channel + " is not over the " + items + " items of the others");
        }
        byObjective[k] = Arrays.copyOf(before, before.length + 1);
        byObjective[k][before.length] = part;
        maxDim = Math.max(maxDim, channel.dim());
      }
    }
    return new RelatedScorer(weights, merge, byObjective, items, maxDim);
  }

  /** The weights of the objectives. */
  public ObjectiveWeights weights() {
    return weights;
  }

  /** How channels are merged. */
  public Merge merge() {
    return merge;
  }

  /** Number of items. */
  public int items() {
    return items;
  }

  /** The channels of an objective, linear first. */
  public List<Part> parts(int objective) {
    return List.of(parts[objective]);
  }

  /** Whether any active channel knows the item; if none does, all its scores are 0. */
  public boolean knows(int item) {
    for (Part[] objective : parts) {
      for (Part part : objective) {
        boolean ofPairs = part.channel().kind() != Channel.Kind.PRIOR;
        if (ofPairs && takesPart(part) && part.channel().has(item)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Scratch of one thread for up to {@code maxTargets} targets at a time. */
  public Scratch newScratch(int maxTargets) {
    return new Scratch(maxDim, maxTargets);
  }

  /** What scoring writes to; one per thread. */
  public static final class Scratch {
    private final float[] source;
    private final float[] cosines;
    private final float[] merged;

    private Scratch(int maxDim, int maxTargets) {
      source = new float[maxDim];
      cosines = new float[maxTargets];
      merged = new float[maxTargets];
    }

    /** Most targets of one call. */
    public int maxTargets() {
      return cosines.length;
    }
  }

  /** Throws unless there is one manual weight per objective, finite and 0 or more. */
  public void checkManual(double[] manual) {
    if (manual.length != weights.size()) {
      throw new IllegalArgumentException(
          manual.length + " manual weights for " + weights.size() + " objectives");
    }
    for (int k = 0; k < manual.length; k++) {
      ObjectiveWeight.checkWeight(weights.objectives().get(k).name(), "manual weight", manual[k]);
    }
  }

  /**
   * Scores targets with the declared manual weights; see {@link #score(int, int[], int, double[],
   * float[], Scratch)}.
   */
  public void score(int source, int[] targets, int count, float[] scores, Scratch scratch) {
    Arrays.fill(scores, 0, count, 0f);
    for (int k = 0; k < parts.length; k++) {
      double manual = weights.objectives().get(k).manual();
      add(k, source, targets, count, coefficient(k, manual), scores, scratch);
    }
  }

  /**
   * Scores targets.
   *
   * @param source ordinal of the source item
   * @param targets ordinals; the first {@code count} are scored
   * @param count at most the scratch's targets
   * @param manual a_k per objective, finite and 0 or more, in place of the declared ones
   * @param scores overwritten from 0 to count
   */
  public void score(
      int source, int[] targets, int count, double[] manual, float[] scores, Scratch scratch) {
    checkManual(manual);
    Arrays.fill(scores, 0, count, 0f);
    for (int k = 0; k < parts.length; k++) {
      add(k, source, targets, count, coefficient(k, manual[k]), scores, scratch);
    }
  }

  /** What each objective adds to the score of a pair, in declared order. */
  public List<Term> terms(int source, int target, double[] manual, Scratch scratch) {
    checkManual(manual);
    int[] targets = {target};
    float[] contribution = new float[1];
    List<Term> terms = new ArrayList<>();
    for (int k = 0; k < parts.length; k++) {
      ObjectiveWeight weight = weights.objectives().get(k);
      contribution[0] = 0;
      merge(k, source, targets, 1, scratch);
      float merged = scratch.merged[0];
      addMerged(coefficient(k, manual[k]), 1, contribution, scratch);
      List<ChannelTerm> channels = new ArrayList<>();
      float largest = Float.NEGATIVE_INFINITY;
      for (Part part : parts[k]) {
        largest = Math.max(largest, said(part, source, target) ? cosine(part, source, target) : -2);
      }
      for (Part part : parts[k]) {
        boolean says = said(part, source, target);
        float cosine = cosine(part, source, target);
        boolean wins = merge != Merge.MAX || cosine == largest;
        channels.add(
            new ChannelTerm(
                part.channel().kind(),
                part.channel().covers(source, target),
                cosine,
                says ? calibrated(part, cosine) : 0,
                says && wins));
      }
      terms.add(
          new Term(
              weight.name(),
              weight.polarity(),
              manual[k],
              weight.learned(),
              channels,
              merged,
              contribution[0]));
    }
    return terms;
  }

  private boolean takesPart(Part part) {
    return merge == Merge.MAX || part.calibration().active();
  }

  private boolean said(Part part, int source, int target) {
    return takesPart(part) && part.channel().covers(source, target);
  }

  private static float cosine(Part part, int source, int target) {
    return part.channel().cosine(source, target);
  }

  private float calibrated(Part part, float cosine) {
    return switch (merge) {
      case CALIBRATED -> part.calibration().logOdds(cosine);
      case NOISY_OR -> part.calibration().probability(cosine);
      case MAX -> cosine;
    };
  }

  private float coefficient(int objective, double manual) {
    ObjectiveWeight weight = weights.objectives().get(objective);
    return (float) (weight.polarity().sign() * manual * weight.learned());
  }

  private void add(
      int objective,
      int source,
      int[] targets,
      int count,
      float coefficient,
      float[] scores,
      Scratch scratch) {
    if (coefficient != 0) {
      merge(objective, source, targets, count, scratch);
      addMerged(coefficient, count, scores, scratch);
    }
  }

  /** The one place where a contribution is made: scores and explanations agree to the bit. */
  private static void addMerged(float coefficient, int count, float[] scores, Scratch scratch) {
    for (int i = 0; i < count; i++) {
      scores[i] += coefficient * scratch.merged[i];
    }
  }

  /** scratch.merged[i] = s_k of source and targets[i]. */
  private void merge(int objective, int source, int[] targets, int count, Scratch scratch) {
    float[] merged = scratch.merged;
    float neutral = merge == Merge.MAX ? Float.NEGATIVE_INFINITY : merge == Merge.NOISY_OR ? 1 : 0;
    Arrays.fill(merged, 0, count, neutral);
    for (Part part : parts[objective]) {
      Channel channel = part.channel();
      if (!takesPart(part) || !channel.speaksFor(source)) {
        continue;
      }
      channel.copyQuery(source, scratch.source);
      float[] cosines = scratch.cosines;
      Distances.dotRows(
          scratch.source,
          0,
          channel.rows(),
          channel.strideBytes(),
          targets,
          0,
          count,
          channel.dim(),
          cosines);
      Calibration calibration = part.calibration();
      switch (merge) {
        case CALIBRATED -> addLogOdds(channel, calibration, cosines, targets, count, merged);
        case NOISY_OR -> multiplyDoubts(channel, calibration, cosines, targets, count, merged);
        case MAX -> takeLarger(channel, cosines, targets, count, merged);
      }
    }
    if (merge == Merge.NOISY_OR) {
      for (int i = 0; i < count; i++) {
        merged[i] = 1 - merged[i];
      }
    } else if (merge == Merge.MAX) {
      for (int i = 0; i < count; i++) {
        merged[i] = merged[i] == Float.NEGATIVE_INFINITY ? 0 : merged[i];
      }
    }
    if (weights.objectives().get(objective).polarity() == Polarity.NEGATIVE) {
      for (int i = 0; i < count; i++) {
        merged[i] = Math.max(0, merged[i]);
      }
    }
  }

  // A cosine of exactly 0 is the sign of a zero row, the target without the channel, or (rarely) of
  // an orthogonal one; so only then the row is looked at.

  private static void addLogOdds(
      Channel channel,
      Calibration calibration,
      float[] cosines,
      int[] targets,
      int count,
      float[] merged) {
    for (int i = 0; i < count; i++) {
      if (cosines[i] != 0 || channel.has(targets[i])) {
        merged[i] += calibration.logOdds(cosines[i]);
      }
    }
  }

  private static void multiplyDoubts(
      Channel channel,
      Calibration calibration,
      float[] cosines,
      int[] targets,
      int count,
      float[] merged) {
    for (int i = 0; i < count; i++) {
      if (cosines[i] != 0 || channel.has(targets[i])) {
        merged[i] *= 1 - calibration.probability(cosines[i]);
      }
    }
  }

  private static void takeLarger(
      Channel channel, float[] cosines, int[] targets, int count, float[] merged) {
    for (int i = 0; i < count; i++) {
      if (cosines[i] != 0 || channel.has(targets[i])) {
        merged[i] = Math.max(merged[i], cosines[i]);
      }
    }
  }
}
