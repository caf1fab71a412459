package dev.kindred.engine.rank;

import dev.kindred.engine.data.Polarity;
import java.util.Objects;

/**
 * One thing that the ranker says of a candidate, and how it counts.
 *
 * @param name of the objective
 * @param polarity whether the value adds to a score or subtracts
 * @param weight by which it is multiplied unless a request says otherwise, finite and at least 0
 * @param kind what the network's output means
 * @param output index of that output among the network's
 * @param chance index of the output that says whether the objective happens; used by ODDS alone
 */
public record RankTask(
    String name, Polarity polarity, double weight, Kind kind, int output, int chance) {
  /** What an output means. */
  public enum Kind {
    /** The chance that the objective happens. */
    PROBABILITY,
    /** The strength of the objective, 0 where it doesn't happen. */
    NUMBER,
    /** A probability p of weighted rows: the strength is p / (1 - p) times one minus the chance. */
    ODDS
  }

  /** The largest odds taken at their word: the network can't tell larger ones apart. */
  private static final float LARGEST = 1 - 1e-6f;

  public RankTask {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(polarity, "polarity");
    Objects.requireNonNull(kind, "kind");
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the weight of task %s is %s, must be finite and >= 0; its sign comes from its polarity"
              .formatted(name, weight));
    }
  }

  /** What the outputs of the network, from {@code outputs[at]} on, say of this task. */
  public float value(float[] outputs, int at) {
    float raw = outputs[at + output];
    if (kind != Kind.ODDS) {
      return raw;
    }
    float p = Math.min(raw, LARGEST);
    return p / (1 - p) * (1 - outputs[at + chance]);
  }

  /** What a value adds to a score at a weight: negative if the polarity is. */
  public float term(float value, double atWeight) {
    double signed = polarity == Polarity.NEGATIVE ? -atWeight : atWeight;
    return (float) (signed * value);
  }
}
