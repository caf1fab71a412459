package dev.kindred.app.command;

import dev.kindred.app.config.ServeConfig;
import dev.kindred.app.http.HostName;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kindred serve}: a snapshot over HTTP until it is told to stop. */
@Command(
    name = "serve",
    description = {
      "Answer over HTTP from a snapshot: related lists, explanations, live changes, metrics,"
          + " and a page at /.",
      "Binds 127.0.0.1 unless told otherwise; stops with SIGTERM when running requests have"
          + " ended. docs/serving-http.md lists routes, settings, limits and metrics."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred serve --model snapshots/",
      "  kindred serve --config serve.toml --port 8080",
      "  KINDRED_TOKENS_ADMIN=... kindred serve --model snapshots/ \\",
      "      --set log.requests=true"
    })
final class ServeCommand extends KindredCommand {
  @Mixin private ServeSettings settings;

  @Override
  protected void run() throws IOException {
    ServeConfig config = settings.read();
    AccessLog log = new AccessLog(err(), config.slowMillis(), config.logRequests());
    serve(config.serving(), log);
  }

  /** Serves until the process is told to stop; then ends it with 0. */
  static void serve(ServingOptions options, AccessLog log) throws IOException {
    long start = System.nanoTime();
    ServePlaces.require(options);
    Serving serving = Serving.listen(options, log);
    Stages stages = new Stages(options, log, serving, start);
    stages.tell("listening");
    // A signal starts the hooks; the process then ends with 128 plus its number, unless it is
    // halted here, when all is closed.
    Thread stop =
        new Thread(
            () -> {
              stages.drain();
              serving.close();
              log.event("info", "stopped", Map.of());
              Runtime.getRuntime().halt(ExitCode.OK);
            },
            "kindred-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      serving.load();
      stages.tell("loaded");
      serving.warmUp();
      stages.tell("ready");
    } catch (IOException | RuntimeException | Error e) {
      if (!isStopping(stop)) {
        serving.close();
        throw e;
      }
    }
    awaitForever();
  }

  /**
   * Whether a signal came first. If none did, the hook is taken away: a failure must not end in 0.
   */
  private static boolean isStopping(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
      return false;
    } catch (IllegalStateException e) {
      return true; // that is what it throws once the hooks run
    }
  }

  private static void awaitForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Logs how far the server is; nothing but "draining" once it is being stopped. */
  private static final class Stages {
    private final ServingOptions options;
    private final AccessLog log;
    private final Serving serving;
    private final long start;
    private boolean draining;

    Stages(ServingOptions options, AccessLog log, Serving serving, long start) {
      this.options = options;
      this.log = log;
      this.serving = serving;
      this.start = start;
    }

    synchronized void drain() {
      draining = true;
      serving.drain();
      log.event("info", "draining", Map.of());
    }

    synchronized void tell(String stage) {
      if (draining) {
        return; // the recommender may be closed by now
      }
      Map<String, Object> details = new LinkedHashMap<>();
      details.put(
          "url", "http://" + HostName.withPort(options.server().host(), serving.port()) + "/");
      details.put("model", options.model().toString());
      details.put("millis", (System.nanoTime() - start) / 1_000_000);
      if (!stage.equals("listening")) {
        details.put("items", serving.recommender().size());
      }
      log.event("info", stage, details);
    }
  }
}
