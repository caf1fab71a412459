package dev.kindred.app.config;

import dev.kindred.engine.data.EventColumns;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.SearchLog;
import dev.kindred.engine.data.TableSource;

/**
 * The log of searches of the configuration, {@code [searches]}. Immutable.
 *
 * @param source the file and how it is written
 * @param columns which column holds what
 * @param minUsers words that fewer users searched for are left out
 * @param topK words kept at most
 * @param limits how many bad rows are forgiven
 */
public record SearchesConfig(
    TableSource source, SearchLog.Columns columns, int minUsers, int topK, ReadLimits limits) {
  static final int MIN_USERS = 2;
  static final int TOP_K = 100_000;

  static SearchesConfig read(Section section) {
    TableConfig.only(
        section, "user", "query", "time", "time-format", "order", "min-users", "top-k");
    TableSource source = TableConfig.source(section);
    String user = section.text("user");
    String query = section.text("query");
    String time = section.text("time", "");
    EventColumns.TimeFormat format = section.choice("time-format", EventColumns.TimeFormat.DETECT);
    String order = section.text("order", "");
    int minUsers = section.positive("min-users", MIN_USERS);
    int topK = section.positive("top-k", TOP_K);
    ReadLimits limits = TableConfig.limits(section);
    SearchLog.Columns columns =
        section.make(() -> new SearchLog.Columns(user, query, time, format, order));
    return new SearchesConfig(source, columns, minUsers, topK, limits);
  }
}
