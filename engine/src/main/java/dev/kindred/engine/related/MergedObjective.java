package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One objective of a {@link RelatedScorer}: its channels, and how their cosines are merged to the
 * objective's similarity s_k. Merging allocates nothing. Immutable, may be shared by threads, each
 * with its own scratch.
 */
final class MergedObjective {
  private final int index;
  private final boolean isNegative;
  private final Merge merge;
  private final RelatedScorer.Part[] parts; // at most one of each kind, linear first
  private final int[] queryAt;
  private final int items;

  /**
   * One objective.
   *
   * @param index its place in a scratch
   * @param queryAt where the query of each part starts in a scratch's queries
   * @param items those from here on are known to no channel
   */
  MergedObjective(
      int index,
      Polarity polarity,
      Merge merge,
      RelatedScorer.Part[] parts,
      int[] queryAt,
      int items) {
    this.index = index;
    this.isNegative = polarity == Polarity.NEGATIVE;
    this.merge = merge;
    this.parts = parts;
    this.queryAt = queryAt;
    this.items = items;
  }

  /** The channels, linear first. */
  List<RelatedScorer.Part> parts() {
    return List.of(parts);
  }

  /** Whether a channel of pairs has a say and knows the item. */
  boolean knows(int item) {
    for (RelatedScorer.Part part : parts) {
      if (isOfPairs(part) && takesPart(part) && part.channel().speaksFor(item)) {
        return true;
      }
    }
    return false;
  }

  /** Whether any channel has a say in how a source and a target are related. */
  boolean tellsPairsApart() {
    for (RelatedScorer.Part part : parts) {
      if (isOfPairs(part) && takesPart(part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfPairs(RelatedScorer.Part part) {
    return part.channel().kind() != Channel.Kind.PRIOR;
  }

  /** Whether a channel's absence counts by the similarity of targets. */
  boolean usesSimilarity() {
    for (RelatedScorer.Part part : parts) {
      if (takesPart(part) && hasPresence(part)) {
        return true;
      }
    }
    return false;
  }

  /** Readies a scratch for its source: which channels speak, and their queries. */
  void prepare(RelatedScorer.Scratch scratch) {
    for (int p = 0; p < parts.length; p++) {
      boolean speaks = takesPart(parts[p]) && speaks(parts[p], scratch.source);
      scratch.speaks[index][p] = speaks;
      if (speaks) {
        parts[p].channel().copyQuery(scratch.source, scratch.queries, queryAt[p]);
      }
    }
  }

  /** What each channel says of a pair. */
  List<ChannelTerm> channelTerms(int source, int target, float similarity) {
    float largest = Float.NEGATIVE_INFINITY;
    for (RelatedScorer.Part part : parts) {
      if (takesPart(part) && covers(part, source, target)) {
        largest = Math.max(largest, part.channel().cosine(source, target));
      }
    }
    List<ChannelTerm> channels = new ArrayList<>();
    for (RelatedScorer.Part part : parts) {
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

  private boolean speaks(RelatedScorer.Part part, int source) {
    return part.channel().kind() == Channel.Kind.PRIOR
        || (source < items && part.channel().speaksFor(source));
  }

  private boolean covers(RelatedScorer.Part part, int source, int target) {
    return target < items && speaks(part, source) && part.channel().has(target);
  }

  /** Whether a channel has a say in merges. */
  static boolean takesPart(Merge merge, RelatedScorer.Part part) {
    return merge == Merge.MAX || part.calibration().active();
  }

  private boolean takesPart(RelatedScorer.Part part) {
    return takesPart(merge, part);
  }

  /** Whether a target without the channel counts as something. */
  private boolean hasPresence(RelatedScorer.Part part) {
    return merge != Merge.MAX && !part.calibration().presence().equals(Presence.NEUTRAL);
  }

  /** What enters the merge for a target without the channel. */
  private float absent(RelatedScorer.Part part, float similarity) {
    float logOdds = part.calibration().absentLogOdds(similarity);
    return merge == Merge.NOISY_OR ? (float) LogisticRegression.sigmoid(logOdds) : logOdds;
  }

  private float calibrated(RelatedScorer.Part part, float cosine) {
    return switch (merge) {
      case CALIBRATED -> part.calibration().logOdds(cosine);
      case NOISY_OR -> part.calibration().probability(cosine);
      case MAX -> cosine;
    };
  }

  /** scratch.merged[i] = s_k of the scratch's source and its target i, for those of the block. */
  void merge(RelatedScorer.Scratch scratch) {
    float[] merged = scratch.merged;
    boolean[] speaks = scratch.speaks[index];
    int from = scratch.from;
    int to = scratch.to;
    float neutral = merge == Merge.MAX ? Float.NEGATIVE_INFINITY : merge == Merge.NOISY_OR ? 1 : 0;
    Arrays.fill(merged, from, to, neutral);
    for (int p = 0; p < parts.length; p++) {
      if (!speaks[p]) {
        continue;
      }
      RelatedScorer.Part part = parts[p];
      int known = Math.min(to, scratch.known);
      if (from < known) {
        part.channel()
            .cosines(
                scratch.source,
                scratch.queries,
                queryAt[p],
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
    if (isNegative) {
      for (int i = from; i < to; i++) {
        merged[i] = Math.max(0, merged[i]);
      }
    }
  }

  // A cosine of exactly 0 is the sign of a zero row, the target without the channel, or of an
  // orthogonal one: rare among vectors, usual among pairs. Only then the row is looked at.

  private static boolean isPresent(Channel channel, RelatedScorer.Scratch scratch, int i) {
    return i < scratch.known && (scratch.cosines[i] != 0 || channel.has(scratch.targets[i]));
  }

  private void addLogOdds(RelatedScorer.Part part, RelatedScorer.Scratch scratch) {
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

  private void multiplyDoubts(RelatedScorer.Part part, RelatedScorer.Scratch scratch) {
    boolean hasPresence = hasPresence(part);
    for (int i = scratch.from; i < scratch.to; i++) {
      if (isPresent(part.channel(), scratch, i)) {
        scratch.merged[i] *= 1 - part.calibration().probability(scratch.cosines[i]);
      } else if (hasPresence) {
        scratch.merged[i] *= 1 - absent(part, scratch.similarity(i));
      }
    }
  }

  private static void takeLarger(Channel channel, RelatedScorer.Scratch scratch) {
    for (int i = scratch.from; i < scratch.to; i++) {
      if (isPresent(channel, scratch, i)) {
        scratch.merged[i] = Math.max(scratch.merged[i], scratch.cosines[i]);
      }
    }
  }
}
