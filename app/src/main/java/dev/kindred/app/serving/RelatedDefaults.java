package dev.kindred.app.serving;

import dev.kindred.app.http.Query;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.RelatedSearcher;
import java.time.Duration;

/**
 * What a server grants and does to every related list, before what a request says. Free to share.
 *
 * @param mostItems largest n that is granted
 * @param weights where a request names none of its own
 * @param reranking of every list
 * @param within after it came in a request must be answered
 */
record RelatedDefaults(int mostItems, ServerWeights weights, Reranking reranking, Duration within) {

  /**
   * The query of a request, with all that it says beside item, number and deadline.
   *
   * @param deadline in terms of {@link System#nanoTime}
   * @param searcher that is to answer
   */
  RelatedQuery query(String item, int n, Query query, long deadline, RelatedSearcher searcher) {
    RelatedQuery begun = weights.apply(RelatedQuery.item(item).top(n).rerank(reranking), searcher);
    return ListParameters.over(begun, query).within(ListParameters.until(deadline));
  }
}
