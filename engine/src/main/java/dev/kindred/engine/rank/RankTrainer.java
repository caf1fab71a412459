package dev.kindred.engine.rank;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.mmoe.Mmoe;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Learns the personalised path from a log: a two-tower network that retrieves and a multi-task
 * network that ranks, both from examples of what was known of a user and what came next.
 *
 * <p>The ranker reads how near an item is to the user in the space of the towers. A network is
 * always surer of examples that it has learned by heart, so these cosines come from towers trained
 * on the earlier part of the log, for rows of the later part; the towers that serve are then
 * trained on all of it, by as many steps.
 *
 * <p>One object per run, for one thread; the work is shared out to the workers. The same input,
 * options and vector width give the same bits for any number of threads.
 */
public final class RankTrainer {
  /** The earlier part of the log, on which the first towers learn. */
  private static final double EARLY_SHARE = 0.6;

  /** With fewer positives in either part nothing is learned. */
  private static final int FEWEST = 20;

  private final Events events;
  private final Catalogue items;
  private final Searches searches;
  private final Optional<FeatureTable> itemProfiles;
  private final Optional<FeatureTable> userProfiles;
  private final RankOptions options;
  private final Workers workers;
  private final Progress progress;
  private final List<Note> notes = new ArrayList<>();
  private final Map<String, String> hashes = new LinkedHashMap<>();
  private final ItemCounts counts;
  private final ItemGroups groups;
  private final PointInTime log;
  private final boolean[] late;
  private final int[] kinds;

  /**
   * What was learned.
   *
   * @param model empty if the log has too little to learn from
   * @param notes what a reader should know, one line each
   * @param hashes of the networks' parameters, by name
   */
  public record Result(Optional<RankModel> model, List<Note> notes, Map<String, String> hashes) {}

  private RankTrainer(
      Events events,
      Catalogue items,
      Catalogue users,
      Searches searches,
      RankOptions options,
      Workers workers,
      Progress progress) {
    this.events = events;
    this.items = items;
    this.searches = searches;
    this.options = options;
    this.workers = workers;
    this.progress = progress;
    userProfiles = FeatureTable.of(users).withoutIds().map(table -> table.prefixed("user "));
    itemProfiles = FeatureTable.of(items).withoutIds().map(table -> table.prefixed("item "));
    log = new PointInTime(events, searches, options.lagSeconds());
    kinds = new int[events.size()];
    Arrays.setAll(kinds, log::kind);
    counts = counts(row -> true);
    groups = groups(counts);
    late = late();
  }

  /**
   * Trains on a log; ids and profiles are those of the events' users and items.
   *
   * @param searches of these users, in the order that the events have
   * @throws IllegalArgumentException if the log has no order, or a field or signal of the options
   *     doesn't exist
   */
  public static Result train(
      Events events,
      Catalogue items,
      Catalogue users,
      Searches searches,
      RankOptions options,
      Workers workers,
      Progress progress) {
    return new RankTrainer(events, items, users, searches, options, workers, progress).run();
  }

  private Result run() {
    int[] early = examples(row -> !late[row]);
    int[] later = examples(row -> late[row]);
    if (early.length < FEWEST || later.length < FEWEST) {
      notes.add(
          Note.warning(
              ("no personalised ranking: %d positives in the earlier and %d in the later part of"
                      + " the log, %d of each are needed; train on a longer log")
                  .formatted(early.length, later.length, FEWEST)));
      return new Result(Optional.empty(), notes, hashes);
    }
    StateRows towerStates = states(early);
    TowerModel first = tower(towerStates, early);
    ItemCounts before = counts(row -> !late[row]);
    RankExamples examples =
        RankExamples.of(
            events, log, tokens(), options, groups(before), before.together(), kinds, later, notes);
    Optional<RankExamples.Table> table =
        examples.table(userProfiles, itemTable(), towerInputs(), first, workers);
    if (table.isEmpty()) {
      return new Result(Optional.empty(), notes, hashes);
    }
    int[] rows = new int[table.get().inputs().rows()];
    Arrays.setAll(rows, row -> row);
    MmoeModel ranker =
        Mmoe.train(
            table.get().inputs(),
            table.get().bias(),
            table.get().labels(),
            rows,
            new int[0],
            options.ranker(),
            workers,
            progress);
    hashes.put("ranker", ranker.hash());
    int[] all = examples(row -> true);
    TowerModel last = tower(states(all), all);
    hashes.put("retrieval towers", last.hash());
    RankModel model =
        new ModelParts(
                events,
                items,
                options,
                log,
                searches,
                groups,
                counts.together(),
                userProfiles,
                itemTable(),
                table.get(),
                towerInputs(),
                last,
                ranker)
            .model();
    return new Result(Optional.of(model), notes, hashes);
  }

