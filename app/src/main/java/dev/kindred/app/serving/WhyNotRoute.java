package dev.kindred.app.serving;

import dev.kindred.app.http.Query;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.WhyNot;
import java.time.Duration;
import java.util.Set;

/** {@code GET /v1/why-not}: which stage kept an item out of another one's list. */
final class WhyNotRoute implements Route.Handler<Desk> {
  private static final Set<String> PARAMETERS =
      Set.of(
          "item",
          "target",
          "n",
          "weight",
          "exclude",
          "where",
          "pin",
          "boost",
          "bury",
          "ungated",
          "deadline-millis");

  private final Recommender recommender;
  private final int mostItems;
  private final ServerWeights serverWeights;
  private final Reranking reranking;
  private final Duration within;

  WhyNotRoute(
      Recommender recommender,
      int mostItems,
      ServerWeights serverWeights,
      Reranking reranking,
      Duration within) {
    this.within = within;
    this.recommender = recommender;
    this.mostItems = mostItems;
    this.serverWeights = serverWeights;
    this.reranking = reranking;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(PARAMETERS);
    String item = query.required("item");
    String target = query.required("target");
    int n = ListParameters.number(query, mostItems);
    long deadline = ListParameters.deadline(request, within);
    RelatedQuery asked =
        serverWeights.apply(RelatedQuery.item(item).top(n).rerank(reranking), desk.related());
    asked = ListParameters.over(asked, query).within(ListParameters.until(deadline));
    WhyNot why = recommender.whyNot(asked, target);
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeStringField("item", why.source());
              out.writeStringField("target", why.target());
              out.writeStringField("stage", ConstantName.of(why.stage()));
              out.writeStringField("reason", why.reason());
              if (why.explanation().isPresent()) {
                out.writePOJOField("explanation", RelatedList.json(why.explanation().get()));
              }
              out.writeEndObject();
            });
  }
}
