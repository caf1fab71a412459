package dev.kindred.app.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.data.InputException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One table of a TOML file, read key by key. Every error is one line that names file, table and
 * key. {@link #finish} refuses keys that nobody asked for, so a typing error never goes unnoticed.
 * Not thread-safe.
 */
final class Section {
  private final Path file;
  private final String name;
  private final ObjectNode node;
  private final Map<String, String> sources;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(Path file, String name, ObjectNode node, Map<String, String> sources) {
    this.file = file;
    this.name = name;
    this.node = node;
    this.sources = sources;
  }

  /**
   * The top of settings from several sources.
   *
   * @param file names the settings in errors; relative paths are seen from its directory
   * @param sources what a setting came from, by TABLE.KEY, where that isn't the file: named in
   *     errors about it, and its relative paths are seen from the working directory
   */
  static Section of(Path file, ObjectNode node, Map<String, String> sources) {
    return new Section(file, "", node, sources);
  }

  /**
   * The top of a configuration file.
   *
   * @throws InputException if it is missing, empty or not TOML
   */
  static Section read(Path file) throws IOException {
    return read(
        file, "configuration", "--config", "it needs at least [events] and one [[objectives]]");
  }

  /**
   * The top of a file.
   *
   * @param kind of file, for messages
   * @param namedBy the option or setting that names it, for messages
   * @param needs what an empty one lacks; empty if nothing
   * @throws InputException if it is missing, empty though it needs something, or not TOML
   */
  static Section read(Path file, String kind, String namedBy, String needs) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a directory; " + namedBy + " names the file in it");
    }
    String text;
    try {
      text = withoutByteOrderMark(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such " + kind + " file; check " + namedBy, e);
    } catch (MalformedInputException e) {
      throw new InputException(file + ": not text in UTF-8; a " + kind + " file is TOML", e);
    }
    if (text.isBlank() && !needs.isEmpty()) {
      throw new InputException(file + ": empty; " + needs);
    }
    try {
      return new Section(file, "", (ObjectNode) new TomlMapper().readTree(text), Map.of());
    } catch (JacksonException e) {
      throw new InputException(file + TomlFault.told(text, e), e);
    }
  }

  /** Editors of some systems put one before the text. */
  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** The file that this is a part of. */
  Path file() {
    return file;
  }

  /** All of it, as a copy. */
  ObjectNode copy() {
    return node.deepCopy();
  }

  /** Every key that is there; they count as known. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    known.addAll(keys);
    return keys;
  }

  boolean has(String key) {
    known.add(key);
    return node.has(key);
  }

  /** A text that must be there and not be blank. */
  String text(String key) {
    if (!has(key)) {
      throw missing(key);
    }
    String text = text(key, "");
    if (text.isBlank()) {
      throw wrong(key, "is empty");
    }
    return text;
  }

  String text(String key, String absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isTextual()) {
      throw wrong(key, "must be a text in quotes, is " + value);
    }
    return value.textValue();
  }

  double number(String key, double absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isNumber()) {
      throw wrong(key, "must be a number, is " + value);
    }
    return value.doubleValue();
  }

  int integer(String key, int absent) {
    return (int) whole(key, absent, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** A whole number of at least 1. */
  int positive(String key, int absent) {
    int value = integer(key, absent);
    if (value < 1) {
      throw wrong(key, "is " + value + ", must be at least 1");
    }
    return value;
  }

  /**
   * A whole number in a range.
   *
   * @param most inclusive; Integer.MAX_VALUE = no end
   */
  int integer(String key, int absent, int least, int most) {
    int value = integer(key, absent);
    checkRange(key, "is", value, least, most);
    return value;
  }

  /** Whole numbers of a list, each in a range. */
  List<Integer> integers(String key, List<Integer> absent, int least, int most) {
    List<Integer> values = integers(key, absent);
    values.forEach(value -> checkRange(key, "holds", value, least, most));
    return values;
  }

  private void checkRange(String key, String has, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong(
          key,
          "%s %d, must be %s"
              .formatted(
                  has,
                  value,
                  most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most));
    }
  }

  /** A share of something, not all of it. */
  double share(String key, double absent) {
    double value = number(key, absent);
    if (!(value >= 0 && value < 1)) {
      throw wrong(key, "is " + node.get(key) + ", must be at least 0 and below 1");
    }
    return value;
  }

  /** A finite number of at least 0, or more than that. */
  double size(String key, double absent, boolean mayBeZero) {
    double value = number(key, absent);
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY) || value == 0 && !mayBeZero) {
      throw wrong(
          key,
          "is "
              + node.get(key)
              + ", must be finite and "
              + (mayBeZero ? "at least 0" : "more than 0"));
    }
    return value;
  }

  long wholeNumber(String key, long absent) {
    return whole(key, absent, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  boolean flag(String key, boolean absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw wrong(key, "must be true or false, is " + value);
    }
    return value.booleanValue();
  }

  List<String> texts(String key) {
    JsonNode value = value(key);
    List<String> texts = new ArrayList<>();
    if (value == null) {
      return texts;
    }
    if (!value.isArray()) {
      throw wrong(key, "must be a list of texts in [ ], is " + value);
    }
    for (JsonNode element : value) {
      if (!element.isTextual()) {
        throw wrong(key, "must hold texts only, holds " + element);
      }
      if (element.textValue().isBlank()) {
        throw wrong(key, "holds an empty text; take it out");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** One text, or a list of them. */
  List<String> textOrTexts(String key) {
    JsonNode value = value(key);
    return value != null && value.isTextual() ? List.of(text(key)) : texts(key);
  }

  /** Whole numbers of a list. */
  List<Integer> integers(String key, List<Integer> absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isInt)) {
      throw wrong(key, "must be a list of whole numbers in [ ], is " + value);
    }
    return value.valueStream().map(JsonNode::intValue).toList();
  }

  /** One of the constants of an enum, written in lower case with dashes. */
  <E extends Enum<E>> E choice(String key, E absent) {
    String text = text(key, null);
    if (text == null) {
      return absent;
    }
    for (E constant : absent.getDeclaringClass().getEnumConstants()) {
      if (ConstantName.of(constant).equals(text.toLowerCase(Locale.ROOT))) {
        return constant;
      }
    }
    String allowed =
        Stream.of(absent.getDeclaringClass().getEnumConstants())
            .map(ConstantName::of)
            .collect(Collectors.joining(", "));
    throw wrong(key, "is \"" + text + "\", must be one of " + allowed);
  }

  /** A path, relative ones seen from the directory of the file that it stands in. */
  Path path(String key) {
    Path from = isOfFile(key) ? file.toAbsolutePath().getParent() : Path.of("").toAbsolutePath();
    return from.resolve(text(key)).normalize();
  }

  /** The inner table of this name, if there is one. */
  Optional<Section> section(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw wrong(key, "must be a table, written [" + inner(key) + "]");
    }
    return Optional.of(new Section(file, "[" + inner(key) + "]", (ObjectNode) value, sources));
  }

  /** The inner table of this name, empty if there is none. */
  Section sectionOrEmpty(String key) {
    return section(key)
        .orElseGet(() -> new Section(file, "[" + inner(key) + "]", node.objectNode(), sources));
  }

  /** The inner tables of this name, in order. */
  List<Section> sections(String key) {
    JsonNode value = value(key);
    List<Section> sections = new ArrayList<>();
    if (value == null) {
      return sections;
    }
    if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isObject)) {
      throw wrong(key, "must be a list of tables, each begun with [[" + inner(key) + "]]");
    }
    for (JsonNode element : value) {
      String ordinal = "[[" + inner(key) + "]] number " + (sections.size() + 1);
      sections.add(new Section(file, ordinal, (ObjectNode) element, sources));
    }
    return sections;
  }

  /** Makes an options record; what its constructor objects to is told with file and table. */
  <T> T make(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw new InputException(where() + e.getMessage(), e);
    }
  }

  /** Refuses keys other than these, before any is read: a misspelt one isn't told as missing. */
  void only(String... keys) {
    known.addAll(List.of(keys));
    finish();
  }

  /** Refuses keys that nothing has asked for. */
  void finish() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw unknown(key, known);
              }
            });
  }

  private InputException unknown(String key, Set<String> among) {
    String nearest = Spelling.nearest(key, among);
    return wrong(
        key,
        "is not known"
            + (nearest.isEmpty()
                ? "; known are " + String.join(", ", among)
                : "; did you mean " + nearest + "?"));
  }

  /** An error of this key, which must be there: of one that looks like it, if there is one. */
  InputException missing(String key) {
    List<String> others = new ArrayList<>();
    node.fieldNames().forEachRemaining(others::add);
    others.removeAll(known);
    String nearest = Spelling.nearest(key, others);
    return nearest.isEmpty() ? wrong(key, "is missing") : unknown(nearest, Set.of(key));
  }

  /** An error of this key. */
  InputException wrong(String key, String what) {
    String where = where();
    if (!isOfFile(key)) {
      where = sources.get(inner(key)) + ": " + (name.isEmpty() ? "" : name + " ");
    }
    return new InputException(where + key + " " + what);
  }

  private boolean isOfFile(String key) {
    String source = sources.get(inner(key));
    return source == null || source.equals(file.toString());
  }

  private String where() {
    return file + ": " + (name.isEmpty() ? "" : name + " ");
  }

  private String inner(String key) {
    String outer = name.replaceAll("[\\[\\]]| number \\d+", "");
    return outer.isEmpty() ? key : outer + "." + key;
  }

  private JsonNode value(String key) {
    known.add(key);
    return node.get(key);
  }

  private long whole(String key, long absent, long least, long most) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw wrong(key, "must be a whole number, is " + value);
    }
    return value.longValue();
  }
}
