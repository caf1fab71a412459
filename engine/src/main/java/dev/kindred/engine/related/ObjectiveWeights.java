package dev.kindred.engine.related;

import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Polarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The weights of all objectives in declared order, and how the learned ones came about.
 *
 * @param objectives one each, distinct names
 * @param learned whether any w_k was learned; otherwise they are equal
 * @param note one line: from what the weights were learned, or why they are equal
 */
public record ObjectiveWeights(List<ObjectiveWeight> objectives, boolean learned, String note) {
  public ObjectiveWeights {
    objectives = List.copyOf(objectives);
    Set<String> names = new HashSet<>();
    for (ObjectiveWeight objective : objectives) {
      if (!names.add(objective.name())) {
        throw new IllegalArgumentException(
            "objective '" + objective.name() + "' is declared twice");
      }
    }
  }

  /** Equal learned weights 1/K, with the reason why none were learned. */
  public static ObjectiveWeights equal(List<Objective> objectives, String reason) {
    double[] weights = new double[objectives.size()];
    Arrays.fill(weights, 1.0 / weights.length);
    return of(objectives, weights, false, reason);
  }

  static ObjectiveWeights of(
      List<Objective> objectives, double[] weights, boolean learned, String note) {
    List<ObjectiveWeight> list = new ArrayList<>();
    for (int k = 0; k < weights.length; k++) {
      Objective objective = objectives.get(k);
      list.add(
          new ObjectiveWeight(
              objective.name(), objective.polarity(), objective.weight(), weights[k]));
    }
    return new ObjectiveWeights(list, learned, note);
  }

  /** These with another objective behind them, its w_k the mean of theirs. */
  public ObjectiveWeights with(String name, Polarity polarity, double manual) {
    List<ObjectiveWeight> more = new ArrayList<>(objectives);
    double mean = objectives.stream().mapToDouble(ObjectiveWeight::learned).average().orElse(1);
    more.add(new ObjectiveWeight(name, polarity, manual, mean));
    return new ObjectiveWeights(more, learned, note);
  }

  /** Number of objectives. */
  public int size() {
    return objectives.size();
  }

  /** Index of the objective of that name, or -1. */
  public int indexOf(String name) {
    for (int k = 0; k < objectives.size(); k++) {
      if (objectives.get(k).name().equals(name)) {
        return k;
      }
    }
    return -1;
  }

  /** The manual weights a_k, a copy to change for a request. */
  public double[] manual() {
    return objectives.stream().mapToDouble(ObjectiveWeight::manual).toArray();
  }
}
