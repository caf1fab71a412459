package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CurveTest {
  @Test
  void betweenTwoSettingsTheLogarithmOfTheSpeedIsALine() {
    Curve curve = curve(point("a", 0.90, 1000), point("a", 0.98, 10));
    assertEquals(1000, curve.qpsAt(0.90).orElseThrow(), 1e-6);
    assertEquals(100, curve.qpsAt(0.94).orElseThrow(), 1e-6);
    assertEquals(10, curve.qpsAt(0.98).orElseThrow(), 1e-6);
  }

  @Test
  void aRecallThatNoSettingReachesHasNoSpeed() {
    assertTrue(curve(point("a", 0.9, 1000)).qpsAt(0.95).isEmpty());
    assertTrue(curve().qpsAt(0.1).isEmpty());
  }

  @Test
  void belowTheLowestRecallTheFastestSettingCounts() {
    assertEquals(500, curve(point("a", 0.97, 500)).qpsAt(0.95).orElseThrow());
  }

  @Test
  void aSettingThatAnotherBeatsInBothDoesNotCount() {
    Curve curve = curve(point("a", 0.90, 400), point("a", 0.92, 50), point("a", 0.94, 100));
    assertEquals(200, curve.qpsAt(0.92).orElseThrow(), 1e-6);
    Curve tied = curve(point("a", 0.90, 400), point("a", 0.90, 300));
    assertEquals(400, tied.qpsAt(0.90).orElseThrow());
  }

  @Test
  void eachEngineIsReadOffItsOwnCurve() {
    Map<String, Object> all =
        AnnComparison.atRecalls(
            List.of(point("a", 0.90, 1000), point("b", 0.99, 50), point("a", 0.98, 10)),
            Point::qps);
    Map<?, ?> a = (Map<?, ?>) all.get("a");
    Map<?, ?> b = (Map<?, ?>) all.get("b");
    assertEquals(List.of("0.90", "0.95", "0.99"), List.copyOf(a.keySet()));
    assertEquals(1000.0, a.get("0.90"));
    assertNull(a.get("0.99"));
    assertEquals(50.0, b.get("0.99"));
  }

  static Point point(String engine, double recall, double qps) {
    return new Point(engine, 10, 10, recall, qps, qps * 2, 1, 1, 1, new BuildTime(1, 2), 100);
  }

  private static Curve curve(Point... points) {
    return new Curve(List.of(points), Point::qps);
  }
}
