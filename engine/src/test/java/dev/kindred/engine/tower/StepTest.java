package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Sgd;
import dev.kindred.engine.nn.Updater;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepTest {
  private static final float STEP = 4e-3f;
  private static final int COUNT = 21;

  /** Added to the items' logits. */
  private static final double[] POPULARITY =
      IntStream.range(0, Groups.ITEMS).mapToDouble(item -> -0.2 * (item % 5)).toArray();

  /** Only the softmax adds it. */
  private static double[] popularity(TowerOptions options) {
    return options.loss() == TowerLoss.SAMPLED_SOFTMAX ? POPULARITY : new double[Groups.ITEMS];
  }

  private static Step step(TowerOptions options, Tower user, Tower item) {
    Interactions positives = Groups.positives();
    FeatureTable users = Groups.users();
    FeatureTable items = Groups.items();
    return options.loss().sharesNegatives()
        ? new SharedNegativesStep(user, item, users, items, positives, popularity(options), options)
        : new PairStep(user, item, users, items, positives, options);
  }

  /** Gradients of users' and items' weights and of the loss's own, against differences. */
  private static void check(TowerOptions options) {
    check(
        options,
        new Tower("item", Groups.items().features(), options, Map.of()),
        new Tower("user", Groups.users().features(), options, Map.of()));
  }

  private static void check(TowerOptions options, Tower item, Tower user) {
    Step step = step(options, user, item);
    int[] users = new int[step.capacity()];
    int[] items = new int[step.capacity()];
    float[] weights = new float[step.capacity()];
    Interactions positives = Groups.positives();
    Draws draws = Draws.of(1, "batch");
    for (int i = 0; i < COUNT; i++) {
      users[i] = draws.nextInt(Groups.USERS);
      items[i] = positives.column(positives.start(users[i]));
      weights[i] = 0.5f + draws.nextFloat();
    }
    Set<Parameter> parameters = new LinkedHashSet<>(item.network.parameters());
    parameters.addAll(user.network.parameters());
    parameters.addAll(step.lossParameters().keySet());
    double share =
        switch (options.loss()) {
          case BPR -> COUNT * options.negatives();
          case SCALED_CROSS_ENTROPY, COSINE_CROSS_ENTROPY -> COUNT * (1 + options.negatives());
          case SAMPLED_SOFTMAX, COSINE_CONTRASTIVE -> COUNT;
        };
    try (Workers workers = Workers.of(1)) {
      List<float[]> before = new ArrayList<>();
      parameters.forEach(p -> before.add(p.values().clone()));
      step.run(7, users, items, weights, COUNT, workers);
      // A hundred times the gradient, or float32 weights would swallow most of it.
      new Updater(Sgd.of(100), step.passes(), step.lossParameters()).step(1, workers);
      List<float[]> gradients = new ArrayList<>();
      int index = 0;
      for (Parameter parameter : parameters) {
        float[] gradient = new float[parameter.values().length];
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = (before.get(index)[i] - parameter.values()[i]) / 100;
        }
        gradients.add(gradient);
        System.arraycopy(before.get(index++), 0, parameter.values(), 0, gradient.length);
      }
      index = 0;
      double largest = 0;
      for (Parameter parameter : parameters) {
        float[] values = parameter.values();
        float[] gradient = gradients.get(index++);
        for (int i = 0; i < values.length; i++) {
          // Embeddings are large and mostly untouched: every gradient, and one in 40 of the rest.
          if (gradient[i] == 0 && i % 40 != 0) {
            continue;
          }
          float value = values[i];
          double up = 0;
          double down = 0;
          for (int side = 0; side < 2; side++) {
            values[i] = side == 0 ? value + STEP : value - STEP;
            user.network.refresh();
            item.network.refresh();
            double loss = step.run(7, users, items, weights, COUNT, workers) / share;
            up = side == 0 ? loss : up;
            down = loss;
          }
          values[i] = value;
          double difference = (up - down) / (2 * STEP);
          largest = Math.max(largest, Math.abs(difference));
          assertEquals(difference, gradient[i], 4e-4, parameter.name() + "[" + i + "]");
        }
      }
      assertTrue(largest > 0.01, "gradients are too small to say anything: " + largest);
    }
  }

  private static TowerOptions small() {
    return Groups.options()
        .withHidden(List.of())
        .withDim(4)
        .withEmbeddingDim(4)
        .withHistory(0)
        .withUnknownIds(0)
        .withBatch(40)
        .withScale(3);
  }

  @Test
  void sampledSoftmaxHasTheGradientsOfItsLoss() {
    check(small().withNegatives(9).withLearnScale(true));
  }

  @Test
  void sampledSoftmaxOverSharedNegativesAloneHasTheGradientsOfItsLoss() {
    check(small().withNegatives(9).withBatchNegatives(false).withLearnScale(true));
  }

  @Test
  void cosineContrastiveLossHasTheGradientsOfItsLoss() {
    TowerOptions options =
        small().withLoss(TowerLoss.COSINE_CONTRASTIVE, 9).withMargin(-1).withNegativeWeight(2);
    // A cosine is never below -1: no corner of the loss is near.
    check(options);
    check(options.withBatchNegatives(false));
  }

  @Test
  void scaledCrossEntropyHasTheGradientsOfItsLoss() {
    check(
        small()
            .withLoss(TowerLoss.SCALED_CROSS_ENTROPY)
            .withNegatives(2)
            .withBatch(90)
            .withLearnScale(true));
  }

  @Test
  void bayesianPersonalisedRankingHasTheGradientsOfItsLoss() {
    TowerOptions options = small().withLoss(TowerLoss.BPR, 3, 120);
    check(options);
    check(options.withLearnScale(true));
  }

  /** The sum over the sampled items of a positive, none of them known to the user. */
  @Test
  void theRankingOfOnePositiveEqualsTheHandWorkedOne() {
    TowerOptions options = small().withLoss(TowerLoss.BPR, 5, 12);
    Tower item = new Tower("item", Groups.items().features(), options, Map.of());
    Tower user = new Tower("user", Groups.users().features(), options, Map.of());
    Interactions positives = Groups.positives();
    Step step = step(options, user, item);
    int own = positives.column(positives.start(4));
    Draws draws = Draws.of(options.seed(), "tower.negatives");
    draws.reset(1, 0);
    NegativeSampler sampler = new NegativeSampler(positives, options.popularityExponent());
    try (Workers workers = Workers.of(1)) {
      float[] u = user.vectors(Groups.users(), workers);
      float[] v = item.vectors(Groups.items(), workers);
      double expected = 0;
      for (int i = 0; i < 5; i++) {
        double ahead = cosine(u, 4, v, own) - cosine(u, 4, v, sampler.drawNegative(4, draws));
        expected += 2 * Math.log1p(Math.exp(-3 * ahead));
      }
      int[] users = {4, 0};
      int[] items = {own, 0};
      assertEquals(expected, step.run(1, users, items, new float[] {2, 9}, 1, workers), 1e-5);
    }
  }

  /** The paper's, where cosines are probabilities: all weights are positive, and so the vectors. */
  @Test
  void crossEntropyOfTheRawCosineHasTheGradientsOfItsLoss() {
    TowerOptions options = small().withLoss(TowerLoss.COSINE_CROSS_ENTROPY, 2).withBatch(90);
    Tower item = new Tower("item", Groups.items().features(), options, Map.of());
    Tower user = new Tower("user", Groups.users().features(), options, Map.of());
    for (Tower tower : List.of(item, user)) {
      for (Parameter parameter : tower.network.parameters()) {
        float[] values = parameter.values();
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.abs(values[i]);
        }
      }
      tower.network.refresh();
    }
    check(options, item, user);
  }

  @Test
  void aScaleMovesWhereItIsLearnedAndStaysWhereNot() {
    TowerOptions pairs = small().withLoss(TowerLoss.SCALED_CROSS_ENTROPY, 2);
    float before = (float) Math.log(3);
    assertEquals(before, logScaleAfterAStep(pairs));
    assertTrue(Math.abs(logScaleAfterAStep(pairs.withLearnScale(true)) - before) > 1e-3);
    TowerOptions ranking = small().withLoss(TowerLoss.BPR, 2).withLearnScale(true);
    assertTrue(Math.abs(logScaleAfterAStep(ranking) - before) > 1e-3);
    TowerOptions softmax = small().withNegatives(9).withLearnScale(true);
    assertTrue(Math.abs(logScaleAfterAStep(softmax) - before) > 1e-3);
  }

  private static float logScaleAfterAStep(TowerOptions options) {
    Tower item = new Tower("item", Groups.items().features(), options, Map.of());
    Tower user = new Tower("user", Groups.users().features(), options, Map.of());
    Step step = step(options, user, item);
    int count = step.capacity();
    int[] users = IntStream.range(0, count).toArray();
    Interactions positives = Groups.positives();
    int[] items = IntStream.of(users).map(u -> positives.column(positives.start(u))).toArray();
    float[] weights = new float[count];
    Arrays.fill(weights, 1);
    try (Workers workers = Workers.of(1)) {
      step.run(1, users, items, weights, count, workers);
      new Updater(Sgd.of(1), step.passes(), step.lossParameters()).step(1, workers);
    }
    return step.lossParameters().keySet().iterator().next().values()[0];
  }

  @Test
  void theSoftmaxOfOneRowEqualsTheHandWorkedOne() {
    TowerOptions options = small().withNegatives(0).withBatch(2).withCorrection(1);
    Tower item = new Tower("item", Groups.items().features(), options, Map.of());
    Tower user = new Tower("user", Groups.users().features(), options, Map.of());
    Interactions positives =
        Interactions.of(
            Groups.USERS,
            Groups.ITEMS,
            new int[] {0, 1, 2},
            new int[] {5, 6, 6},
            new float[] {1, 1, 1},
            Interactions.Duplicates.LAST);
    Step step =
        new SharedNegativesStep(
            user, item, Groups.users(), Groups.items(), positives, POPULARITY, options);
    try (Workers workers = Workers.of(1)) {
      float[] u = user.vectors(Groups.users(), workers);
      float[] v = item.vectors(Groups.items(), workers);
      double[] logit = new double[4];
      int[] items = {5, 6};
      for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 2; c++) {
          double cosine = 0;
          for (int i = 0; i < 4; i++) {
            cosine += u[r * 4 + i] * v[items[c] * 4 + i];
          }
          // Expected places of the items in a batch of two: 2 of 3 positives are of item 6.
          double expected = c == 0 ? 2.0 / 3 : 4.0 / 3;
          logit[r * 2 + c] = 3 * cosine + POPULARITY[items[c]] - Math.log(expected);
        }
      }
      double expected =
          Math.log1p(Math.exp(logit[1] - logit[0])) + Math.log1p(Math.exp(logit[2] - logit[3]));
      double loss = step.run(1, new int[] {0, 1}, items, new float[] {1, 1}, 2, workers);
      assertEquals(expected, loss, 1e-5);
    }
  }

  /** Users 0 and 1 have items 5 and 6; the eight negatives are whatever else comes up. */
  @Test
  void withoutBatchNegativesAPositiveStandsAgainstSampledItemsAlone() {
    TowerOptions options =
        small()
            .withNegatives(8)
            .withBatch(2)
            .withBatchNegatives(false)
            .withPopularityExponent(0)
            .withCorrection(0);
    Tower item = new Tower("item", Groups.items().features(), options, Map.of());
    Tower user = new Tower("user", Groups.users().features(), options, Map.of());
    Interactions positives =
        Interactions.of(
            Groups.USERS,
            Groups.ITEMS,
            new int[] {0, 1},
            new int[] {5, 6},
            new float[] {1, 1},
            Interactions.Duplicates.LAST);
    Step step =
        new SharedNegativesStep(
            user, item, Groups.users(), Groups.items(), positives, POPULARITY, options);
    Draws draws = Draws.of(options.seed(), "tower.negatives");
    draws.reset(1);
    NegativeSampler sampler = new NegativeSampler(positives, 0);
    int[] negatives = new int[8];
    for (int i = 0; i < 8; i++) {
      negatives[i] = sampler.draw(draws);
    }
    try (Workers workers = Workers.of(1)) {
      float[] u = user.vectors(Groups.users(), workers);
      float[] v = item.vectors(Groups.items(), workers);
      double softmax = 0;
      double contrastive = 0;
      for (int r = 0; r < 2; r++) {
        double own = cosine(u, r, v, 5 + r);
        double ownLogit = 3 * own + POPULARITY[5 + r];
        double sum = Math.exp(ownLogit);
        double above = 0;
        for (int negative : negatives) {
          if (negative != 5 + r) {
            sum += Math.exp(3 * cosine(u, r, v, negative) + POPULARITY[negative]);
            above += Math.max(0, cosine(u, r, v, negative) - 0.25);
          }
        }
        softmax += Math.log(sum) - ownLogit;
        contrastive += 1 - own + 6 * above / 8;
      }
      float[] weights = {1, 1};
      int[] users = {0, 1};
      int[] items = {5, 6};
      assertEquals(softmax, step.run(1, users, items, weights, 2, workers), 1e-5);
      TowerOptions other =
          options
              .withLoss(TowerLoss.COSINE_CONTRASTIVE)
              .withMargin(0.25)
              .withNegativeWeight(6)
              .withScale(100);
      Step second =
          new SharedNegativesStep(
              user,
              item,
              Groups.users(),
              Groups.items(),
              positives,
              new double[Groups.ITEMS],
              other);
      assertEquals(contrastive, second.run(1, users, items, weights, 2, workers), 1e-5);
    }
  }

  private static double cosine(float[] u, int user, float[] v, int item) {
    double cosine = 0;
    for (int i = 0; i < 4; i++) {
      cosine += (double) u[user * 4 + i] * v[item * 4 + i];
    }
    return cosine;
  }

  @Test
  void negativesFollowPopularityToThePowerAndAreNeverKnownPositives() {
    Interactions positives = Groups.positives();
    NegativeSampler sampler = new NegativeSampler(positives, 0.75);
    double[] counts = new double[Groups.ITEMS];
    for (long i = 0; i < positives.size(); i++) {
      counts[positives.column(i)]++;
    }
    double total = 0;
    for (double count : counts) {
      total += Math.pow(count, 0.75);
    }
    int[] drawn = new int[Groups.ITEMS];
    Draws draws = Draws.of(2, "negatives");
    int trials = 400_000;
    for (int i = 0; i < trials; i++) {
      drawn[sampler.draw(draws)]++;
    }
    for (int item = 0; item < Groups.ITEMS; item++) {
      double expected = Math.pow(counts[item], 0.75) / total;
      assertEquals(expected, sampler.probability(item), 1e-12);
      assertEquals(expected * trials, drawn[item], 5 * Math.sqrt(expected * trials) + 1e-9);
    }
    for (int u = 0; u < Groups.USERS; u++) {
      for (int i = 0; i < 50; i++) {
        int negative = sampler.drawNegative(u, draws);
        assertTrue(!positives.contains(u, negative), "user " + u + " has item " + negative);
      }
    }
  }

  @Test
  void aUserWhoHasEverythingHasNoNegative() {
    Interactions all =
        Interactions.of(
            1,
            2,
            new int[] {0, 0},
            new int[] {0, 1},
            new float[] {1, 1},
            Interactions.Duplicates.LAST);
    assertEquals(-1, new NegativeSampler(all, 0.75).drawNegative(0, Draws.of(1, "x")));
  }

  @Test
  void aPermutationHasEveryNumberOnce() {
    for (int size : new int[] {1, 2, 3, 17, 64, 1000}) {
      Permutation order = new Permutation(size, Draws.of(size, "order"));
      boolean[] seen = new boolean[size];
      int fixed = 0;
      for (int i = 0; i < size; i++) {
        int at = (int) order.at(i);
        assertTrue(!seen[at], "%d of %d twice".formatted(at, size));
        seen[at] = true;
        fixed += at == i ? 1 : 0;
      }
      assertTrue(size < 1000 || fixed < 10, "the order is no mixture: " + fixed + " in place");
    }
  }
}
