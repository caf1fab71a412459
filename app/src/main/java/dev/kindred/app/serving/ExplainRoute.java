package dev.kindred.app.serving;

import dev.kindred.app.http.JsonBody;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.serve.Recommender;
import java.util.Set;

/** {@code GET /v1/explain}: what a pair's score is the sum of, be it a candidate or not. */
final class ExplainRoute implements Route.Handler<Desk> {
  private final Recommender recommender;

  ExplainRoute(Recommender recommender) {
    this.recommender = recommender;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    Query query = request.query();
    query.only(Set.of("item", "target"));
    desk.begin();
    Explanation explanation = recommender.explain(query.required("item"), query.required("target"));
    desk.recorded("explain", "explain");
    Reply reply =
        desk.json()
            .reply(
                out -> {
                  out.writeStartObject();
                  out.writeStringField("item", explanation.source());
                  out.writeStringField("target", explanation.target());
                  out.writeFieldName("score");
                  JsonBody.number(out, explanation.score());
                  out.writeStringField(
                      "candidate", explanation.candidate().map(ConstantName::of).orElse("no"));
                  out.writePOJOField("explanation", RelatedList.json(explanation));
                  out.writeEndObject();
                });
    desk.recorded("explain", "encode");
    return reply;
  }
}
