package dev.kindred.engine.rank;

/** Where a candidate of a personalised list was found. */
public enum RetrievalSource {
  /** Near the user's vector in the space of the two-tower network. */
  TOWER,
  /** In the related lists of items that the user watched last. */
  RELATED,
  /** Watched by the users of what the user watched last (item-based collaborative filtering). */
  TOGETHER,
  /** Like the centroid of the profiles of items that the user watched last. */
  CONTENT,
  /** Watched by many of late. */
  POPULAR
}
