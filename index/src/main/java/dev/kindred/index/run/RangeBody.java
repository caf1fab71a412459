package dev.kindred.index.run;

/** What {@link Workers} does with one piece of a range; several pieces run at the same time. */
@FunctionalInterface
public interface RangeBody {
  /**
   * Handles [from, to).
   *
   * @param worker which worker runs this piece, in [0, threads): index of its own scratch
   */
  void run(long from, long to, int worker);
}
