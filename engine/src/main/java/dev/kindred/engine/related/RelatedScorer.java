package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
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

  /** Targets whose rows are fetched together: what they take stays in the first cache. */
  private static final int BLOCK = 32;

  private final ObjectiveWeights weights;
  private final Merge merge;
  private final MergedObjective[] objectives;
  private final int items;

  private final int queryLength;
  private final ChannelRows rows;

  private RelatedScorer(ObjectiveWeights weights, Merge merge, Part[][] parts, int items) {
    this.weights = weights;
    this.merge = merge;
    this.items = items;
    objectives = new MergedObjective[parts.length];
    int at = 0;
    List<Channel> withRows = new ArrayList<>();
    for (int k = 0; k < parts.length; k++) {
      int[] queryAt = new int[parts[k].length];
      for (int p = 0; p < parts[k].length; p++) {
        Channel channel = parts[k][p].channel();
        queryAt[p] = at;
        at = Math.addExact(at, channel.dim());
        if (channel.pairs().isEmpty()) {
          withRows.add(channel);
        }
      }
      Polarity polarity = weights.objectives().get(k).polarity();
      objectives[k] = new MergedObjective(k, polarity, merge, parts[k], queryAt, items);
    }
    queryLength = at;
    rows = ChannelRows.of(withRows);
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
      }
    }
    return new RelatedScorer(weights, merge, byObjective, items);
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
    return objectives[objective].parts();
  }

  /**
   * Whether any active channel knows the item; if none does, all its scores are 0. An ordinal
   * beyond {@link #items()} is of an item that none knows.
   */
  public boolean knows(int item) {
    if (item >= items) {
      return false;
    }
    for (MergedObjective objective : objectives) {
      if (objective.knows(item)) {
        return true;
      }
    }
    return false;
  }

  /** Whether any channel has a say in how a source and a target are related. */
  public boolean tellsPairsApart() {
    for (MergedObjective objective : objectives) {
      if (objective.tellsPairsApart()) {
        return true;
      }
    }
    return false;
  }

  /** Scratch of one thread for up to {@code maxTargets} targets at a time. */
  public Scratch newScratch(int maxTargets) {
    return new Scratch(queryLength, objectives, maxTargets);
  }

  /** What scoring writes to; one per thread. */
  public static final class Scratch {
    private final float[] coefficients; // per objective; 0: left out
    final float[] queries; // of all parts one after another
    final boolean[][] speaks; // whether a part takes part and knows the source
    final float[] cosines;
    final float[] merged;
    private int touched; // so that reading ahead is not taken for reading in vain

    // Of the present call.
    int source;
    int[] targets;
    private float[] similarities; // null = all 0
    int known;
    int from;
    int to;

    private Scratch(int queryLength, MergedObjective[] objectives, int maxTargets) {
      coefficients = new float[objectives.length];
      queries = new float[queryLength];
      speaks = new boolean[objectives.length][];
      Arrays.setAll(speaks, k -> new boolean[objectives[k].parts().size()]);
      cosines = new float[maxTargets];
      merged = new float[maxTargets];
    }

    private void of(int[] targetItems, float[] targetSimilarities, int knownOnes) {
      targets = targetItems;
      similarities = targetSimilarities;
      known = knownOnes;
    }

    private void block(int first, int end) {
      from = first;
      to = end;
    }

    float similarity(int target) {
      return similarities == null ? 0 : similarities[target];
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
      ObjectiveWeight.checkWeight(
          weights.objectives().get(k).name(), "manual weight of objective", manual[k]);
    }
  }

  /**
   * Scores targets with the declared manual weights; see {@link #score(int, int[], int, double[],
   * float[], Scratch)}.
   */
  public void score(int source, int[] targets, int count, float[] scores, Scratch scratch) {
    score(source, targets, null, count, count, scores, scratch);
  }

  /**
   * Scores candidates with the declared manual weights; see {@link #score(int, int[], float[], int,
   * int, double[], float[], Scratch)}.
   */
  public void score(
      int source,
      int[] targets,
      float[] similarities,
      int known,
      int count,
      float[] scores,
      Scratch scratch) {
    for (int k = 0; k < objectives.length; k++) {
      scratch.coefficients[k] = coefficient(k, weights.objectives().get(k).manual());
    }
    prepare(source, scratch);
    score(targets, similarities, known, 0, count, scores, scratch);
  }

  /**
   * Scores targets that have no profile in common with the source, as far as that matters: where
   * one lacks a channel it counts as at similarity 0.
   *
   * @param source ordinal of the source item
   * @param targets ordinals; the first {@code count} are scored
   * @param count at most the scratch's targets
   * @param manual a_k per objective, finite and 0 or more, in place of the declared ones
   * @param scores overwritten from 0 to count
   */
  public void score(
      int source, int[] targets, int count, double[] manual, float[] scores, Scratch scratch) {
    score(source, targets, null, count, count, manual, scores, scratch);
  }

  /**
   * Scores candidates.
   *
   * @param source ordinal of the source item; from {@link #items()} on it is one that no channel
   *     knows
   * @param targets ordinals; the first {@code count} are scored
   * @param similarities profile similarity of each target to the source, 0 for candidates of other
   *     kinds; null = all 0. It matters for targets that lack a channel, see {@link Presence}
   * @param known targets from here on are known to no channel, whatever their ordinals
   * @param count at most the scratch's targets
   * @param manual a_k per objective, finite and 0 or more, in place of the declared ones
   * @param scores overwritten from 0 to count
   */
  public void score(
      int source,
      int[] targets,
      float[] similarities,
      int known,
      int count,
      double[] manual,
      float[] scores,
      Scratch scratch) {
    begin(source, manual, scratch);
    score(targets, similarities, known, 0, count, scores, scratch);
  }

  /**
   * Readies a scratch for the targets of a source, to be handed in part by part to {@link
   * #score(int[], float[], int, int, int, float[], Scratch)}.
   *
   * @param source ordinal; from {@link #items()} on it is one that no channel knows
   * @param manual a_k per objective, finite and 0 or more, in place of the declared ones
   */
  public void begin(int source, double[] manual, Scratch scratch) {
    checkManual(manual);
    for (int k = 0; k < objectives.length; k++) {
      scratch.coefficients[k] = coefficient(k, manual[k]);
    }
    prepare(source, scratch);
  }

  /**
   * Scores targets[from, to) for the source that the scratch was begun with.
   *
   * @param similarities profile similarity of each target to the source; null = all 0
   * @param known targets from here on are known to no channel, whatever their ordinals
   * @param to at most the scratch's targets
   * @param scores overwritten from {@code from} to before {@code to}
   */
  public void score(
      int[] targets,
      float[] similarities,
      int known,
      int from,
      int to,
      float[] scores,
      Scratch scratch) {
    Objects.checkFromToIndex(from, to, scratch.maxTargets());
    scratch.of(targets, similarities, known);
    for (int block = from; block < to; block += BLOCK) {
      int end = Math.min(to, block + BLOCK);
      scratch.block(block, end);
      scratch.touched += rows.touch(targets, block, Math.min(end, known));
      Arrays.fill(scores, block, end, 0f);
      for (int k = 0; k < objectives.length; k++) {
        if (scratch.coefficients[k] != 0) {
          objectives[k].merge(scratch);
          addMerged(k, scores, scratch);
        }
      }
    }
  }

  /** What each objective adds to the score of a pair at similarity 0, in declared order. */
  public List<Term> terms(int source, int target, double[] manual, Scratch scratch) {
    return terms(source, target, 0, manual, scratch);
  }

  /**
   * What each objective adds to the score of a pair, in declared order.
   *
   * @param source ordinal, from {@link #items()} on of an item that no channel knows
   * @param target likewise
   * @param similarity that the score was computed with
   */
  public List<Term> terms(
      int source, int target, float similarity, double[] manual, Scratch scratch) {
    begin(source, manual, scratch);
    float[] contribution = new float[1];
    scratch.of(new int[] {target}, new float[] {similarity}, target < items ? 1 : 0);
    scratch.block(0, 1);
    List<Term> terms = new ArrayList<>();
    for (int k = 0; k < objectives.length; k++) {
      ObjectiveWeight weight = weights.objectives().get(k);
      contribution[0] = 0;
      objectives[k].merge(scratch);
      float merged = scratch.merged[0];
      addMerged(k, contribution, scratch);
      terms.add(
          new Term(
              weight.name(),
              weight.polarity(),
              manual[k],
              weight.learned(),
              objectives[k].channelTerms(source, target, similarity),
              merged,
              contribution[0]));
    }
    return terms;
  }

  private void prepare(int source, Scratch scratch) {
    scratch.source = source;
    for (MergedObjective objective : objectives) {
      objective.prepare(scratch);
    }
  }

  /** Whether a channel has a say in merges. */
  public boolean takesPart(Part part) {
    return MergedObjective.takesPart(merge, part);
  }

  /**
   * What an objective's similarities are multiplied with.
   *
   * @param manual a_k per objective
   */
  public float coefficient(int objective, double[] manual) {
    return coefficient(objective, manual[objective]);
  }

  /** Whether scores depend on the similarities of targets: a channel's absence counts by them. */
  public boolean usesSimilarity() {
    for (MergedObjective objective : objectives) {
      if (objective.usesSimilarity()) {
        return true;
      }
    }
    return false;
  }

  private float coefficient(int objective, double manual) {
    ObjectiveWeight weight = weights.objectives().get(objective);
    return (float) (weight.polarity().sign() * manual * weight.learned());
  }

  /** The one place where a contribution is made: scores and explanations agree to the bit. */
  private static void addMerged(int objective, float[] scores, Scratch scratch) {
    float coefficient = scratch.coefficients[objective];
    float[] merged = scratch.merged;
    for (int i = scratch.from; i < scratch.to; i++) {
      scores[i] += coefficient * merged[i];
    }
  }
}
