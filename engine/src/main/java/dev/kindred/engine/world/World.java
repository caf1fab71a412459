package dev.kindred.engine.world;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.EventColumns;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.SearchLog;
import dev.kindred.engine.data.Searches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * A simulated video service: the log of some weeks, its items and users, and the truth behind them.
 *
 * <p>Users with tastes in many dimensions visit, are shown lists of items, look at them the less
 * the lower they stand, click, watch, like, share and dislike, and come back the sooner the better
 * it was. What is shown beside an item and has nothing to do with it is left sooner. Items show
 * profiles that tell a part of what they are; some are episodes of series; two blockbusters without
 * anything in common are watched by everybody. A part of the clicks is noise.
 *
 * <p>What the log shows is what a real one would: the methods named below {@link #isNoise} tell
 * what only the simulator knows. Immutable; may be shared by threads.
 */
public final class World {
  /** Name of the log that {@link #write} makes. */
  public static final String EVENTS_FILE = "events.csv.gz";

  /** Name of the catalogue of items that {@link #write} makes. */
  public static final String ITEMS_FILE = "items.csv";

  /** Name of the catalogue of users that {@link #write} makes. */
  public static final String USERS_FILE = "users.csv";

  /** Name of the log of searches that {@link #write} makes. */
  public static final String SEARCHES_FILE = "searches.csv.gz";

  /** Words that fewer users search for are left out of {@link #searches}. */
  static final int SEARCH_MIN_USERS = 2;

  /** Column of the item's id in its catalogue. */
  public static final String ITEM_ID = "item_id";

  /** Column of the user's id in its catalogue. */
  public static final String USER_ID = "user_id";

  private static final List<Objective> OBJECTIVES =
      List.of(
          Objective.positive("click", LabelRule.flag("click")),
          Objective.positive(
              "watch", LabelRule.strengthOf("dwell_seconds").withPer("length_seconds").withCap(1)),
          Objective.positive("like", LabelRule.flag("like")),
          Objective.positive("share", LabelRule.flag("share")),
          Objective.negative("dislike", LabelRule.flag("dislike")));
  private static final EventColumns COLUMNS =
      EventColumns.of(USER_ID, ITEM_ID)
          .withTime("time", EventColumns.TimeFormat.MILLIS)
          .withSignals(List.of("dwell_seconds", "position"));
  private static final SearchLog.Columns SEARCH_COLUMNS =
      new SearchLog.Columns(USER_ID, "query", "time", EventColumns.TimeFormat.MILLIS, "");

  private final WorldOptions options;
  private final Population population;
  private final Behaviour behaviour;
  private final Events events;
  private final Catalogue items;
  private final Catalogue users;
  private final SearchRows searchRows;
  private final Searches searches;
  private final BitSet noise;
  private final Ending ending;

  private World(
      WorldOptions options,
      Population population,
      Behaviour behaviour,
      Events events,
      Catalogue items,
      Catalogue users,
      SearchRows searchRows,
      BitSet noise,
      Ending ending) {
    this.options = options;
    this.population = population;
    this.behaviour = behaviour;
    this.events = events;
    this.items = items;
    this.users = users;
    this.searchRows = searchRows;
    searches = searchRows.searches(events.users());
    this.noise = noise;
    this.ending = ending;
  }

  /**
   * Makes a world; the same options give the same one. Cost: about a second for 300,000 samples.
   */
  public static World generate(WorldOptions options) {
    Population population = new Population(options);
    Behaviour behaviour = new Behaviour(options, population);
    Simulation simulation = new Simulation(options, population, behaviour);
    SampleRows rows = simulation.run();
    Ids userIds = population.userIds();
    Ids itemIds = population.itemIds();
    Events.Builder log =
        Events.builder(userIds, itemIds, OBJECTIVES, COLUMNS.signals(), Order.TIME);
    LabelRule watch = OBJECTIVES.get(Behaviour.WATCH).rule();
    BitSet noise = new BitSet(rows.size);
    for (int source : rows.inTimeOrder()) {
      int item = rows.item[source];
      int row = log.add(rows.user[source], item, rows.time[source]);
      log.signal(1, row, rows.position[source]);
      if (!rows.is(source, SampleRows.CLICKED)) {
        continue;
      }
      double dwell = rows.dwellTenths[source] / 10.0;
      log.signal(0, row, (float) dwell);
      log.value(Behaviour.CLICK, row, 1);
      log.value(Behaviour.WATCH, row, (float) watch.value(dwell, population.lengthSeconds[item]));
      log.value(Behaviour.LIKE, row, rows.is(source, SampleRows.LIKED) ? 1 : 0);
      log.value(Behaviour.SHARE, row, rows.is(source, SampleRows.SHARED) ? 1 : 0);
      log.value(Behaviour.DISLIKE, row, rows.is(source, SampleRows.DISLIKED) ? 1 : 0);
      noise.set(row, rows.is(source, SampleRows.NOISE));
    }
    return new World(
        options,
        population,
        behaviour,
        log.build(),
        population.itemCatalogue(itemIds),
        population.userCatalogue(userIds),
        simulation.searches(),
        noise,
        simulation.ending());
  }

  /** What the world was made from. */
  public WorldOptions options() {
    return options;
  }

  /**
   * The log: one row per shown item, whether it was clicked or not. Signals: dwell_seconds (missing
   * without a click) and position (from 1).
   */
  public Events events() {
    return events;
  }

  /** The items' profiles; every item has one. */
  public Catalogue items() {
    return items;
  }

  /** The users' profiles; every user has one. */
  public Catalogue users() {
    return users;
  }

  /** What the users searched for, words of two users or more: types and tags of items. */
  public Searches searches() {
    return searches;
  }

  /** Click, watch (share of the length, at most 1), like, share, dislike. */
  public static List<Objective> objectives() {
    return OBJECTIVES;
  }

  /** The columns of the log that {@link #write} makes. */
  public static EventColumns eventColumns() {
    return COLUMNS;
  }

  /** The columns of the log of searches that {@link #write} makes. */
  public static SearchLog.Columns searchColumns() {
    return SEARCH_COLUMNS;
  }

  /** The fields of the items' catalogue, for reading what {@link #write} makes. */
  public static List<FieldSpec> itemFields() {
    return Population.ITEM_FIELDS;
  }

  /** The fields of the users' catalogue, for reading what {@link #write} makes. */
  public static List<FieldSpec> userFields() {
    return Population.USER_FIELDS;
  }

  /**
   * Writes {@link #EVENTS_FILE}, {@link #ITEMS_FILE}, {@link #USERS_FILE} and {@link
   * #SEARCHES_FILE} as a user would have them; files of these names are replaced, each at once when
   * it is whole.
   *
   * @param directory is made if it is not there
   */
  public void write(Path directory) throws IOException {
    WorldFiles.write(directory, events, population, searchRows.all());
  }

  // The truth

  /** Whether the row's click is noise: a mistake, quit within a few seconds. */
  public boolean isNoise(int row) {
    return noise.get(Objects.checkIndex(row, events.size()));
  }

  /** The chance that an item at the position, from 1, is looked at. */
  public double examination(int position) {
    return behaviour.examination(position);
  }

  /**
   * The chance that the objective happens when the user looks at the item for the first time and
   * makes no mistake; for watch the mean share watched, not cut at 1.
   */
  public double affinity(int objective, int user, int item) {
    return behaviour.expected(objective, user, item, Behaviour.NOWHERE);
  }

  /**
   * The same beside an item that was just watched: where the world's laws give context a weight, an
   * item that has nothing to do with it does worse.
   */
  public double affinity(int objective, int user, int item, int beside) {
    return behaviour.expected(objective, user, item, beside);
  }

  /**
   * How much likelier than anybody the user of one item is to do the same with another: the mean
   * affinity to {@code other} over all users weighted by their affinity to {@code item}, minus the
   * plain mean. Above 0 = related. Cost: users x 16.
   */
  public double relatedness(int objective, int item, int other) {
    double weights = 0;
    double weighted = 0;
    double plain = 0;
    for (int user = 0; user < population.users; user++) {
      double here = behaviour.expected(objective, user, item, Behaviour.NOWHERE);
      double there = behaviour.expected(objective, user, other, Behaviour.NOWHERE);
      weights += here;
      weighted += here * there;
      plain += there;
    }
    return weighted / weights - plain / population.users;
  }

  /** The weight with which the item is shown for its popularity; the largest is 1. */
  public double popularity(int item) {
    return population.popularity[item];
  }

  /** How much a unit of the objective adds to the satisfaction that makes users return. */
  public double satisfaction(int objective) {
    return Behaviour.SATISFACTION[objective];
  }

  /** The comedy and the horror film that everybody watches and that have nothing in common. */
  public int[] blockbusters() {
    return population.blockbusters.clone();
  }

  /**
   * Somebody who lives on after the log as its users do; for one thread, any number may be made.
   */
  public Viewer viewer() {
    return new Viewer(ending);
  }

  /** The next episode after the item in its series, or -1. */
  public int nextEpisode(int item) {
    return population.next[item];
  }
}
