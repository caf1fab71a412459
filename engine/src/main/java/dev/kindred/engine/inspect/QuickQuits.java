package dev.kindred.engine.inspect;

import dev.kindred.engine.data.Events;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Events that were left again at once: clicks that were hardly meant. Immutable.
 *
 * @param objective that happened
 * @param signal that tells how long it lasted
 * @param timed rows in which the objective happened and the signal is known
 * @param quits those of them that lasted less than {@value #QUICK_SECONDS} seconds
 */
public record QuickQuits(String objective, String signal, int timed, int quits) {
  /** A stay shorter than this is suspect. */
  public static final int QUICK_SECONDS = 5;

  private static final Pattern STAY =
      Pattern.compile(".*(dwell|watch|(?<!dis)play|stay|view_?time|time_?spent|listen).*");
  private static final Pattern MILLIS = Pattern.compile(".*(_ms|millis|msec).*");

  /** Share of the timed events. */
  public double share() {
    return timed == 0 ? 0 : (double) quits / timed;
  }

  /** Looks by the first signal whose name says that it is a stay. */
  static Optional<QuickQuits> of(Events events, int objective) {
    for (int s = 0; s < events.signals().size(); s++) {
      String name = events.signals().get(s).toLowerCase(Locale.ROOT);
      if (STAY.matcher(name).matches()) {
        double limit = QUICK_SECONDS * (MILLIS.matcher(name).matches() ? 1000.0 : 1);
        int timed = 0;
        int quits = 0;
        for (int row = 0; row < events.size(); row++) {
          float stay = events.signal(s, row);
          if (events.value(objective, row) > 0 && stay >= 0) {
            timed++;
            quits += stay < limit ? 1 : 0;
          }
        }
        return Optional.of(
            new QuickQuits(
                events.objectives().get(objective).name(), events.signals().get(s), timed, quits));
      }
    }
    return Optional.empty();
  }
}