  private int[] examples(IntPredicate wanted) {
    return LastPositives.of(
        log,
        row -> kinds[row] == HistoryEntry.WATCHED && wanted.test(row),
        options.examplesPerUser(),
        options.maxExamples());
  }

  /** What was known before each of the rows. */
  private StateRows states(int[] rows) {
    boolean[] wanted = new boolean[events.size()];
    for (int row : rows) {
      wanted[row] = true;
    }
    StateRows states = new StateRows(events.items().size(), tokens());
    UserState state =
        new UserState(
            groups,
            counts.together(),
            options.history(),
            options.shown(),
            options.searched(),
            tokens());
    long end = log.time(events.size() - 1);
    log.forEach(
        state,
        row -> wanted[row],
        (row, known) -> states.add(row, events.user(row), end - log.time(row), known));
    return states;
  }

  private int tokens() {
    return searches.vocabulary().size();
  }

  private TowerModel tower(StateRows states, int[] rows) {
    Interactions positives =
        Interactions.of(
            states.size(),
            events.items().size(),
            sink -> {
              for (int i = 0; i < states.size(); i++) {
                sink.add(i, events.item(states.row(i)), 1);
              }
            },
            Interactions.Duplicates.SUM);
    return TwoTower.train(
        positives,
        towerInputs().table(states, userProfiles),
        itemTable(),
        options.retrieval().withHistory(options.history()).withPatience(0),
        workers,
        progress);
  }

  /** What the user tower reads beside history and profile. */
  private TowerInputs towerInputs() {
    boolean aged = options.exampleAge() && events.order() == Order.TIME;
    if (!aged) {
      return new TowerInputs(Optional.empty());
    }
    long end = log.time(events.size() - 1);
    float[] ages = new float[Math.min(events.size(), 100_000)];
    for (int i = 0; i < ages.length; i++) {
      int row = (int) ((long) i * events.size() / ages.length);
      ages[i] = end - log.time(row);
    }
    return new TowerInputs(Optional.of(Quantiles.fit(ages)));
  }

  /**
   * Ids and profiles. An item that nobody watched is known by its profile alone, as one that comes
   * later is: drawn as a negative it would only teach that new items are bad.
   */
  private FeatureTable itemTable() {
    boolean[] known = new boolean[events.items().size()];
    for (int row = 0; row < kinds.length; row++) {
      known[events.item(row)] |= kinds[row] == HistoryEntry.WATCHED;
    }
    FeatureTable ids = FeatureTable.builder(known.length).ids("item").build().withKnownIds(known);
    return itemProfiles.isPresent() ? ids.beside(itemProfiles.get()) : ids;
  }

  /** Which rows belong to the later part of the log, or of their user where times don't compare. */
  private boolean[] late() {
    boolean[] marks = new boolean[events.size()];
    if (events.order() == Order.TIME) {
      long border = log.time((int) ((events.size() - 1) * EARLY_SHARE));
      for (int row = 0; row < marks.length; row++) {
        marks[row] = log.time(row) > border;
      }
      return marks;
    }
    for (int user = 0; user < log.users(); user++) {
      int count = log.end(user) - log.start(user);
      for (int at = log.start(user) + (int) Math.ceil(count * EARLY_SHARE);
          at < log.end(user);
          at++) {
        marks[log.row(at)] = true;
      }
    }
    return marks;
  }

  private ItemCounts counts(IntPredicate rows) {
    return ItemCounts.of(
        events, row -> kinds[row] == HistoryEntry.WATCHED && rows.test(row), workers, progress);
  }

  private ItemGroups groups(ItemCounts counts) {
    return ItemGroups.of(
        items,
        events.items().size(),
        options.topic(),
        options.series(),
        counts.popular(),
        counts.popularity());
  }

  /** Whether items have profiles that candidates can come from. */
  static boolean hasContent(Catalogue items) {
    return items.fields().stream().anyMatch(field -> field.kind() != FieldSpec.Kind.NUMERIC);
  }
}
