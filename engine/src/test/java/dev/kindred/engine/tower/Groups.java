package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * A small world: users and items belong to groups (ordinal modulo {@link #GROUPS}), a user likes
 * items of the own group nine times of ten. Items from {@link #SEEN} on have no positives.
 */
final class Groups {
  static final int GROUPS = 4;
  static final int USERS = 480;
  static final int ITEMS = 100;
  static final int SEEN = 92;

  private Groups() {}

  static Interactions positives() {
    Draws draws = Draws.of(21, "groups");
    return Interactions.of(USERS, ITEMS, sink -> fill(sink, draws), Duplicates.LAST);
  }

  private static void fill(Interactions.Sink sink, Draws draws) {
    for (int u = 0; u < USERS; u++) {
      draws.reset(u);
      for (int i = 0; i < 12; i++) {
        int item = draws.nextInt(SEEN);
        if (draws.nextInt(10) > 0) {
          item = item / GROUPS * GROUPS + u % GROUPS;
        }
        sink.add(u, item, 1);
      }
    }
  }

  /** The id, and the name of the group. */
  static FeatureTable items() {
    List<String> values = new ArrayList<>();
    int[] value = new int[ITEMS];
    for (int g = 0; g < GROUPS; g++) {
      values.add("group " + g);
    }
    for (int item = 0; item < ITEMS; item++) {
      value[item] = item % GROUPS;
    }
    return FeatureTable.builder(ITEMS)
        .ids("id")
        .single(Feature.categorical("group", values), value)
        .build();
  }

  static FeatureTable users() {
    return FeatureTable.ofIds(USERS);
  }

  /** A small quick network. */
  static TowerOptions options() {
    return TowerOptions.defaults()
        .withHidden(List.of(16))
        .withDim(16)
        .withEmbeddingDim(16)
        .withHistory(8)
        .withBatch(128)
        .withNegatives(32)
        .withEpochs(8)
        .withPatience(3)
        .withOptimizer(Adam.of(0.01));
  }

  /** Mean cosine of pairs of one group less that of pairs of different groups. */
  static double contrast(float[] vectors, int dim, int from, int to) {
    double same = 0;
    double other = 0;
    int sames = 0;
    int others = 0;
    for (int a = from; a < to; a++) {
      for (int b = from; b < a; b++) {
        double cosine = 0;
        for (int i = 0; i < dim; i++) {
          cosine += vectors[a * dim + i] * vectors[b * dim + i];
        }
        if (a % GROUPS == b % GROUPS) {
          same += cosine;
          sames++;
        } else {
          other += cosine;
          others++;
        }
      }
    }
    return same / sames - other / others;
  }
}
