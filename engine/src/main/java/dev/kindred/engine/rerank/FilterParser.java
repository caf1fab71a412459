package dev.kindred.engine.rerank;

import dev.kindred.engine.rerank.AttributeFilter.Comparison;
import dev.kindred.engine.rerank.AttributeFilter.Node;
import dev.kindred.engine.rerank.AttributeFilter.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the expressions of {@link AttributeFilter}: recursive descent, one token ahead. One object
 * per expression.
 */
final class FilterParser {
  /** Deeper nesting is a mistake or an attack, and would cost stack. */
  private static final int MAX_DEPTH = 100;

  private static final Set<String> RESERVED = Set.of("and", "or", "not", "in", "exists");

  private enum Kind {
    WORD,
    NUMBER,
    TEXT, // in single quotes
    FIELD, // in double quotes
    SYMBOL,
    END
  }

  private final String source;
  private int next; // where reading goes on behind the present token
  private Kind kind;
  private String token; // without quotes
  private int start; // of the present token
  private int depth;

  FilterParser(String source) {
    this.source = source;
  }

  Node parse() {
    if (source.length() > AttributeFilter.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a filter of "
              + source.length()
              + " characters is too long, at most "
              + AttributeFilter.MAX_LENGTH
              + " are allowed");
    }
    advance();
    Node node = expression();
    if (kind != Kind.END) {
      throw unexpected("'and', 'or' or the end");
    }
    return node;
  }

  private Node expression() {
    if (++depth > MAX_DEPTH) {
      throw wrong(start, "is nested deeper than " + MAX_DEPTH + " levels");
    }
    List<Node> parts = new ArrayList<>(List.of(all()));
    while (takeWord("or")) {
      parts.add(all());
    }
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Node.Or(List.copyOf(parts));
  }

  private Node all() {
    List<Node> parts = new ArrayList<>(List.of(one()));
    while (takeWord("and")) {
      parts.add(one());
    }
    return parts.size() == 1 ? parts.getFirst() : new Node.And(List.copyOf(parts));
  }

  private Node one() {
    boolean negated = false;
    while (takeWord("not")) {
      negated = !negated;
    }
    Node node;
    if (takeSymbol("(")) {
      node = expression();
      require(")");
    } else {
      node = condition();
    }
    return negated ? new Node.Not(node) : node;
  }

  private Node condition() {
    if (kind != Kind.FIELD && (kind != Kind.WORD || isReserved())) {
      throw unexpected("the name of a field, 'not' or '('");
    }
    String field = token;
    advance();
    if (takeWord("exists")) {
      return new Node.Exists(field);
    }
    if (takeWord("not")) {
      if (!takeWord("in")) {
        throw unexpected("'in'");
      }
      return new Node.Not(new Node.In(field, values()));
    }
    if (takeWord("in")) {
      return new Node.In(field, values());
    }
    if (takeSymbol("=")) {
      return new Node.In(field, List.of(value()));
    }
    if (takeSymbol("!=")) {
      return new Node.Not(new Node.In(field, List.of(value())));
    }
    Comparison comparison =
        kind != Kind.SYMBOL
            ? null
            : switch (token) {
              case "<" -> Comparison.LESS;
              case "<=" -> Comparison.AT_MOST;
              case ">" -> Comparison.MORE;
              case ">=" -> Comparison.AT_LEAST;
              default -> null;
            };
    if (comparison == null) {
      throw unexpected("one of = != < <= > >= in exists after '" + field + "'");
    }
    advance();
    if (kind != Kind.NUMBER) {
      throw unexpected("a number");
    }
    double number = Double.parseDouble(token);
    advance();
    return new Node.Order(field, comparison, number);
  }

  private List<Value> values() {
    require("(");
    List<Value> values = new ArrayList<>(List.of(value()));
    while (takeSymbol(",")) {
      values.add(value());
    }
    require(")");
    return List.copyOf(values);
  }

  private Value value() {
    boolean isValue = kind == Kind.TEXT || kind == Kind.NUMBER || kind == Kind.WORD;
    if (!isValue || isReserved()) {
      throw unexpected("a value: 'text' in single quotes, a number or a word");
    }
    Value value = new Value(token, kind == Kind.NUMBER ? Double.parseDouble(token) : Double.NaN);
    advance();
    return value;
  }

  private boolean isReserved() {
    return kind == Kind.WORD && RESERVED.contains(token.toLowerCase(Locale.ROOT));
  }

  private boolean takeWord(String word) {
    boolean found = kind == Kind.WORD && token.equalsIgnoreCase(word);
    if (found) {
      advance();
    }
    return found;
  }

  private boolean takeSymbol(String symbol) {
    boolean found = kind == Kind.SYMBOL && token.equals(symbol);
    if (found) {
      advance();
    }
    return found;
  }

  private void require(String symbol) {
    if (!takeSymbol(symbol)) {
      throw unexpected("'" + symbol + "'");
    }
  }

  private void advance() {
    while (next < source.length() && Character.isWhitespace(source.charAt(next))) {
      next++;
    }
    start = next;
    if (next == source.length()) {
      kind = Kind.END;
      token = "";
      return;
    }
    char c = source.charAt(next);
    if (c == '\'' || c == '"') {
      kind = c == '"' ? Kind.FIELD : Kind.TEXT;
      token = quoted(c);
    } else if (isDigit(c) || (c == '-' || c == '.') && isNumberAhead()) {
      kind = Kind.NUMBER;
      token = number();
    } else if (isWordPart(c)) {
      kind = Kind.WORD;
      while (next < source.length() && isWordPart(source.charAt(next))) {
        next++;
      }
      token = source.substring(start, next);
    } else {
      kind = Kind.SYMBOL;
      boolean isTwo =
          (c == '<' || c == '>' || c == '!')
              && next + 1 < source.length()
              && source.charAt(next + 1) == '=';
      next += isTwo ? 2 : 1;
      token = source.substring(start, next);
    }
  }

  private String quoted(char quote) {
    StringBuilder text = new StringBuilder();
    for (next++; next < source.length(); next++) {
      char c = source.charAt(next);
      if (c == quote) {
        if (next + 1 < source.length() && source.charAt(next + 1) == quote) {
          next++;
        } else {
          next++;
          return text.toString();
        }
      }
      text.append(c);
    }
    throw wrong(start, "opens a quote that is never closed");
  }

  private boolean isNumberAhead() {
    int at = source.charAt(next) == '-' ? next + 1 : next;
    at += at < source.length() && source.charAt(at) == '.' ? 1 : 0;
    return at < source.length() && isDigit(source.charAt(at));
  }

  private String number() {
    next++;
    while (next < source.length()) {
      char c = source.charAt(next);
      char before = source.charAt(next - 1);
      boolean isSign = (c == '-' || c == '+') && (before == 'e' || before == 'E');
      if (!isSign && !isWordPart(c)) {
        break;
      }
      next++;
    }
    String text = source.substring(start, next);
    // Exactly the forms of a decimal number: parseDouble also takes "1f", "0x1p3" and "NaN".
    if (!text.matches("-?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
      throw wrong(start, "'" + text + "' is no number; put text in single quotes");
    }
    return text;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || c == '_'
        || c == '-'
        || c == '.';
  }

  private IllegalArgumentException unexpected(String wanted) {
    String found = kind == Kind.END ? "it ends" : "'" + source.substring(start, next) + "' stands";
    return wrong(start, found + " where " + wanted + " is expected");
  }

  private IllegalArgumentException wrong(int at, String fault) {
    return new IllegalArgumentException(
        "filter \"" + source + "\", character " + (at + 1) + ": " + fault);
  }
}
