package dev.kindred.engine.serve;

import dev.kindred.engine.related.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which items to find by a vector, for {@link Recommender#similar(SimilarQuery)}. Immutable; each
 * method gives a changed copy:
 *
 * <pre>{@code
 * SimilarQuery.channel("click", Channel.Kind.LINEAR, vector).top(20).exclude("video-7")
 * }</pre>
 */
public final class SimilarQuery {
  /** The channel meant; absent for all of them side by side. */
  record OneChannel(String objective, Channel.Kind kind) {
    OneChannel {
      Objects.requireNonNull(objective, "objective");
      Objects.requireNonNull(kind, "kind");
    }
  }

  private final Optional<OneChannel> channel;
  private final float[] vector;
  private final int n;
  private final List<String> excluded;
  private final Optional<ItemFilter> filter;
  private final Optional<Duration> within;

  private SimilarQuery(
      Optional<OneChannel> channel,
      float[] vector,
      int n,
      List<String> excluded,
      Optional<ItemFilter> filter,
      Optional<Duration> within) {
    this.channel = channel;
    this.vector = vector;
    this.n = n;
    this.excluded = excluded;
    this.filter = filter;
    this.within = within;
  }

  /**
   * By a vector over all channels: their unit vectors one after another, each scaled by what it is
   * to count, in the order of {@link Recommender#channels()}. The best 10.
   */
  public static SimilarQuery vector(float[] vector) {
    return new SimilarQuery(
        Optional.empty(), vector.clone(), 10, List.of(), Optional.empty(), Optional.empty());
  }

  /** By a vector of one channel. The best 10. */
  public static SimilarQuery channel(String objective, Channel.Kind kind, float[] vector) {
    return new SimilarQuery(
        Optional.of(new OneChannel(objective, kind)),
        vector.clone(),
        10,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** How many items, at least 0. */
  public SimilarQuery top(int count) {
    Recommender.checkCount(count);
    return new SimilarQuery(channel, vector, count, excluded, filter, within);
  }

  /** Leaves items out; unknown ids do no harm. */
  public SimilarQuery exclude(String... ids) {
    return exclude(List.of(ids));
  }

  /** Leaves items out; unknown ids do no harm. */
  public SimilarQuery exclude(Collection<String> ids) {
    List<String> changed = new ArrayList<>(excluded);
    changed.addAll(ids);
    return new SimilarQuery(channel, vector, n, List.copyOf(changed), filter, within);
  }

  /** Returns only items that pass. */
  public SimilarQuery filter(ItemFilter only) {
    return new SimilarQuery(channel, vector, n, excluded, Optional.of(only), within);
  }

  /** Looks at no more candidates after that long, not negative. */
  public SimilarQuery within(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time is " + time + ", must not be negative");
    }
    return new SimilarQuery(channel, vector, n, excluded, filter, Optional.of(time));
  }

  Optional<OneChannel> channel() {
    return channel;
  }

  /** Not to be changed. */
  float[] vector() {
    return vector;
  }

  int n() {
    return n;
  }

  List<String> excluded() {
    return excluded;
  }

  Optional<ItemFilter> filter() {
    return filter;
  }

  Optional<Duration> within() {
    return within;
  }
}
