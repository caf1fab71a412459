package dev.kindred.app.config;

import dev.kindred.engine.data.EventColumns;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TableSource;
import java.util.List;

/**
 * The event log of the configuration, {@code [events]}. Immutable.
 *
 * @param source the file and how it is written
 * @param columns which column holds what
 * @param limits how many bad rows are forgiven
 */
public record EventsConfig(TableSource source, EventColumns columns, ReadLimits limits) {
  static EventsConfig read(Section section) {
    TableConfig.only(
        section,
        "user",
        "item",
        "time",
        "time-format",
        "order",
        "event",
        "search",
        "signals",
        "duplicates");
    TableSource source = TableConfig.source(section);
    String user = section.text("user");
    String item = section.text("item");
    String time = section.text("time", "");
    EventColumns.TimeFormat format = section.choice("time-format", EventColumns.TimeFormat.DETECT);
    String order = section.text("order", "");
    String event = section.text("event", "");
    String search = section.text("search", "");
    List<String> signals = section.texts("signals");
    var duplicates = section.choice("duplicates", EventColumns.Duplicates.KEEP);
    ReadLimits limits = TableConfig.limits(section);
    EventColumns columns =
        section.make(
            () ->
                new EventColumns(
                    user, item, time, format, order, event, signals, search, duplicates));
    return new EventsConfig(source, columns, limits);
  }
}
