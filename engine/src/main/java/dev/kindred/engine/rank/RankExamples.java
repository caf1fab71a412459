package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the ranker learns from: positives, what was shown without one, and items drawn from all,
 * each with what was known of its user before.
 *
 * <p>Drawn items make the ranker fit for candidates that nobody was shown. Most are drawn from what
 * the same users watched, so that it learns to tell candidates apart and not only candidates from
 * the rest; each counts by the chance that all items alike would have had over the chance that it
 * had, so that what is learned stays the odds against an item drawn from all. For one thread.
 */
final class RankExamples {
  /** Name of the feature that holds the items watched. */
  static final String WATCHED = "watched";

  /** With fewer rows of either label an objective is no task. */
  private static final int FEWEST = 20;

  private static final int POSITIONS = 200;

  /** Of the drawn items one in so many comes from all, the others from what will be ranked. */
  private static final int FROM_ALL = 4;

  /** Items watched last whose companions stand for what will be ranked. */
  private static final int COMPANIONS_OF = 10;

  private static final int DRAWN = -1;

  private final Events events;
  private final RankOptions options;
  private final StateRows states;
  private final List<Note> notes;
  private final int width = UserState.PAIR_NUMBERS.size();
  private int size;
  private int[] state = new int[1024];
  private int[] item = new int[1024];
  private int[] row = new int[1024]; // DRAWN = not in the log
  private float[] numbers = new float[1024 * width];
  private float[] weight = new float[1024];

  private RankExamples(Events events, int tokens, RankOptions options, List<Note> notes) {
    this.events = events;
    this.options = options;
    this.notes = notes;
    states = new StateRows(events.items().size(), tokens);
  }

  /**
   * The examples as the network reads them.
   *
   * @param inputs features in the order [user | item | pair]
   * @param userFeatures how many of them are the user's
   * @param bias where the row stood; empty without a signal for it
   * @param labels of the network's tasks
   * @param tasks what the outputs mean
   * @param userNumbers distributions of the user's numbers
   * @param pairNumbers distributions of the numbers of pairs
   */
  record Table(
      FeatureTable inputs,
      int userFeatures,
      Optional<FeatureTable> bias,
      TaskLabels labels,
      List<RankTask> tasks,
      List<Quantiles> userNumbers,
      List<Quantiles> pairNumbers) {}

  /**
   * Walks the log once.
   *
   * @param groups with the popularity before these rows
   * @param together as counted before these rows
   * @param tokens that users search for
   * @param positives rows to learn from; rows without a positive are chosen beside them
   */
  static RankExamples of(
      Events events,
      PointInTime log,
      int tokens,
      RankOptions options,
      ItemGroups groups,
      CandidateLists together,
      int[] kinds,
      int[] positives,
      List<Note> notes) {
    RankExamples examples = new RankExamples(events, tokens, options, notes);
    boolean[] wanted = examples.wanted(log, kinds, positives);
    UserState known =
        new UserState(
            groups, together, options.history(), options.shown(), options.searched(), tokens);
    OrdinalMarks watched = new OrdinalMarks(events.items().size());
    Tally companions = new Tally(COMPANIONS_OF * Math.max(1, together.longest()));
    Draws draws = Draws.of(options.ranker().seed(), "rank.negatives");
    int[] last = {-1};
    log.forEach(
        known,
        row -> wanted[row],
        (row, before) -> {
          int user = events.user(row);
          if (user != last[0]) {
            last[0] = user;
            watched.clear();
            for (int at = log.start(user); at < log.end(user); at++) {
              if (kinds[log.row(at)] == HistoryEntry.WATCHED) {
                watched.add(events.item(log.row(at)));
              }
            }
          }
          int at = examples.states.add(row, user, 0, before);
          examples.add(at, events.item(row), row, 1, before);
          if (kinds[row] == HistoryEntry.WATCHED) {
            draws.reset(row);
            examples.draw(at, before, together, watched, companions, draws);
          }
        });
    return examples;
  }

  /** Adds items that the user at a moment never watched. */
  private void draw(
      int atState,
      UserState before,
      CandidateLists together,
      OrdinalMarks watched,
      Tally companions,
      Draws draws) {
    companions.clear();
    for (int age = 0; age < Math.min(COMPANIONS_OF, before.watched()); age++) {
      long end = together.end(before.watched(age));
      for (long at = together.start(before.watched(age)); at < end; at++) {
        companions.add(together.item(at), 0);
      }
    }
    int all = events.items().size();
    int wanted = options.negatives();
    int fromAll = companions.size() == 0 ? wanted : (wanted + FROM_ALL - 1) / FROM_ALL;
    double outside = (double) fromAll / wanted; // chances relative to those of a draw from all
    double inside = outside + (1 - outside) * all / Math.max(1, companions.size());
    for (int i = 0; i < wanted; i++) {
      int drawn =
          i < fromAll ? draws.nextInt(all) : companions.key(draws.nextInt(companions.size()));
      // What the user watched at some time is no negative.
      if (!watched.contains(drawn)) {
        double chance = companions.contains(drawn) ? inside : outside;
        add(atState, drawn, DRAWN, (float) (1 / chance), before);
      }
    }
  }

