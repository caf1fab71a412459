package dev.kindred.engine.world;

import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Searches;
import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * What the users of a world search for before some of their visits: the type of an item to their
 * taste, and a tag of it. It has draws of its own, so a log is the same with searches and without.
 * For one thread.
 */
final class SearchRows {
  /** Chance that a visit begins with a search. */
  private static final double CHANCE = .4;

  /** Of so many items drawn the one most to the user's taste is searched for. */
  private static final int DRAWN = 12;

  /** Before a visit: long enough for what it found to be shown. */
  private static final long BEFORE_MILLIS = 120_000;

  private final Population population;
  private final Behaviour behaviour;
  private final Shelves shelves;
  private final Draws draws;
  private final List<Search> all = new ArrayList<>();

  /** One search. */
  record Search(int user, long time, String text) {}

  SearchRows(long seed, Population population, Behaviour behaviour, Shelves shelves) {
    this.population = population;
    this.behaviour = behaviour;
    this.shelves = shelves;
    draws = Draws.of(seed, "world searches");
  }

  /** Lets a user search, perhaps, before a visit on a day. */
  void before(int user, int day, long time) {
    draws.reset(day, user);
    if (draws.nextDouble() >= CHANCE) {
      return;
    }
    int best = shelves.any(draws);
    for (int i = 1; i < DRAWN; i++) {
      int item = shelves.any(draws);
      if (behaviour.taste(Behaviour.CLICK, user, item)
          > behaviour.taste(Behaviour.CLICK, user, best)) {
        best = item;
      }
    }
    String[] tags = population.tags[best];
    String type = Names.TYPES.get(population.type[best]);
    String text = tags.length == 0 ? type : type + ' ' + tags[draws.nextInt(tags.length)];
    all.add(new Search(user, time - BEFORE_MILLIS, text));
  }

  /** In the order of visits: by day, then by user. */
  List<Search> all() {
    return all;
  }

  Searches searches(Ids users) {
    Searches.Builder builder = Searches.builder(users, Order.TIME);
    all.forEach(search -> builder.add(search.user(), search.time(), search.text()));
    return builder.build(World.SEARCH_MIN_USERS, Integer.MAX_VALUE);
  }
}
