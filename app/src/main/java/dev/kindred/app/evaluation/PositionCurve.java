package dev.kindred.app.evaluation;

import dev.kindred.engine.data.Events;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often an objective happened at each place of the lists that were shown. Immutable.
 *
 * @param objective the first declared one that did not happen in every row
 * @param places by rising position
 */
public record PositionCurve(String objective, List<Place> places) {
  private static final String SIGNAL = "position";
  private static final int DEEPEST = 50;

  /** One position. */
  public record Place(int position, int rows, double rate) {}

  public PositionCurve {
    places = List.copyOf(places);
  }

  /** The curve, where the log has a signal "position" and an objective that tells rows apart. */
  public static Optional<PositionCurve> of(Events events) {
    int signal = events.signals().indexOf(SIGNAL);
    for (int k = 0; signal >= 0 && k < events.objectives().size(); k++) {
      int happened = events.count(k);
      if (happened > 0 && happened < events.size()) {
        return of(events, signal, k);
      }
    }
    return Optional.empty();
  }

  private static Optional<PositionCurve> of(Events events, int signal, int objective) {
    int[] rows = new int[DEEPEST + 1];
    int[] happened = new int[DEEPEST + 1];
    for (int row = 0; row < events.size(); row++) {
      float position = events.signal(signal, row);
      if (position >= 0 && position <= DEEPEST && position == Math.rint(position)) {
        rows[(int) position]++;
        happened[(int) position] += events.value(objective, row) > 0 ? 1 : 0;
      }
    }
    List<Place> places = new ArrayList<>();
    for (int p = 0; p <= DEEPEST; p++) {
      if (rows[p] > 0) {
        places.add(new Place(p, rows[p], (double) happened[p] / rows[p]));
      }
    }
    return places.size() < 2
        ? Optional.empty()
        : Optional.of(new PositionCurve(events.objectives().get(objective).name(), places));
  }

  /** The curve as an object. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", "positions");
    json.put("objective", objective);
    json.put("places", places);
    return json;
  }
}