  /** The positives and, of each user, the last rows that are none, in proportion. */
  private boolean[] wanted(PointInTime log, int[] kinds, int[] positives) {
    boolean[] wanted = new boolean[events.size()];
    int[] left = new int[log.users()];
    int[] first = new int[log.users()];
    Arrays.fill(first, Integer.MAX_VALUE);
    for (int each : positives) {
      wanted[each] = true;
      left[events.user(each)] += options.impressions();
      first[events.user(each)] = Math.min(first[events.user(each)], each);
    }
    for (int user = 0; user < log.users(); user++) {
      // Not before the first positive: all rows belong to the part that the towers haven't seen.
      for (int at = log.end(user) - 1; at >= log.start(user) && left[user] > 0; at--) {
        int each = log.row(at);
        if (each < first[user]) {
          break;
        }
        if (kinds[each] != HistoryEntry.WATCHED) {
          wanted[each] = true;
          left[user]--;
        }
      }
    }
    return wanted;
  }

  private void add(int atState, int ofItem, int ofRow, float counts, UserState known) {
    if (size == state.length) {
      int capacity = Math.addExact(size, size >> 1);
      state = Arrays.copyOf(state, capacity);
      item = Arrays.copyOf(item, capacity);
      row = Arrays.copyOf(row, capacity);
      weight = Arrays.copyOf(weight, capacity);
      numbers = Arrays.copyOf(numbers, Math.multiplyExact(capacity, width));
    }
    state[size] = atState;
    item[size] = ofItem;
    row[size] = ofRow;
    weight[size] = counts;
    known.pair(ofItem, numbers, size * width, 1);
    size++;
  }

  /** The row of the log that an example is, or -1. */
  int row(int example) {
    return row[example];
  }

  int size() {
    return size;
  }

  /**
   * All examples in the form of tables.
   *
   * @param towers trained on rows before these
   * @return empty if no objective has labels enough to be a task
   */
  Optional<Table> table(
      Optional<FeatureTable> userProfiles,
      FeatureTable items,
      TowerInputs towerInputs,
      TowerModel towers,
      Workers workers) {
    List<Task> outputs = new ArrayList<>();
    List<float[]> labels = new ArrayList<>();
    List<float[]> weights = new ArrayList<>();
    List<RankTask> tasks = new ArrayList<>();
    for (int k = 0; k < events.objectives().size(); k++) {
      task(k, outputs, labels, weights, tasks);
    }
    if (tasks.isEmpty()) {
      notes.add(
          Note.warning(
              "no personalised ranking: no objective has enough rows to be learned; train on a"
                  + " longer log"));
      return Optional.empty();
    }
    TaskLabels all = TaskLabels.of(outputs, labels.toArray(float[][]::new));
    for (int t = 0; t < weights.size(); t++) {
      all = all.withWeights(t, weights.get(t));
    }
    cosines(towerInputs.now(states, userProfiles), towers, workers);
    int[] stateOf = Arrays.copyOf(state, size);
    int[] itemOf = Arrays.copyOf(item, size);
    List<float[]> userValues = new ArrayList<>();
    List<Quantiles> userNumbers = new ArrayList<>();
    for (int i = 0; i < UserState.USER_NUMBERS.size(); i++) {
      userValues.add(states.numbers(i));
      userNumbers.add(Quantiles.fit(userValues.getLast()));
    }
    FeatureTable user =
        states.table(WATCHED, userProfiles, UserState.USER_NUMBERS, userNumbers, userValues);
    List<Quantiles> pairNumbers = new ArrayList<>();
    FeatureTable.Builder pairs = FeatureTable.builder(size);
    for (int i = 0; i < width; i++) {
      float[] column = new float[size];
      for (int e = 0; e < size; e++) {
        column[e] = numbers[e * width + i];
      }
      pairNumbers.add(Quantiles.fit(column));
      pairs.numeric(Feature.numeric(UserState.PAIR_NUMBERS.get(i), pairNumbers.get(i)), column);
    }
    FeatureTable inputs = user.select(stateOf).beside(items.select(itemOf), pairs.build());
    return Optional.of(
        new Table(inputs, user.features().size(), bias(), all, tasks, userNumbers, pairNumbers));
  }

