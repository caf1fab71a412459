package dev.kindred.app.serving;

import dev.kindred.app.http.JsonBody;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;

/** What one thread that answers requests keeps from one to the next, so as not to make it anew. */
public class Desk {
  private final Recommender recommender;
  private final RelatedSearcher related;
  private final RelatedResult result = new RelatedResult(100);
  private final JsonBody json = new JsonBody();
  private final ServingMetrics metrics; // null: nothing is counted
  private RecommendSearcher recommend; // made by the first request that needs it
  private final StageRecorder recorder = new StageRecorder();
  private boolean counted; // whether the request that is answered now counts

  /** A desk without metrics, for measurements of other things. */
  public Desk(Recommender recommender) {
    this(recommender, null);
  }

  Desk(Recommender recommender, ServingMetrics metrics) {
    this.recommender = recommender;
    related = recommender.searcher();
    this.metrics = metrics;
    counted = metrics != null;
  }

  /** A request of this id is answered from now on; one of the server to itself isn't counted. */
  void ask(String id) {
    counted = metrics != null && metrics.counts(id);
  }

  RelatedSearcher related() {
    return related;
  }

  /**
   * @throws dev.kindred.engine.serve.NoRankingException if the snapshot can't recommend
   */
  RecommendSearcher recommend() {
    if (recommend == null) {
      recommend = recommender.recommendSearcher();
      recommend.observe(new RecommendStages());
    }
    return recommend;
  }

  RelatedResult result() {
    return result;
  }

  JsonBody json() {
    return json;
  }

  /** A stage begins now; the time to hand to {@link #end}. */
  long begin() {
    recorder.begin();
    return System.nanoTime();
  }

  /** A stage has ended; the next one begins at what this returns. */
  long end(String route, String stage, long start) {
    recorder.end(route, stage);
    long now = System.nanoTime();
    if (counted) {
      metrics.stage(route, stage, now - start);
    }
    return now;
  }

  /** As {@link #end}, of a stage that a flight recording shows and the metrics don't. */
  void recorded(String route, String stage) {
    recorder.end(route, stage);
  }

  /** A list was answered this way. */
  void list(String kind) {
    if (counted) {
      metrics.list(kind);
    }
  }
}
