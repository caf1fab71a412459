package dev.kindred.app.command;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.tower.TowerOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that leave out or exchange one stage of the pipeline each. */
final class PipelineVariantGroup {
  @Option(
      names = "--no-gate",
      description = "Leave out the content gate: candidates come from behaviour.")
  private boolean noGate;

  @Option(
      names = "--no-coordinator",
      description = "Leave out the Coordinating Network: every sample trains.")
  private boolean noCoordinator;

  @Option(
      names = "--no-linear",
      description =
          "Leave out the linear channel, ALS. Networks are trained then, of ids alone too.")
  private boolean noLinear;

  @Option(names = "--no-towers", description = "Leave out the two-tower networks.")
  private boolean noTowers;

  @Option(
      names = "--merge",
      paramLabel = "M",
      completionCandidates = ConstantNames.Merges.class,
      description =
          "How both channels become one: ${COMPLETION-CANDIDATES}. The maximum, of raw cosines,"
              + " leaves out what is counted, [next] and [together].")
  private Merge merge;

  @Option(names = "--equal-weights", description = "Learn no weights from retention.")
  private boolean equalWeights;

  /** Whether any is given. */
  boolean isGiven() {
    return noGate || noCoordinator || noLinear || noTowers || merge != null || equalWeights;
  }

  /** The options with what was asked for. */
  PipelineOptions over(PipelineOptions options) {
    PipelineOptions o = options;
    o = noGate ? o.withGate(false) : o;
    o = noCoordinator ? o.withCoordinate(Optional.empty()) : o;
    if (noLinear) {
      o = o.withLinear(false).withTower(o.tower().or(() -> Optional.of(TowerOptions.defaults())));
    }
    o = noTowers ? o.withTower(Optional.empty()) : o;
    if (merge == Merge.MAX) {
      o = o.withScoring(o.scoring().withNext(Optional.empty()).withTogether(Optional.empty()));
    }
    o = merge == null ? o : o.withMerge(merge);
    return equalWeights ? o.withLearnWeights(false) : o;
  }
}
