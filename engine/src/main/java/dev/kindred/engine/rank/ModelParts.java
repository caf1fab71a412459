package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Takes two trained networks apart into what is stored of users and items. For one thread. */
final class ModelParts {
  private static final int AT_ONCE = 4096;

  private final Events events;
  private final RankOptions options;
  private final PointInTime log;
  private final Searches searches;
  private final ItemGroups groups;
  private final CandidateLists together;
  private final Optional<FeatureTable> userProfiles;
  private final FeatureTable itemTable;
  private final RankExamples.Table examples;
  private final TowerInputs towerInputs;
  private final TowerModel towers;
  private final MmoeModel ranker;
  private final boolean content;
  private final Optional<FeatureTable> people; // nobody, then all users

  ModelParts(
      Events events,
      Catalogue items,
      RankOptions options,
      PointInTime log,
      Searches searches,
      ItemGroups groups,
      CandidateLists together,
      Optional<FeatureTable> userProfiles,
      FeatureTable itemTable,
      RankExamples.Table examples,
      TowerInputs towerInputs,
      TowerModel towers,
      MmoeModel ranker) {
    this.events = events;
    this.options = options;
    this.log = log;
    this.searches = searches;
    this.groups = groups;
    this.together = together;
    this.userProfiles = userProfiles;
    this.itemTable = itemTable;
    this.examples = examples;
    this.towerInputs = towerInputs;
    this.towers = towers;
    this.ranker = ranker;
    content = RankTrainer.hasContent(items);
    people = userProfiles.map(FeatureTable::withMissingRow);
  }

  RankModel model() {
    int profiles = userProfiles.map(table -> table.features().size()).orElse(0);
    Mmoe network = ranker.ranker();
    var userTower = towers.userNetwork();
    int towerEnd = towerInputs.ages().isPresent() ? Feature.NUMERIC_WIDTH : 0;
    int searched = searches.vocabulary().size() > 0 ? 1 : 0;
    int towerHistory = towerStart(1);
    int towerSearched = towerStart(1 + searched) - towerHistory;
    int towerProfile = userTower.inputs() - towerEnd - towerHistory - towerSearched;
    int rankHistory = ranker.inputStart(1);
    int rankSearched = ranker.inputStart(1 + searched) - rankHistory;
    int rankProfile = ranker.inputStart(1 + searched + profiles) - rankHistory - rankSearched;
    SourceQuotas quotas = options.quotas();
    if (!content) {
      // What content would have brought, related lists bring.
      quotas =
          new SourceQuotas(
              quotas.tower(),
              quotas.related() + quotas.content(),
              quotas.together(),
              0,
              quotas.popular());
    }
    RankDescription description =
        new RankDescription(
            events.order(),
            log.time(events.size() - 1),
            options.history(),
            options.shown(),
            options.searched(),
            towerHistory,
            towerSearched,
            towerProfile,
            towerEnd,
            rankHistory,
            rankSearched,
            rankProfile,
            quotas,
            examples.tasks(),
            examples.userNumbers(),
            examples.pairNumbers());
    return new RankModel(
        description,
        userTower,
        network,
        new Items(description),
        groups,
        together,
        searched == 0 ? RankModel.TokenRows.none() : new Tokens(description),
        users(description));
  }

  /** Where the inputs of a feature of the user tower begin, or where they all end. */
  private int towerStart(int feature) {
    return feature < towers.userFeatures().size()
        ? towers.userInputStart(feature)
        : towers.userNetwork().inputs();
  }

  /** What the ranker and the user tower make of items. */
  private final class Items implements RankModel.ItemRows {
    private final RankDescription description;
    private final Chunk ranked;
    private final Chunk watched;
    private final int itemAt;
    private final int itemInputs;

    Items(RankDescription description) {
      this.description = description;
      ranked = new Chunk(size(), ModelParts.this::ranked);
      watched = new Chunk(size(), ModelParts.this::watched);
      itemAt = description.rankUserInputs();
      itemInputs = ranker.ranker().inputs() - itemAt - description.rankPairInputs();
    }

    @Override
    public int size() {
      return events.items().size();
    }

