package dev.kindred.app.config;

import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TableSource;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A catalogue of the configuration, {@code [items]} or {@code [users]}. Immutable.
 *
 * @param source the file and how it is written
 * @param id the column of ids
 * @param fields the profile fields, in the order of the file
 * @param limits how many bad rows are forgiven
 */
public record TableConfig(
    TableSource source, String id, List<FieldSpec> fields, ReadLimits limits) {
  public TableConfig {
    fields = List.copyOf(fields);
  }

  private static final List<String> KEYS =
      List.of(
          "file",
          "format",
          "delimiter",
          "quote",
          "header",
          "columns",
          "charset",
          "max-bad-rows",
          "max-bad-share");

  /**
   * Refuses keys other than those of any table and these, before any is read: a misspelt one is
   * told first, not what is missing or wrong because of it.
   */
  static void only(Section section, String... more) {
    section.only(Stream.concat(KEYS.stream(), Stream.of(more)).toArray(String[]::new));
  }

  static TableConfig read(Section section) {
    only(section, "id", "fields");
    TableSource source = source(section);
    String id = section.text("id");
    List<FieldSpec> fields = new ArrayList<>();
    for (Section field : section.sections("fields")) {
      String name = field.text("name");
      String column = field.text("column", name);
      FieldSpec.Kind kind = field.choice("kind", FieldSpec.Kind.SINGLE);
      String separator = field.text("separator", kind == FieldSpec.Kind.MULTI ? "|" : "");
      String pattern = field.text("pattern", "");
      double bucketSize = field.number("bucket-size", 0);
      int topK = field.integer("top-k", 0);
      double weight = field.number("weight", 1);
      field.finish();
      FieldSpec spec =
          field.make(
              () ->
                  new FieldSpec(name, column, kind, separator, pattern, bucketSize, topK, weight));
      if (fields.stream().anyMatch(other -> other.name().equals(name))) {
        throw field.wrong("name", "\"" + name + "\" is taken by an earlier field; choose another");
      }
      fields.add(spec);
    }
    ReadLimits limits = limits(section);
    return new TableConfig(source, id, fields, limits);
  }

  /** The keys that say how a table is written. */
  static TableSource source(Section section) {
    return source(section, Optional.empty());
  }

  /**
   * The same for another file. Where the section gives no format, it follows from the name of that
   * file, or if that tells none from the name in the section.
   *
   * @param instead of the file that the section names
   */
  static TableSource source(Section section, Optional<Path> instead) {
    Path named = section.path("file");
    Path file = instead.orElse(named);
    TableSource.Format byName =
        TableSource.formatOf(file).orElseGet(() -> TableSource.of(named).format());
    TableSource usual = TableSource.of(file, section.choice("format", byName));
    TableSource.Format format = usual.format();
    String delimiter = section.text("delimiter", usual.delimiter());
    String quote = section.text("quote", usual.quote());
    boolean header = section.flag("header", usual.header());
    List<String> columns = section.texts("columns");
    String charset = section.text("charset", "UTF-8");
    return section.make(
        () ->
            new TableSource(
                file, format, delimiter, quote, header, columns, charset(section, charset)));
  }

  /** The keys that say how many bad rows are forgiven. */
  static ReadLimits limits(Section section) {
    ReadLimits defaults = ReadLimits.defaults();
    long rows = section.wholeNumber("max-bad-rows", defaults.rows());
    double share = section.number("max-bad-share", defaults.share());
    return section.make(() -> new ReadLimits(rows, share, defaults.samples()));
  }

  private static Charset charset(Section section, String name) {
    try {
      return name.equals("UTF-8") ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      InputException unknown =
          section.wrong("charset", "is \"" + name + "\", not a charset of Java, e.g. ISO-8859-1");
      unknown.initCause(e);
      throw unknown;
    }
  }
}
