package dev.kindred.app.serving;

import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedSearcher;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** {@code /v1/items}: finding, adding, hiding. */
final class ItemRoutes {
  /** A search by words looks through the catalogue for at most this long. */
  private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int MOST_IDS = 10_000;

  private final Recommender recommender;
  private final LiveState live;
  private final int mostItems;

  ItemRoutes(Recommender recommender, LiveState live, int mostItems) {
    this.recommender = recommender;
    this.live = live;
    this.mostItems = mostItems;
  }

  /** {@code GET /v1/item?item=ID}: what is known of one item. */
  Reply item(Request request, Desk desk) {
    Query query = request.query();
    query.only(Set.of("item"));
    String id = query.required("item");
    Map<String, List<String>> profile = recommender.profile(id);
    boolean hidden = live.isHidden(id);
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeStringField("id", id);
              out.writeBooleanField("hidden", hidden);
              out.writePOJOField("profile", profile);
              out.writeEndObject();
            });
  }

  /**
   * {@code GET /v1/items?query=WORDS}: items whose id or title holds every word, in any order;
   * without a query the first ones.
   */
  Reply search(Request request, Desk desk) {
    Query query = request.query();
    query.only(Set.of("query", "n"));
    String words = query.has("query") ? query.required("query").strip() : "";
    if (query.has("query") && words.isEmpty()) {
      throw Refusal.badRequest(
          "bad-parameter", "parameter 'query' is blank; give it words of an id or a title");
    }
    int n = ListParameters.number(query, mostItems);
    long until = System.nanoTime() + SEARCH_NANOS;
    RelatedSearcher items = desk.related();
    items.pin();
    try {
      ItemSearch search = new ItemSearch(items, live, words, n, until);
      search.run();
      return found(search, desk);
    } finally {
      items.unpin();
    }
  }

  private static Reply found(ItemSearch search, Desk desk) {
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeArrayFieldStart("items");
              for (ItemSearch.Found item : search.found()) {
                out.writeStartObject();
                out.writeStringField("id", item.id());
                out.writeStringField("title", item.title());
                out.writeEndObject();
              }
              out.writeEndArray();
              out.writeBooleanField("complete", search.isComplete());
              out.writeEndObject();
            });
  }

  /** {@code POST /v1/items}: an item that neither snapshot nor live state knows yet. */
  Reply add(Request request, Desk desk) {
    request.query().only(Set.of());
    JsonRequest body = JsonRequest.of(request, Set.of("id", "values"));
    String id = Ids.requireTrimmed("item", body.text("id"));
    LiveItem item = new LiveItem(id, body.lists("values"), System.currentTimeMillis());
    if (recommender.contains(item.id())) {
      throw new Refusal(
          409,
          "item-known",
          "item '" + item.id() + "' is known; add only new ones, or take an added one away first");
    }
    ListParameters.requireFields(item.values().keySet(), recommender::profileFields);
    try {
      recommender.add(item);
    } catch (IllegalStateException e) {
      throw new Refusal(409, "no-catalogue", e.getMessage());
    }
    return done(desk, "added", item.id());
  }

  /** {@code DELETE /v1/items?item=ID}: takes an added item away again. */
  Reply remove(Request request, Desk desk) {
    request.query().only(Set.of("item"));
    String id = request.query().required("item");
    if (!live.removeItem(id)) {
      throw new Refusal(
          404,
          "unknown-item",
          "no item '"
              + id
              + "' was added here; one of the snapshot can be hidden with POST /v1/items/hide");
    }
    return done(desk, "removed", id);
  }

  /** {@code POST /v1/items/hide}, {@code POST /v1/items/unhide}. */
  Reply mark(Request request, Desk desk, boolean hide) {
    request.query().only(Set.of());
    List<String> ids = JsonRequest.of(request, Set.of("items")).texts("items");
    if (ids.isEmpty() || ids.size() > MOST_IDS) {
      throw JsonRequest.wrong("'items' must hold 1 to " + MOST_IDS + " ids");
    }
    for (String id : ids) {
      // A mark from before may have them and must be taken away somehow.
      LiveState.requireId("item", hide ? Ids.requireTrimmed("item", id) : id);
    }
    int changed = 0;
    for (String id : ids) {
      changed += (hide ? live.hide(id) : live.unhide(id)) ? 1 : 0;
    }
    int marks = changed;
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeNumberField("changed", marks);
              out.writeEndObject();
            });
  }

  /** {@code GET /v1/items/hidden}. */
  Reply hidden(Request request, Desk desk) {
    request.query().only(Set.of());
    TreeSet<String> ids = new TreeSet<>();
    live.forEachHidden(ids::add);
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writePOJOField("items", ids);
              out.writeEndObject();
            });
  }

  private static Reply done(Desk desk, String what, String id) {
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeStringField(what, id);
              out.writeEndObject();
            });
  }
}
