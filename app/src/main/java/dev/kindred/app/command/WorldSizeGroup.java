package dev.kindred.app.command;

import dev.kindred.engine.world.WorldOptions;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** How large a simulated site is: the same options and seed give the same site. */
final class WorldSizeGroup {
  @Option(
      names = "--items",
      paramLabel = "N",
      description = "Items of the catalogue (default: 2000).")
  private Integer items;

  @Option(names = "--users", paramLabel = "N", description = "Users (default: 3000).")
  private Integer users;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "About how many shown items the log holds (default: 300000).")
  private Integer samples;

  @Option(names = "--days", paramLabel = "N", description = "Days of the log (default: 35).")
  private Integer days;

  /**
   * The site.
   *
   * @throws IllegalArgumentException if an option is out of range
   */
  WorldOptions world(OptionalLong seed) {
    WorldOptions base = WorldOptions.defaults();
    WorldOptions sized =
        base.withSize(
            items == null ? base.items() : items,
            users == null ? base.users() : users,
            samples == null ? base.samples() : samples);
    WorldOptions lasting = days == null ? sized : sized.withDays(days);
    return seed.isPresent() ? lasting.withSeed(seed.getAsLong()) : lasting;
  }
}
