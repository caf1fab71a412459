package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.rerank.RerankedList;
import java.util.Objects;
import java.util.Optional;

/**
 * One item of a related list. Immutable.
 *
 * @param id the caller's id
 * @param score exact; rises with quality, and is comparable within one list only; with what boosts
 *     and freshness added
 * @param source where the candidate came from
 * @param rank 0 for the best
 * @param propensity probability that the rank went to the item, given the ranks above; 1 unless the
 *     request explores
 * @param placing how the item came to its rank
 * @param explanation present if it was asked for; its terms sum to the score to the bit
 */
public record RelatedItem(
    String id,
    float score,
    CandidateSource source,
    int rank,
    double propensity,
    RerankedList.Placing placing,
    Optional<Explanation> explanation) {
  public RelatedItem {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(placing, "placing");
    Objects.requireNonNull(explanation, "explanation");
  }
}
