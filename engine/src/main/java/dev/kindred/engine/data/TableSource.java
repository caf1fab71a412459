package dev.kindred.engine.data;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A table in a file and how it is written. A gzip file is recognised by its first bytes.
 *
 * @param file the file
 * @param format CSV and TSV are lines of delimited cells; JSONL is one JSON object a line, whose
 *     keys are the columns (those of an inner object joined to its own by a dot)
 * @param delimiter between cells, one or more characters, e.g. {@code ","} or {@code "::"}; not
 *     looked at for JSONL
 * @param quote the character around cells that contain delimiters, quotes (then doubled) or line
 *     breaks; empty = quotes have no meaning; not looked at for JSONL
 * @param header whether the first line names the columns; not looked at for JSONL
 * @param columns names of the columns in order, instead of those of the header; empty = as in the
 *     header, or without one 1, 2, 3, ...; must be empty for JSONL
 * @param charset of the text
 */
public record TableSource(
    Path file,
    Format format,
    String delimiter,
    String quote,
    boolean header,
    List<String> columns,
    Charset charset) {

  /** How rows are written. */
  public enum Format {
    /** Delimited cells, comma if not said otherwise. */
    CSV,
    /** Delimited cells, tab if not said otherwise. */
    TSV,
    /** One JSON object a line. */
    JSONL
  }

  public TableSource {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(charset, "charset");
    columns = List.copyOf(columns);
    if (format != Format.JSONL
        && (delimiter.isEmpty() || delimiter.contains("\n") || delimiter.contains("\r"))) {
      throw new IllegalArgumentException(
          "the delimiter of "
              + file
              + " must be one or more characters and no line break, e.g. , or ::");
    }
    if (quote.length() > 1 || (!quote.isEmpty() && delimiter.contains(quote))) {
      throw new IllegalArgumentException(
          "the quote of " + file + " is '" + quote + "', must be one character, not the delimiter");
    }
    if (format == Format.JSONL && !columns.isEmpty()) {
      throw new IllegalArgumentException(
          file + " is JSONL, which names its own columns; drop the list of columns");
    }
  }

  /** A file whose format follows from its name, else CSV, in UTF-8, with a header. */
  public static TableSource of(Path file) {
    return of(file, formatOf(file).orElse(Format.CSV));
  }

  /**
   * The format that the name of a file tells by .csv, .tsv, .jsonl, .ndjson or .json, each also
   * with .gz; empty for any other name.
   */
  public static Optional<Format> formatOf(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    name = name.toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - 3);
    }
    if (name.endsWith(".csv")) {
      return Optional.of(Format.CSV);
    }
    if (name.endsWith(".tsv")) {
      return Optional.of(Format.TSV);
    }
    return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")
        ? Optional.of(Format.JSONL)
        : Optional.empty();
  }

  /** A file of the format with its usual delimiter and quote, in UTF-8, with a header. */
  public static TableSource of(Path file, Format format) {
    String delimiter = format == Format.TSV ? "\t" : ",";
    return new TableSource(file, format, delimiter, "\"", true, List.of(), StandardCharsets.UTF_8);
  }

  /** The same file with other characters between cells. */
  public TableSource withDelimiter(String newDelimiter) {
    return new TableSource(file, format, newDelimiter, quote, header, columns, charset);
  }

  /** The same file with another character around cells, or none if empty. */
  public TableSource withQuote(String newQuote) {
    return new TableSource(file, format, delimiter, newQuote, header, columns, charset);
  }

  /** The same file, with or without a header line. */
  public TableSource withHeader(boolean newHeader) {
    return new TableSource(file, format, delimiter, quote, newHeader, columns, charset);
  }

  /** The same file with these names for its columns. */
  public TableSource withColumns(List<String> newColumns) {
    return new TableSource(file, format, delimiter, quote, header, newColumns, charset);
  }

  /** The same file in another charset. */
  public TableSource withCharset(Charset newCharset) {
    return new TableSource(file, format, delimiter, quote, header, columns, newCharset);
  }
}
