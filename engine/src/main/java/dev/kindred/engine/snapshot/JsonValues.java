package dev.kindred.engine.snapshot;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns values of a build into the JSON values of a manifest, at once and by name, rather than
 * after hours when the manifest is written.
 *
 * <p>Numbers, strings, booleans and null stay; an enum constant becomes its name, an optional its
 * content or null, a collection or array of numbers a list, a map with string keys or a record an
 * object. Anything else is refused.
 */
final class JsonValues {
  private JsonValues() {}

  /**
   * @param name of the value, for the message
   * @throws IllegalArgumentException if it is or holds what JSON can't
   */
  static Object of(String name, Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean flag -> flag;
      case Byte number -> number.intValue();
      case Short number -> number.intValue();
      case Integer number -> number;
      case Long number -> number;
      // The shortest decimal of a float is what people wrote; as a double it would grow a tail.
      case Float number -> Double.valueOf(number.toString());
      case Double number -> number;
      case Enum<?> constant -> constant.name();
      case Optional<?> optional -> of(name, optional.orElse(null));
      case int[] numbers -> Arrays.stream(numbers).boxed().toList();
      case double[] numbers -> Arrays.stream(numbers).boxed().toList();
      case Collection<?> elements -> list(name, elements);
      case Map<?, ?> map -> object(name, map);
      case Record components -> object(name, components);
      default ->
          throw new IllegalArgumentException(
              "'"
                  + name
                  + "' holds a "
                  + value.getClass().getSimpleName()
                  + "; a manifest holds numbers, strings, booleans, lists, maps, records and null");
    };
  }

  /** The components of a record, by name in declared order. */
  static Map<String, Object> object(String name, Record components) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (RecordComponent component : components.getClass().getRecordComponents()) {
      try {
        result.put(
            component.getName(),
            of(name + "." + component.getName(), component.getAccessor().invoke(components)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException(
            "'"
                + name
                + "' is a record of "
                + components.getClass().getName()
                + " that can't be read; make the record public in an exported package",
            e);
      }
    }
    return result;
  }

  private static Map<String, Object> object(String name, Map<?, ?> map) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach(
        (key, element) -> {
          if (!(key instanceof String text)) {
            throw new IllegalArgumentException(
                "'" + name + "' has the key " + key + ", which is no string");
          }
          result.put(text, of(name + "." + text, element));
        });
    return result;
  }

  private static List<Object> list(String name, Collection<?> elements) {
    List<Object> result = new ArrayList<>(elements.size());
    for (Object element : elements) {
      result.add(of(name + "[" + result.size() + "]", element));
    }
    return result;
  }
}
