package dev.kindred.engine.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Says in words how the keys of two checkpoints differ. A key is the text of a record of options,
 * with more before or behind it, and ends with the fingerprint of the data:
 *
 * <pre>{@code ... TowerOptions[dim=16, optimizer=Adam[learningRate=0.01, ...], ...] ... data HEX}
 * </pre>
 *
 * <p>Stateless.
 */
final class CheckpointKey {
  private static final String OPTIONS = "Options[";
  private static final String DATA = " data ";

  private CheckpointKey() {}

  /**
   * The differences, with options spelt as on the command line and in a specification: {@code made
   * with dim 16, now 8, and of other data}. Keys of other versions may have other options.
   *
   * @param made key of the checkpoint
   * @param now key of the training
   */
  static String differences(String made, String now) {
    Map<String, String> before = options(made);
    Map<String, String> after = options(now);
    Set<String> names = new LinkedHashSet<>(after.keySet());
    names.addAll(before.keySet());
    if (!Objects.equals(before.get("anneal"), after.get("anneal"))) {
      names.remove("epochs"); // only an annealed training has its own in the key
    }
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String old = before.get(name);
      String own = after.get(name);
      if (!Objects.equals(old, own)) {
        differences.add(
            old == null
                ? "without " + name + ", now " + own
                : "with " + name + " " + old + ", now " + (own == null ? "without" : own));
      }
    }
    if (!besideOptions(made).equals(besideOptions(now))) {
      differences.add("for other tasks");
    }
    if (!data(made).equals(data(now))) {
      differences.add("of other data");
    }
    return differences.isEmpty()
        ? "made by another version"
        : "made " + String.join(", and ", differences);
  }

  private static String data(String key) {
    int at = key.lastIndexOf(DATA);
    return at < 0 ? "" : key.substring(at);
  }

  private static String besideOptions(String key) {
    String head = key.substring(0, key.length() - data(key).length());
    int open = head.indexOf(OPTIONS);
    return open < 0
        ? head
        : head.substring(0, open) + head.substring(end(head, open + OPTIONS.length()));
  }

  /** Values by name; the inner ones of a record in it stand beside it. */
  private static Map<String, String> options(String key) {
    Map<String, String> values = new LinkedHashMap<>();
    int open = key.indexOf(OPTIONS);
    if (open >= 0) {
      int from = open + OPTIONS.length();
      collect(key.substring(from, end(key, from)), values);
    }
    return values;
  }

  /** Index of the bracket that closes the one before {@code from}; the length if none does. */
  private static int end(String text, int from) {
    int depth = 1;
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (depth == 0) {
        break;
      }
      at++;
    }
    return at;
  }

  private static void collect(String fields, Map<String, String> values) {
    int from = 0;
    while (from < fields.length()) {
      int equals = fields.indexOf('=', from);
      if (equals < 0) {
        return;
      }
      int to = equals + 1;
      while (to < fields.length() && fields.charAt(to) != ',') {
        to = fields.charAt(to) == '[' ? end(fields, to + 1) + 1 : to + 1;
      }
      put(
          fields.substring(from, equals),
          fields.substring(equals + 1, Math.min(to, fields.length())),
          values);
      from = to + 2; // a comma and a blank
    }
  }

  private static void put(String field, String value, Map<String, String> values) {
    String name = field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    int open = value.indexOf('[');
    if (open > 0 && value.endsWith("]")) {
      values.put(name, value.substring(0, open).toLowerCase(Locale.ROOT));
      collect(value.substring(open + 1, value.length() - 1), values);
    } else {
      boolean constant = value.matches("[A-Z][A-Z0-9_]+");
      values.put(name, constant ? value.toLowerCase(Locale.ROOT).replace('_', '-') : value);
    }
  }
}
