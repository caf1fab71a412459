package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.Explanation;
import java.util.Objects;
import java.util.Optional;

/**
 * One item of a related list. Immutable.
 *
 * @param id the caller's id
 * @param score exact; rises with quality, and is comparable within one list only
 * @param source where the candidate came from
 * @param rank 0 for the best
 * @param explanation present if it was asked for; its terms sum to the score to the bit
 */
public record RelatedItem(
    String id, float score, CandidateSource source, int rank, Optional<Explanation> explanation) {
  public RelatedItem {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(explanation, "explanation");
  }
}
