package dev.kindred.app.serving;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.index.file.MemoryMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is served and how. Immutable.
 *
 * @param model a snapshot, or the directory that snapshots are published in
 * @param modelMemory whether files are read in place, and when
 * @param live directory of the live state; without one it is kept in memory
 * @param eventLog file that events are appended to; without one they feed the live state only
 * @param fsync when the event log is forced to the disk
 * @param fsyncMillis between two forces
 * @param eventKinds what events may be called beside the snapshot's objectives, "impression" and
 *     "search"
 * @param server how it listens
 * @param tokens who may change what
 * @param mostItems largest n of a request
 * @param weights manual weights in place of the snapshot's, by objective
 * @param rules that shape every list, those of requests come after them
 * @param recallShare part of the searches over all items that are compared with exact ones, 0 to 1
 * @param warmupMillis of requests to itself before it is ready
 * @param refreshMillis how often CURRENT is looked at; 0: only when asked to
 * @param memory what is done when memory looks too small
 * @param memoryBytes that there are; 0: as the machine or its container says
 * @param page whether the page at / is served
 */
public record ServingOptions(
    Path model,
    MemoryMode modelMemory,
    Optional<Path> live,
    Optional<Path> eventLog,
    EventLog.Fsync fsync,
    int fsyncMillis,
    Set<String> eventKinds,
    ServerOptions server,
    Tokens tokens,
    int mostItems,
    Map<String, Double> weights,
    List<Rule> rules,
    double recallShare,
    int warmupMillis,
    int refreshMillis,
    MemoryCheck.Policy memory,
    long memoryBytes,
    boolean page) {
  public ServingOptions {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(modelMemory, "modelMemory");
    Objects.requireNonNull(live, "live");
    Objects.requireNonNull(eventLog, "eventLog");
    Objects.requireNonNull(fsync, "fsync");
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(tokens, "tokens");
    Objects.requireNonNull(memory, "memory");
    eventKinds = Set.copyOf(eventKinds);
    weights = Map.copyOf(weights);
    rules = List.copyOf(rules);
    if (!(recallShare >= 0 && recallShare <= 1)) {
      throw new IllegalArgumentException("share is " + recallShare + ", must be 0 to 1");
    }
    check("fsync-millis", fsyncMillis, 1, 3_600_000);
    check("items", mostItems, 1, 10_000);
    check("warmup-millis", warmupMillis, 0, 600_000);
    check("refresh-millis", refreshMillis, 0, 86_400_000);
    if (memoryBytes < 0) {
      throw new IllegalArgumentException("limit-bytes is " + memoryBytes + ", must be 0 or more");
    }
  }

  /** A snapshot at the defaults: live state in memory, no event log, no tokens, on loopback. */
  public static ServingOptions of(Path model) {
    return new ServingOptions(
        model,
        MemoryMode.PRELOADED,
        Optional.empty(),
        Optional.empty(),
        EventLog.Fsync.INTERVAL,
        1000,
        Set.of(),
        ServerOptions.defaults(),
        Tokens.none(),
        500,
        Map.of(),
        List.of(),
        0.001,
        2000,
        1000,
        MemoryCheck.Policy.REFUSE,
        0,
        true);
  }

  public ServingOptions withServer(ServerOptions changed) {
    return with(draft -> draft.server = changed);
  }

  public ServingOptions withTokens(Tokens changed) {
    return with(draft -> draft.tokens = changed);
  }

  public ServingOptions withLive(Path directory) {
    return with(draft -> draft.live = Optional.of(directory));
  }

  public ServingOptions withEventLog(Path file, EventLog.Fsync policy) {
    return with(
        draft -> {
          draft.eventLog = Optional.of(file);
          draft.fsync = policy;
        });
  }

  public ServingOptions withEventKinds(Set<String> kinds) {
    return with(draft -> draft.eventKinds = kinds);
  }

  public ServingOptions withWarmupMillis(int millis) {
    return with(draft -> draft.warmupMillis = millis);
  }

  public ServingOptions withRefreshMillis(int millis) {
    return with(draft -> draft.refreshMillis = millis);
  }

  public ServingOptions withRules(List<Rule> value) {
    return with(draft -> draft.rules = value);
  }

  public ServingOptions withRecallShare(double value) {
    return with(draft -> draft.recallShare = value);
  }

  public ServingOptions withMemory(MemoryCheck.Policy policy, long limitBytes) {
    return with(
        draft -> {
          draft.memory = policy;
          draft.memoryBytes = limitBytes;
        });
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }

  private ServingOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    Path model;
    MemoryMode modelMemory;
    Optional<Path> live;
    Optional<Path> eventLog;
    EventLog.Fsync fsync;
    int fsyncMillis;
    Set<String> eventKinds;
    ServerOptions server;
    Tokens tokens;
    int mostItems;
    Map<String, Double> weights;
    List<Rule> rules;
    double recallShare;
    int warmupMillis;
    int refreshMillis;
    MemoryCheck.Policy memory;
    long memoryBytes;
    boolean page;

    Draft(ServingOptions of) {
      model = of.model;
      modelMemory = of.modelMemory;
      live = of.live;
      eventLog = of.eventLog;
      fsync = of.fsync;
      fsyncMillis = of.fsyncMillis;
      eventKinds = of.eventKinds;
      server = of.server;
      tokens = of.tokens;
      mostItems = of.mostItems;
      weights = of.weights;
      rules = of.rules;
      recallShare = of.recallShare;
      warmupMillis = of.warmupMillis;
      refreshMillis = of.refreshMillis;
      memory = of.memory;
      memoryBytes = of.memoryBytes;
      page = of.page;
    }

    ServingOptions options() {
      return new ServingOptions(
          model,
          modelMemory,
          live,
          eventLog,
          fsync,
          fsyncMillis,
          eventKinds,
          server,
          tokens,
          mostItems,
          weights,
          rules,
          recallShare,
          warmupMillis,
          refreshMillis,
          memory,
          memoryBytes,
          page);
    }
  }
}
