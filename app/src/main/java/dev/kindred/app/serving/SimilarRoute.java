package dev.kindred.app.serving;

import dev.kindred.app.http.JsonBody;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.serve.ItemFilter;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.SimilarAnswer;
import dev.kindred.engine.serve.SimilarQuery;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * {@code POST /v1/similar}: the items whose stored vectors are most similar to one brought along.
 */
final class SimilarRoute implements Route.Handler<Desk> {
  private static final Set<String> KEYS =
      Set.of("vector", "objective", "channel", "n", "exclude", "where");

  private final Recommender recommender;
  private final int mostItems;
  private final Duration within;

  SimilarRoute(Recommender recommender, int mostItems, Duration within) {
    this.recommender = recommender;
    this.mostItems = mostItems;
    this.within = within;
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    request.query().only(Set.of());
    JsonRequest body = JsonRequest.of(request, KEYS);
    float[] vector = body.vector("vector");
    SimilarQuery query =
        body.node().has("objective")
            ? SimilarQuery.channel(body.text("objective"), kind(body), vector)
            : SimilarQuery.vector(vector);
    query =
        query
            .top(body.integer("n", Math.min(10, mostItems), 1, mostItems))
            .exclude(body.texts("exclude"))
            .within(within);
    if (body.node().has("where")) {
      query = query.filter(ItemFilter.where(body.text("where")));
    }
    desk.begin();
    SimilarAnswer answer = recommender.similar(query);
    desk.recorded("similar", "search");
    Reply reply =
        desk.json()
            .reply(
                out -> {
                  out.writeStartObject();
                  out.writeBooleanField("cutShort", answer.cutShort());
                  out.writeArrayFieldStart("items");
                  for (SimilarAnswer.Item item : answer.items()) {
                    out.writeStartObject();
                    out.writeStringField("id", item.id());
                    out.writeFieldName("score");
                    JsonBody.number(out, item.score());
                    out.writeEndObject();
                  }
                  out.writeEndArray();
                  out.writeEndObject();
                });
    desk.recorded("similar", "encode");
    return reply;
  }

  private static Channel.Kind kind(JsonRequest body) {
    String label = body.node().has("channel") ? body.text("channel") : "linear";
    List<Channel.Kind> kinds = Arrays.asList(Channel.Kind.values());
    return kinds.stream()
        .filter(kind -> ConstantName.of(kind).equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                JsonRequest.wrong(
                    "'channel' must be one of "
                        + String.join(", ", kinds.stream().map(ConstantName::of).toList())));
  }
}
