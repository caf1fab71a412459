package dev.kindred.app.config;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.data.EventColumns;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.SearchLog;
import java.util.List;

/**
 * Writes a configuration file that {@link TrainConfig#read} understands: the tables that say what
 * the data mean; the options of the stages are at their defaults. Not thread-safe.
 */
public final class ConfigText {
  private final StringBuilder text = new StringBuilder();

  /** Starts with these lines as a comment. */
  public ConfigText(List<String> comment) {
    for (String line : comment) {
      text.append("# ").append(line.replace('\n', ' ')).append('\n');
    }
  }

  /** The table {@code [events]}. */
  public ConfigText events(String file, EventColumns columns) {
    table("[events]");
    key("file", file);
    key("user", columns.user());
    key("item", columns.item());
    if (!columns.time().isEmpty()) {
      key("time", columns.time());
      key("time-format", ConstantName.of(columns.timeFormat()));
    }
    keyUnlessEmpty("order", columns.order());
    keyUnlessEmpty("event", columns.event());
    keyUnlessEmpty("search", columns.search());
    if (!columns.signals().isEmpty()) {
      text.append("signals = [");
      String separator = "";
      for (String signal : columns.signals()) {
        text.append(separator).append(quoted(signal));
        separator = ", ";
      }
      text.append("]\n");
    }
    return this;
  }

  /** A table {@code [[objectives]]} for each. */
  public ConfigText objectives(List<Objective> objectives) {
    for (Objective objective : objectives) {
      LabelRule rule = objective.rule();
      table("[[objectives]]");
      key("name", objective.name());
      key("polarity", ConstantName.of(objective.polarity()));
      number("weight", objective.weight(), 1);
      keyUnlessEmpty("event", rule.event());
      keyUnlessEmpty("column", rule.column());
      if (!rule.equals(LabelRule.flag(rule.column()).withEvent(rule.event()).withPer(rule.per()))) {
        number("at-least", rule.atLeast(), Double.NEGATIVE_INFINITY);
        number("at-most", rule.atMost(), Double.POSITIVE_INFINITY);
      }
      if (rule.strength()) {
        text.append("strength = true\n");
      }
      keyUnlessEmpty("per", rule.per());
      number("cap", rule.cap(), Double.POSITIVE_INFINITY);
    }
    return this;
  }

  /** The table {@code [searches]}. */
  public ConfigText searches(String file, SearchLog.Columns columns) {
    table("[searches]");
    key("file", file);
    key("user", columns.user());
    key("query", columns.query());
    keyUnlessEmpty("time", columns.time());
    if (!columns.time().isEmpty()) {
      key("time-format", ConstantName.of(columns.timeFormat()));
    }
    keyUnlessEmpty("order", columns.order());
    return this;
  }

  /**
   * A catalogue.
   *
   * @param table {@code items} or {@code users}
   * @param id the column of the ids
   */
  public ConfigText catalogue(String table, String file, String id, List<FieldSpec> fields) {
    table("[" + table + "]");
    key("file", file);
    key("id", id);
    for (FieldSpec field : fields) {
      table("[[" + table + ".fields]]");
      key("name", field.name());
      key("column", field.column());
      key("kind", ConstantName.of(field.kind()));
      keyUnlessEmpty("separator", field.separator());
      keyUnlessEmpty("pattern", field.pattern());
      number("bucket-size", field.bucketSize(), 0);
      number("top-k", field.topK(), 0);
      number("weight", field.weight(), 1);
    }
    return this;
  }

  /**
   * The table {@code [rank]} as a comment, since it is off by default: with what the data mean to
   * it, to be switched on by deleting the signs.
   *
   * @param topic the items' field of topics
   * @param series the items' field of the series or channel
   * @param position the signal with the place in the list
   */
  public ConfigText rankCommentedOut(String topic, String series, String position) {
    text.append("\n# Lists for users too, for 'kindred recommend':\n");
    text.append("#[rank]\n#enabled = true\n");
    key("#topic", topic);
    key("#series", series);
    key("#position", position);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void table(String header) {
    text.append('\n').append(header).append('\n');
  }

  private void key(String name, String value) {
    text.append(name).append(" = ").append(quoted(value)).append('\n');
  }

  private void keyUnlessEmpty(String name, String value) {
    if (!value.isEmpty()) {
      key(name, value);
    }
  }

  /** A number unless it is what holds without a word. */
  private void number(String name, double value, double usual) {
    if (value != usual) {
      String written =
          Double.isInfinite(value)
              ? (value > 0 ? "inf" : "-inf")
              : value == Math.rint(value) && Math.abs(value) < 1e15
                  ? Long.toString((long) value)
                  : Double.toString(value);
      text.append(name).append(" = ").append(written).append('\n');
    }
  }

  /** A basic string of TOML. */
  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append(String.format("\\u%04X", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
