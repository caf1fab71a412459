package dev.kindred.engine.content;

/**
 * How profiles become vectors and which pairs the content gate lets through.
 *
 * <p>{@link #paper()} is the plain reading of the source paper (section 4.1): binary one-hot
 * vectors, most frequent values only, cosine >= e = 0.65, nothing below it. {@link #defaults()}
 * weighs values by rarity, gives every field its share whatever the number of its values, and
 * lowers e step by step for items that would else have next to no candidates.
 *
 * @param threshold e: least cosine of a candidate, in (0, 1]
 * @param floor lowest threshold that back-off may reach, in (0, threshold]; equal to it: no
 *     back-off
 * @param step how much back-off lowers the threshold at a time, > 0
 * @param minCandidates an item with fewer candidates than this is backed off; 0: never
 * @param maxPerItem most candidates kept for an item, best first
 * @param topK per field, how many of its most frequent values are kept, where the field does not
 *     say so itself
 * @param minItems a value that fewer items have is dropped: one that a single item has can join no
 *     pair, it only dilutes
 * @param idf weigh a value by ln(1 + items / items that have it) instead of 1
 * @param balanceFields scale each field of an item to length 1 before its weight, so that thirty
 *     actors do not drown one genre
 * @param fieldWeights use the fields' declared weights instead of 1; a field of weight 0 is out
 *     either way
 * @param coOccurring up to this many items that were met by the same users join each list whatever
 *     their profiles; 0: profiles alone decide
 */
public record ContentOptions(
    double threshold,
    double floor,
    double step,
    int minCandidates,
    int maxPerItem,
    int topK,
    int minItems,
    boolean idf,
    boolean balanceFields,
    boolean fieldWeights,
    int coOccurring) {

  public ContentOptions {
    requireRange("threshold e", threshold, Double.MIN_NORMAL, 1);
    requireRange("floor", floor, Double.MIN_NORMAL, threshold);
    requireRange("step", step, 1e-3, 1);
    requireAtLeast("minCandidates", minCandidates, 0);
    requireAtLeast("maxPerItem", maxPerItem, 1);
    requireAtLeast("topK", topK, 1);
    requireAtLeast("minItems", minItems, 1);
    requireAtLeast("coOccurring", coOccurring, 0);
  }

  /** Weighted cosine, e = 0.65 with back-off to 0.30 below 100 candidates, at most 512 an item. */
  public static ContentOptions defaults() {
    return new ContentOptions(0.65, 0.30, 0.05, 100, 512, 100_000, 2, true, true, true, 0);
  }

  /**
   * Binary cosine >= 0.65 without back-off. The paper gives no K for "Top K most frequent values"
   * and no cap of candidates; 1000 and 512 are ours.
   */
  public static ContentOptions paper() {
    return new ContentOptions(0.65, 0.65, 0.05, 0, 512, 1_000, 1, false, false, false, 0);
  }

  /** This with another threshold e; a floor above it comes down with it. */
  public ContentOptions withThreshold(double value) {
    return new ContentOptions(
        value,
        Math.min(floor, value),
        step,
        minCandidates,
        maxPerItem,
        topK,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with another back-off: below {@code least} candidates, down to {@code floor}. */
  public ContentOptions withBackOff(int least, double floor, double step) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        least,
        maxPerItem,
        topK,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with another cap of candidates per item. */
  public ContentOptions withMaxPerItem(int value) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        minCandidates,
        value,
        topK,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with another K for fields that declare none. */
  public ContentOptions withTopK(int value) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        minCandidates,
        maxPerItem,
        value,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with another least number of items that a value needs. */
  public ContentOptions withMinItems(int value) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        minCandidates,
        maxPerItem,
        topK,
        value,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with other weights: by rarity, by field length, by declared field weight. */
  public ContentOptions withWeighting(boolean idf, boolean balanceFields, boolean fieldWeights) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        minCandidates,
        maxPerItem,
        topK,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        coOccurring);
  }

  /** This with so many items seen together beside those of a similar profile. */
  public ContentOptions withCoOccurring(int value) {
    return new ContentOptions(
        threshold,
        floor,
        step,
        minCandidates,
        maxPerItem,
        topK,
        minItems,
        idf,
        balanceFields,
        fieldWeights,
        value);
  }

  private static void requireRange(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      String range = (least == Double.MIN_NORMAL ? "(0" : "[" + least) + ", " + most + "]";
      throw new IllegalArgumentException(name + " is " + value + ", must be in " + range);
    }
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
    }
  }
}