  /** Adds the heads of an objective, if its labels are enough to learn from. */
  private void task(
      int k,
      List<Task> outputs,
      List<float[]> labels,
      List<float[]> weights,
      List<RankTask> tasks) {
    Objective objective = events.objectives().get(k);
    boolean negative = objective.polarity() == Polarity.NEGATIVE;
    float[] happened = new float[size];
    float[] strength = new float[size];
    int yes = 0;
    int no = 0;
    boolean graded = false;
    for (int e = 0; e < size; e++) {
      if (row[e] == DRAWN) {
        // Nobody disliked what nobody was shown, and that says nothing about the item.
        happened[e] = negative ? Float.NaN : 0;
      } else {
        strength[e] = events.value(k, row[e]);
        happened[e] = strength[e] > 0 ? 1 : 0;
        graded |= strength[e] > 0 && strength[e] != 1;
      }
      yes += happened[e] == 1 ? 1 : 0;
      no += happened[e] == 0 ? 1 : 0;
    }
    if (yes < FEWEST || no < FEWEST) {
      notes.add(
          Note.warning(
              "objective '%s' is no task of the ranker: it happened in %d of %d rows to learn from, at least %d must have it and %d not; train on a longer log, or check its rule"
                  .formatted(objective.name(), yes, yes + no, FEWEST, FEWEST)));
      return;
    }
    int chance = outputs.size();
    WatchTime how = graded ? options.watchTime() : WatchTime.NONE;
    RankTask.Kind kind =
        switch (how) {
          case NONE -> RankTask.Kind.PROBABILITY;
          case REGRESSION -> RankTask.Kind.NUMBER;
          case WEIGHTED_LOGISTIC -> RankTask.Kind.ODDS;
        };
    boolean hasPosition = !options.position().isEmpty();
    if (how != WatchTime.REGRESSION) {
      outputs.add(Task.binary(objective.name()).withBiased(hasPosition));
      labels.add(happened);
      weights.add(Arrays.copyOf(weight, size));
    }
    if (how == WatchTime.REGRESSION) {
      outputs.add(Task.regression(objective.name()));
      labels.add(strength);
      weights.add(Arrays.copyOf(weight, size));
    } else if (how == WatchTime.WEIGHTED_LOGISTIC) {
      outputs.add(Task.binary(objective.name() + " strength").withBiased(hasPosition));
      labels.add(happened);
      float[] byStrength = new float[size];
      for (int e = 0; e < size; e++) {
        byStrength[e] = weight[e] * (happened[e] == 1 ? strength[e] : 1);
      }
      weights.add(byStrength);
    }
    tasks.add(
        new RankTask(
            objective.name(),
            objective.polarity(),
            objective.weight(),
            kind,
            outputs.size() - 1,
            chance));
  }

  /** Where each row stood in its list; unknown for drawn items. */
  private Optional<FeatureTable> bias() {
    if (options.position().isEmpty()) {
      return Optional.empty();
    }
    int signal = events.signals().indexOf(options.position());
    if (signal < 0) {
      throw new IllegalArgumentException(
          "no signal is called '%s'; the log has %s"
              .formatted(options.position(), events.signals()));
    }
    int[] positions = new int[size];
    for (int e = 0; e < size; e++) {
      float position = row[e] == DRAWN ? Float.NaN : events.signal(signal, row[e]);
      positions[e] = position >= 0 && position < POSITIONS ? (int) position : -1;
    }
    return Optional.of(
        FeatureTable.builder(size)
            .single(Feature.categorical("position", POSITIONS), positions)
            .build());
  }

  /** Fills in how near items are to users and to what they watched last. */
  private void cosines(FeatureTable users, TowerModel towers, Workers workers) {
    Mlp network = towers.userNetwork();
    int dim = towers.dim();
    float[] vectors = towers.itemVectors();
    int[] chunk = new int[4096];
    float[] userVectors = new float[chunk.length * dim];
    float[] recent = new float[dim];
    Mlp.Scratch scratch = network.scratch();
    int example = 0;
    for (int from = 0; from < states.size(); from += chunk.length) {
      int count = Math.min(chunk.length, states.size() - from);
      int[] rows = new int[count];
      for (int i = 0; i < count; i++) {
        rows[i] = from + i;
      }
      float[] encoded = towers.encodeUsers(users, rows, workers);
      network.forward(encoded, 0, network.inputs(), count, userVectors, 0, dim, scratch);
      for (; example < size && state[example] < from + count; example++) {
        int of = state[example];
        boolean known = towers.hasItemVector(item[example]);
        boolean fresh = example == 0 || state[example - 1] != of;
        if (fresh) {
          recent(of, towers, recent);
        }
        int at = item[example] * dim;
        float near = known ? Distances.dot(userVectors, (of - from) * dim, vectors, at, dim) : 0;
        float last = known ? Distances.dot(recent, 0, vectors, at, dim) : 0;
        numbers[example * width + UserState.TOWER_COSINE] = near;
        numbers[example * width + UserState.RECENT_COSINE] =
            states.watched(of, 0) < 0 ? Float.NaN : last;
      }
    }
  }

  private void recent(int of, TowerModel towers, float[] target) {
    Arrays.fill(target, 0);
    for (int age = 0; age < RankSearcher.RECENT && states.watched(of, age) >= 0; age++) {
      int watched = states.watched(of, age);
      if (towers.hasItemVector(watched)) {
        Distances.axpy(1f, towers.itemVectors(), watched * towers.dim(), target, 0, towers.dim());
      }
    }
    Distances.normalize(target, 0, target.length);
  }
}
