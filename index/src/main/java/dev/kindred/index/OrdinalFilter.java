package dev.kindred.index;

/** Which ordinals a search may return; asked on the searching thread. */
@FunctionalInterface
public interface OrdinalFilter {
  /** Lets every ordinal through; searches recognise this object and don't ask it. */
  OrdinalFilter ALL = ordinal -> true;

  /** Whether a search may return the ordinal; must give the same answer throughout a search. */
  boolean accepts(int ordinal);
}
