package dev.kindred.engine.coordinate;

import dev.kindred.engine.data.Note;
import java.util.List;

/**
 * What the Coordinating Network did with one objective.
 *
 * @param objective its name
 * @param samples rows of the log
 * @param positives rows in which the objective happened
 * @param kept positives that may teach the objective
 * @param judged whether the network had anything to judge by; if not, all positives are kept
 * @param threshold a positive was kept above this
 * @param alarm whether fewer positives than the floor passed the declared threshold
 * @param notes in words: inputs left out and why, why nothing was judged, what the alarm means
 */
public record KeepReport(
    String objective,
    int samples,
    int positives,
    int kept,
    boolean judged,
    double threshold,
    boolean alarm,
    List<Note> notes) {
  public KeepReport {
    notes = List.copyOf(notes);
  }

  /** Share of the positives kept; 1 if there are none. */
  public double keptShare() {
    return positives == 0 ? 1 : (double) kept / positives;
  }

  @Override
  public String toString() {
    if (positives == 0) {
      return objective + ": no positives";
    }
    return "%s: kept %d of %d positives (%.1f%%)%s"
        .formatted(objective, kept, positives, 100 * keptShare(), alarm ? ", ALARM" : "");
  }
}
