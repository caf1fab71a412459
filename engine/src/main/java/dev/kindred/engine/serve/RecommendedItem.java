package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.engine.rerank.RerankedList;
import java.util.List;

/**
 * An item of a personalised list. Immutable.
 *
 * @param id of the item
 * @param score the sum of the terms in their order and after them the adjustments, to the bit
 * @param sources which found it; none for an item that is only pinned
 * @param rank place in the list, from 0
 * @param propensity the chance that exploration gave it; 1 without any
 * @param placing how it came to its place
 * @param terms what each task adds
 * @param adjustments what re-ranking added to the score
 */
public record RecommendedItem(
    String id,
    float score,
    List<RetrievalSource> sources,
    int rank,
    double propensity,
    RerankedList.Placing placing,
    List<TaskTerm> terms,
    List<Adjustment> adjustments) {
  public RecommendedItem {
    adjustments = List.copyOf(adjustments);
    sources = List.copyOf(sources);
    terms = List.copyOf(terms);
  }
}
