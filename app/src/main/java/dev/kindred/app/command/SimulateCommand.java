package dev.kindred.app.command;

import dev.kindred.app.config.ConfigText;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.world.LoggedChoices;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred simulate}: a log, catalogues and a configuration to try the other commands on. */
@Command(
    name = "simulate",
    description =
        "Simulate a video site and write its log, its catalogues of items and users, what they"
            + " search for, and a configuration that 'kindred train' takes as it is.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred simulate --out site/",
      "  kindred simulate --items 100000 --users 200000 --samples 10000000 --out site/",
      "  kindred simulate --choices 50000 --out site/",
      "  kindred train --config site/" + SimulateCommand.CONFIG_FILE + " --out snapshots/"
    })
final class SimulateCommand extends KindredCommand {
  static final String CONFIG_FILE = "kindred.toml";

  @Mixin private WorldSizeGroup size;

  @Option(
      names = "--choices",
      paramLabel = "N",
      description =
          "Also write choices.csv: N choices of a policy with their chances, for 'kindred"
              + " off-policy', and tell what another policy earns in truth.")
  private Integer choices;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write to; files of the same names there are replaced.")
  private Path out;

  @Override
  protected void run() throws IOException {
    WorldOptions options = options(() -> size.world(seed()));
    Destination place = Destination.directoryOfFiles(out);
    long ofChoices = choices == null ? 0 : ChoicesFile.bytes(choices);
    place.requireSpace(bytes(options) + ofChoices, this::note);
    note("simulating " + options.samples() + " samples ...");
    World world = write(options, place);
    Optional<LoggedChoices> logged =
        choices == null
            ? Optional.empty()
            : Optional.of(options(() -> LoggedChoices.of(world, choices, options.seed())));
    if (logged.isPresent()) {
      place.fill(
          () -> ChoicesFile.write(out.resolve(ChoicesFile.NAME), world.events(), logged.get()));
    }
    report(world, out.resolve(CONFIG_FILE), logged);
  }

  /** About how many bytes the files of a site have; as measured, packed as they are. */
  static long bytes(WorldOptions options) {
    return Math.round(12.5 * options.samples() + 120.0 * options.items() + 20.0 * options.users());
  }

  /** Generates a site and writes all of its files. */
  static World write(WorldOptions options, Destination place) throws IOException {
    World world = World.generate(options);
    return place.write(() -> write(world, options, place.path()));
  }

  private static World write(World world, WorldOptions options, Path directory) throws IOException {
    world.write(directory);
    Path temporary = directory.resolve(CONFIG_FILE + ".tmp");
    try {
      Files.writeString(temporary, config(options));
      Files.move(temporary, directory.resolve(CONFIG_FILE), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return world;
  }

  /** What makes the same site. */
  private static String command(WorldOptions options) {
    return String.format(
        Locale.ROOT,
        "  kindred simulate --items %d --users %d --samples %d --days %d --seed %d --out DIR",
        options.items(),
        options.users(),
        options.samples(),
        options.days(),
        options.seed());
  }

  private static String config(WorldOptions options) {
    return new ConfigText(
            List.of(
                "A simulated video site, made to try Kindred on. The same again:",
                command(options)))
        .events(World.EVENTS_FILE, World.eventColumns())
        .objectives(World.objectives())
        .catalogue("items", World.ITEMS_FILE, World.ITEM_ID, World.itemFields())
        .catalogue("users", World.USERS_FILE, World.USER_ID, World.userFields())
        .searches(World.SEARCHES_FILE, World.searchColumns())
        .rankCommentedOut("styles", "series", "position")
        .toString();
  }

  private void report(World world, Path config, Optional<LoggedChoices> logged) {
    Events events = world.events();
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("config", config.toString());
      line.put("items", events.items().size());
      line.put("users", events.users().size());
      line.put("samples", events.size());
      Map<String, Object> happened = new LinkedHashMap<>();
      for (int k = 0; k < events.objectives().size(); k++) {
        happened.put(events.objectives().get(k).name(), events.count(k));
      }
      line.put("happened", happened);
      logged.ifPresent(
          found -> {
            line.put("choices", found.size());
            line.put("targetTruth", found.truth());
          });
      jsonLines().write(line);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "%s: %,d samples of %,d items and %,d users%n",
              config,
              events.size(),
              events.items().size(),
              events.users().size());
      logged.ifPresent(
          found ->
              out()
                  .printf(
                      Locale.ROOT,
                      "%s: %,d choices; the target policy earns %.5f clicks a choice in truth%n",
                      out.resolve(ChoicesFile.NAME),
                      found.size(),
                      found.truth()));
    }
  }
}
