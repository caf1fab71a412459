package dev.kindred.engine.estimate;

import dev.kindred.engine.estimate.TrainingEstimate.FileSize;
import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.rank.UserState;
import dev.kindred.engine.rank.WatchTime;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.index.file.Sections;
import java.util.List;

/**
 * What the personalised path adds to a training and to a snapshot. Positives are taken to be spread
 * evenly over the users. Immutable.
 */
final class RankEstimate {
  // Shares of the machine's matrix speed that the stages reach: rough.
  private static final double TOWER_SHARE = .20;
  private static final double RANKER_SHARE = .05;

  /** The part of the log that the ranker learns from. */
  private static final double LATE_SHARE = .4;

  private static final int POPULAR = 2000;

  /** Bytes of JSON for a number, and how many distributions have many values. */
  private static final int NUMBER_BYTES = 18;

  private static final int MOST_CUTS = 1024;
  private static final int WIDE_DISTRIBUTIONS = 7;
  private static final int OTHER_CUTS = 600;

  private final DataSize size;
  private final RankOptions options;
  private final TowerOptions tower;
  private final MmoeOptions ranker;
  private final double positivesPerUser;
  private final double othersPerUser;

  RankEstimate(DataSize size, RankOptions options) {
    this.size = size;
    this.options = options;
    tower = options.retrieval();
    ranker = options.ranker();
    positivesPerUser = (double) size.positives() / size.users();
    othersPerUser = (double) (size.samples() - size.positives()) / size.users();
  }

  private boolean searches() {
    return size.searchWords() > 0;
  }

  /** Inputs that a user's profile makes at a width of embeddings. */
  private int profile(int embedding) {
    long field = Math.min(embedding, (size.userValues() + 1 + 3) / 4 * 4);
    return (int) (size.userFields() * field) + size.userNumbers() * Feature.NUMERIC_WIDTH;
  }

  private int towerSearched() {
    return searches() ? tower.embeddingDim() : 0;
  }

  private int rankSearched() {
    return searches() ? ranker.embeddingDim() : 0;
  }

  private int towerInputs() {
    int age = options.exampleAge() ? Feature.NUMERIC_WIDTH : 0;
    return tower.embeddingDim() + towerSearched() + profile(tower.embeddingDim()) + age;
  }

  private int rankerInputs() {
    int embedding = ranker.embeddingDim();
    int numbers = UserState.USER_NUMBERS.size() + UserState.PAIR_NUMBERS.size();
    return embedding * (2 + size.profileFields()) // history, id and profile of the item
        + rankSearched()
        + profile(embedding)
        + numbers * Feature.NUMERIC_WIDTH
        + size.numberFields() * Feature.NUMERIC_WIDTH;
  }

  /** One for each objective, and one more for the strength of the one that has any. */
  private int heads() {
    return size.objectives() + (options.watchTime() == WatchTime.WEIGHTED_LOGISTIC ? 1 : 0);
  }

  void addFiles(List<FileSize> files) {
    long n = size.items();
    long users = size.users();
    files.add(TrainingEstimate.ids("users.kids", users, size.idBytes()));
    double kept =
        Math.min(options.keep(), positivesPerUser) + Math.min(options.shown(), othersPerUser);
    files.add(histories("histories.khist", kept));
    int profile = profile(tower.embeddingDim()) + profile(ranker.embeddingDim());
    if (profile > 0) {
      files.add(vectors("users.kvec", users + 1, profile));
    }
    files.add(network("user-tower.safetensors", towerWeights(), 400));
    files.add(vectors("retrieval.kvec", n, tower.dim()));
    files.add(TrainingEstimate.graph("retrieval.khnsw", n, tower.dim(), 16));
    files.add(vectors("watched.kvec", n, tower.embeddingDim() + ranker.embeddingDim()));
    if (searches()) {
      long words = size.searchWords();
      files.add(TrainingEstimate.ids("searched.kids", words, size.valueBytes()));
      files.add(vectors("searched.kvec", words, towerSearched() + rankSearched()));
      files.add(histories("searches.khist", Math.min(options.searched(), size.searchesPerUser())));
    }
    files.add(network("ranker.safetensors", rankerWeights(), 700 + 550L * heads()));
    long gates = (long) heads() * ranker.experts();
    long stored = (long) ranker.experts() * ranker.hidden().getFirst() + gates;
    long columns = 2 * stored * Float.BYTES;
    files.add(TrainingEstimate.file("ranker.khalf", n * Sections.padded(stored) + columns));
    files.add(TrainingEstimate.file("groups.kgroup", 64 * n + 4 * Math.min(POPULAR, n)));
    files.add(TrainingEstimate.lists("together.kcsr", n, companions()));
    long cuts = WIDE_DISTRIBUTIONS * Math.min(MOST_CUTS, Math.round(rankerExamples())) + OTHER_CUTS;
    files.add(TrainingEstimate.file("ranking.krank", 1000 + 2 * NUMBER_BYTES * cuts));
  }

