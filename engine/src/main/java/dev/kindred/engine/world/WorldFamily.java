package dev.kindred.engine.world;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Named worlds. The first three differ in their laws, so that what holds in all of them is not owed
 * to one; the others each lack one thing, and what that thing is needed for must then fail.
 */
public enum WorldFamily {
  VIDEO("a video site: some minutes, 30% of the clicks by mistake, popularity by a power law") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults();
    }
  },
  SHORT_VIDEO("short clips: most is opened, 45% of it by mistake, flat popularity, no series") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults()
          .withLaws(WorldLaws.shortVideo())
          .withLists(6, .3)
          .withPopularityExponent(.35)
          .withNoiseShare(.45)
          .withTasteStrength(1.2);
    }
  },
  CATALOGUE("films and series: half of it episodes, telling profiles, a quarter of the samples") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults()
          .withLaws(WorldLaws.catalogue())
          .withSize(600, 2_000, 80_000)
          .withLists(10, .7)
          .withPopularityExponent(.6)
          .withNoiseShare(.1)
          .withTasteStrength(1.8);
    }
  },
  NO_NOISE("the video site without clicks by mistake: a Coordinating Network gains nothing") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults().withNoiseShare(0);
    }
  },
  RETENTION_INDEPENDENT("the video site where nothing brings users back: weights stay equal") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults().withRetentionEffect(0);
    }
  },
  POPULARITY_ONLY("nobody has a taste and items differ in popularity alone: no list wins") {
    @Override
    public WorldOptions options() {
      return WorldOptions.defaults().withLaws(WorldLaws.popularityOnly()).withTasteStrength(0);
    }
  };

  private final String description;

  WorldFamily(String description) {
    this.description = description;
  }

  /** Its laws, at a size at which an experiment takes minutes. */
  public abstract WorldOptions options();

  /** One line for people. */
  public String description() {
    return description;
  }

  /** Its name on a command line, such as short-video. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The family of a label.
   *
   * @throws IllegalArgumentException if there is none; it names all
   */
  public static WorldFamily of(String label) {
    for (WorldFamily family : values()) {
      if (family.label().equals(label)) {
        return family;
      }
    }
    throw new IllegalArgumentException(
        "there is no world '"
            + label
            + "', must be one of "
            + Arrays.stream(values()).map(WorldFamily::label).collect(Collectors.joining(", ")));
  }
}
