package dev.kindred.index;

/**
 * Which ids a search of a {@link LiveIndex} may return; asked on the searching thread.
 *
 * <p>While a {@link LiveRecallMonitor} watches the index it is also asked on the monitor's thread,
 * maybe at the same time: it needs to be free to share then.
 */
@FunctionalInterface
public interface IdFilter {
  /** Lets every id through; searches recognise this object and don't ask it. */
  IdFilter ALL = (text, offset, length) -> true;

  /**
   * Whether a search may return an id; must give the same answer throughout a search.
   *
   * @param text the id in UTF-8 at text[offset, offset + length); reused for the next one
   */
  boolean accepts(byte[] text, int offset, int length);
}
