package dev.kindred.index;

/**
 * Which ordinals a search may return; asked on the searching thread.
 *
 * <p>A search is quicker with a filter that knows how many pass and finds the next one without
 * asking for each, such as {@link BitSetFilter}.
 *
 * <p>A filter handed to a {@link RecallMonitor} is also asked on the monitor's thread, maybe at the
 * same time as in a search: it needs to be free to share.
 */
@FunctionalInterface
public interface OrdinalFilter {
  /** Lets every ordinal through; searches recognise this object and don't ask it. */
  OrdinalFilter ALL = ordinal -> true;

  /** Whether a search may return the ordinal; must give the same answer throughout a search. */
  boolean accepts(int ordinal);

  /** How many of the ordinals in [0, n) pass, or -1 if only asking for each would tell. */
  default int cardinality(int n) {
    return -1;
  }

  /** The first ordinal in [from, n) that passes, or n if none does. */
  default int next(int from, int n) {
    int ordinal = from;
    while (ordinal < n && !accepts(ordinal)) {
      ordinal++;
    }
    return Math.min(ordinal, n);
  }
}