    @Override
    public void vector(int item, float[] target, int at) {
      int dim = towers.dim();
      if (towers.hasItemVector(item)) {
        System.arraycopy(towers.itemVectors(), item * dim, target, at, dim);
      } else {
        Arrays.fill(target, at, at + dim, 0);
      }
    }

    @Override
    public void history(int item, float[] target, int at) {
      int towerHistory = description.towerHistory();
      watched.copy(item, 0, towerHistory, target, at);
      ranked.copy(item, 0, description.rankHistory(), target, at + towerHistory);
    }

    @Override
    public void inputs(int item, float[] target, int at) {
      ranked.copy(item, itemAt, itemInputs, target, at);
    }
  }

  /** What the ranker and the user tower make of tokens searched for. */
  private final class Tokens implements RankModel.TokenRows {
    private final RankDescription description;
    private final Chunk tower;
    private final Chunk rank;

    Tokens(RankDescription description) {
      this.description = description;
      tower = new Chunk(size(), ModelParts.this::searchedByTower);
      rank = new Chunk(size(), ModelParts.this::searchedByRanker);
    }

    @Override
    public int size() {
      return searches.vocabulary().size();
    }

    @Override
    public String idOf(int token) {
      return searches.vocabulary().idOf(token);
    }

    @Override
    public void values(int token, float[] target, int at) {
      int first = description.towerSearched();
      tower.copy(token, description.towerHistory(), first, target, at);
      rank.copy(token, description.rankHistory(), description.rankSearched(), target, at + first);
    }
  }

  private RankModel.UserRows users(RankDescription description) {
    int users = events.users().size();
    Chunk towerProfile = new Chunk(users + 1, this::towerProfiles);
    Chunk rankProfile = new Chunk(users + 1, this::rankProfiles);
    return new RankModel.UserRows() {
      @Override
      public int size() {
        return users;
      }

      @Override
      public String idOf(int user) {
        return events.users().idOf(user);
      }

      @Override
      public long[] history(int user) {
        return log.history(user, options.keep(), options.shown());
      }

      @Override
      public long[] searches(int user) {
        return log.searches(user, options.searched());
      }

      @Override
      public void profile(int user, float[] target, int at) {
        int first = description.towerProfile();
        int towerAt = description.towerHistory() + description.towerSearched();
        int rankAt = description.rankHistory() + description.rankSearched();
        towerProfile.copy(user + 1, towerAt, first, target, at);
        rankProfile.copy(user + 1, rankAt, description.rankProfile(), target, at + first);
      }
    };
  }

  /** Items [from, from + count) as watched by themselves, as the user tower reads them. */
  private float[] watched(int from, int count) {
    return encodedByTower(
        user(watchedAlone(TwoTower.HISTORY, from, count), noSearch(count), nobody(count))
            .beside(age(count)));
  }

  /** The same as the ranker reads them, each ranked after itself. */
  private float[] ranked(int from, int count) {
    FeatureTable user =
        user(watchedAlone(RankExamples.WATCHED, from, count), noSearch(count), nobody(count));
    return encodedByRanker(
        user.beside(userNumbers(count), itemTable.select(range(from, count)), pairNumbers(count)));
  }

  /** Tokens [from, from + count) as searched for by themselves, as the user tower reads them. */
  private float[] searchedByTower(int from, int count) {
    return encodedByTower(
        user(nothingWatched(TwoTower.HISTORY, count), searchedAlone(from, count), nobody(count))
            .beside(age(count)));
  }

  private float[] searchedByRanker(int from, int count) {
    FeatureTable user =
        user(
            nothingWatched(RankExamples.WATCHED, count), searchedAlone(from, count), nobody(count));
    return encodedByRanker(
        user.beside(userNumbers(count), itemTable.select(new int[count]), pairNumbers(count)));
  }

  /** The profiles of users [from - 1, from + count - 1); -1 is one of whom nothing is known. */
  private float[] towerProfiles(int from, int count) {
    return encodedByTower(
        user(nothingWatched(TwoTower.HISTORY, count), noSearch(count), people(from, count))
            .beside(age(count)));
  }

  private float[] rankProfiles(int from, int count) {
    FeatureTable user =
        user(nothingWatched(RankExamples.WATCHED, count), noSearch(count), people(from, count));
    return encodedByRanker(
        user.beside(userNumbers(count), itemTable.select(new int[count]), pairNumbers(count)));
  }

