package dev.kindred.app.command;

import dev.kindred.app.config.ServeConfig;
import dev.kindred.app.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@code serve} and {@code config}: a file, and flags over it. */
final class ServeSettings {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "A snapshot, or the directory that snapshots are published in.")
  private Path model;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings, a TOML file.")
  private Path file;

  @Option(names = "--port", paramLabel = "P", description = "Port (default: 7070; 0: any free).")
  private String port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to bind (default: 127.0.0.1, this machine only).")
  private String host;

  @Option(
      names = "--live",
      paramLabel = "DIR",
      description = "Keep live state here (default: in memory, gone with the process).")
  private Path live;

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description = "Append events to this log (default: they feed the live state only).")
  private Path events;

  @Option(
      names = "--set",
      paramLabel = "TABLE.KEY=VALUE",
      description = "Any setting of the file; may be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** File, environment and flags laid over each other. */
  Settings effective() throws IOException {
    Map<String, String> flags = new LinkedHashMap<>(settings);
    put(flags, "model.path", model);
    put(flags, "server.port", port);
    put(flags, "server.host", host);
    put(flags, "live.directory", live);
    put(flags, "events.log", events);
    return Settings.of(file, System.getenv(), flags);
  }

  /**
   * The same, checked.
   *
   * @throws dev.kindred.engine.data.InputException naming what is wrong
   */
  ServeConfig read() throws IOException {
    return ServeConfig.read(effective());
  }

  private static void put(Map<String, String> flags, String key, Object value) {
    if (value != null) {
      flags.put(key, value.toString());
    }
  }
}
