package dev.kindred.app.serving;

import dev.kindred.app.http.Query;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.WhyNot;
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
  private final RelatedDefaults defaults;

  WhyNotRoute(Recommender recommender, RelatedDefaults defaults) {
    this.recommender = recommender;
    this.defaults = defaults;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(PARAMETERS);
    String item = query.required("item");
    String target = query.required("target");
    int n = ListParameters.number(query, defaults.mostItems());
    long deadline = ListParameters.deadline(request, defaults.within());
    RelatedQuery asked = defaults.query(item, n, query, deadline, desk.related());
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