  // The parts are asked for when a snapshot is written, maybe after the workers are gone.

  private float[] encodedByTower(FeatureTable table) {
    try (Workers one = Workers.of(1)) {
      return towers.encodeUsers(table, range(0, table.rows()), one);
    }
  }

  private float[] encodedByRanker(FeatureTable table) {
    try (Workers one = Workers.of(1)) {
      return ranker.encode(table, range(0, table.rows()), one);
    }
  }

  /** What is known of a user, in the order in which both networks read it. */
  private static FeatureTable user(
      FeatureTable watched, Optional<FeatureTable> searched, Optional<FeatureTable> profiles) {
    FeatureTable table = searched.isPresent() ? watched.beside(searched.get()) : watched;
    return profiles.isPresent() ? table.beside(profiles.get()) : table;
  }

  private Optional<FeatureTable> searchedAlone(int from, int count) {
    return searched(range(0, count + 1), range(from, count));
  }

  private Optional<FeatureTable> noSearch(int count) {
    return searched(new int[count + 1], new int[0]);
  }

  private Optional<FeatureTable> searched(int[] starts, int[] tokens) {
    int known = searches.vocabulary().size();
    return known == 0
        ? Optional.empty()
        : Optional.of(
            FeatureTable.builder(starts.length - 1)
                .multiple(Feature.categorical(StateRows.SEARCHED, known), starts, tokens)
                .build());
  }

  private FeatureTable watchedAlone(String name, int from, int count) {
    return FeatureTable.builder(count)
        .multiple(
            Feature.categorical(name, events.items().size()),
            range(0, count + 1),
            range(from, count))
        .build();
  }

  private FeatureTable nothingWatched(String name, int count) {
    return FeatureTable.builder(count)
        .multiple(Feature.categorical(name, events.items().size()), new int[count + 1], new int[0])
        .build();
  }

  private Optional<FeatureTable> nobody(int count) {
    return userProfiles.map(profiles -> missing(profiles.features(), count));
  }

  private Optional<FeatureTable> people(int from, int count) {
    return people.map(all -> all.select(range(from, count)));
  }

  /** The age of an example, as the user tower reads it. */
  private FeatureTable[] age(int count) {
    return towerInputs
        .ages()
        .map(
            ages ->
                FeatureTable.builder(count)
                    .numeric(TowerInputs.age(ages), new float[count])
                    .build())
        .stream()
        .toArray(FeatureTable[]::new);
  }

  private FeatureTable userNumbers(int count) {
    int first = examples.userFeatures() - UserState.USER_NUMBERS.size();
    return missing(examples.inputs().features().subList(first, examples.userFeatures()), count);
  }

  private FeatureTable pairNumbers(int count) {
    List<Feature> all = examples.inputs().features();
    return missing(all.subList(all.size() - UserState.PAIR_NUMBERS.size(), all.size()), count);
  }

  private static FeatureTable missing(List<Feature> features, int count) {
    FeatureTable.Builder builder = FeatureTable.builder(count);
    float[] nan = new float[count];
    Arrays.fill(nan, Float.NaN);
    for (Feature feature : features) {
      if (feature.kind() == Feature.Kind.NUMERIC) {
        builder.numeric(feature, nan);
      } else {
        builder.multiple(feature, new int[count + 1], new int[0]);
      }
    }
    return builder.build();
  }

  private static int[] range(int from, int count) {
    int[] range = new int[count];
    Arrays.setAll(range, i -> from + i);
    return range;
  }

  /** Computes rows some thousand at a time, for whoever asks in order. */
  private static final class Chunk {
    private final int size;
    private final Rows rows;
    private float[] values = new float[0];
    private int from;
    private int count;

    interface Rows {
      float[] of(int from, int count);
    }

    Chunk(int size, Rows rows) {
      this.size = size;
      this.rows = rows;
    }

    void copy(int row, int column, int width, float[] target, int at) {
      if (row < from || row >= from + count) {
        from = row / AT_ONCE * AT_ONCE;
        count = Math.min(AT_ONCE, size - from);
        values = rows.of(from, count);
      }
      int stride = values.length / count;
      System.arraycopy(values, (row - from) * stride + column, target, at, width);
    }
  }
}
