package dev.kindred.app.experiment;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.related.Channel;
import java.util.Arrays;
import java.util.Comparator;

/** Lists in the order of one similarity. Immutable; may be called by many threads. */
final class NeighbourLists implements RelatedLists {
  private final int[][] lists;

  private NeighbourLists(int[][] lists) {
    this.lists = lists;
  }

  /** Candidates as they stand, best first. */
  static NeighbourLists of(CandidateLists candidates) {
    int[][] lists = new int[candidates.items()][];
    for (int item = 0; item < lists.length; item++) {
      lists[item] = new int[candidates.count(item)];
      candidates.copyItems(item, lists[item]);
    }
    return new NeighbourLists(lists);
  }

  /** The same candidates by 0 - cosine: those least like the source come first. */
  NeighbourLists farthestFirst(Channel channel) {
    int[][] turned = new int[lists.length][];
    for (int item = 0; item < lists.length; item++) {
      int source = item;
      turned[item] =
          Arrays.stream(lists[item])
              .boxed()
              .sorted(Comparator.comparingDouble(other -> channel.cosine(source, other)))
              .mapToInt(other -> other)
              .toArray();
    }
    return new NeighbourLists(turned);
  }

  @Override
  public int related(int item, int n, int[] out) {
    int count = Math.min(n, lists[item].length);
    System.arraycopy(lists[item], 0, out, 0, count);
    return count;
  }
}
