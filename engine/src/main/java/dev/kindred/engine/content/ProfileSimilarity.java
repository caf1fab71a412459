package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;

/**
 * The cosine of any two items' profiles, as the content gate sees it.
 *
 * <p>Immutable, may be shared by threads.
 */
public final class ProfileSimilarity {
  private final ProfileVectors vectors;

  private ProfileSimilarity(ProfileVectors vectors) {
    this.vectors = vectors;
  }

  /** Of the items that the catalogue's ids hold. */
  public static ProfileSimilarity of(Catalogue catalogue, ContentOptions options) {
    return new ProfileSimilarity(ProfileVectors.of(catalogue, options));
  }

  /** The cosine, in [0, 1]; 0 where an item has no values. Cost: the values of both. */
  public double cosine(int first, int second) {
    int a = vectors.profileOf(first);
    int b = vectors.profileOf(second);
    if (a < 0 || b < 0) {
      return 0;
    }
    if (a == b) {
      return 1;
    }
    double dot = 0;
    int i = vectors.start(a);
    int j = vectors.start(b);
    while (i < vectors.end(a) && j < vectors.end(b)) {
      int difference = vectors.dimension(i) - vectors.dimension(j);
      if (difference == 0) {
        dot += (double) vectors.weight(i) * vectors.weight(j);
      }
      i += difference <= 0 ? 1 : 0;
      j += difference >= 0 ? 1 : 0;
    }
    return Math.min(1, dot / Math.sqrt(vectors.square(a) * vectors.square(b)));
  }
}
