package dev.kindred.app.experiment;

import dev.kindred.app.output.JsonLines;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.experiment.SplitCheck;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Experiments as JSON, one object a line; the last line of a table or of ablations has {@code
 * groups}. A metric is {@code {"value": percent, "low": ..., "high": ...}}.
 */
public final class ExperimentJson {
  private final JsonLines out;

  public ExperimentJson(JsonLines out) {
    this.out = out;
  }

  /** One world's part. */
  public void part(TableOne.Part part) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("seed", part.seed());
    line.put("seconds", part.seconds());
    line.put("aaCheck", check(part.check()));
    Map<String, Object> base = new LinkedHashMap<>();
    part.base().forEach((metric, value) -> base.put(metric.label(), value));
    line.put("base", base);
    List<Object> changes = new ArrayList<>();
    for (int g = 0; g < part.changes().size(); g++) {
      Map<String, Object> group = new LinkedHashMap<>();
      group.put("no", g + 1);
      put(group, part.changes().get(g));
      changes.add(group);
    }
    line.put("changes", changes);
    line.put("notes", part.notes());
    out.write(line);
  }

  /** The last line of a table. */
  public void table(TableOne.Result result, WorldOptions world) {
    Map<String, Object> line = about("table1", result.family(), world, result.parts().size());
    line.put("win", PaperTable.isWin(result.rows()));
    line.put("words", PaperTable.words(result.rows()));
    List<Object> groups = new ArrayList<>();
    for (TableOne.Row row : result.rows()) {
      Map<String, Object> group = new LinkedHashMap<>();
      group.put("no", row.no());
      group.put("name", row.name());
      put(group, row.changes());
      Map<String, Object> live = new LinkedHashMap<>();
      put(live, row.live());
      group.put("apart", live);
      group.put("filled", row.filled());
      groups.add(group);
    }
    line.put("groups", groups);
    out.write(line);
  }

  /** A line for each control. */
  public void controls(List<Controls.Control> controls) {
    for (Controls.Control control : controls) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("control", control.world().label());
      line.put("expected", control.expected());
      line.put("held", control.held());
      line.put("found", control.found());
      put(line, control.changes());
      out.write(line);
    }
  }

  /** The last line of ablations. */
  public void ablations(
      List<Ablations.Row> rows, WorldFamily family, WorldOptions world, int seeds) {
    Map<String, Object> line = about("ablations", family, world, seeds);
    List<Object> groups = new ArrayList<>();
    for (Ablations.Row row : rows) {
      Map<String, Object> group = new LinkedHashMap<>();
      group.put("name", row.name());
      group.put("against", row.against());
      group.put("auc", row.auc());
      group.put("aucGain", interval(row.aucGain()));
      put(group, row.changes());
      group.put("seconds", row.seconds());
      groups.add(group);
    }
    line.put("groups", groups);
    out.write(line);
  }

  private static Map<String, Object> about(
      String experiment, WorldFamily family, WorldOptions world, int seeds) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("experiment", experiment);
    line.put("world", family.label());
    line.put("worldSeed", world.seed());
    line.put("seeds", seeds);
    line.put("items", world.items());
    line.put("users", world.users());
    line.put("samples", world.samples());
    return line;
  }

  private static void put(Map<String, Object> object, Map<Metric, Change> changes) {
    changes.forEach((metric, change) -> object.put(metric.label(), interval(change)));
  }

  /** An A/A check as an object. */
  public static Map<String, Object> check(SplitCheck check) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("passed", check.passed());
    object.put("users", check.users());
    object.put("volumeChiSquare", check.volumeChiSquare());
    object.put("largestPercent", check.largestPercent());
    object.put("largestErrors", check.largestErrors());
    object.put("limitErrors", check.limitErrors());
    object.put("findings", check.findings());
    return object;
  }

  /** A change as an object, without ends where it has none. */
  public static Map<String, Object> interval(Change change) {
    Map<String, Object> interval = new LinkedHashMap<>();
    interval.put("value", change.value());
    if (Double.isFinite(change.error())) {
      interval.put("low", change.low());
      interval.put("high", change.high());
    }
    return interval;
  }
}
