package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import java.util.List;
import java.util.Locale;

/**
 * What one objective adds to the score of a pair.
 *
 * @param objective name
 * @param polarity whether it adds or subtracts
 * @param manual a_k of the request
 * @param learned w_k
 * @param channels linear before non-linear, those that the objective has
 * @param merged s_k; for a negative objective already cut off at 0 from below
 * @param contribution sign a_k w_k s_k; the contributions summed as floats in declared order,
 *     starting from 0, are the score to the bit
 */
public record Term(
    String objective,
    Polarity polarity,
    double manual,
    double learned,
    List<ChannelTerm> channels,
    float merged,
    float contribution) {
  public Term {
    channels = List.copyOf(channels);
  }

  /** One line for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%+.4f  %s = %s a %.3g * w %.3g * s %.4f",
            contribution,
            objective,
            polarity == Polarity.NEGATIVE ? "-" : "+",
            manual,
            learned,
            merged));
    for (ChannelTerm channel : channels) {
      text.append("  [").append(channel.kind().label());
      if (channel.present()) {
        String what =
            switch (channel.kind()) {
              case LINEAR, NON_LINEAR, TOGETHER -> " cosine";
              case PRIOR -> "";
              case DIRECTED -> " information";
            };
        text.append(String.format(Locale.ROOT, "%s %.4f", what, channel.cosine()));
        if (channel.merged()) {
          text.append(String.format(Locale.ROOT, " -> %.4f", channel.calibrated()));
        } else {
          text.append(", no say");
        }
      } else if (channel.merged()) {
        text.append(String.format(Locale.ROOT, " absent, expected %.4f", channel.calibrated()));
      } else {
        text.append(" absent");
      }
      text.append(']');
    }
    return text.toString();
  }
}
