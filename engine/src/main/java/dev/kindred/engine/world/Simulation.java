package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets the users of a world live through its days and writes down what they are shown and do.
 *
 * <p>On a visit a user goes from item to item: beside each stands a shuffled list of popular,
 * related and random items. Looked-at items are clicked by taste; some clicks are noise and quit
 * within seconds. Good visits make the next ones likelier. Single-threaded; every day and user has
 * draws of its own.
 */
final class Simulation {
  /** Monday 2024-01-01, 00:00 UTC. */
  static final long START = 1_704_067_200_000L;

  static final long DAY = 86_400_000L;

  /** What a unit of each objective adds to the satisfaction with a visit. */
  static final double[] SATISFACTION = {.1, .6, 1, .8, -1.2};

  private static final double POPULAR = .35;
  private static final double RELATED = .45; // the rest is random
  private static final double BLOCKBUSTER = .1; // chance of each in a list
  private static final double NEXT_EPISODE = .7; // chance of it in a list beside an episode
  private static final double AGAIN = -2; // on the logit of a click, for what was watched before
  private static final double SEQUEL = 1.5; // on the logit of a click, for the next episode
  private static final double FOLLOWED_FROM = .3; // share watched from which a visit goes on there
  private static final double MEMORY = .5; // of earlier visits in the satisfaction
  private static final int MAX_LISTS = 60;

  private final WorldOptions options;
  private final Population population;
  private final Behaviour behaviour;
  private final Shelves shelves;
  private final SampleRows rows = new SampleRows();
  private final Draws draws;
  private final double[] examination; // by position, from 1
  private final double[] satisfaction; // of each user: mean 0 and variance 1 over time
  private final Set<Long> watched = new HashSet<>();
  private final int[] list;

  // Running means, from a guess that counts as many looks, that keep the noise at its share.
  private double looks = 100;
  private double clicksExpected = 35;

  private long visits;
  private double worthMean;
  private double worthSquares; // sum of squared differences from the mean

  Simulation(WorldOptions options, Population population, Behaviour behaviour) {
    this.options = options;
    this.population = population;
    this.behaviour = behaviour;
    shelves = new Shelves(population);
    draws = Draws.of(options.seed(), "world days");
    satisfaction = new double[population.users];
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
        double effect = options.retentionEffect() * satisfaction[user];
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

  private void visit(int user, int day, int lists) {
    double hour = 20 + 3.5 * draws.nextGaussian();
    hour -= 24 * Math.floor(hour / 24);
    long time = START + day * DAY + (long) (hour * 3_600_000);
    int source = firstItem(user);
    boolean sourceWatched = false;
    double worth = 0;
    for (int l = 0; l < lists; l++) {
      fillList(source);
      int sequel = sourceWatched ? population.next[source] : -1;
      long spentMillis = 0;
      for (int position = 1; position <= list.length; position++) {
        int item = list[position - 1];
        int row = rows.add(user, item, time + position * 1_000L, position);
        if (draws.nextDouble() < examination[position]) {
          double share = look(row, item == sequel);
          spentMillis += rows.dwellTenths[row] * 100L;
          worth += worth(row, share);
          if (share >= FOLLOWED_FROM) {
            source = item;
            sourceWatched = true;
          }
        }
      }
      time += list.length * 1_000L + spentMillis + 5_000;
    }
    remember(user, worth / lists);
  }

  /** What a visit begins with: of four popular items the one most to the user's taste. */
  private int firstItem(int user) {
    int best = shelves.popular(draws);
    for (int i = 1; i < 4; i++) {
      int item = shelves.popular(draws);
      if (behaviour.taste(Behaviour.CLICK, user, item)
          > behaviour.taste(Behaviour.CLICK, user, best)) {
        best = item;
      }
    }
    return best;
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

  /**
   * The user of the row looks at its item, and perhaps clicks, watches and says something.
   *
   * @return the share watched, 0 if it was not clicked or by mistake
   */
  private double look(int row, boolean isSequel) {
    int user = rows.user[row];
    int item = rows.item[row];
    Long pair = (long) user << 32 | item;
    double logit = behaviour.clickLogit(user, item);
    logit += isSequel ? SEQUEL : 0;
    logit += watched.contains(pair) ? AGAIN : 0;
    double click = Behaviour.sigmoid(logit);
    looks++;
    clicksExpected += click;
    if (draws.nextDouble() < noiseRate()) {
      rows.mark(row, SampleRows.CLICKED);
      rows.mark(row, SampleRows.NOISE);
      rows.dwellTenths[row] = 5 + draws.nextInt(45); // under 5 seconds
      return 0;
    }
    if (draws.nextDouble() >= click) {
      return 0;
    }
    rows.mark(row, SampleRows.CLICKED);
    watched.add(pair);
    double mean = behaviour.watchShare(user, item);
    double share = Math.min(Math.max(mean + .22 * draws.nextGaussian(), .02), 1.05);
    double seconds = Math.max(3, share * population.lengthSeconds[item]);
    rows.dwellTenths[row] = (int) Math.round(seconds * 10);
    if (draws.nextDouble() < behaviour.like(user, item)) {
      rows.mark(row, SampleRows.LIKED);
    } else if (draws.nextDouble() < behaviour.dislike(user, item)) {
      rows.mark(row, SampleRows.DISLIKED);
    }
    if (draws.nextDouble() < behaviour.share(user, item)) {
      rows.mark(row, SampleRows.SHARED);
    }
    return share;
  }

  /**
   * The chance v that a look ends in a click by mistake. Of clicks v + (1 - v) p, with p the mean
   * chance of a meant one, it makes noise the declared share s: v = s p / (1 - s + s p).
   */
  private double noiseRate() {
    double p = clicksExpected / looks;
    double s = options.noiseShare();
    return s * p / (1 - s + s * p);
  }

  private double worth(int row, double share) {
    if (!rows.is(row, SampleRows.CLICKED) || rows.is(row, SampleRows.NOISE)) {
      return 0;
    }
    return SATISFACTION[Behaviour.CLICK]
        + SATISFACTION[Behaviour.WATCH] * Math.min(share, 1)
        + (rows.is(row, SampleRows.LIKED) ? SATISFACTION[Behaviour.LIKE] : 0)
        + (rows.is(row, SampleRows.SHARED) ? SATISFACTION[Behaviour.SHARE] : 0)
        + (rows.is(row, SampleRows.DISLIKED) ? SATISFACTION[Behaviour.DISLIKE] : 0);
  }

  /** Takes a visit, measured against all visits so far, into the user's satisfaction. */
  private void remember(int user, double worth) {
    visits++;
    double difference = worth - worthMean;
    worthMean += difference / visits;
    worthSquares += difference * (worth - worthMean);
    if (visits > 1 && worthSquares > 0) {
      double standard = (worth - worthMean) / Math.sqrt(worthSquares / (visits - 1));
      satisfaction[user] = MEMORY * satisfaction[user] + Math.sqrt(1 - MEMORY * MEMORY) * standard;
    }
  }
}
