package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.nn.serve.DenseLayer;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.Task;
import dev.kindred.index.run.Draws;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A model of the personalised path with drawn weights, for measuring how long serving takes at a
 * size that nobody wants to train: five tasks, items in clusters, users with full histories.
 * Stateless.
 */
public final class SyntheticRankModel {
  private static final int DIM = 64;
  private static final int TOWER_HISTORY = 32;
  private static final int RANK_HISTORY = 16;
  private static final int ITEM_INPUTS = 48;
  private static final int TASKS = 5;
  private static final int CLUSTER = 100;
  private static final int WATCHED = 50;
  private static final int POPULAR = 2000;
  private static final long END = 1_700_000_000L;

  private SyntheticRankModel() {}

  /**
   * @param catalogue of the items, for {@code topic} and {@code series}
   * @param topic name of a profile field, or "" for none
   * @param series name of a profile field, or "" for none
   * @param experts how many
   * @param hidden widths of an expert's layers
   * @param quotas of the sources
   */
  public static RankModel of(
      int items,
      int users,
      Catalogue catalogue,
      String topic,
      String series,
      int experts,
      List<Integer> hidden,
      SourceQuotas quotas,
      long seed) {
    List<RankTask> tasks = new ArrayList<>();
    List<Task> outputs = new ArrayList<>();
    for (int t = 0; t < TASKS; t++) {
      String name = List.of("click", "watch", "like", "share", "dislike").get(t);
      Polarity polarity = t == TASKS - 1 ? Polarity.NEGATIVE : Polarity.POSITIVE;
      tasks.add(new RankTask(name, polarity, 1, RankTask.Kind.PROBABILITY, t, t));
      outputs.add(new Task(name, true));
    }
    Quantiles even = Quantiles.fit(even());
    RankDescription description =
        new RankDescription(
            Order.TIME,
            END,
            WATCHED,
            100,
            100,
            TOWER_HISTORY,
            0,
            0,
            Feature.NUMERIC_WIDTH,
            RANK_HISTORY,
            0,
            0,
            quotas,
            tasks,
            Collections.nCopies(UserState.USER_NUMBERS.size(), even),
            Collections.nCopies(UserState.PAIR_NUMBERS.size(), even));
    int inputs = description.rankUserInputs() + ITEM_INPUTS + description.rankPairInputs();
    List<Mlp> expertNetworks = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      expertNetworks.add(mlp("expert " + e, inputs, hidden, Activation.RELU, false, seed));
    }
    int width = hidden.getLast();
    List<Mlp> towers = new ArrayList<>();
    for (int t = 0; t < TASKS; t++) {
      towers.add(mlp("task " + t, width, List.of(16, 1), Activation.NONE, false, seed));
    }
    DenseLayer gates = layer("gates", inputs, TASKS * experts, Activation.NONE, seed);
    Mmoe network = new Mmoe(expertNetworks, gates, towers, outputs);
    Mlp userTower =
        mlp(
            "user tower",
            description.towerInputs(),
            List.of(128, DIM),
            Activation.NONE,
            true,
            seed);
    int[] popular = new int[Math.min(POPULAR, items)];
    Arrays.setAll(popular, rank -> (int) ((long) rank * items / popular.length));
    return new RankModel(
        description,
        userTower,
        network,
        new Items(items, seed),
        ItemGroups.of(catalogue, items, topic, series, popular, new float[items]),
        companions(items),
        RankModel.TokenRows.none(),
        new Users(items, users, seed));
  }

  /** The next items of the same cluster, as many as a trained model has. */
  private static CandidateLists companions(int items) {
    int[] lengths = new int[items];
    Arrays.fill(lengths, Math.min(ItemCounts.TOGETHER, items - 1));
    return CandidateLists.filled(
        lengths,
        (item, sink) -> {
          for (int i = 1; i <= lengths[item]; i++) {
            sink.add((item + i) % items, 1f / i, CandidateSource.COOCCURRENCE);
          }
        });
  }

  private static float[] even() {
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = -1 + i * 0.002f;
    }
    return values;
  }

  private static Mlp mlp(
      String name, int inputs, List<Integer> widths, Activation last, boolean unit, long seed) {
    List<DenseLayer> layers = new ArrayList<>();
    int in = inputs;
    for (int i = 0; i < widths.size(); i++) {
      Activation activation = i == widths.size() - 1 ? last : Activation.RELU;
      layers.add(layer(name + " " + i, in, widths.get(i), activation, seed));
      in = widths.get(i);
    }
    return new Mlp(layers, unit);
  }

  private static DenseLayer layer(
      String name, int inputs, int outputs, Activation activation, long seed) {
    Draws draws = Draws.of(seed, name);
    float[] weight = new float[inputs * outputs];
    float scale = (float) Math.sqrt(2.0 / inputs);
    for (int i = 0; i < weight.length; i++) {
      weight[i] = scale * (float) draws.nextGaussian();
    }
    return DenseLayer.of(inputs, outputs, weight, new float[outputs], activation);
  }

  private record Items(int size, long seed) implements RankModel.ItemRows {
    @Override
    public void vector(int item, float[] target, int at) {
      draw("cluster", item / CLUSTER, 1, DIM, target, at);
      float[] own = new float[DIM];
      draw("item", item, 0.7f, DIM, own, 0);
      Distances.axpy(1f, own, 0, target, at, DIM);
      Distances.normalize(target, at, DIM);
    }

    @Override
    public void history(int item, float[] target, int at) {
      draw("watched", item, 0.3f, TOWER_HISTORY + RANK_HISTORY, target, at);
    }

    @Override
    public void inputs(int item, float[] target, int at) {
      draw("inputs", item, 0.3f, ITEM_INPUTS, target, at);
    }

    private void draw(String what, int key, float scale, int width, float[] target, int at) {
      Draws draws = Draws.of(seed, what, key);
      for (int i = 0; i < width; i++) {
        target[at + i] = scale * (float) draws.nextGaussian();
      }
    }
  }

  private record Users(int items, int size, long seed) implements RankModel.UserRows {
    @Override
    public String idOf(int user) {
      return "user-" + user;
    }

    @Override
    public long[] history(int user) {
      Draws draws = Draws.of(seed, "history", user);
      long[] entries = new long[2 * WATCHED];
      for (int i = 0; i < entries.length; i++) {
        int kind = i % 2 == 0 ? HistoryEntry.WATCHED : HistoryEntry.SHOWN;
        long time = END - 3600L * (entries.length - i);
        entries[i] = HistoryEntry.of(kind, draws.nextInt(items), time);
      }
      return entries;
    }

    @Override
    public void profile(int user, float[] target, int at) {
      // There are no profiles.
    }
  }
}
