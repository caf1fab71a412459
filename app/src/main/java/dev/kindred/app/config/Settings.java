package dev.kindred.app.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.kindred.engine.data.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of a server from three sources, later ones over earlier ones: a TOML file, variables
 * named KINDRED_TABLE_KEY, flags TABLE.KEY=VALUE. Not thread-safe.
 */
public final class Settings {
  private static final String PREFIX = "KINDRED_";

  /**
   * All there are, and tables whose variables are ours; other KINDRED_ variables belong to the
   * launcher.
   */
  static final List<String> TABLES =
      List.of(
          "model", "server", "tokens", "live", "events", "limits", "weights", "rules", "recall",
          "memory", "page", "log");

  private static final TomlMapper TOML = new TomlMapper();

  private final Path file;
  private final ObjectNode root;
  private final Map<String, String> sources = new TreeMap<>();

  private Settings(Path file, ObjectNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * Lays the sources over each other.
   *
   * @param file null without one
   * @param environment variables by name
   * @param flags values by TABLE.KEY
   * @throws InputException if a source is no good
   */
  public static Settings of(Path file, Map<String, String> environment, Map<String, String> flags)
      throws IOException {
    ObjectNode root =
        file == null
            ? JsonNodeFactory.instance.objectNode()
            : Section.read(file, "configuration", "--config", "").copy();
    Settings settings = new Settings(file, root);
    for (Map.Entry<String, JsonNode> table : root.properties()) {
      for (Map.Entry<String, JsonNode> key : table.getValue().properties()) {
        settings.sources.put(table.getKey() + "." + key.getKey(), file.toString());
      }
    }
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              String[] key = key(name);
              if (key.length > 0) {
                settings.set(key[0], key[1], value, name);
              }
            });
    for (Map.Entry<String, String> flag : flags.entrySet()) {
      int dot = flag.getKey().indexOf('.');
      if (dot < 1 || dot == flag.getKey().length() - 1) {
        throw new InputException(
            "setting '" + flag.getKey() + "' must be TABLE.KEY=VALUE, such as server.port=8080");
      }
      settings.set(
          flag.getKey().substring(0, dot),
          flag.getKey().substring(dot + 1),
          flag.getValue(),
          "flag");
    }
    return settings;
  }

  /** Where each effective setting comes from, by TABLE.KEY. */
  public Map<String, String> sources() {
    return new TreeMap<>(sources);
  }

  /** The effective value of TABLE.KEY as TOML; tokens are not told. */
  public String shown(String key) {
    int dot = key.indexOf('.');
    String table = key.substring(0, dot);
    return table.equals("tokens") && !key.endsWith("-file")
        ? "\"(set)\""
        : root.get(table).get(key.substring(dot + 1)).toString();
  }

  Section section() {
    return Section.of(file == null ? Path.of("environment and flags") : file, root, sources);
  }

  /** Table and key of a variable, nothing if it isn't one of ours. */
  private static String[] key(String variable) {
    if (!variable.startsWith(PREFIX)) {
      return new String[0];
    }
    String rest = variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    int underscore = rest.indexOf('_');
    if (underscore < 1 || !TABLES.contains(rest.substring(0, underscore))) {
      return new String[0];
    }
    return new String[] {
      rest.substring(0, underscore), rest.substring(underscore + 1).replace('_', '-')
    };
  }

  private void set(String table, String key, String value, String source) {
    JsonNode inner = root.get(table);
    if (inner != null && !inner.isObject()) {
      throw new InputException(file + ": " + table + " must be a table, written [" + table + "]");
    }
    ObjectNode node = inner == null ? root.putObject(table) : (ObjectNode) inner;
    node.set(key, value(value));
    sources.put(table + "." + key, source);
  }

  /** Numbers and true or false as TOML writes them, anything else a text. */
  private static JsonNode value(String text) {
    if (text.matches("[+-]?[0-9][0-9_]*(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false")) {
      try {
        return TOML.readTree("value = " + text).get("value");
      } catch (JacksonException e) {
        return JsonNodeFactory.instance.textNode(text); // such as 007
      }
    }
    return JsonNodeFactory.instance.textNode(text);
  }
}
