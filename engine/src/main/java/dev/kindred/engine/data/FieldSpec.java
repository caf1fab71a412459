package dev.kindred.engine.data;

import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How a column of a catalogue becomes a profile field.
 *
 * @param name of the field, unique in the catalogue
 * @param column the column it is read from; one column may feed several fields
 * @param kind what the cell holds
 * @param separator between the values of a MULTI cell; not looked at otherwise
 * @param pattern a regular expression, empty = none. For TOKENS: what a token is, default runs of
 *     letters and digits. Otherwise: what is taken out of the cell (of each part for MULTI), its
 *     first group or else the whole match; no match, no value
 * @param bucketSize width of the ranges of a BUCKET field, more than 0; not looked at otherwise
 * @param topK how many of the field's most frequent values the content join keeps, 0 = as many as
 *     its options say
 * @param weight of the field in content similarity, finite and 0 or more; 0 keeps it out, e.g. a
 *     title that is only shown
 */
public record FieldSpec(
    String name,
    String column,
    Kind kind,
    String separator,
    String pattern,
    double bucketSize,
    int topK,
    double weight) {

  /** What a cell holds. */
  public enum Kind {
    /** One value: a type, a country. */
    SINGLE,
    /** Several values between separators: genres, actors, tags. */
    MULTI,
    /** Text: its words in lower case are the values. */
    TOKENS,
    /** A number whose range [n * bucketSize, (n + 1) * bucketSize) is the value: a decade. */
    BUCKET,
    /** A number that stays one; not part of content similarity. */
    NUMERIC
  }

  public FieldSpec {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(separator, "separator");
    Objects.requireNonNull(pattern, "pattern");
    if (name.isBlank() || column.isBlank()) {
      throw new IllegalArgumentException(
          "a profile field needs a name and a column, but has '" + name + "' and '" + column + "'");
    }
    if (kind == Kind.MULTI && separator.isEmpty()) {
      throw new IllegalArgumentException(
          "field '" + name + "' is MULTI and needs the separator of its values, e.g. |");
    }
    if (kind == Kind.BUCKET && !(bucketSize > 0 && bucketSize < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "field '" + name + "' has bucketSize " + bucketSize + ", must be > 0, e.g. 10");
    }
    if (topK < 0) {
      throw new IllegalArgumentException(
          "field '" + name + "' has topK " + topK + ", must be >= 0 (0 = default)");
    }
    if (!(weight >= 0) || weight == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "field '" + name + "' has weight " + weight + ", must be finite and >= 0");
    }
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "field '" + name + "' has the pattern '" + pattern + "': " + e.getDescription(), e);
    }
  }

  /** A field of one value. */
  public static FieldSpec single(String name, String column) {
    return new FieldSpec(name, column, Kind.SINGLE, "", "", 0, 0, 1);
  }

  /** A field of several values between separators. */
  public static FieldSpec multi(String name, String column, String separator) {
    return new FieldSpec(name, column, Kind.MULTI, separator, "", 0, 0, 1);
  }

  /** The words of a text. */
  public static FieldSpec tokens(String name, String column) {
    return new FieldSpec(name, column, Kind.TOKENS, "", "", 0, 0, 1);
  }

  /** Ranges of a number. */
  public static FieldSpec bucket(String name, String column, double bucketSize) {
    return new FieldSpec(name, column, Kind.BUCKET, "", "", bucketSize, 0, 1);
  }

  /** A number. */
  public static FieldSpec numeric(String name, String column) {
    return new FieldSpec(name, column, Kind.NUMERIC, "", "", 0, 0, 1);
  }

  /** The same field with another pattern. */
  public FieldSpec withPattern(String newPattern) {
    return new FieldSpec(name, column, kind, separator, newPattern, bucketSize, topK, weight);
  }

  /** The same field with another limit of values. */
  public FieldSpec withTopK(int newTopK) {
    return new FieldSpec(name, column, kind, separator, pattern, bucketSize, newTopK, weight);
  }

  /** The same field with another weight. */
  public FieldSpec withWeight(double newWeight) {
    return new FieldSpec(name, column, kind, separator, pattern, bucketSize, topK, newWeight);
  }
}
