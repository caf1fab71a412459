package dev.kindred.app.config;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.app.serving.EventLog;
import dev.kindred.app.serving.MemoryCheck;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of {@code kindred serve}: a file, over it variables of the environment, over
 * them flags. Immutable.
 *
 * @param serving what is served and how
 * @param slowMillis requests that take at least this long are logged
 * @param logRequests whether all of them are
 */
public record ServeConfig(ServingOptions serving, int slowMillis, boolean logRequests) {

  /**
   * Reads and checks.
   *
   * @param settings the effective ones, see {@link Settings}
   * @throws InputException naming the source, the table and the key of what is wrong
   */
  public static ServeConfig read(Settings settings) throws IOException {
    Section top = settings.section();
    top.only(Settings.TABLES.toArray(String[]::new));
    Section model = top.sectionOrEmpty("model");
    Optional<Path> path = optionalPath(model, "path");
    MemoryMode memoryMode = model.choice("memory", MemoryMode.PRELOADED);
    int refresh = model.integer("refresh-millis", 1000);
    int warmup = model.integer("warmup-millis", 2000);
    model.finish();
    Section live = top.sectionOrEmpty("live");
    Optional<Path> state = optionalPath(live, "directory");
    live.finish();
    Section events = top.sectionOrEmpty("events");
    Optional<Path> log = optionalPath(events, "log");
    EventLog.Fsync fsync = events.choice("fsync", EventLog.Fsync.INTERVAL);
    int fsyncMillis = events.integer("fsync-millis", 1000);
    Set<String> kinds = Set.copyOf(events.texts("kinds"));
    events.finish();
    ServerOptions server = server(top.sectionOrEmpty("server"));
    Section tokenSection = top.sectionOrEmpty("tokens");
    String ingest = token(tokenSection, "ingest");
    String admin = token(tokenSection, "admin");
    tokenSection.finish();
    Tokens tokens = tokenSection.make(() -> Tokens.of(ingest, admin));
    Section limits = top.sectionOrEmpty("limits");
    int items = limits.integer("items", 500);
    limits.finish();
    Map<String, Double> weights = new LinkedHashMap<>();
    Section weightSection = top.sectionOrEmpty("weights");
    for (String objective : weightSection.keys()) {
      double weight = weightSection.number(objective, 0);
      weightSection.make(
          () -> {
            ObjectiveWeight.checkWeight(objective, "manual weight of objective", weight);
            return weights.put(objective, weight);
          });
    }
    Section ruleSection = top.sectionOrEmpty("rules");
    Optional<Path> rulesFile = optionalPath(ruleSection, "file");
    ruleSection.finish();
    List<Rule> rules =
        rulesFile.isPresent() ? RulesFile.read(rulesFile.get(), "file under [rules]") : List.of();
    Section recall = top.sectionOrEmpty("recall");
    double recallShare = recall.number("share", 0.001);
    recall.finish();
    Section memory = top.sectionOrEmpty("memory");
    MemoryCheck.Policy policy = memory.choice("check", MemoryCheck.Policy.REFUSE);
    long limitBytes = memory.wholeNumber("limit-bytes", 0);
    memory.finish();
    Section page = top.sectionOrEmpty("page");
    boolean withPage = page.flag("enabled", true);
    page.finish();
    Section logging = top.sectionOrEmpty("log");
    int slowMillis = logging.integer("slow-millis", 100);
    boolean requests = logging.flag("requests", false);
    if (slowMillis < 0) {
      throw logging.wrong("slow-millis", "is " + slowMillis + ", must be 0 or more");
    }
    logging.finish();
    top.finish();
    // Last, or a misspelt key elsewhere would come to light only when the model is there.
    Path snapshot =
        path.orElseThrow(
            () ->
                new InputException(
                    "no model to serve; name it with --model DIR, or path under [model] in"
                        + " --config FILE"));
    ServingOptions serving =
        top.make(
            () ->
                new ServingOptions(
                    snapshot,
                    memoryMode,
                    state,
                    log,
                    fsync,
                    fsyncMillis,
                    kinds,
                    server,
                    tokens,
                    items,
                    weights,
                    rules,
                    recallShare,
                    warmup,
                    refresh,
                    policy,
                    limitBytes,
                    withPage));
    return new ServeConfig(serving, slowMillis, requests);
  }

  private static ServerOptions server(Section section) {
    ServerOptions absent = ServerOptions.defaults();
    String host = section.text("host", absent.host());
    int port = section.integer("port", absent.port());
    int workers = section.integer("workers", absent.workers());
    int queue = section.integer("queue", absent.queue());
    int deadline = section.integer("deadline-millis", absent.deadlineMillis());
    int bodyBytes = section.integer("body-bytes", absent.bodyBytes());
    int bodyMillis = section.integer("body-millis", absent.bodyMillis());
    int headerBytes = section.integer("header-bytes", absent.headerBytes());
    int idle = section.integer("idle-millis", absent.idleMillis());
    int connections = section.integer("connections", absent.connections());
    int drain = section.integer("drain-millis", absent.drainMillis());
    section.finish();
    return section.make(
        () ->
            new ServerOptions(
                host,
                port,
                workers,
                queue,
                deadline,
                bodyBytes,
                bodyMillis,
                headerBytes,
                idle,
                connections,
                drain));
  }

  private static Optional<Path> optionalPath(Section section, String key) {
    return section.has(key) ? Optional.of(section.path(key)) : Optional.empty();
  }

  /** A token itself, or with {@code -file} the name of a file that holds nothing else. */
  private static String token(Section section, String name) throws IOException {
    String token = section.text(name, "");
    if (!section.has(name + "-file")) {
      return token;
    }
    if (!token.isEmpty()) {
      throw section.wrong(name, "is given beside " + name + "-file; keep one");
    }
    Path file = section.path(name + "-file");
    if (!Files.isReadable(file)) {
      throw section.wrong(name + "-file", "is " + file + ", which can't be read");
    }
    return Files.readString(file).strip();
  }
}
