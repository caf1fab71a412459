package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kindred.app.http.JsonBody;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedAnswer;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code GET /v1/related}: the related list of an item. */
public final class RelatedRoute implements Route.Handler<Desk> {
  private static final Set<String> PARAMETERS =
      Set.of(
          "item",
          "n",
          "weight",
          "exclude",
          "where",
          "pin",
          "boost",
          "bury",
          "explain",
          "show",
          "snapshot",
          "ungated");

  private final Recommender recommender;
  private final int mostItems;
  private final ServerWeights serverWeights;
  private final OtherSnapshots others; // null: only the one that is served
  private final Duration within;

  /**
   * Answers from one recommender and no other snapshot, at its own weights.
   *
   * @param mostItems largest n that is granted
   */
  public RelatedRoute(Recommender recommender, int mostItems) {
    this(
        recommender,
        mostItems,
        new ServerWeights(recommender, Map.of()),
        null,
        Duration.ofSeconds(1));
  }

  RelatedRoute(
      Recommender recommender,
      int mostItems,
      ServerWeights serverWeights,
      OtherSnapshots others,
      Duration within) {
    this.within = within;
    this.recommender = recommender;
    this.mostItems = mostItems;
    this.serverWeights = serverWeights;
    this.others = others;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(PARAMETERS);
    String item = query.required("item");
    int n = query.integer("n", Math.min(10, mostItems), 0, mostItems);
    List<String> show = query.all("show");
    String snapshot = query.text("snapshot", "");
    if (!snapshot.isEmpty()) {
      if (others == null) {
        throw Refusal.badRequest("unknown-snapshot", "this server answers from one snapshot only");
      }
      return others.with(snapshot, other -> explained(other, query, item, n, show, desk));
    }
    if (query.flag("explain") || query.has("pin") || query.has("boost") || query.has("bury")) {
      return explained(recommender, query, item, n, show, desk);
    }
    RelatedSearcher searcher = desk.related();
    RelatedResult result = desk.result();
    long start = desk.begin();
    try {
      serverWeights.apply(searcher);
      for (String weight : query.all("weight")) {
        int colon = colon(weight);
        searcher.weight(objective(weight.substring(0, colon)), number(weight, colon));
      }
      for (String id : query.all("exclude")) {
        searcher.exclude(id);
      }
      if (query.has("where")) {
        searcher.rerank(Reranking.none().withWhere(query.required("where")));
      }
      searcher.gate(!query.flag("ungated"));
      searcher.deadline(request.receivedNanos() + within.toNanos());
      searcher.related(item, n, result);
    } finally {
      searcher.noDeadline();
      searcher.gate(true);
      searcher.clearReranking();
      searcher.storedWeights();
      searcher.clearExclusions();
    }
    desk.list(result.size() == 0 ? "empty" : result.precomputed() ? "table" : "scored");
    start = desk.end("related", "search", start);
    Reply reply = plain(item, show, result, desk);
    desk.end("related", "encode", start);
    return reply;
  }

  private Reply plain(String item, List<String> show, RelatedResult result, Desk desk) {
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeStringField("item", item);
              out.writeBooleanField("precomputed", result.precomputed());
              if (result.cutShort()) {
                out.writeBooleanField("cutShort", true);
              }
              out.writeArrayFieldStart("items");
              for (int rank = 0; rank < result.size(); rank++) {
                out.writeStartObject();
                out.writeFieldName("id");
                int start = result.idStart(rank);
                out.writeUTF8String(result.idBytes(), start, result.idEnd(rank) - start);
                out.writeFieldName("score");
                JsonBody.number(out, result.score(rank));
                out.writeStringField("source", written(result.source(rank)));
                if (!show.isEmpty()) {
                  profile(recommender, out, result.id(rank), show);
                }
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeEndObject();
            });
  }

  /** With reasons, where they are asked for, and with notes; allocates. */
  private Reply explained(
      Recommender recommender, Query query, String item, int n, List<String> show, Desk desk) {
    RelatedQuery asked =
        serverWeights.apply(RelatedQuery.item(item).top(n).exclude(query.all("exclude")));
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
    asked = asked.within(within);
    if (query.flag("explain")) {
      asked = asked.explain();
    }
    for (String weight : query.all("weight")) {
      int colon = colon(weight);
      asked = asked.weight(weight.substring(0, colon), number(weight, colon));
    }
    RelatedAnswer answer = recommender.related(asked);
    desk.list("explained");
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeStringField("item", item);
              out.writeBooleanField("precomputed", answer.precomputed());
              out.writeArrayFieldStart("items");
              for (RelatedItem found : answer.items()) {
                out.writeStartObject();
                out.writeStringField("id", found.id());
                out.writeFieldName("score");
                JsonBody.number(out, found.score());
                out.writeStringField("source", written(found.source()));
                if (!show.isEmpty()) {
                  profile(recommender, out, found.id(), show);
                }
                if (found.explanation().isPresent()) {
                  out.writePOJOField("explanation", RelatedList.json(found.explanation().get()));
                }
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writePOJOField("notes", answer.notes());
              out.writeEndObject();
            });
  }

  /** The profile fields that were asked for, those that the item has. */
  private static void profile(
      Recommender recommender, JsonGenerator out, String id, List<String> fields)
      throws IOException {
    Map<String, List<String>> profile = recommender.profile(id);
    out.writeObjectFieldStart("profile");
    for (String field : fields) {
      if (profile.containsKey(field)) {
        out.writePOJOField(field, profile.get(field));
      }
    }
    out.writeEndObject();
  }

  private int objective(String name) {
    for (int i = 0; i < recommender.objectives().size(); i++) {
      if (recommender.objectives().get(i).name().equals(name)) {
        return i;
      }
    }
    throw Refusal.badRequest(
        "unknown-objective",
        "no objective '"
            + name
            + "'; the snapshot has "
            + String.join(
                ", ", recommender.objectives().stream().map(weight -> weight.name()).toList()));
  }

  private static int colon(String weight) {
    return colon(weight, "a weight is written OBJECTIVE:NUMBER, such as weight=click:2");
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

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
