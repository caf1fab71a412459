package dev.kindred.app.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import java.util.List;
import java.util.Locale;

/** Tells where a text stops to be TOML: line, column, and what stands there. Stateless. */
final class TomlFault {
  private static final int LONGEST = 100;

  private TomlFault() {}

  /** What follows the name of the file in an error: {@code , line 2: not valid TOML: ...}. */
  static String told(String toml, JacksonException e) {
    String message = e.getOriginalMessage();
    JsonLocation at = e.getLocation();
    List<String> lines = toml.lines().toList();
    if (at == null || at.getLineNr() < 1 || lines.isEmpty()) {
      return ": not valid TOML: " + message;
    }
    int line = at.getLineNr();
    // The parser is past the line break when it sees that a value or a key's second place ends.
    boolean past = line > lines.size() || at.getColumnNr() <= 1 && message.contains("Duplicate");
    if (past) {
      line = Math.min(line - 1, lines.size());
      while (line > 1 && saysNothing(lines.get(line - 1))) {
        line--;
      }
    }
    return ", line "
        + line
        + ": not valid TOML: "
        + message
        + (past ? "" : " at column " + at.getColumnNr())
        + (message.equals("Unknown token") ? " (a text stands in quotes)" : "")
        + " in: "
        + printable(shown(lines, Math.min(line, lines.size()) - 1));
  }

  /** A line; of one that may hold a token, its key. */
  private static String shown(List<String> lines, int index) {
    String line = lines.get(index).strip();
    int equals = line.indexOf('=');
    String key = equals < 0 ? "" : line.substring(0, equals);
    int header = index;
    while (header > 0 && !lines.get(header).strip().startsWith("[")) {
      header--;
    }
    boolean secret = mentionsToken(key) || header < index && mentionsToken(lines.get(header));
    return secret ? key.strip() + " ..." : line;
  }

  private static boolean mentionsToken(String text) {
    return text.toLowerCase(Locale.ROOT).contains("token");
  }

  private static boolean saysNothing(String line) {
    return line.isBlank() || line.strip().startsWith("#");
  }

  /** Without control characters, which a terminal would obey, and not too long for a line. */
  private static String printable(String line) {
    int[] shown =
        line.codePoints().limit(LONGEST).map(c -> Character.isISOControl(c) ? ' ' : c).toArray();
    String text = new String(shown, 0, shown.length);
    return line.codePointCount(0, line.length()) <= LONGEST ? text : text + "...";
  }
}
