package dev.kindred.app.serving;

import dev.kindred.app.http.HttpServer;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Route;
import dev.kindred.app.http.Routes;
import dev.kindred.app.metrics.ProcessMetrics;
import dev.kindred.app.metrics.PrometheusText;
import dev.kindred.engine.serve.Recommender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A recommender behind HTTP, from the bound port to the last reply: {@link #listen} binds and
 * answers for its health, {@link #load} opens the snapshot and answers every route, {@link #warmUp}
 * makes it ready, {@link #close} lets running requests end. Free to share; closing it while another
 * thread loads or warms up ends that thread's call with an exception; a load's only when everything
 * is open.
 */
public final class Serving implements AutoCloseable {
  /** How far it is, with the code and the sentence that {@code /health/ready} refuses with. */
  private enum State {
    LOADING("loading", "the server is loading its snapshot; ask again after a moment"),
    WARMING_UP("warming-up", "the server answers, but slowly until it is warm"),
    READY("", ""),
    DRAINING("draining", "the server is being stopped; ask another one");

    private final String code;
    private final String reason;

    State(String code, String reason) {
      this.code = code;
      this.reason = reason;
    }

    Refusal refusal() {
      return Refusal.later(503, code, reason);
    }
  }

  /** How long {@link #close} waits for a snapshot that is being loaded. */
  static final int LOADING_END_MILLIS = 2000;

  private final ServingOptions options;
  private final AccessLog log;
  private final String warmUpId = "warm-up-" + UUID.randomUUID();
  private final ServingMetrics metrics;
  private final HttpServer<Desk> server;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ReentrantLock loading = new ReentrantLock(); // held by load()
  private volatile State state = State.LOADING;
  private volatile ServedModel model; // null until it is loaded
  private volatile Routes<Desk> routes;

  private Serving(ServingOptions options, AccessLog log) {
    this.options = options;
    this.log = log;
    metrics = new ServingMetrics(log, warmUpId);
    routes = Routes.refusingOthers(ownRoutes(), State.LOADING.refusal());
    // No desk is made before there are routes that need one: those come with the model.
    server =
        new HttpServer<>(
            options.server(), () -> routes, options.tokens(), () -> model.desk(), metrics);
  }

  /**
   * Binds the port. From now on health and metrics are answered, every other route is refused with
   * 503 until {@link #load} is through.
   *
   * @throws IOException if the address can't be had
   */
  public static Serving listen(ServingOptions options, AccessLog log) throws IOException {
    checkMemory(options, log);
    Serving serving = new Serving(options, log);
    serving.server.listen(); // only now: a request may come in at once, and finds all it needs
    return serving;
  }

  /**
   * Listens and loads; not ready yet.
   *
   * @throws IOException if the address, the snapshot, the live state or the event log can't be had
   */
  public static Serving start(ServingOptions options, AccessLog log) throws IOException {
    Serving serving = listen(options, log);
    try {
      serving.load();
    } catch (Throwable e) {
      serving.close();
      throw e;
    }
    return serving;
  }

  /**
   * Opens what is served and answers every route, slowly at first. Once it has failed it may be
   * called again, once it has loaded it may not.
   *
   * @throws IOException if the snapshot, the live state or the event log can't be had
   * @throws IllegalStateException if it has loaded or loads already, or is stopped before the end
   */
  public void load() throws IOException {
    if (!loading.tryLock()) {
      throw new IllegalStateException("another thread loads the server; call load() once");
    }
    try {
      requireLoading();
      open();
    } finally {
      loading.unlock();
    }
  }

  private void open() throws IOException {
    ServedModel loaded = new ServedModel(options, log, metrics);
    try {
      List<Route<Desk>> all = new ArrayList<>(loaded.routes());
      all.addAll(ownRoutes());
      all.addAll(staticRoutes());
      answer(loaded, new Routes<>(all));
    } catch (Throwable e) {
      loaded.close();
      throw e;
    }
  }

  private synchronized void answer(ServedModel loaded, Routes<Desk> all) {
    requireLoading(); // it may have been stopped meanwhile
    model = loaded;
    routes = all;
    state = State.WARMING_UP;
  }

  private void requireLoading() {
    State now = state;
    if (now == State.DRAINING) {
      throw new IllegalStateException("the server was stopped before it had loaded");
    }
    if (now != State.LOADING) {
      throw new IllegalStateException("the server has loaded; call load() once");
    }
  }

  /**
   * Asks itself for as long as the options say, then is ready; unless it is drained meanwhile,
   * which {@link #ready} tells.
   *
   * @throws IOException if it doesn't reach itself, as when it is closed meanwhile
   * @throws IllegalStateException if it hasn't loaded, or is closed before the end
   */
  public void warmUp() throws IOException {
    WarmUp.run(
        recommender(),
        new InetSocketAddress(options.server().host(), port()),
        warmUpId,
        WarmUp.connections(options.server()),
        options.warmupMillis());
    synchronized (this) {
      if (closed.get()) {
        // The last round ends without a word when its connections do.
        throw new IllegalStateException("the server was closed before it was warm");
      }
      // What is being stopped stays so, however long the warm-up took.
      state = state == State.WARMING_UP ? State.READY : state;
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Every route that is answered now, as OpenAPI describes them once it has loaded. */
  public List<Route<Desk>> allRoutes() {
    return routes.all();
  }

  /** Whether requests do well: warmed up and not being stopped. */
  public boolean ready() {
    return state == State.READY;
  }

  /**
   * The recommender that answers.
   *
   * @throws IllegalStateException before it has loaded
   */
  public Recommender recommender() {
    ServedModel loaded = model;
    if (loaded == null) {
      throw new IllegalStateException("the server has no recommender yet; call load() first");
    }
    return loaded.recommender();
  }

  /** From now on it says that it isn't ready, and each reply ends its connection. */
  public void drain() {
    synchronized (this) {
      state = State.DRAINING;
    }
    server.drain();
  }

  /**
   * Lets running requests end, then closes everything in turn; a second call does nothing. What is
   * still being loaded closes itself as soon as it is whole. That is waited for, but at most
   * {@value #LOADING_END_MILLIS} ms: no request has changed anything in it.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    drain();
    server.close();
    awaitLoading();
    ServedModel loaded = model;
    if (loaded != null) {
      loaded.close();
    }
  }

  private void awaitLoading() {
    try {
      if (loading.tryLock(LOADING_END_MILLIS, TimeUnit.MILLISECONDS)) {
        loading.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Refuses what {@link #load} would refuse of rules and weights, without serving: the snapshot is
   * opened in place and closed again.
   *
   * @throws IOException if there is no snapshot
   * @throws IllegalArgumentException if a weight names no objective of the snapshot
   * @throws dev.kindred.engine.data.InputException if the rules don't fit it
   */
  public static void checkNames(ServingOptions options) throws IOException {
    ServedModel.checkNames(options);
  }

  private static void checkMemory(ServingOptions options, AccessLog log) throws IOException {
    if (options.memory() == MemoryCheck.Policy.OFF) {
      return;
    }
    String current = OtherSnapshots.current(options.model());
    Path snapshot = current.isEmpty() ? options.model() : options.model().resolve(current);
    if (!Files.isDirectory(snapshot)) {
      return; // opening it says what is wrong
    }
    MemoryCheck check =
        MemoryCheck.of(
            snapshot, !current.isEmpty() && options.refreshMillis() > 0, options.memoryBytes());
    if (options.memory() == MemoryCheck.Policy.REFUSE) {
      check.require();
    } else if (!check.fits()) {
      log.event("warn", "memory-small", Map.of("message", check.sentence()));
    }
  }

  /** Those that are answered in every state. */
  private List<Route<Desk>> ownRoutes() {
    return List.of(
        fixed("live", "/health/live", Serving::well),
        fixed("ready", "/health/ready", this::readiness),
        fixed("metrics", "/metrics", this::metrics));
  }

  /** The description, and the page for people if it is wanted. */
  private List<Route<Desk>> staticRoutes() {
    Reply openApi = StaticFiles.reply("openapi.json", Reply.JSON);
    Route<Desk> description = fixed("openapi", "/openapi.json", () -> openApi);
    if (!options.page()) {
      return List.of(description);
    }
    Reply page = StaticFiles.reply("page.html", "text/html; charset=utf-8");
    // Links from elsewhere bring parameters of their own, which are nothing to the page.
    return List.of(description, Route.immediate("page", "/", (request, desk) -> page));
  }

  /** A route without parameters, answered at once. */
  private static Route<Desk> fixed(String name, String path, Supplier<Reply> reply) {
    return Route.immediate(
        name,
        path,
        (request, desk) -> {
          request.query().only(Set.of());
          return reply.get();
        });
  }

  private static Reply well() {
    return Reply.text(200, Reply.JSON, "{\"status\":\"ok\"}");
  }

  private Reply readiness() {
    State now = state;
    if (now != State.READY) {
      throw now.refusal();
    }
    return well();
  }

  private Reply metrics() {
    PrometheusText out = new PrometheusText();
    out.gauge("kindred_ready", "1 when warmed up and not being stopped.", ready() ? 1 : 0);
    metrics.write(out);
    out.gauge("kindred_http_in_flight", "Requests whose reply hasn't gone.", server.inFlight());
    out.gauge("kindred_http_admitted", "Requests that wait or are answered.", server.admitted());
    ServedModel loaded = model;
    if (loaded != null) {
      loaded.write(out);
    }
    ProcessMetrics.write(out);
    return Reply.text(200, PrometheusText.CONTENT_TYPE, out.toString());
  }
}
