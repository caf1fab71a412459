package dev.kindred.app.serving;

import dev.kindred.app.http.JsonBody;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedAnswer;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import java.time.Duration;
import java.util.List;
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
          "deadline-millis",
          "ungated");

  private final RelatedDefaults defaults;
  private final OtherSnapshots others; // null: only the one that is served

  /**
   * Answers from one recommender and no other snapshot, at its own weights.
   *
   * @param mostItems largest n that is granted
   */
  public RelatedRoute(Recommender recommender, int mostItems) {
    this(
        new RelatedDefaults(
            mostItems,
            new ServerWeights(recommender, Map.of()),
            Reranking.none(),
            Duration.ofSeconds(1)),
        null);
  }

  RelatedRoute(RelatedDefaults defaults, OtherSnapshots others) {
    this.defaults = defaults;
    this.others = others;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(PARAMETERS);
    String item = query.required("item");
    int n = ListParameters.number(query, defaults.mostItems());
    long deadline = ListParameters.deadline(request, defaults.within());
    String snapshot = query.text("snapshot", "");
    if (!snapshot.isEmpty()) {
      if (others == null) {
        throw Refusal.badRequest("unknown-snapshot", "this server answers from one snapshot only");
      }
      long asked = System.nanoTime();
      return others.with(
          snapshot,
          other -> {
            // Opening it doesn't count: the list of who waited for that would be a stump.
            long waited = System.nanoTime() - asked;
            return explained(other, query, item, n, deadline + waited, desk);
          });
    }
    RelatedSearcher searcher = desk.related();
    // Held over list and profiles, so that both are of one snapshot whatever is swapped meanwhile.
    searcher.pin();
    try {
      List<String> show = ListParameters.shown(query, searcher::profileFields);
      if (query.flag("explain") || query.has("pin") || query.has("boost") || query.has("bury")) {
        return explained(searcher, query, item, n, deadline, desk);
      }
      long start = desk.begin();
      search(searcher, query, item, n, deadline, desk.result());
      RelatedResult result = desk.result();
      desk.list(result.size() == 0 ? "empty" : result.precomputed() ? "table" : "scored");
      start = desk.end("related", "search", start);
      Reply reply = plain(item, show, result, searcher, desk);
      desk.end("related", "encode", start);
      return reply;
    } finally {
      searcher.unpin();
    }
  }

  private void search(
      RelatedSearcher searcher,
      Query query,
      String item,
      int n,
      long deadline,
      RelatedResult result) {
    try {
      defaults.weights().apply(searcher);
      for (ListParameters.Weight weight : ListParameters.weights(query)) {
        searcher.weight(objective(weight.name(), searcher.objectives()), weight.number());
      }
      for (String id : query.all("exclude")) {
        searcher.exclude(id);
      }
      Reranking reranking = defaults.reranking();
      if (query.has("where")) {
        searcher.rerank(reranking.withWhere(query.required("where")));
      } else if (!reranking.isNone()) {
        searcher.rerank(reranking);
      }
      searcher.gate(!query.flag("ungated"));
      searcher.deadline(deadline);
      searcher.related(item, n, result);
    } finally {
      searcher.noDeadline();
      searcher.gate(true);
      searcher.clearReranking();
      searcher.storedWeights();
      searcher.clearExclusions();
    }
  }

  private Reply plain(
      String item, List<String> show, RelatedResult result, RelatedSearcher searcher, Desk desk) {
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
                out.writeStringField("source", ConstantName.of(result.source(rank)));
                if (!show.isEmpty()) {
                  ListParameters.profile(searcher.profile(result.id(rank)), show, out);
                }
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeEndObject();
            });
  }

  /** With reasons, where they are asked for, and with notes; allocates. */
  private Reply explained(
      RelatedSearcher searcher, Query query, String item, int n, long deadline, Desk desk) {
    List<String> show = ListParameters.shown(query, searcher::profileFields);
    desk.begin();
    RelatedQuery asked = defaults.query(item, n, query, deadline, searcher);
    if (query.flag("explain")) {
      asked = asked.explain();
    }
    RelatedAnswer answer = searcher.answer(asked);
    desk.list("explained");
    desk.recorded("related", "search-explained");
    Reply reply =
        desk.json()
            .reply(
                out -> {
                  out.writeStartObject();
                  out.writeStringField("item", item);
                  out.writeBooleanField("precomputed", answer.precomputed());
                  if (answer.cutShort()) {
                    out.writeBooleanField("cutShort", true);
                  }
                  out.writeArrayFieldStart("items");
                  for (RelatedItem found : answer.items()) {
                    out.writeStartObject();
                    out.writeStringField("id", found.id());
                    out.writeFieldName("score");
                    JsonBody.number(out, found.score());
                    out.writeStringField("source", ConstantName.of(found.source()));
                    if (!show.isEmpty()) {
                      ListParameters.profile(searcher.profile(found.id()), show, out);
                    }
                    if (found.explanation().isPresent()) {
                      out.writePOJOField(
                          "explanation", RelatedList.json(found.explanation().get()));
                    }
                    out.writeEndObject();
                  }
                  out.writeEndArray();
                  out.writePOJOField("notes", answer.notes());
                  out.writeEndObject();
                });
    desk.recorded("related", "encode-explained");
    return reply;
  }

  private static int objective(String name, List<ObjectiveWeight> objectives) {
    for (int i = 0; i < objectives.size(); i++) {
      if (objectives.get(i).name().equals(name)) {
        return i;
      }
    }
    throw Refusal.badRequest(
        "unknown-objective",
        "no objective '"
            + name
            + "'; the snapshot has "
            + String.join(", ", objectives.stream().map(ObjectiveWeight::name).toList()));
  }
}
