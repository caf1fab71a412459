package dev.kindred.app.config;

import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Polarity;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code [[objectives]]}. */
final class ObjectiveConfig {
  private ObjectiveConfig() {}

  static List<Objective> read(Section top) {
    List<Objective> objectives = new ArrayList<>();
    for (Section section : top.sections("objectives")) {
      String name = section.text("name");
      if (objectives.stream().anyMatch(other -> other.name().equals(name))) {
        throw section.wrong(
            "name", "\"" + name + "\" is taken by an earlier objective; choose another");
      }
      Polarity polarity = section.choice("polarity", Polarity.POSITIVE);
      double weight = section.number("weight", 1);
      LabelRule rule = rule(section);
      section.finish();
      objectives.add(section.make(() -> new Objective(name, polarity, rule, weight)));
    }
    if (objectives.isEmpty()) {
      throw top.wrong(
          "objectives",
          "are missing; begin each with [[objectives]], e.g. name = \"click\" for every row");
    }
    return List.copyOf(objectives);
  }

  private static LabelRule rule(Section section) {
    String event = section.text("event", "");
    String column = section.text("column", "");
    double atLeast = section.number("at-least", Double.NEGATIVE_INFINITY);
    double atMost = section.number("at-most", Double.POSITIVE_INFINITY);
    boolean strength = section.flag("strength", false);
    String per = section.text("per", "");
    double cap = section.number("cap", Double.POSITIVE_INFINITY);
    // A column alone is a flag: present and not 0.
    boolean flag =
        !column.isEmpty() && !strength && !section.has("at-least") && !section.has("at-most");
    return section.make(
        () ->
            flag
                ? LabelRule.flag(column).withEvent(event).withPer(per)
                : new LabelRule(event, column, atLeast, atMost, strength, per, cap));
  }
}
