package dev.kindred.jmh.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Speed against recall of one engine: its settings that no other beats in both. */
final class Curve {
  /** One setting. */
  private record Spot(double recall, double qps) {}

  /** From the lowest recall and highest speed on; both strictly monotone. */
  private final List<Spot> spots = new ArrayList<>();

  /**
   * Keeps the best of the points.
   *
   * @param qps which speed of a point counts
   */
  Curve(List<Point> points, ToDoubleFunction<Point> qps) {
    List<Spot> all =
        points.stream()
            .map(point -> new Spot(point.recall(), qps.applyAsDouble(point)))
            .sorted(
                Comparator.comparingDouble(Spot::recall).thenComparingDouble(Spot::qps).reversed())
            .toList();
    double fastest = 0;
    for (Spot spot : all) {
      if (spot.qps() > fastest) {
        fastest = spot.qps();
        spots.addFirst(spot);
      }
    }
  }

  /**
   * Queries a second at a recall: between the two settings around it the logarithm of the speed is
   * taken as a straight line; below the lowest recall the speed is that of the fastest setting.
   *
   * @return nothing if no setting reaches the recall
   */
  OptionalDouble qpsAt(double recall) {
    Spot before = null;
    for (Spot spot : spots) {
      if (spot.recall() >= recall) {
        if (before == null) {
          return OptionalDouble.of(spot.qps());
        }
        double share = (recall - before.recall()) / (spot.recall() - before.recall());
        return OptionalDouble.of(before.qps() * Math.pow(spot.qps() / before.qps(), share));
      }
      before = spot;
    }
    return OptionalDouble.empty();
  }
}
