package dev.kindred.engine.rerank;

import dev.kindred.index.BitSetFilter;
import dev.kindred.index.OrdinalFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * A condition on the profile fields of an item, such as {@code genre in ('Comedy', 'Drama') and
 * year >= 1990 and not tag = 'trailer'}.
 *
 * <pre>
 * expression = all { "or" all }
 * all        = one { "and" one }
 * one        = "not" one | "(" expression ")" | condition
 * condition  = field ( "=" | "!=" ) value
 *            | field ( "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) number
 *            | field [ "not" ] "in" "(" value { "," value } ")"
 *            | field "exists"
 * field      = word | "quoted"         word: letters, digits, _ - . and no digit first
 * value      = 'quoted' | number | word
 * </pre>
 *
 * <p>Within quotes the quote itself is written twice. Words of the grammar may be in any case;
 * fields and values are taken as they are. A field of text has {@code = 'x'} if any of its values
 * is x. A field of numbers has an order, and an item without a number meets no {@code =}, {@code <}
 * and so on. {@code a != x} is {@code not a = x} and {@code a not in (...)} is {@code not a in
 * (...)}: an item without the field meets them.
 *
 * <p>Immutable; equal if written alike.
 */
public final class AttributeFilter {
  /** Longer ones are a mistake or an attack. */
  static final int MAX_LENGTH = 10_000;

  private final String text;
  private final Node root;

  private AttributeFilter(String text, Node root) {
    this.text = text;
    this.root = root;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException with the place, what stands there and what could
   */
  public static AttributeFilter parse(String expression) {
    return new AttributeFilter(expression, new FilterParser(expression).parse());
  }

  /**
   * The filter over some items.
   *
   * @throws UnknownFieldException if it names a field that they don't have
   * @throws IllegalArgumentException if it asks a field of text for an order or a field of numbers
   *     for a text
   */
  public OrdinalFilter bind(ItemAttributes attributes) {
    return bind(root, attributes);
  }

  /** The same as a bit per item: quicker to ask, made by asking each item once. */
  public BitSetFilter bits(ItemAttributes attributes) {
    return BitSetFilter.of(attributes.items(), bind(attributes));
  }

  /** A part of an expression. */
  sealed interface Node {
    /** Holds if all parts do. */
    record And(List<Node> parts) implements Node {}

    /** Holds if any part does. */
    record Or(List<Node> parts) implements Node {}

    /** Holds if the part does not. */
    record Not(Node part) implements Node {}

    /** Holds if the field has one of the values. */
    record In(String field, List<Value> values) implements Node {}

    /** Holds if the field's number stands so to another. */
    record Order(String field, Comparison comparison, double number) implements Node {}

    /** Holds if the field has a value. */
    record Exists(String field) implements Node {}
  }

  /** How two numbers stand to each other. */
  enum Comparison {
    LESS,
    AT_MOST,
    MORE,
    AT_LEAST
  }

  /**
   * A value as it was written.
   *
   * @param number NaN if it is none
   */
  record Value(String text, double number) {}

  private OrdinalFilter bind(Node node, ItemAttributes attributes) {
    return switch (node) {
      case Node.And and -> {
        OrdinalFilter[] parts = bindAll(and.parts(), attributes);
        yield item -> {
          for (OrdinalFilter part : parts) {
            if (!part.accepts(item)) {
              return false;
            }
          }
          return true;
        };
      }
      case Node.Or or -> {
        OrdinalFilter[] parts = bindAll(or.parts(), attributes);
        yield item -> {
          for (OrdinalFilter part : parts) {
            if (part.accepts(item)) {
              return true;
            }
          }
          return false;
        };
      }
      case Node.Not not -> {
        OrdinalFilter part = bind(not.part(), attributes);
        yield item -> !part.accepts(item);
      }
      case Node.In in -> bind(in, attributes);
      case Node.Order order -> bind(order, attributes);
      case Node.Exists exists -> {
        int field = field(exists.field(), attributes);
        yield attributes.isNumeric(field)
            ? item -> !Float.isNaN(attributes.number(item, field))
            : item -> attributes.valueEnd(item, field) > attributes.valueStart(item, field);
      }
    };
  }

  private OrdinalFilter[] bindAll(List<Node> nodes, ItemAttributes attributes) {
    OrdinalFilter[] bound = new OrdinalFilter[nodes.size()];
    for (int i = 0; i < bound.length; i++) {
      bound[i] = bind(nodes.get(i), attributes);
    }
    return bound;
  }

  private OrdinalFilter bind(Node.In in, ItemAttributes attributes) {
    int field = field(in.field(), attributes);
    if (attributes.isNumeric(field)) {
      float[] numbers = new float[in.values().size()];
      for (int i = 0; i < numbers.length; i++) {
        Value value = in.values().get(i);
        if (Double.isNaN(value.number())) {
          throw wrong("field '" + in.field() + "' holds numbers, '" + value.text() + "' is none");
        }
        numbers[i] = (float) value.number();
      }
      return item -> {
        float number = attributes.number(item, field);
        for (float wanted : numbers) {
          if (number == wanted) {
            return true;
          }
        }
        return false;
      };
    }
    List<Integer> known = new ArrayList<>();
    for (Value value : in.values()) {
      int code = attributes.valueOf(field, value.text());
      if (code >= 0) {
        known.add(code);
      }
    }
    int[] values = known.stream().mapToInt(Integer::intValue).toArray();
    return item -> {
      long end = attributes.valueEnd(item, field);
      for (long at = attributes.valueStart(item, field); at < end; at++) {
        int has = attributes.value(item, at);
        for (int wanted : values) {
          if (has == wanted) {
            return true;
          }
        }
      }
      return false;
    };
  }

  private OrdinalFilter bind(Node.Order order, ItemAttributes attributes) {
    int field = field(order.field(), attributes);
    if (!attributes.isNumeric(field)) {
      throw wrong(
          "field '"
              + order.field()
              + "' holds text, which has no order; declare it as a number in the catalogue or use ="
              + " or in");
    }
    // Compared as what the field holds, so that 0.1 is at most, at least and equal to itself.
    float limit = (float) order.number();
    // A comparison with NaN is false, so an item without a number meets none.
    return switch (order.comparison()) {
      case LESS -> item -> attributes.number(item, field) < limit;
      case AT_MOST -> item -> attributes.number(item, field) <= limit;
      case MORE -> item -> attributes.number(item, field) > limit;
      case AT_LEAST -> item -> attributes.number(item, field) >= limit;
    };
  }

  private int field(String name, ItemAttributes attributes) {
    int field = attributes.fieldOf(name);
    if (field < 0) {
      throw new UnknownFieldException(
          told(
              "there is no field '"
                  + name
                  + "'; "
                  + (attributes.fields().isEmpty()
                      ? "the snapshot has no catalogue"
                      : "the fields are " + String.join(", ", attributes.fields()))));
    }
    return field;
  }

  private IllegalArgumentException wrong(String fault) {
    return new IllegalArgumentException(told(fault));
  }

  private String told(String fault) {
    return "filter \"" + text + "\": " + fault;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AttributeFilter filter && filter.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The expression as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
