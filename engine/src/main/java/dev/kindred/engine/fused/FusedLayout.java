package dev.kindred.engine.fused;

import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.RelatedScorer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the channels of an item stand in one row: their unit vectors one after another, objective
 * by objective, then one number for each channel that some items lack: 1 for an item without it.
 *
 * <pre>
 * | channel 0: dim floats | channel 1 | ... | absent from c | absent from d | ... |
 * </pre>
 *
 * <p>An absent channel's 1 stands for its missing unit vector, so all rows have the same length and
 * the largest inner product, the largest cosine and the least distance are the same item. It also
 * carries the intercept of the calibration, which an item without the channel doesn't get. Priors
 * and channels of pairs, which are no vectors, are not part of it. Immutable.
 */
public final class FusedLayout {
  /**
   * One channel's place.
   *
   * @param objective index of the channel's objective
   * @param part the channel and what its cosines are worth
   * @param offset of its first number in the row
   * @param dim numbers that it takes there
   * @param absentAt place of the number that is 1 for items without it, -1 if all items have it
   */
  public record Place(int objective, RelatedScorer.Part part, int offset, int dim, int absentAt) {}

  private final List<Place> places;
  private final int vectorDim;
  private final int dim;

  private FusedLayout(List<Place> places, int vectorDim, int dim) {
    this.places = Collections.unmodifiableList(places);
    this.vectorDim = vectorDim;
    this.dim = dim;
  }

  /** All vector channels of a scorer at their full length. */
  public static FusedLayout of(RelatedScorer scorer) {
    List<RelatedScorer.Part> parts = vectors(scorer);
    int[] dims = new int[parts.size()];
    boolean[] lacking = new boolean[parts.size()];
    for (int p = 0; p < dims.length; p++) {
      Channel channel = parts.get(p).channel();
      dims[p] = channel.dim();
      for (int item = 0; item < channel.items() && !lacking[p]; item++) {
        lacking[p] = !channel.has(item);
      }
    }
    return of(scorer, dims, lacking);
  }

  /**
   * The vector channels of a scorer at given lengths.
   *
   * @param dims per channel, in the order of the scorer
   * @param lacking per channel whether some items lack it
   */
  public static FusedLayout of(RelatedScorer scorer, int[] dims, boolean[] lacking) {
    int vectorDim = 0;
    for (int channelDim : dims) {
      vectorDim = Math.addExact(vectorDim, channelDim);
    }
    List<Place> places = new ArrayList<>();
    int offset = 0;
    int end = vectorDim;
    int p = 0;
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().isVectors()) {
          places.add(new Place(k, part, offset, dims[p], lacking[p] ? end++ : -1));
          offset += dims[p++];
        }
      }
    }
    return new FusedLayout(places, vectorDim, end);
  }

  private static List<RelatedScorer.Part> vectors(RelatedScorer scorer) {
    List<RelatedScorer.Part> parts = new ArrayList<>();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().isVectors()) {
          parts.add(part);
        }
      }
    }
    return parts;
  }

  /** The channels in the order of their places. */
  public List<Place> places() {
    return places;
  }

  /** Numbers of a row. */
  public int dim() {
    return dim;
  }

  /** Numbers of a row before the first that tells of an absent channel. */
  public int vectorDim() {
    return vectorDim;
  }

  /** Writes the row of an item at full lengths to the front of {@code row}. */
  public void copyRow(int item, float[] row, float[] scratch) {
    for (Place place : places) {
      Channel channel = place.part().channel();
      channel.copyRow(item, scratch);
      System.arraycopy(scratch, 0, row, place.offset(), place.dim());
      if (place.absentAt() >= 0) {
        row[place.absentAt()] = channel.has(item) ? 0 : 1;
      }
    }
  }

  /** Length of the longest channel: what {@link #copyRow} needs as scratch. */
  public int longest() {
    int longest = 1;
    for (Place place : places) {
      longest = Math.max(longest, place.part().channel().dim());
    }
    return longest;
  }
}
