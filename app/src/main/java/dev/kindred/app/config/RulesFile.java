package dev.kindred.app.config;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules that editors keep in a TOML file, one {@code [[rules]]} table each, in the order in
 * which they apply.
 */
public final class RulesFile {
  private RulesFile() {}

  /**
   * Reads a file.
   *
   * @param namedBy the option or setting that names it, for messages
   * @throws dev.kindred.engine.data.InputException naming file, rule and key of what is wrong
   */
  public static List<Rule> read(Path file, String namedBy) throws IOException {
    Section top =
        Section.read(
            file, "rules", namedBy, "it needs at least one [[rules]]; leave it out to have none");
    List<Rule> rules = new ArrayList<>();
    for (Section section : top.sections("rules")) {
      rules.add(rule(section));
    }
    top.finish();
    return List.copyOf(rules);
  }

  private static Rule rule(Section section) {
    Rule.Action action = section.choice("action", Rule.Action.HIDE);
    if (!section.has("action")) {
      throw section.wrong("action", "is missing; it is hide, pin, boost or bury");
    }
    Selection items = selection(section, "items", "where");
    Selection lists = selection(section, "lists", "lists-where");
    String name = section.text("name", ConstantName.of(action) + " " + items);
    if (section.has("factor") != (action == Rule.Action.BOOST)) {
      throw section.wrong(
          "factor",
          action == Rule.Action.BOOST
              ? "is missing; 2 doubles the odds, 0.5 halves them"
              : "is for action = \"boost\" alone");
    }
    if (section.has("slot") != (action == Rule.Action.PIN)) {
      throw section.wrong(
          "slot",
          action == Rule.Action.PIN ? "is missing; 1 is the top" : "is for action = \"pin\" alone");
    }
    double factor = section.number("factor", 1);
    int slot = section.integer("slot", 1);
    Optional<Instant> from = time(section, "from");
    Optional<Instant> until = time(section, "until");
    section.finish();
    return section.make(() -> new Rule(name, action, lists, items, factor, slot, from, until));
  }

  private static Selection selection(Section section, String ids, String where) {
    List<String> named = section.texts(ids);
    String expression = section.text(where, "");
    Optional<AttributeFilter> filter =
        expression.isEmpty()
            ? Optional.empty()
            : Optional.of(section.make(() -> AttributeFilter.parse(expression)));
    return new Selection(named, filter);
  }

  /** A day begins at midnight UTC; a time without a zone is UTC. */
  private static Optional<Instant> time(Section section, String key) {
    String text = section.text(key, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      TemporalAccessor parsed =
          DateTimeFormatter.ofPattern("yyyy-MM-dd[['T'][' ']HH:mm[:ss][XXX]]")
              .parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return Optional.of(
          switch (parsed) {
            case OffsetDateTime zoned -> zoned.toInstant();
            case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
            default -> LocalDate.from(parsed).atStartOfDay(ZoneOffset.UTC).toInstant();
          });
    } catch (DateTimeException e) {
      throw section.wrong(
          key,
          "is \"" + text + "\", must be a day or time such as 2027-01-31 or 2027-01-31T12:00:00Z");
    }
  }
}
