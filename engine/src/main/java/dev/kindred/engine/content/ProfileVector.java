package dev.kindred.engine.content;

/** The vector of a profile that is not in the gate. Immutable. */
public final class ProfileVector {
  final int[] dimensions; // ascending
  final float[] weights;
  final double square;

  ProfileVector(int[] dimensions, float[] weights) {
    this.dimensions = dimensions;
    this.weights = weights;
    double sum = 0;
    for (float weight : weights) {
      sum += (double) weight * weight;
    }
    square = sum;
  }

  /** Whether no value of the profile is known to the gate: it is similar to nothing. */
  public boolean isEmpty() {
    return dimensions.length == 0;
  }

  /** Cosine with another such vector. */
  public float cosine(ProfileVector other) {
    double dot = 0;
    int i = 0;
    int j = 0;
    while (i < dimensions.length && j < other.dimensions.length) {
      int a = dimensions[i];
      int b = other.dimensions[j];
      if (a == b) {
        dot += (double) weights[i] * other.weights[j];
      }
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
    }
    double squares = square * other.square;
    return squares == 0 ? 0 : (float) (dot / Math.sqrt(squares));
  }
}
