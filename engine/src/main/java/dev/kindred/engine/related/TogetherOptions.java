package dev.kindred.engine.related;

import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Objects;

/**
 * How what is taken together is counted, an objective of its own. None of it is the paper's, which
 * knows items by models alone.
 *
 * @param name of the objective, as weights and explanations call it; no other one may have it
 * @param weight its manual weight a, finite and 0 or more
 * @param lists which pairs are kept
 */
public record TogetherOptions(String name, double weight, Cooccurrence.Options lists)
    implements CountedObjective {
  public TogetherOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(lists, "lists");
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "the objective of what is taken together needs a name, such as together");
    }
    ObjectiveWeight.checkWeight(name, "weight of objective", weight);
  }

  /** "together" of weight 1: the 200 best pairs of an item that two users have in common. */
  public static TogetherOptions defaults() {
    return new TogetherOptions("together", 1, Cooccurrence.Options.defaults());
  }

  @Override
  public String counts() {
    return "items taken together";
  }

  @Override
  public Channel.Kind kind() {
    return Channel.Kind.TOGETHER;
  }

  /** Any log will do. */
  @Override
  public void check(Events events) {}

  @Override
  public RelatedScorer.Part count(
      Events events, Calibration.Method method, long seed, Workers workers, Progress progress) {
    return TogetherChannel.of(events, this, method, seed, workers, progress);
  }
}
