package dev.kindred.app.evaluation;

import dev.kindred.engine.LearningCurve;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.coordinate.KeepReport;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * What is evaluated: models that were trained just now, or those of a snapshot. Immutable; borrows
 * what it was made from.
 *
 * @param lists related lists in the ordinals of the log
 * @param scorer of pairs, in ordinals of its own
 * @param toModel from the log's ordinals to the scorer's; -1 = unknown there
 * @param curves how the models learned, as far as known
 * @param keptShares objective to the share of its positives that the Coordinating Network let train
 *     it; empty without one
 */
public record Subject(
    RelatedLists lists,
    RelatedScorer scorer,
    IntUnaryOperator toModel,
    List<LearningCurve> curves,
    Map<String, Double> keptShares) {
  public Subject {
    curves = List.copyOf(curves);
  }

  /** Models in memory, over the ids of their log. */
  public static Subject of(TrainedPipeline trained) {
    Map<String, Double> kept = new LinkedHashMap<>();
    trained
        .routing()
        .ifPresent(
            routing -> {
              for (KeepReport report : routing.reports()) {
                kept.put(report.objective(), report.keptShare());
              }
            });
    return new Subject(
        trained.table()::related,
        trained.scorer(),
        IntUnaryOperator.identity(),
        trained.learningCurves(),
        kept);
  }

  /** A snapshot; lists and ordinals through {@code lists}. */
  public static Subject of(Snapshot snapshot, SnapshotLists lists) {
    Map<String, Object> metrics = snapshot.manifest().metrics();
    Map<String, Double> kept = new LinkedHashMap<>();
    if (metrics.get("keptShare") instanceof Map<?, ?> shares) {
      shares.forEach((name, share) -> put(kept, name, share));
    }
    List<LearningCurve> curves = new ArrayList<>();
    if (metrics.get("learningCurves") instanceof List<?> all) {
      for (Object one : all) {
        if (one instanceof Map<?, ?> curve
            && curve.get("model") instanceof String model
            && curve.get("measure") instanceof String measure
            && curve.get("values") instanceof List<?> values) {
          curves.add(new LearningCurve(model, measure, numbers(values)));
        }
      }
    }
    return new Subject(lists, snapshot.scorer(), lists::toSnapshot, curves, kept);
  }

  private static void put(Map<String, Double> kept, Object name, Object share) {
    if (name instanceof String text && share instanceof Number number) {
      kept.put(text, number.doubleValue());
    }
  }

  private static List<Double> numbers(List<?> values) {
    return values.stream()
        .filter(Number.class::isInstance)
        .map(value -> ((Number) value).doubleValue())
        .toList();
  }
}
