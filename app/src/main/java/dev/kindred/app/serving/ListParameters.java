package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Request;
import dev.kindred.engine.serve.RelatedQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The parameters that routes with lists have in common. Stateless. */
final class ListParameters {
  private ListParameters() {}

  /** A weight, NAME:NUMBER. */
  record Weight(String name, double number) {
    static Weight of(String parameter) {
      int colon = colon(parameter, "a weight is written NAME:NUMBER, such as weight=click:2");
      return new Weight(parameter.substring(0, colon), ListParameters.number(parameter, colon));
    }
  }

  /**
   * The weights of a request, in order.
   *
   * @throws Refusal if one is given twice: one of them would go unnoticed
   */
  static List<Weight> weights(Query query) {
    List<Weight> weights = query.all("weight").stream().map(Weight::of).toList();
    Set<String> names = new HashSet<>();
    for (Weight weight : weights) {
      if (!names.add(weight.name())) {
        throw Refusal.badRequest(
            "repeated-parameter",
            "parameter 'weight' is given twice for '"
                + Query.shortened(weight.name())
                + "'; keep one of them");
      }
    }
    return weights;
  }

  /** How many are asked for: {@code n}, 1 to the most that are granted; 10 where it isn't said. */
  static int number(Query query, int most) {
    return query.integer("n", Math.min(10, most), 1, most);
  }

  /** What a request says beside item, number and deadline, laid over a query. */
  static RelatedQuery over(RelatedQuery begun, Query query) {
    RelatedQuery asked = begun.exclude(query.all("exclude"));
    if (query.has("where")) {
      asked = asked.where(query.required("where"));
    }
    for (String pin : query.all("pin")) {
      int at = colon(pin, "a pin is written ID:SLOT, such as pin=v0042:1");
      asked = asked.pin(pin.substring(0, at), slot(pin, at));
    }
    for (String boost : query.all("boost")) {
      int at = colon(boost, "a boost is written ID:FACTOR, such as boost=v0042:1.5");
      asked = asked.boost(boost.substring(0, at), number(boost, at));
    }
    for (String id : query.all("bury")) {
      asked = asked.bury(id);
    }
    if (query.flag("ungated")) {
      asked = asked.ungated();
    }
    for (Weight weight : weights(query)) {
      asked = asked.weight(weight.name(), weight.number());
    }
    return asked;
  }

  /**
   * The profile fields to show.
   *
   * @param known those of the snapshot that answers
   * @throws Refusal if it doesn't have one of them
   */
  static List<String> shown(Query query, Supplier<List<String>> known) {
    List<String> show = query.all("show");
    requireFields(show, known);
    return show;
  }

  /** Refuses profile fields that aren't among the known ones; these are asked for if need be. */
  static void requireFields(Collection<String> named, Supplier<List<String>> known) {
    if (named.isEmpty()) {
      return;
    }
    List<String> fields = known.get();
    for (String field : named) {
      if (!fields.contains(field)) {
        throw Refusal.badRequest(
            "unknown-field",
            "no profile field '"
                + Query.shortened(field)
                + "'; the snapshot has "
                + (fields.isEmpty() ? "none" : String.join(", ", fields)));
      }
    }
  }

  /**
   * When a request must be answered, in terms of {@link System#nanoTime}: as long after it came in
   * as the server grants, or as {@code deadline-millis} says if that is less.
   */
  static long deadline(Request request, Duration granted) {
    int most = Math.toIntExact(granted.toMillis());
    int millis = request.query().integer("deadline-millis", most, 1, most);
    return request.receivedNanos() + Duration.ofMillis(millis).toNanos();
  }

  /** What is left until a deadline, never negative. */
  static Duration until(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /** Writes the profile fields that were asked for, those that the item has; none if none were. */
  static void profile(Map<String, List<String>> profile, List<String> fields, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("profile");
    for (String field : fields) {
      if (profile.containsKey(field)) {
        out.writePOJOField(field, profile.get(field));
      }
    }
    out.writeEndObject();
  }

  /** Where the number of NAME:NUMBER begins; names may hold colons too. */
  private static int colon(String value, String hint) {
    int colon = value.lastIndexOf(':');
    if (colon < 1) {
      throw Refusal.badRequest("bad-parameter", hint);
    }
    return colon;
  }

  private static int slot(String pin, int colon) {
    try {
      return Integer.parseInt(pin.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw Refusal.badRequest(
          "bad-parameter", "slot of a pin is no whole number; write ID:SLOT, such as v0042:1");
    }
  }

  private static double number(String weight, int colon) {
    try {
      return Double.parseDouble(weight.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw Refusal.badRequest(
          "bad-parameter",
          "'" + weight.substring(0, colon) + "' is given no number; write NAME:NUMBER");
    }
  }
}
