package dev.kindred.app.serving;

import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Route;
import dev.kindred.app.metrics.PrometheusText;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.related.UnknownObjectiveException;
import dev.kindred.engine.related.WeightRangeException;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.UnknownFieldException;
import dev.kindred.engine.serve.InMemoryLiveState;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import dev.kindred.engine.serve.TooLateException;
import dev.kindred.engine.serve.UnknownItemException;
import dev.kindred.engine.serve.UserEvent;
import dev.kindred.engine.snapshot.Manifest;
import dev.kindred.index.RecallMonitor;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a server answers from, opened whole and closed whole: the recommender with its live state,
 * the event log, and the routes over them. Free to share, but closed by one thread.
 */
final class ServedModel implements AutoCloseable {
  private final ServingOptions options;
  private final AccessLog log;
  private final ServingMetrics metrics;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Reranking reranking;
  private final Recommender recommender;
  private final LiveState live;
  private final EventLog eventLog; // null without one; not among the owned, since it closes first
  private final EventsRoute events;
  private final OtherSnapshots others;
  private final ServerWeights weights;
  private final SnapshotRoutes snapshots;
  private Path warnedOf; // a successor too large for memory; only checkMemory() looks at it

  /**
   * Opens everything.
   *
   * @throws IOException if the snapshot, the live state or the event log can't be had
   */
  ServedModel(ServingOptions options, AccessLog log, ServingMetrics metrics) throws IOException {
    this.options = options;
    this.log = log;
    this.metrics = metrics;
    reranking = required(options);
    try {
      others = own(new OtherSnapshots(options.model()));
      live = own(openLive());
      // Before the snapshot, which may take minutes: what is wrong with the log is told at once.
      eventLog = options.eventLog().isPresent() ? openLog(options.eventLog().get()) : null;
      recommender = own(openRecommender());
      snapshots = new SnapshotRoutes(recommender, others);
      watch();
      events = new EventsRoute(eventLog, live, this::eventKinds, log);
      weights = new ServerWeights(recommender, options.weights());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** What answers. */
  Recommender recommender() {
    return recommender;
  }

  /** What a thread that answers keeps. */
  Desk desk() {
    return new Desk(recommender, metrics);
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** Closes everything in turn: the event log, then what was opened last. */
  @Override
  public void close() {
    // What was taken gets to the disk before anything else that is closed can fail or wait.
    if (eventLog != null) {
      close(eventLog);
    }
    while (!owned.isEmpty()) {
      close(owned.pop());
    }
  }

  private void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.event("error", "close-failed", Map.of("message", String.valueOf(e.getMessage())));
    }
  }

  /** Goes over to the snapshot that CURRENT names, as soon as it names another. */
  private void watch() throws IOException {
    if (options.refreshMillis() > 0 && !OtherSnapshots.current(options.model()).isEmpty()) {
      own(
          recommender.watch(
              Duration.ofMillis(options.refreshMillis()),
              failure -> {
                snapshots.refused();
                log.event(
                    "error",
                    "snapshot-refused",
                    Map.of("message", String.valueOf(failure.getMessage())));
              }));
    }
  }

  /**
   * What an event may be called: the snapshot's declared objectives, "impression", "search" and the
   * settings'.
   */
  private Set<String> eventKinds() {
    Set<String> kinds = new TreeSet<>(options.eventKinds());
    recommender.declaredObjectives().forEach(objective -> kinds.add(objective.name()));
    kinds.add(UserEvent.IMPRESSION);
    kinds.add(UserEvent.SEARCH);
    return kinds;
  }

  private Recommender openRecommender() throws IOException {
    return open(
        options,
        RecommenderOptions.defaults()
            .withMemory(options.modelMemory())
            .withSearchers(options.server().workers() + 1)
            .withRecallShare(options.recallShare())
            .withSuccessor(this::checkMemory),
        live);
  }

  /** Whether the next snapshot fits beside the one served, by the estimate of the start. */
  private void checkMemory(Manifest served, Path next) throws IOException {
    if (options.memory() == MemoryCheck.Policy.OFF || !Files.isDirectory(next)) {
      return; // without a directory, opening it says what is wrong
    }
    MemoryCheck check = MemoryCheck.ofSwap(bytes(served), next, options.memoryBytes());
    if (options.memory() == MemoryCheck.Policy.REFUSE) {
      check.require();
    } else if (!check.fits() && !next.equals(warnedOf)) {
      // Once, even if it can't be opened and is tried again with every look.
      warnedOf = next;
      log.event("warn", "memory-small", Map.of("message", check.sentence()));
    }
  }

  /** Of the snapshot's files, other than the manifest. */
  private static long bytes(Manifest manifest) {
    return manifest.files().stream().mapToLong(file -> file.bytes()).sum();
  }

  /** The recommender of a snapshot that the configured rules fit. */
  private static Recommender open(ServingOptions options, RecommenderOptions how, LiveState live)
      throws IOException {
    try {
      return Recommender.open(options.model(), how.withRequired(required(options)), live);
    } catch (IllegalArgumentException e) {
      throw new InputException("the rules don't fit the snapshot: " + e.getMessage(), e);
    }
  }

  private static Reranking required(ServingOptions options) {
    return Reranking.none().withRules(options.rules());
  }

  /**
   * Opens the snapshot in place, without reading it, and refuses rules and weights that name what
   * it lacks.
   *
   * @throws IOException if there is no snapshot
   * @throws IllegalArgumentException if a weight names no objective of it
   * @throws InputException if the rules don't fit it
   */
  static void checkNames(ServingOptions options) throws IOException {
    RecommenderOptions how = RecommenderOptions.defaults().withSearchers(1);
    try (LiveState live = new InMemoryLiveState(LiveStateOptions.defaults());
        Recommender recommender = open(options, how, live)) {
      ServerWeights.check(recommender, options.weights());
    }
  }

  private LiveState openLive() throws IOException {
    return options.live().isPresent()
        ? ChronicleLiveState.open(options.live().get(), LiveStateOptions.defaults())
        : new InMemoryLiveState(LiveStateOptions.defaults());
  }

  private EventLog openLog(Path file) throws IOException {
    EventLog opened = EventLog.open(file, options.fsync(), options.fsyncMillis());
    if (opened.truncatedBytes() > 0) {
      log.event(
          "warn",
          "event-log-truncated",
          Map.of("file", file.toString(), "bytes", opened.truncatedBytes()));
    }
    return opened;
  }

  /** The routes that need the model. */
  List<Route<Desk>> routes() {
    ItemRoutes items = new ItemRoutes(recommender, live, options.mostItems());
    Duration within = Duration.ofMillis(options.server().deadlineMillis());
    RelatedDefaults related = new RelatedDefaults(options.mostItems(), weights, reranking, within);
    List<Route<Desk>> all = new ArrayList<>();
    all.add(
        Route.open("related", "GET", "/v1/related", explained(new RelatedRoute(related, others))));
    all.add(Route.open("explain", "GET", "/v1/explain", explained(new ExplainRoute(recommender))));
    all.add(
        Route.open(
            "why-not", "GET", "/v1/why-not", explained(new WhyNotRoute(recommender, related))));
    all.add(
        Route.open(
            "recommend",
            "GET",
            "/v1/recommend",
            explained(new RecommendRoute(options.mostItems(), reranking, within))));
    all.add(
        Route.open(
            "similar",
            "POST",
            "/v1/similar",
            explained(new SimilarRoute(recommender, options.mostItems(), within))));
    all.add(Route.open("item", "GET", "/v1/item", explained(items::item)));
    all.add(Route.open("items-search", "GET", "/v1/items", explained(items::search)));
    all.add(Route.open("weights", "GET", "/v1/weights", explained(weights::get)));
    all.add(Route.open("snapshot", "GET", "/v1/snapshot", explained(snapshots::snapshot)));
    all.add(Route.open("snapshots", "GET", "/v1/snapshots", explained(snapshots::snapshots)));
    Route.Access ingest = Route.Access.INGEST;
    Route.Access admin = Route.Access.ADMIN;
    all.add(Route.guarded("events", "POST", "/v1/events", ingest, explained(events)));
    all.add(Route.guarded("items-add", "POST", "/v1/items", ingest, explained(items::add)));
    all.add(Route.guarded("items-remove", "DELETE", "/v1/items", ingest, explained(items::remove)));
    all.add(
        Route.guarded(
            "items-hide",
            "POST",
            "/v1/items/hide",
            admin,
            explained((request, desk) -> items.mark(request, desk, true))));
    all.add(
        Route.guarded(
            "items-unhide",
            "POST",
            "/v1/items/unhide",
            admin,
            explained((request, desk) -> items.mark(request, desk, false))));
    all.add(
        Route.guarded("items-hidden", "GET", "/v1/items/hidden", admin, explained(items::hidden)));
    all.add(
        Route.guarded(
                "snapshot-refresh",
                "POST",
                "/v1/snapshot/refresh",
                admin,
                explained(snapshots::refresh))
            .withoutBody());
    all.add(Route.guarded("weights-set", "PUT", "/v1/weights", admin, explained(weights::put)));
    return all;
  }

  /**
   * What the engine objects to is a fault of the request here; what the server asks isn't counted.
   */
  static Route.Handler<Desk> explained(Route.Handler<Desk> handler) {
    return (request, desk) -> {
      desk.ask(request.id());
      try {
        return handler.answer(request, desk);
      } catch (UnknownItemException e) {
        throw new Refusal(404, "unknown-item", e.getMessage());
      } catch (TooLateException e) {
        throw Refusal.later(503, "too-late", e.getMessage());
      } catch (IllegalArgumentException e) {
        throw Refusal.badRequest(code(e), e.getMessage());
      }
    };
  }

  /** The same fault has the same code, whichever route and parameter it came by. */
  private static String code(IllegalArgumentException fault) {
    return switch (fault) {
      case UnknownFieldException field -> "unknown-field";
      case UnknownObjectiveException objective -> "unknown-objective";
      case WeightRangeException weight -> "bad-weight";
      default -> "bad-request";
    };
  }

  /** What there is to tell of the model. */
  void write(PrometheusText out) {
    Manifest manifest = recommender.manifest();
    double created = manifest.provenance().created().toEpochMilli() / 1000.0;
    out.gauge("kindred_snapshot_items", "Items of the snapshot.", manifest.items());
    out.gauge("kindred_snapshot_bytes", "Bytes of the snapshot's mapped files.", bytes(manifest));
    out.gauge(
        "kindred_snapshot_created_timestamp_seconds",
        "When the snapshot was built, in seconds since 1970 UTC.",
        created);
    out.gauge(
        "kindred_snapshot_age_seconds",
        "How long ago the snapshot was built.",
        Math.max(0, System.currentTimeMillis() / 1000.0 - created));
    out.family("kindred_snapshot_info", "gauge", "1, with the name of the snapshot.");
    out.sample("kindred_snapshot_info", 1, "name", snapshots.name());
    out.counter(
        "kindred_snapshot_refusals_total",
        "Times that a snapshot named by CURRENT couldn't be opened or didn't fit into memory.",
        snapshots.refusals());
    out.gauge(
        "kindred_snapshots_replaced_in_use",
        "Replaced snapshots that a request read when a refresh last looked.",
        recommender.replacedMapped());
    Optional<RecallMonitor.Observed> recall = recommender.recall();
    if (recall.isPresent()) {
      out.gauge(
          "kindred_recall_at_10",
          "Part of the true 10 nearest that searches over all items found, NaN before the first.",
          recall.get().recall());
      out.family("kindred_recall_queries", "gauge", "Searches compared with exact ones.");
      out.sample("kindred_recall_queries", recall.get().queries(), "result", "compared");
      out.sample("kindred_recall_queries", recall.get().dropped(), "result", "dropped");
    }
    out.family("kindred_events_total", "counter", "Events taken, and batches refused.");
    out.sample("kindred_events_total", events.accepted(), "result", "accepted");
    out.sample("kindred_events_total", events.refused(), "result", "refused-batch");
    out.sample("kindred_events_total", events.withoutLive(), "result", "log-only");
    if (eventLog != null) {
      out.gauge("kindred_event_log_bytes", "Size of the event log.", eventLog.bytes());
      out.counter(
          "kindred_event_log_forces_total",
          "Times the event log was forced to the disk.",
          eventLog.forces());
    }
  }
}
