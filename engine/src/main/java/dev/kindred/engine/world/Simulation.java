package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets the users of a world live through its days and writes down what they are shown and do.
 *
 * <p>On a visit a user goes from item to item: beside each stands a shuffled list of popular,
 * related and random items. Looked-at items are clicked by taste; some clicks are noise: they open
 * a random item, which had slipped into the place of the one that was looked at, and are quit
 * within seconds. Good visits make the next ones likelier. Single-threaded; every day and user has
 * draws of its own.
 */
final class Simulation {
  /** Monday 2024-01-01, 00:00 UTC. */
  static final long START = 1_704_067_200_000L;

  static final long DAY = 86_400_000L;

  private static final double POPULAR = .35;
  private static final double RELATED = .45; // the rest is random
  private static final double BLOCKBUSTER = .1; // chance of each in a list
  private static final double NEXT_EPISODE = .7; // chance of it in a list beside an episode
  private static final int MAX_LISTS = 60;

  private final WorldOptions options;
  private final Population population;
  private final Behaviour behaviour;
  private final Shelves shelves;
  private final SampleRows rows = new SampleRows();
  private final SearchRows searches;
  private final Draws draws;
  private final double[] examination; // by position, from 1
  private final Moods moods;
  private final Look look = new Look();
  private final Set<Long> watched = new HashSet<>();
  private final int[] list;

  // Running means, from a guess that counts as many looks, that keep the noise at its share.
  private double looks = 100;
  private double clicksExpected = 35;

  Simulation(WorldOptions options, Population population, Behaviour behaviour) {
    this.options = options;
    this.population = population;
    this.behaviour = behaviour;
    shelves = new Shelves(population);
    searches = new SearchRows(options.seed(), population, behaviour, shelves);
    draws = Draws.of(options.seed(), "world days");
    moods = new Moods(population.users);
    list = new int[options.listLength()];
    examination = new double[list.length + 1];
    for (int position = 1; position <= list.length; position++) {
      examination[position] = behaviour.examination(position);
    }
  }

  SampleRows run() {
    BitSet visitors = new BitSet();
    for (int day = 0; day < options.days(); day++) {
      visitors.clear();
      for (int user = 0; user < population.users; user++) {
        draws.reset(day, user, 0);
        double effect = options.retentionEffect() * moods.of(user);
        if (draws.nextDouble() < Behaviour.sigmoid(population.visitLogit[user] + effect)) {
          visitors.set(user);
        }
      }
      double budget = (options.samples() - rows.size) / (double) (options.days() - day);
      double meanLists = budget / (Math.max(1, visitors.cardinality()) * (double) list.length);
      for (int user = visitors.nextSetBit(0); user >= 0; user = visitors.nextSetBit(user + 1)) {
        draws.reset(day, user, 1);
        long lists = Math.round(meanLists * (.5 + draws.nextDouble()));
        visit(user, day, (int) Math.min(Math.max(lists, 1), MAX_LISTS));
      }
    }
    return rows;
  }

  /** What was searched for in the days that were run. */
  SearchRows searches() {
    return searches;
  }

  private void visit(int user, int day, int lists) {
    double hour = 20 + 3.5 * draws.nextGaussian();
    hour -= 24 * Math.floor(hour / 24);
    long time = START + day * DAY + (long) (hour * 3_600_000);
    searches.before(user, day, time);
    int source = shelves.firstItem(user, behaviour, draws);
    boolean sourceWatched = false;
    double worth = 0;
    for (int l = 0; l < lists; l++) {
      int beside = source;
      fillList(beside);
      int sequel = sourceWatched ? population.next[beside] : -1;
      long spentMillis = 0;
      for (int position = 1; position <= list.length; position++) {
        int item = list[position - 1];
        int row = rows.add(user, item, time + position * 1_000L, position);
        if (draws.nextDouble() < examination[position]) {
          look(row, beside, item == sequel);
          spentMillis += look.dwellTenths * 100L;
          worth += look.worth();
          if (look.isFollowed()) {
            source = item;
            sourceWatched = true;
          }
        }
      }
      time += list.length * 1_000L + spentMillis + 5_000;
    }
    moods.remember(user, worth / lists);
  }

  /** Distinct items beside the source, shuffled so that position and relevance are independent. */
  private void fillList(int source) {
    int n = 0;
    for (int blockbuster : population.blockbusters) {
      if (draws.nextDouble() < BLOCKBUSTER && blockbuster != source) {
        list[n++] = blockbuster;
      }
    }
    int next = population.next[source];
    if (next >= 0 && n < list.length && draws.nextDouble() < NEXT_EPISODE) {
      list[n++] = next;
    }
    while (n < list.length) {
      double policy = draws.nextDouble();
      int item =
          policy < POPULAR
              ? shelves.popular(draws)
              : policy < POPULAR + RELATED ? related(source) : shelves.any(draws);
      boolean fresh = item != source;
      for (int i = 0; i < n; i++) {
        fresh &= list[i] != item;
      }
      if (fresh) {
        list[n++] = item;
      }
    }
    draws.shuffle(list, 0, n);
  }

  /** Of four items of the source's type, or now and then of any type, the one most like it. */
  private int related(int source) {
    int best = -1;
    for (int i = 0; i < 4; i++) {
      int item =
          draws.nextInt(8) == 0
              ? shelves.any(draws)
              : shelves.ofType(draws, population.type[source]);
      if (best < 0 || population.likeness(source, item) > population.likeness(source, best)) {
        best = item;
      }
    }
    return best;
  }

  /** The user of the row looks at its item, and what comes of it is written down. */
  private void look(int row, int beside, boolean isSequel) {
    int user = rows.user[row];
    int item = rows.item[row];
    Long pair = (long) user << 32 | item;
    boolean again = watched.contains(pair);
    behaviour.look(user, item, beside, isSequel, again, mistakeRate(), draws, look);
    looks++;
    clicksExpected += look.clickChance;
    if (!look.clicked) {
      return;
    }
    rows.dwellTenths[row] = look.dwellTenths;
    rows.mark(row, SampleRows.CLICKED);
    if (look.mistake) {
      rows.item[row] = shelves.any(draws);
      rows.mark(row, SampleRows.NOISE);
      return;
    }
    watched.add(pair);
    mark(row, look.liked, SampleRows.LIKED);
    mark(row, look.shared, SampleRows.SHARED);
    mark(row, look.disliked, SampleRows.DISLIKED);
  }

  private void mark(int row, boolean happened, byte flag) {
    if (happened) {
      rows.mark(row, flag);
    }
  }

  /**
   * The chance v that a look ends in a click by mistake. Of clicks v + (1 - v) p, with p the mean
   * chance of a meant one, it makes noise the declared share s: v = s p / (1 - s + s p).
   */
  private double mistakeRate() {
    double p = clicksExpected / looks;
    double s = options.noiseShare();
    return s * p / (1 - s + s * p);
  }

  /** The state at the end of the log. */
  Ending ending() {
    return new Ending(
        options,
        population,
        behaviour,
        shelves,
        moods,
        watched.stream().mapToLong(pair -> pair).sorted().toArray(),
        mistakeRate());
  }
}
