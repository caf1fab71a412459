package dev.kindred.engine.rank;

/**
 * How many candidates each source may bring. What the sources don't bring, popular items fill up to
 * {@link #total}: a user of whom nothing is known gets popular items only, never an empty list.
 *
 * @param tower at most so many by the user's vector
 * @param related from the related lists of the items watched last
 * @param together watched by the users of the items watched last
 * @param content by the centroid of the profiles of the items watched last
 * @param popular at least so many popular ones, if there are as many
 */
public record SourceQuotas(int tower, int related, int together, int content, int popular) {
  private static final int MOST = 1 << 16;

  public SourceQuotas {
    check("tower", tower);
    check("related", related);
    check("together", together);
    check("content", content);
    check("popular", popular);
    if (tower + related + together + content + popular < 1) {
      throw new IllegalArgumentException(
          "all quotas are 0: there would be nothing to rank; raise one");
    }
  }

  private static void check(String source, int quota) {
    if (quota < 0 || quota > MOST) {
      throw new IllegalArgumentException(
          "the quota of source %s is %d, must be from 0 to %d".formatted(source, quota, MOST));
    }
  }

  /** 500 in all. */
  public static SourceQuotas defaults() {
    return new SourceQuotas(100, 125, 175, 50, 50);
  }

  /** The quota of a source. */
  public int of(RetrievalSource source) {
    return switch (source) {
      case TOWER -> tower;
      case RELATED -> related;
      case TOGETHER -> together;
      case CONTENT -> content;
      case POPULAR -> popular;
    };
  }

  /** How many candidates are ranked, if there are as many. */
  public int total() {
    return tower + related + together + content + popular;
  }
}
