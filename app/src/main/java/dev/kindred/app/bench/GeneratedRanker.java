package dev.kindred.app.bench;

import dev.kindred.engine.rank.RankOptions;
import java.util.List;
import java.util.Locale;

/** Sizes of the ranker in a generated snapshot. */
public enum GeneratedRanker {
  /** {@link RankOptions#large()}: 4 experts of 256 and 128. */
  LARGE(RankOptions.large()),

  /** {@link RankOptions#medium()}: 4 experts of 128 and 64. */
  MEDIUM(RankOptions.medium()),

  /** {@link RankOptions#defaults()}: 4 experts of 32. */
  SMALL(RankOptions.defaults());

  private final RankOptions options;

  GeneratedRanker(RankOptions options) {
    this.options = options;
  }

  /** Name in options and of the directory of those that aren't the first. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  int experts() {
    return options.ranker().experts();
  }

  List<Integer> hidden() {
    return options.ranker().hidden();
  }
}
