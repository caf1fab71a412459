package dev.kindred.app.command;

import dev.kindred.app.config.Settings;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kindred config}: looks at the settings of a server without starting it. */
@Command(
    name = "config",
    description = "Check or print the settings that 'kindred serve' would run with.",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Print.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred config check --config serve.toml",
      "  kindred config print --config serve.toml --port 8080"
    })
final class ConfigCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no action given: check or print");
  }

  /** {@code kindred config check}. */
  @Command(
      name = "check",
      description = {
        "Exit with 0 if the settings are sound, with 3 and the reason if not.",
        "Weights and rules are compared with the snapshot, if it is there."
      })
  static final class Check extends KindredCommand {
    @Mixin private ServeSettings settings;

    @Override
    protected void run() throws IOException {
      ServingOptions options = settings.read().serving();
      try {
        SnapshotCatalog.resolve(options.model());
      } catch (IOException e) {
        // Settings are checked where the snapshots aren't, too.
        note(
            "the settings are sound, but "
                + options.model()
                + " holds no snapshot: a server can't start before one is published there");
        return;
      }
      Serving.checkNames(options);
      note("the settings are sound");
    }
  }

  /** {@code kindred config print}. */
  @Command(
      name = "print",
      description = "Print each setting that isn't the default, and where it comes from.")
  static final class Print extends KindredCommand {
    @Mixin private ServeSettings settings;

    @Override
    protected void run() throws IOException {
      settings.read();
      Settings effective = settings.effective();
      for (Map.Entry<String, String> source : effective.sources().entrySet()) {
        String value = effective.shown(source.getKey());
        if (json()) {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("setting", source.getKey());
          line.put("value", value);
          line.put("source", source.getValue());
          jsonLines().write(line);
        } else {
          out().println(source.getKey() + " = " + value + "  # " + source.getValue());
        }
      }
    }
  }
}