  private long companions() {
    return Math.round(size.items() * size.companions());
  }

  private FileSize histories(String name, double entriesPerUser) {
    long entries = Math.round(size.users() * entriesPerUser);
    return TrainingEstimate.file(name, 8 * (size.users() + 1) + 8 * entries);
  }

  private static FileSize vectors(String name, long rows, int dim) {
    return TrainingEstimate.file(name, rows * Sections.padded(4L * dim));
  }

  /** Files of networks have no header of ours, but a description. */
  private static FileSize network(String name, double weights, long description) {
    return new FileSize(name, Math.round(4 * weights) + description);
  }

  /** Weights of the user tower; its linear image of the input stands in two more units each. */
  private double towerWeights() {
    double in = towerInputs();
    double skipped = tower.skip() ? 2 * in : 0;
    double weights = 0;
    for (int hidden : tower.hidden()) {
      double width = hidden + skipped;
      weights += in * width + width;
      in = width;
    }
    return weights + in * tower.dim() + tower.dim();
  }

  private double rankerWeights() {
    double inputs = rankerInputs();
    double expert = 0;
    double in = inputs;
    for (int hidden : ranker.hidden()) {
      expert += (in + 1) * hidden;
      in = hidden;
    }
    double head = (inputs + 1) * ranker.experts(); // its gate
    for (int hidden : ranker.towerHidden()) {
      head += (in + 1) * hidden;
      in = hidden;
    }
    return ranker.experts() * expert + heads() * (head + in + 1);
  }

  /** Positives that a part of the log teaches. */
  private double examples(double share) {
    double perUser = Math.min(options.examplesPerUser(), share * positivesPerUser);
    return Math.min(options.maxExamples(), size.users() * perUser);
  }

  private double rankerExamples() {
    double beside = Math.min(options.impressions(), othersPerUser / positivesPerUser);
    return examples(LATE_SHARE) * (1 + beside + options.negatives());
  }

  /** Both trainings of the towers, and that of the ranker. */
  double seconds(Speed speed) {
    double item = tower.embeddingDim() * (1.0 + size.profileFields());
    double itemTower = item * tower.dim() * (tower.skip() ? 1 : 0);
    double in = item;
    for (int hidden : tower.hidden()) {
      itemTower += in * hidden;
      in = hidden;
    }
    itemTower += in * tower.dim();
    double towers = 6 * (towerWeights() + itemTower) + 6.0 * tower.batch() * tower.dim();
    double towerSteps = tower.epochs() * (examples(1 - LATE_SHARE) + examples(1));
    double rankerSteps = ranker.epochs() * rankerExamples();
    return towerSteps * towers / (speed.flops() * TOWER_SHARE)
        + rankerSteps * 6 * rankerWeights() / (speed.flops() * RANKER_SHARE);
  }

  /** What is on the heap while it runs: states, examples, counts of companions, embeddings. */
  long heapBytes() {
    double remembered =
        Math.min(options.history(), positivesPerUser)
            + (searches() ? Math.min(options.searched(), size.searchesPerUser()) : 0);
    double states = examples(1) * (60 + 4 * remembered);
    int numbers = UserState.PAIR_NUMBERS.size();
    double rows = rankerExamples() * (16 + 4.0 * (3 * numbers + 3 * heads()));
    double log = 9.0 * size.samples() + 24.0 * size.positives();
    double embedded = size.items() + size.distinctValues() + size.searchWords();
    double embeddings = 16 * embedded * (2 * tower.embeddingDim() + ranker.embeddingDim());
    return Math.round(states + rows + log + embeddings);
  }

  /** What stays outside of the heap until the snapshot is written. */
  long otherBytes() {
    return 9 * companions() + 64 * size.items();
  }
}
