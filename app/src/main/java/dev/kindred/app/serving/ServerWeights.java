package dev.kindred.app.serving;

import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.UnknownObjectiveException;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.RelatedSearcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Manual weights that hold for every request that names none of its own: {@code /v1/weights}. From
 * the configuration at first; a change over HTTP lasts until the server ends. Free to share.
 */
final class ServerWeights {
  private final Recommender recommender;
  private volatile Map<String, Double> set;

  /**
   * Begins with the weights of the configuration.
   *
   * @throws IllegalArgumentException if one names no objective or is out of range
   */
  ServerWeights(Recommender recommender, Map<String, Double> configured) {
    this.recommender = recommender;
    check(recommender, configured);
    set = Map.copyOf(configured);
  }

  /** Those that differ from the snapshot's, by objective. */
  Map<String, Double> all() {
    return set;
  }

  void apply(RelatedSearcher searcher) {
    Map<String, Double> now = set;
    if (now.isEmpty()) {
      return;
    }
    List<ObjectiveWeight> objectives = searcher.objectives();
    for (int i = 0; i < objectives.size(); i++) {
      Double weight = now.get(objectives.get(i).name());
      if (weight != null) {
        searcher.weight(i, weight);
      }
    }
  }

  RelatedQuery apply(RelatedQuery query, RelatedSearcher searcher) {
    RelatedQuery changed = query;
    for (ObjectiveWeight objective : searcher.objectives()) {
      Double weight = set.get(objective.name());
      changed = weight == null ? changed : changed.weight(objective.name(), weight);
    }
    return changed;
  }

  /** {@code GET}: what holds now. */
  Reply get(Request request, Desk desk) {
    request.query().only(Set.of());
    return reply(desk);
  }

  /** {@code PUT}: the named objectives get these weights, null gives one its stored weight back. */
  Reply put(Request request, Desk desk) {
    request.query().only(Set.of());
    Map<String, Double> changed = new LinkedHashMap<>(set);
    for (var entry : JsonRequest.of(request).node().properties()) {
      if (entry.getValue().isNull()) {
        changed.remove(entry.getKey());
      } else if (entry.getValue().isNumber()) {
        changed.put(entry.getKey(), entry.getValue().doubleValue());
      } else {
        throw JsonRequest.wrong("weight of '" + entry.getKey() + "' must be a number or null");
      }
    }
    check(recommender, changed);
    set = Map.copyOf(changed);
    return reply(desk);
  }

  /**
   * Refuses weights that a snapshot can't have.
   *
   * @throws IllegalArgumentException if one names no objective or is out of range
   */
  static void check(Recommender recommender, Map<String, Double> weights) {
    weights.forEach((objective, weight) -> check(recommender, objective, weight));
  }

  private static void check(Recommender recommender, String objective, double weight) {
    ObjectiveWeight found =
        recommender.objectives().stream()
            .filter(known -> known.name().equals(objective))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnknownObjectiveException(
                        "no objective '"
                            + objective
                            + "'; the snapshot has "
                            + String.join(
                                ", ",
                                recommender.objectives().stream()
                                    .map(ObjectiveWeight::name)
                                    .toList())));
    // The record's own check, so that there is one rule and one message.
    new ObjectiveWeight(found.name(), found.polarity(), weight, found.learned());
  }

  private Reply reply(Desk desk) {
    Map<String, Double> now = set;
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeArrayFieldStart("objectives");
              for (ObjectiveWeight objective : recommender.objectives()) {
                out.writeStartObject();
                out.writeStringField("name", objective.name());
                out.writeStringField("polarity", ConstantName.of(objective.polarity()));
                out.writeNumberField(
                    "weight", now.getOrDefault(objective.name(), objective.manual()));
                out.writeNumberField("stored", objective.manual());
                out.writeNumberField("learned", objective.learned());
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeEndObject();
            });
  }
}
