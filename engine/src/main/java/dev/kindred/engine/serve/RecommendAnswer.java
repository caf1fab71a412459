package dev.kindred.engine.serve;

import java.util.List;

/**
 * A personalised list. Immutable.
 *
 * @param items best first
 * @param known whether anything was known of the user: a history or a profile
 * @param cutShort whether the request's deadline came before all candidates were looked at
 * @param funnel how many items each stage left
 * @param notes what a reader should know, one line each
 */
public record RecommendAnswer(
    List<RecommendedItem> items,
    boolean known,
    boolean cutShort,
    Funnel funnel,
    List<String> notes) {
  public RecommendAnswer {
    items = List.copyOf(items);
    notes = List.copyOf(notes);
  }
}
