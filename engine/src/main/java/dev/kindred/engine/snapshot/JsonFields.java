package dev.kindred.engine.snapshot;

import dev.kindred.index.file.CorruptFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checked access to a JSON object of an untrusted file: a missing field, one of another type or out
 * of range is a {@link CorruptFileException} that names it. For one thread.
 */
final class JsonFields {
  private final Path file;
  private final String where;
  private final Map<?, ?> values;

  /**
   * @param where the object's place in the file, "" for the root
   */
  JsonFields(Path file, String where, Map<?, ?> values) {
    this.file = file;
    this.where = where;
    this.values = values;
  }

  String text(String field) {
    if (values.get(field) instanceof String text) {
      return text;
    }
    throw wrong(field, "must be a string");
  }

  long integer(String field, long atLeast, long atMost) {
    Object value = values.get(field);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= atLeast && number <= atMost) {
        return number;
      }
    }
    throw wrong(field, "must be a whole number in " + atLeast + ".." + atMost);
  }

  double finite(String field, double atLeast) {
    if (values.get(field) instanceof Number number) {
      double value = number.doubleValue();
      if (Double.isFinite(value) && value >= atLeast) {
        return value;
      }
    }
    throw wrong(
        field,
        "must be a finite number"
            + (atLeast == Double.NEGATIVE_INFINITY ? "" : " of at least " + atLeast));
  }

  boolean bool(String field) {
    if (values.get(field) instanceof Boolean value) {
      return value;
    }
    throw wrong(field, "must be true or false");
  }

  <E extends Enum<E>> E constant(String field, Class<E> type) {
    String name = text(field);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw wrong(field, "must be one of " + List.of(type.getEnumConstants()));
  }

  boolean has(String field) {
    return values.get(field) != null;
  }

  JsonFields object(String field) {
    if (values.get(field) instanceof Map<?, ?> map) {
      return new JsonFields(file, path(field), map);
    }
    throw wrong(field, "must be an object");
  }

  /** The object as it stands, its names as strings. */
  Map<String, Object> asMap() {
    Map<String, Object> result = new LinkedHashMap<>();
    values.forEach((name, value) -> result.put((String) name, value));
    return result;
  }

  List<JsonFields> objects(String field) {
    List<JsonFields> result = new ArrayList<>();
    for (Object element : list(field)) {
      if (!(element instanceof Map<?, ?> map)) {
        throw wrong(field, "must be a list of objects");
      }
      result.add(new JsonFields(file, path(field) + "[" + result.size() + "]", map));
    }
    return result;
  }

  List<String> texts(String field) {
    List<String> result = new ArrayList<>();
    for (Object element : list(field)) {
      if (!(element instanceof String text)) {
        throw wrong(field, "must be a list of strings");
      }
      result.add(text);
    }
    return result;
  }

  List<Double> numbers(String field) {
    List<Double> result = new ArrayList<>();
    for (Object element : list(field)) {
      if (!(element instanceof Number number)) {
        throw wrong(field, "must be a list of numbers");
      }
      result.add(number.doubleValue());
    }
    return result;
  }

  Map<String, String> textMap(String field) {
    Map<String, String> result = new LinkedHashMap<>();
    object(field)
        .asMap()
        .forEach(
            (name, value) -> {
              if (!(value instanceof String text)) {
                throw wrong(field, "must hold strings only");
              }
              result.put(name, text);
            });
    return result;
  }

  CorruptFileException wrong(String field, String rule) {
    Object value = values.get(field);
    String shown = String.valueOf(value);
    return new CorruptFileException(
        file,
        -1,
        "'"
            + path(field)
            + "' "
            + (value == null
                ? "is missing"
                : "is " + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown))
            + ", "
            + rule);
  }

  private List<?> list(String field) {
    if (values.get(field) instanceof List<?> list) {
      return list;
    }
    throw wrong(field, "must be a list");
  }

  private String path(String field) {
    return where.isEmpty() ? field : where + "." + field;
  }
}
