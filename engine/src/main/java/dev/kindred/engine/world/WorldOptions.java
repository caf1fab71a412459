package dev.kindred.engine.world;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * The size and the laws of a simulated world.
 *
 * @param seed the same seed and options give the same world, bit for bit
 * @param items from 100 to 100 million
 * @param users from 10 to 100 million
 * @param samples about how many shown items the log holds, from 1,000 to 200 million
 * @param days how long the log is, from 15 to 365, so that a week to look at and a week to come
 *     back fit in
 * @param listLength items in one shown list, from 2 to 50
 * @param examinationExponent h: an item at position p (from 1) is looked at with probability p^-h;
 *     0 = no position bias
 * @param popularityExponent s: the item of popularity rank r (from 1) has weight r^-s when items
 *     are shown for their popularity; 0 = all alike
 * @param noiseShare of all clicks that are click-and-quit on a random item of the site, in [0, 0.9]
 * @param tasteStrength standard deviation of taste on the logit scale; 0 = everybody likes alike
 * @param retentionEffect how much the satisfaction of past visits moves the logit of a visit, per
 *     standard deviation; 0 = returning has nothing to do with it
 * @param laws what kind of service it is
 */
public record WorldOptions(
    long seed,
    int items,
    int users,
    int samples,
    int days,
    int listLength,
    double examinationExponent,
    double popularityExponent,
    double noiseShare,
    double tasteStrength,
    double retentionEffect,
    WorldLaws laws) {
  private static final int MOST = 100_000_000; // vectors of all are one array

  public WorldOptions {
    Objects.requireNonNull(laws, "laws");
    require(items >= 100 && items <= MOST, "items", items, "from 100 to " + MOST);
    require(users >= 10 && users <= MOST, "users", users, "from 10 to " + MOST);
    require(
        samples >= 1000 && samples <= 200_000_000, "samples", samples, "from 1000 to 200000000");
    require(days >= 15 && days <= 365, "days", days, "from 15 to 365");
    require(listLength >= 2 && listLength <= 50, "listLength", listLength, "from 2 to 50");
    require(
        examinationExponent >= 0 && examinationExponent <= 5,
        "examinationExponent",
        examinationExponent,
        "from 0 to 5");
    require(
        popularityExponent >= 0 && popularityExponent <= 3,
        "popularityExponent",
        popularityExponent,
        "from 0 to 3");
    require(noiseShare >= 0 && noiseShare <= .9, "noiseShare", noiseShare, "from 0 to 0.9");
    require(tasteStrength >= 0 && tasteStrength <= 10, "tasteStrength", tasteStrength, "0 to 10");
    require(
        retentionEffect >= 0 && retentionEffect <= 10,
        "retentionEffect",
        retentionEffect,
        "0 to 10");
  }

  private static void require(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " of a world is " + value + ", must be " + range);
    }
  }

  /** A small world for demonstrations: 2,000 items, 3,000 users, about 300,000 samples, 5 weeks. */
  public static WorldOptions defaults() {
    return new WorldOptions(
        7, 2_000, 3_000, 300_000, 35, 8, .5, .9, .3, 1.5, 1, WorldLaws.defaults());
  }

  /** The same laws with other draws. */
  public WorldOptions withSeed(long newSeed) {
    return with(draft -> draft.seed = newSeed);
  }

  /** The same laws at another size. */
  public WorldOptions withSize(int newItems, int newUsers, int newSamples) {
    return with(
        draft -> {
          draft.items = newItems;
          draft.users = newUsers;
          draft.samples = newSamples;
        });
  }

  /** The same laws for another time. */
  public WorldOptions withDays(int newDays) {
    return with(draft -> draft.days = newDays);
  }

  /** Lists of another length, looked at by another law. */
  public WorldOptions withLists(int newListLength, double newExaminationExponent) {
    return with(
        draft -> {
          draft.listLength = newListLength;
          draft.examinationExponent = newExaminationExponent;
        });
  }

  /** Another law of popularity. */
  public WorldOptions withPopularityExponent(double newPopularityExponent) {
    return with(draft -> draft.popularityExponent = newPopularityExponent);
  }

  /** Another share of noise among the clicks. */
  public WorldOptions withNoiseShare(double newNoiseShare) {
    return with(draft -> draft.noiseShare = newNoiseShare);
  }

  /** Another strength of taste. */
  public WorldOptions withTasteStrength(double newTasteStrength) {
    return with(draft -> draft.tasteStrength = newTasteStrength);
  }

  /** Another effect of satisfaction on returning. */
  public WorldOptions withRetentionEffect(double newRetentionEffect) {
    return with(draft -> draft.retentionEffect = newRetentionEffect);
  }

  /** Another kind of service. */
  public WorldOptions withLaws(WorldLaws newLaws) {
    return with(draft -> draft.laws = newLaws);
  }

  private WorldOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    long seed;
    int items;
    int users;
    int samples;
    int days;
    int listLength;
    double examinationExponent;
    double popularityExponent;
    double noiseShare;
    double tasteStrength;
    double retentionEffect;
    WorldLaws laws;

    Draft(WorldOptions of) {
      seed = of.seed;
      items = of.items;
      users = of.users;
      samples = of.samples;
      days = of.days;
      listLength = of.listLength;
      examinationExponent = of.examinationExponent;
      popularityExponent = of.popularityExponent;
      noiseShare = of.noiseShare;
      tasteStrength = of.tasteStrength;
      retentionEffect = of.retentionEffect;
      laws = of.laws;
    }

    WorldOptions options() {
      return new WorldOptions(
          seed,
          items,
          users,
          samples,
          days,
          listLength,
          examinationExponent,
          popularityExponent,
          noiseShare,
          tasteStrength,
          retentionEffect,
          laws);
    }
  }
}
