package dev.kindred.engine.coordinate;

import dev.kindred.engine.data.RowFilter;
import java.util.BitSet;
import java.util.List;

/** Which rows of the log may teach which objective. Immutable; may be shared by threads. */
public final class Routing {
  private final BitSet[] kept;
  private final float[][] probabilities;
  private final List<KeepReport> reports;

  Routing(BitSet[] kept, float[][] probabilities, List<KeepReport> reports) {
    this.kept = kept;
    this.probabilities = probabilities;
    this.reports = List.copyOf(reports);
  }

  /** Whether the row is a positive of the objective and may teach it. */
  public boolean keeps(int objective, int row) {
    return kept[objective].get(row);
  }

  /** The rows that may teach the objective, for {@code Events.interactions}. */
  public RowFilter filter(int objective) {
    return row -> kept[objective].get(row);
  }

  /**
   * How sure the network is that the row belongs to the objective, on the scale of the threshold; 0
   * where the objective did not happen, which nobody judges; where nothing was judged 1 for
   * positives.
   */
  public float probability(int objective, int row) {
    return probabilities[objective][row];
  }

  /** One report per objective, in their order. */
  public List<KeepReport> reports() {
    return reports;
  }

  /** What nobody should overlook: one line per objective with an alarm. */
  public List<String> warnings() {
    return reports.stream()
        .filter(KeepReport::alarm)
        .map(report -> report + ": " + report.notes().getLast().text())
        .toList();
  }
}
