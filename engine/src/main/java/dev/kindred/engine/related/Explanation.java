package dev.kindred.engine.related;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.rerank.Adjustment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Why an item is related to another: where the candidate came from, what the profiles share, the
 * terms that the score is the sum of, and what rules did.
 *
 * @param source id of the item asked for
 * @param target id of the related item
 * @param candidate where the candidate came from; empty if the target is no candidate of the source
 * @param similarity by which it came in, 0 if it is no candidate
 * @param shared profile values that both have
 * @param terms one per objective, in declared order
 * @param adjustments what boosts and freshness add, in the order of adding
 * @param remarks what else decided on its place, one line each: a pin, a draw, a rule
 * @param score the float sum of the contributions and then of the adjustments, in their orders
 */
public record Explanation(
    String source,
    String target,
    Optional<CandidateSource> candidate,
    float similarity,
    List<SharedValue> shared,
    List<Term> terms,
    List<Adjustment> adjustments,
    List<String> remarks,
    float score) {

  public Explanation {
    shared = List.copyOf(shared);
    terms = List.copyOf(terms);
    adjustments = List.copyOf(adjustments);
    remarks = List.copyOf(remarks);
    float sum = sum(terms, adjustments);
    if (Float.compare(score, sum) != 0) {
      throw new IllegalArgumentException(
          "score " + score + " is not the sum " + sum + " of its terms");
    }
  }

  /** Contributions summed as floats in order, starting from 0: the score of a pair. */
  public static float sum(List<Term> terms) {
    float sum = 0;
    for (Term term : terms) {
      sum += term.contribution();
    }
    return sum;
  }

  /** The sum of the terms with the adjustments added one by one: the score in a list. */
  public static float sum(List<Term> terms, List<Adjustment> adjustments) {
    float sum = sum(terms);
    for (Adjustment adjustment : adjustments) {
      sum += adjustment.value();
    }
    return sum;
  }

  /** The explanation in lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "%s -> %s: score %.4f", source, target, score));
    lines.add(
        "  candidate: "
            + candidate
                .map(
                    from ->
                        String.format(
                            Locale.ROOT, "%s, similarity %.3f", from.description(), similarity))
                .orElse("no"));
    if (!shared.isEmpty()) {
      Map<String, List<String>> byField = new LinkedHashMap<>();
      for (SharedValue value : shared) {
        byField.computeIfAbsent(value.field(), field -> new ArrayList<>()).add(value.value());
      }
      List<String> fields = new ArrayList<>();
      byField.forEach((field, values) -> fields.add(field + " " + String.join(", ", values)));
      lines.add("  shared: " + String.join("; ", fields));
    }
    for (Term term : terms) {
      lines.add("  " + term);
    }
    adjustments.forEach(adjustment -> lines.add("  " + adjustment));
    remarks.forEach(remark -> lines.add("  " + remark));
    return lines;
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
