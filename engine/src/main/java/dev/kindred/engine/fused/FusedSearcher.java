package dev.kindred.engine.fused;

import dev.kindred.index.HnswSearcher;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.RecallMonitor;
import java.util.Arrays;

/**
 * Finds shortlists in a {@link FusedIndex} without allocating. For one thread at a time; lives as
 * long as the index.
 */
public final class FusedSearcher {
  /**
   * Nodes kept per walk at least: requests for single objectives go far from what the graph was
   * built for, and shortlists are scored anew anyway.
   */
  public static final int DEFAULT_EF = 256;

  /**
   * How much of a negative objective's inner product enters the walk. The score cuts it off at 0;
   * the walk can't, and would fetch what nobody dislikes rather than what is related.
   */
  private static final float NEGATIVE_SHARE = 0.25f;

  private final FusedIndex index;
  private final FusedLayout.Place[] places; // a list's iterator would go to the heap
  private final RecallMonitor monitor; // null: nothing is compared
  private final HnswSearcher searcher;
  private final float[] query;
  private final float[] row;

  FusedSearcher(FusedIndex index, RecallMonitor monitor) {
    this.index = index;
    places = index.layout().places().toArray(FusedLayout.Place[]::new);
    this.monitor = monitor;
    searcher = index.graph().searcher();
    query = new float[index.layout().dim()];
    row = new float[index.layout().dim()];
  }

  /**
   * The k items that are, by the graph, most related to one at some weights; the item itself may be
   * among them.
   *
   * @param manual a_k per objective
   * @param ef nodes kept while walking: more take longer and find more
   * @param filter still to give the same answers later, where searches are compared
   * @param result overwritten; its scores are those of the walk, up to a constant
   */
  public void related(
      int source, double[] manual, int k, int ef, OrdinalFilter filter, Neighbors result) {
    index.rows().copyRow(source, row, 0);
    Arrays.fill(query, 0);
    for (FusedLayout.Place place : places) {
      float coefficient = index.scorer().coefficient(place.objective(), manual);
      if (coefficient < 0) {
        coefficient *= NEGATIVE_SHARE;
      }
      boolean absent = place.absentAt() >= 0 && row[place.absentAt()] != 0;
      if (coefficient == 0 || absent || !index.scorer().takesPart(place.part())) {
        continue;
      }
      float scale = coefficient * index.slope(place);
      for (int j = place.offset(); j < place.offset() + place.dim(); j++) {
        query[j] = scale * row[j];
      }
      if (place.absentAt() >= 0) {
        query[place.absentAt()] = coefficient * index.absence(place);
      }
    }
    search(k, ef, filter, result);
  }

  /**
   * The k items whose vectors have, by the graph, the largest inner product with a whole vector.
   *
   * @param whole [{@link FusedLayout#vectorDim} of {@link FusedIndex#full}]: a vector per channel;
   *     zeros leave a channel out
   */
  public void similar(float[] whole, int k, int ef, OrdinalFilter filter, Neighbors result) {
    index.reduce(whole, query);
    search(k, ef, filter, result);
  }

  private void search(int k, int ef, OrdinalFilter filter, Neighbors result) {
    searcher.search(query, 0, k, ef, filter, result);
    if (monitor != null) {
      monitor.offer(query, 0, k, filter, result);
    }
  }
}
