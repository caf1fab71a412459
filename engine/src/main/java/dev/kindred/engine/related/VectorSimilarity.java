package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.rerank.ItemSimilarity;
import java.util.ArrayList;
import java.util.List;

/**
 * How alike the models find two items: the mean cosine over the active linear channels of positive
 * objectives that know both. Immutable; lives as long as the channels do.
 */
public final class VectorSimilarity implements ItemSimilarity {
  private final Channel[] channels;

  private VectorSimilarity(Channel[] channels) {
    this.channels = channels;
  }

  /** The similarity by a scorer's channels. */
  public static VectorSimilarity of(RelatedScorer scorer) {
    List<Channel> channels = new ArrayList<>();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().kind() == Channel.Kind.LINEAR
            && part.calibration().active()
            && scorer.weights().objectives().get(k).polarity() == Polarity.POSITIVE) {
          channels.add(part.channel());
        }
      }
    }
    return new VectorSimilarity(channels.toArray(Channel[]::new));
  }

  /** Whether there is no such channel, so that no two items are alike. */
  public boolean isNone() {
    return channels.length == 0;
  }

  /** The mean cosine; 0 where no channel knows both. */
  @Override
  public float of(int first, int second) {
    float sum = 0;
    int known = 0;
    for (Channel channel : channels) {
      float cosine = channel.cosine(first, second);
      // 0 is the sign of a zero row, the item without the channel, or (rarely) of an orthogonal
      // one.
      if (cosine != 0 || (channel.has(first) && channel.has(second))) {
        sum += cosine;
        known++;
      }
    }
    return known == 0 ? 0 : sum / known;
  }
}
