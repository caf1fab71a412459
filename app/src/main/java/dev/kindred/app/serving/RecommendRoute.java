package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kindred.app.http.JsonBody;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.Funnel;
import dev.kindred.engine.serve.NoRankingException;
import dev.kindred.engine.serve.RecommendAnswer;
import dev.kindred.engine.serve.RecommendQuery;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.RecommendedItem;
import dev.kindred.engine.serve.TaskTerm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@code GET /v1/recommend}: a list for a user, a history or anybody. */
final class RecommendRoute implements Route.Handler<Desk> {
  private static final Set<String> PARAMETERS =
      Set.of(
          "user",
          "history",
          "searched",
          "n",
          "weight",
          "exclude",
          "where",
          "watched-too",
          "explain",
          "show",
          "deadline-millis");

  private final int mostItems;
  private final Reranking reranking;
  private final Duration within;

  /**
   * @param reranking of every list, before what a request says
   * @param within after it came in a request must be answered
   */
  RecommendRoute(int mostItems, Reranking reranking, Duration within) {
    this.within = within;
    this.mostItems = mostItems;
    this.reranking = reranking;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(PARAMETERS);
    RecommendQuery asked = asked(query);
    long deadline = ListParameters.deadline(request, within);
    boolean explained = query.flag("explain");
    RecommendSearcher searcher;
    try {
      searcher = desk.recommend();
      // Held over list and profiles, so that both are of one snapshot whatever is swapped
      // meanwhile.
      searcher.pin();
    } catch (NoRankingException e) {
      throw new Refusal(409, "no-ranking", e.getMessage());
    }
    try {
      List<String> show = ListParameters.shown(query, searcher::profileFields);
      long start = desk.begin();
      RecommendAnswer answer = searcher.answer(asked.within(ListParameters.until(deadline)));
      desk.list(answer.known() ? "personal" : "popular");
      start = desk.end("recommend", "search", start);
      Reply reply = reply(answer, explained, show, searcher, desk);
      desk.end("recommend", "encode", start);
      return reply;
    } finally {
      searcher.unpin();
    }
  }

  private RecommendQuery asked(Query query) {
    List<String> history = query.all("history");
    if (query.has("user") && !history.isEmpty()) {
      throw Refusal.badRequest(
          "bad-parameter", "user and history exclude each other: name a user or items watched");
    }
    RecommendQuery asked =
        query.has("user")
            ? RecommendQuery.user(query.required("user"))
            : RecommendQuery.history(history);
    asked =
        asked
            .top(ListParameters.number(query, mostItems))
            .exclude(query.all("exclude"))
            .searched(query.all("searched"))
            .rerank(reranking);
    for (ListParameters.Weight weight : ListParameters.weights(query)) {
      asked = asked.weight(weight.name(), weight.number());
    }
    if (query.has("where")) {
      asked = asked.where(query.required("where"));
    }
    return query.flag("watched-too") ? asked.watchedToo() : asked;
  }

  private static Reply reply(
      RecommendAnswer answer,
      boolean explained,
      List<String> show,
      RecommendSearcher searcher,
      Desk desk) {
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeBooleanField("known", answer.known());
              if (answer.cutShort()) {
                out.writeBooleanField("cutShort", true);
              }
              out.writeArrayFieldStart("items");
              for (RecommendedItem item : answer.items()) {
                out.writeStartObject();
                out.writeStringField("id", item.id());
                out.writeFieldName("score");
                JsonBody.number(out, item.score());
                out.writeArrayFieldStart("sources");
                for (RetrievalSource source : item.sources()) {
                  out.writeString(ConstantName.of(source));
                }
                out.writeEndArray();
                if (!show.isEmpty()) {
                  ListParameters.profile(searcher.profile(item.id()), show, out);
                }
                if (explained) {
                  terms(item.terms(), out);
                }
                out.writeEndObject();
              }
              out.writeEndArray();
              if (explained) {
                funnel(answer.funnel(), out);
              }
              out.writePOJOField("notes", answer.notes());
              out.writeEndObject();
            });
  }

  private static void terms(List<TaskTerm> terms, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("terms");
    for (TaskTerm term : terms) {
      out.writeStartObject();
      out.writeStringField("task", term.task());
      out.writeFieldName("value");
      JsonBody.number(out, term.value());
      out.writeNumberField("weight", term.weight());
      out.writeFieldName("term");
      JsonBody.number(out, term.term());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void funnel(Funnel funnel, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("funnel");
    for (RetrievalSource source : RetrievalSource.values()) {
      out.writeObjectFieldStart(ConstantName.of(source));
      out.writeNumberField("found", funnel.found().get(source));
      out.writeNumberField("allowed", funnel.kept().get(source));
      out.writeEndObject();
    }
    out.writeNumberField("ranked", funnel.ranked());
    out.writeNumberField("returned", funnel.returned());
    out.writeEndObject();
  }
}
