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
  private final Part[][] parts; // [objective][0 to 3], linear first
  private final int items;

  /** Where the query of a part starts in a scratch's queries. */
  private final int[][] queryAt;

  private final int queryLength;
  private final ChannelRows rows;

  private RelatedScorer(ObjectiveWeights weights, Merge merge, Part[][] parts, int items) {
    this.weights = weights;
    this.merge = merge;
    this.parts = parts;
    this.items = items;
    queryAt = new int[parts.length][];
    int at = 0;
    List<Channel> withRows = new ArrayList<>();
    for (int k = 0; k < parts.length; k++) {
      queryAt[k] = new int[parts[k].length];
      for (int p = 0; p < parts[k].length; p++) {
        Channel channel = parts[k][p].channel();
        queryAt[k][p] = at;
        at = Math.addExact(at, channel.dim());
        if (channel.pairs().isEmpty()) {
          withRows.add(channel);
        }
      }
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
    return List.of(parts[objective]);
  }

  /**
   * Whether any active channel knows the item; if none does, all its scores are 0. An ordinal
   * beyond {@link #items()} is of an item that none knows.
   */
  public boolean knows(int item) {
    if (item >= items) {
      return false;
    }
    for (Part[] objective : parts) {
      for (Part part : objective) {
        boolean ofPairs = part.channel().kind() != Channel.Kind.PRIOR;
        if (ofPairs && takesPart(part) && part.channel().speaksFor(item)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether any channel has a say in how a source and a target are related. */
  public boolean tellsPairsApart() {
    for (Part[] objective : parts) {
      for (Part part : objective) {
        if (part.channel().kind() != Channel.Kind.PRIOR && takesPart(part)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Scratch of one thread for up to {@code maxTargets} targets at a time. */
  public Scratch newScratch(int maxTargets) {
    return new Scratch(queryLength, parts, maxTargets);
  }

  /** What scoring writes to; one per thread. */
  public static final class Scratch {
    private final float[] coefficients; // per objective; 0: left out
    private final float[] queries; // of all parts one after another
    private final boolean[][] speaks; // whether a part takes part and knows the source
    private final float[] cosines;
    private final float[] merged;
    private int touched; // so that reading ahead is not taken for reading in vain

    // Of the present call.
    private int source;
    private int[] targets;
    private float[] similarities; // null = all 0
    private int known;
    private int from;
    private int to;

    private Scratch(int queryLength, Part[][] parts, int maxTargets) {
      coefficients = new float[parts.length];
      queries = new float[queryLength];
      speaks = new boolean[parts.length][];
      Arrays.setAll(speaks, k -> new boolean[parts[k].length]);
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

    private float similarity(int target) {
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
    for (int k = 0; k < parts.length; k++) {
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
    for (int k = 0; k < parts.length; k++) {
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
      for (int k = 0; k < parts.length; k++) {
        if (scratch.coefficients[k] != 0) {
          merge(k, scratch);
          addMerged(k, scores, scratch);
        }
      }
    }
  }

  private void prepare(int source, Scratch scratch) {
    scratch.source = source;
    for (int k = 0; k < parts.length; k++) {
      for (int p = 0; p < parts[k].length; p++) {
        boolean speaks = takesPart(parts[k][p]) && speaks(parts[k][p], source);
        scratch.speaks[k][p] = speaks;
        if (speaks) {
          parts[k][p].channel().copyQuery(source, scratch.queries, queryAt[k][p]);
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
    for (int k = 0; k < parts.length; k++) {
      ObjectiveWeight weight = weights.objectives().get(k);
      contribution[0] = 0;
      merge(k, scratch);
      float merged = scratch.merged[0];
      addMerged(k, contribution, scratch);
      terms.add(
          new Term(
              weight.name(),
              weight.polarity(),
              manual[k],
              weight.learned(),
              channelTerms(k, source, target, similarity),
              merged,
              contribution[0]));
    }
    return terms;
  }

  private List<ChannelTerm> channelTerms(int objective, int source, int target, float similarity) {
    float largest = Float.NEGATIVE_INFINITY;
    for (Part part : parts[objective]) {
      if (takesPart(part) && covers(part, source, target)) {
        largest = Math.max(largest, part.channel().cosine(source, target));
      }
    }
    List<ChannelTerm> channels = new ArrayList<>();
    for (Part part : parts[objective]) {
      Channel channel = part.channel();
      boolean present = covers(part, source, target);
      float cosine = present ? channel.cosine(source, target) : 0;
      boolean says = takesPart(part) && speaks(part, source);
      if (merge == Merge.MAX) {
        says &= present && cosine == largest;
      } else if (!present) {
        says &= hasPresence(part);
      }
      float calibrated =
          !takesPart(part) || !speaks(part, source)
              ? 0
              : present ? calibrated(part, cosine) : says ? absent(part, similarity) : 0;
      channels.add(new ChannelTerm(channel.kind(), present, cosine, calibrated, says));
    }
    return channels;
  }

  private boolean speaks(Part part, int source) {
    return part.channel().kind() == Channel.Kind.PRIOR
        || (source < items && part.channel().speaksFor(source));
  }

  private boolean covers(Part part, int source, int target) {
    return target < items && speaks(part, source) && part.channel().has(target);
  }

  /** Whether a channel has a say in merges. */
  public boolean takesPart(Part part) {
    return merge == Merge.MAX || part.calibration().active();
  }

  /** Whether a target without the channel counts as something. */
  private boolean hasPresence(Part part) {
    return merge != Merge.MAX && !part.calibration().presence().equals(Presence.NEUTRAL);
  }

  /** What enters the merge for a target without the channel. */
  private float absent(Part part, float similarity) {
    float logOdds = part.calibration().absentLogOdds(similarity);
    return merge == Merge.NOISY_OR ? (float) LogisticRegression.sigmoid(logOdds) : logOdds;
  }

  private float calibrated(Part part, float cosine) {
    return switch (merge) {
      case CALIBRATED -> part.calibration().logOdds(cosine);
      case NOISY_OR -> part.calibration().probability(cosine);
      case MAX -> cosine;
    };
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
    for (Part[] objective : parts) {
      for (Part part : objective) {
        if (takesPart(part) && hasPresence(part)) {
          return true;
        }
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

  /** scratch.merged[i] = s_k of the scratch's source and its target i, for those of the block. */
  private void merge(int objective, Scratch scratch) {
    float[] merged = scratch.merged;
    int from = scratch.from;
    int to = scratch.to;
    float neutral = merge == Merge.MAX ? Float.NEGATIVE_INFINITY : merge == Merge.NOISY_OR ? 1 : 0;
    Arrays.fill(merged, from, to, neutral);
    for (int p = 0; p < parts[objective].length; p++) {
      if (!scratch.speaks[objective][p]) {
        continue;
      }
      Part part = parts[objective][p];
      int known = Math.min(to, scratch.known);
      if (from < known) {
        part.channel()
            .cosines(
                scratch.source,
                scratch.queries,
                queryAt[objective][p],
                scratch.targets,
                from,
                known,
                scratch.cosines);
      }
      switch (merge) {
        case CALIBRATED -> addLogOdds(part, scratch);
        case NOISY_OR -> multiplyDoubts(part, scratch);
        case MAX -> takeLarger(part.channel(), scratch);
      }
    }
    if (merge == Merge.NOISY_OR) {
      for (int i = from; i < to; i++) {
        merged[i] = 1 - merged[i];
      }
    } else if (merge == Merge.MAX) {
      for (int i = from; i < to; i++) {
        merged[i] = merged[i] == Float.NEGATIVE_INFINITY ? 0 : merged[i];
      }
    }
    if (weights.objectives().get(objective).polarity() == Polarity.NEGATIVE) {
      for (int i = from; i < to; i++) {
        merged[i] = Math.max(0, merged[i]);
      }
    }
  }

  // A cosine of exactly 0 is the sign of a zero row, the target without the channel, or of an
  // orthogonal one: rare among vectors, usual among pairs. Only then the row is looked at.

  private static boolean isPresent(Channel channel, Scratch scratch, int i) {
    return i < scratch.known && (scratch.cosines[i] != 0 || channel.has(scratch.targets[i]));
  }

  private void addLogOdds(Part part, Scratch scratch) {
    Calibration calibration = part.calibration();
    boolean hasPresence = hasPresence(part);
    boolean isLine = calibration.curve().isEmpty();
    float slope = calibration.slope();
    float intercept = calibration.intercept();
    float[] merged = scratch.merged;
    float[] cosines = scratch.cosines;
    for (int i = scratch.from; i < scratch.to; i++) {
      if (isPresent(part.channel(), scratch, i)) {
        float cosine = cosines[i];
        merged[i] += isLine ? slope * cosine + intercept : calibration.logOdds(cosine);
      } else if (hasPresence) {
        merged[i] += absent(part, scratch.similarity(i));
      }
    }
  }

  private void multiplyDoubts(Part part, Scratch scratch) {
    boolean hasPresence = hasPresence(part);
    for (int i = scratch.from; i < scratch.to; i++) {
      if (isPresent(part.channel(), scratch, i)) {
        scratch.merged[i] *= 1 - part.calibration().probability(scratch.cosines[i]);
      } else if (hasPresence) {
        scratch.merged[i] *= 1 - absent(part, scratch.similarity(i));
      }
    }
  }

  private static void takeLarger(Channel channel, Scratch scratch) {
    for (int i = scratch.from; i < scratch.to; i++) {
      if (isPresent(channel, scratch, i)) {
        scratch.merged[i] = Math.max(scratch.merged[i], scratch.cosines[i]);
      }
    }
  }
}
