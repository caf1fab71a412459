package dev.kindred.app.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a request's query string, decoded strictly: percent signs that begin no escape
 * and bytes that are no UTF-8 are refused. Values are asked for by name and checked; {@link #only}
 * refuses names that the route doesn't know. Immutable.
 */
public final class Query {
  /** Parameters in one query string, at most. */
  public static final int MAX_PARAMETERS = 1000;

  /** The code of refusals for what can't be decoded. */
  static final String MALFORMED = "malformed-query";

  private static final Query EMPTY = new Query(Map.of());

  private final Map<String, List<String>> values;

  private Query(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Takes a query string apart.
   *
   * @param raw as it stands in the request, without the question mark; null or empty for none
   * @throws Refusal 400 where it is malformed
   */
  public static Query parse(String raw) {
    if (raw == null || raw.isEmpty()) {
      return EMPTY;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int count = 0;
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      if (end > start) {
        if (++count > MAX_PARAMETERS) {
          throw Refusal.badRequest(
              "too-many-parameters",
              "the query string has more than " + MAX_PARAMETERS + " parameters");
        }
        int equals = raw.indexOf('=', start);
        equals = equals < 0 || equals > end ? end : equals;
        String name = name(raw.substring(start, equals));
        String value = equals == end ? "" : value(raw.substring(equals + 1, end), name);
        values.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    return new Query(values);
  }

  /**
   * Refuses a path whose escapes are wrong. It isn't decoded: routes are compared as sent.
   *
   * @throws Refusal 400 with the code {@link #MALFORMED}
   */
  static void checkEscapes(String path) {
    try {
      decode(path);
    } catch (Undecodable e) {
      throw malformed("the path", path, e);
    }
  }

  /** Refuses parameters other than these: a typing error must not go unnoticed. */
  public void only(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw Refusal.badRequest(
            "unknown-parameter",
            "no parameter '"
                + shortened(name)
                + (known.isEmpty()
                    ? "'; this route takes none"
                    : "'; this route knows "
                        + String.join(", ", known.stream().sorted().toList())));
      }
    }
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The value of a parameter that may come once. */
  public String text(String name, String absent) {
    List<String> all = values.get(name);
    if (all == null) {
      return absent;
    }
    if (all.size() > 1) {
      throw Refusal.badRequest(
          "repeated-parameter", "parameter '" + name + "' is given " + all.size() + " times");
    }
    return all.getFirst();
  }

  /** The value of a parameter that must be there and not be empty. */
  public String required(String name) {
    String value = text(name, null);
    if (value == null) {
      throw Refusal.badRequest("missing-parameter", "parameter '" + name + "' is missing");
    }
    if (value.isEmpty()) {
      throw Refusal.badRequest(
          "bad-parameter", "parameter '" + name + "' is empty; give it a value");
    }
    return value;
  }

  /** A whole number within bounds, both inclusive. */
  public int integer(String name, int absent, int least, int most) {
    String text = text(name, null);
    if (text == null) {
      return absent;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Refusal.badRequest(
        "bad-parameter",
        "parameter '"
            + name
            + "' is '"
            + shortened(text)
            + "', must be a whole number from "
            + least
            + " to "
            + most);
  }

  /** True or false; the name alone means true. */
  public boolean flag(String name) {
    return switch (text(name, "false")) {
      case "", "1", "true" -> true;
      case "0", "false" -> false;
      default ->
          throw Refusal.badRequest(
              "bad-parameter", "parameter '" + name + "' must be true or false");
    };
  }

  /** Every value of a parameter that may be repeated, in order. */
  public List<String> all(String name) {
    return values.containsKey(name)
        ? Collections.unmodifiableList(values.get(name))
        : Collections.emptyList();
  }

  /** A text for a message: what a stranger sent is never echoed at length. */
  public static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }

  private static String name(String sent) {
    try {
      return decode(sent);
    } catch (Undecodable e) {
      throw malformed("the parameter's name", sent, e);
    }
  }

  private static String value(String sent, String name) {
    try {
      return decode(sent);
    } catch (Undecodable e) {
      throw malformed("parameter '" + shortened(name) + "'", sent, e);
    }
  }

  /** Why a text can't be decoded; the caller knows what it is. */
  private static final class Undecodable extends Exception {
    private static final long serialVersionUID = 1L;

    Undecodable(String why) {
      super(why, null, false, false);
    }
  }

  private static String decode(String sent) throws Undecodable {
    int at = 0;
    int end = sent.length();
    while (at < end && sent.charAt(at) != '%' && sent.charAt(at) != '+' && sent.charAt(at) < 0x80) {
      at++;
    }
    if (at == end) {
      return sent;
    }
    byte[] bytes = new byte[end];
    int length = 0;
    for (at = 0; at < end; at++) {
      char letter = sent.charAt(at);
      if (letter == '+') {
        bytes[length++] = ' ';
      } else if (letter == '%') {
        boolean whole = at + 2 < end;
        int high = whole ? Character.digit(sent.charAt(at + 1), 16) : -1;
        int low = whole ? Character.digit(sent.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new Undecodable(
              "a percent sign must be followed by two hexadecimal digits; "
                  + "write one that stands for itself as %25");
        }
        bytes[length++] = (byte) (high << 4 | low);
        at += 2;
      } else if (letter < 0x80) {
        bytes[length++] = (byte) letter;
      } else {
        throw new Undecodable(
            "letters outside ASCII must be percent-encoded, as the bytes of UTF-8");
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Undecodable("its escapes are no UTF-8; percent-encode the bytes of UTF-8");
    }
  }

  private static Refusal malformed(String what, String sent, Undecodable fault) {
    return Refusal.badRequest(
        MALFORMED, what + " is '" + shortened(sent) + "': " + fault.getMessage());
  }
}
