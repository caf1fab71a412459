package dev.kindred.app.serving;

import dev.kindred.app.http.RequestObserver;
import dev.kindred.app.metrics.LatencyHistogram;
import dev.kindred.app.metrics.PrometheusText;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the server does. The names of metrics are a promise: docs/serving-http.md lists them.
 * Free to share.
 */
public final class ServingMetrics implements RequestObserver {
  private record RouteStage(String route, String stage) {}

  private record RouteStatus(String route, int status) {}

  private final Map<RouteStatus, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<String, LatencyHistogram> durations = new ConcurrentHashMap<>();
  private final Map<RouteStage, LatencyHistogram> stages = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> rejected = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> lists = new ConcurrentHashMap<>();
  private final LongAdder failures = new LongAdder();
  private final LongAdder replyBytes = new LongAdder();
  private final AccessLog log;
  private final String ownId;

  /**
   * Counts from 0.
   *
   * @param ownId request id of the server's requests to itself, which don't count
   */
  ServingMetrics(AccessLog log, String ownId) {
    this.log = log;
    this.ownId = ownId;
    for (String reason :
        new String[] {"overload", "deadline", "body-size", "slow-body", "malformed"}) {
      rejected.put(reason, new LongAdder());
    }
    for (String kind :
        new String[] {"table", "scored", "explained", "empty", "personal", "popular"}) {
      lists.put(kind, new LongAdder());
    }
  }

  @Override
  public void answered(
      String route,
      String id,
      int status,
      long queueNanos,
      long answerNanos,
      long totalNanos,
      long bytes) {
    if (!counts(id)) {
      return;
    }
    String label = route.isEmpty() ? "none" : route;
    requests.computeIfAbsent(new RouteStatus(label, status), key -> new LongAdder()).increment();
    durations.computeIfAbsent(label, key -> new LatencyHistogram()).record(totalNanos);
    stage(label, "queue", queueNanos);
    stage(label, "answer", answerNanos);
    stage(label, "write", totalNanos - queueNanos - answerNanos);
    replyBytes.add(bytes);
    RequestEvent event = new RequestEvent();
    if (event.shouldCommit()) {
      event.requestId = id;
      event.route = label;
      event.status = status;
      event.queueMicros = queueNanos / 1000;
      event.answerMicros = answerNanos / 1000;
      event.totalMicros = totalNanos / 1000;
      event.commit();
    }
    log.answered(label, id, status, queueNanos, answerNanos, totalNanos, bytes);
  }

  @Override
  public void rejected(String reason, String id) {
    if (counts(id)) {
      rejected.computeIfAbsent(reason, key -> new LongAdder()).increment();
    }
  }

  @Override
  public void failed(String route, String id, Throwable failure) {
    failures.increment();
    log.failed(route, id, failure);
  }

  /** Whether a request of this id is a client's, not one of the server to itself. */
  boolean counts(String id) {
    return !id.equals(ownId);
  }

  /** A part of a client's request took this long to answer. */
  void stage(String route, String stage, long nanos) {
    stages
        .computeIfAbsent(new RouteStage(route, stage), key -> new LatencyHistogram())
        .record(nanos);
  }

  /**
   * A client was answered with a list: {@code table}, {@code scored}, {@code explained}, {@code
   * empty}; {@code personal}, {@code popular}.
   */
  void list(String kind) {
    lists.computeIfAbsent(kind, key -> new LongAdder()).increment();
  }

  void write(PrometheusText out) {
    out.family("kindred_http_requests_total", "counter", "Requests, by route and status.");
    requests.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparing(RouteStatus::route).thenComparing(RouteStatus::status)))
        .forEach(
            entry ->
                out.sample(
                    "kindred_http_requests_total",
                    entry.getValue().sum(),
                    "route",
                    entry.getKey().route(),
                    "status",
                    Integer.toString(entry.getKey().status())));
    Map<String[], LatencyHistogram> byRoute = labels();
    durations.forEach((route, histogram) -> byRoute.put(new String[] {"route", route}, histogram));
    out.histograms(
        "kindred_http_request_duration_seconds",
        "From a request's last byte read to its reply's last byte written, by route.",
        byRoute);
    Map<String[], LatencyHistogram> byStage = labels();
    stages.forEach(
        (key, histogram) ->
            byStage.put(new String[] {"route", key.route(), "stage", key.stage()}, histogram));
    out.histograms(
        "kindred_http_stage_duration_seconds",
        "Parts of requests: queue, answer (search and encode within it), write.",
        byStage);
    out.family("kindred_http_rejected_total", "counter", "Requests turned away, by reason.");
    rejected.forEach(
        (reason, count) ->
            out.sample("kindred_http_rejected_total", count.sum(), "reason", reason));
    out.counter(
        "kindred_http_failures_total", "Requests that failed by a fault of ours.", failures.sum());
    out.counter("kindred_http_reply_bytes_total", "Bytes of replies' bodies.", replyBytes.sum());
    out.family("kindred_lists_total", "counter", "Lists answered, by how they came about.");
    lists.forEach((kind, count) -> out.sample("kindred_lists_total", count.sum(), "kind", kind));
  }

  private static Map<String[], LatencyHistogram> labels() {
    return new TreeMap<>(Comparator.comparing(labels -> String.join("\0", labels)));
  }
}
