package dev.kindred.engine.rerank;

import java.util.Locale;
import java.util.Objects;

/**
 * What a rule or freshness adds to a score, on top of what the objectives say.
 *
 * @param name of the rule, or of the field whose age counts
 * @param value added, in units of score
 */
public record Adjustment(String name, float value) {
  public Adjustment {
    Objects.requireNonNull(name, "name");
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%+.4f  %s", value, name);
  }
}
