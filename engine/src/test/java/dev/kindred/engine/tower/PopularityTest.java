package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PopularityTest {
  private static final int DIM = 6;
  private static final TowerOptions OPTIONS =
      TowerOptions.defaults().withDim(DIM).withScale(9).withPopularity(0.7);

  @TempDir Path directory;

  private static float[] units(int rows, long seed) {
    Draws draws = Draws.of(seed, "units");
    float[] units = new float[rows * DIM];
    for (int i = 0; i < units.length; i++) {
      units[i] = draws.nextFloat() - 0.5f;
    }
    for (int row = 0; row < rows; row++) {
      Distances.normalize(units, row * DIM, DIM);
    }
    return units;
  }

  @Test
  void theCosineOfTheVectorsIsTheScoreButForOneFactor() {
    int[] counts = {0, 3, 40, 999, 12};
    Popularity popularity = new Popularity(OPTIONS, counts.length, 999);
    float[] userUnits = units(3, 1);
    float[] itemUnits = units(counts.length, 2);
    float[] users = popularity.users(userUnits, DIM);
    float[] items = popularity.items(itemUnits, DIM, counts);
    int width = OPTIONS.vectorWidth();
    assertEquals(DIM + 2, width);
    double least = 0.7 * Math.log(1000) / 9;
    double factor = Math.sqrt(2 * (1 + least * least));
    for (int u = 0; u < 3; u++) {
      assertEquals(1, Distances.dot(users, u * width, users, u * width, width), 1e-6);
      for (int i = 0; i < counts.length; i++) {
        assertEquals(1, Distances.dot(items, i * width, items, i * width, width), 1e-6);
        double cosine = Distances.dot(userUnits, u * DIM, itemUnits, i * DIM, DIM);
        double score = 9 * cosine + 0.7 * Math.log((counts[i] + 1) / 1000.0);
        double found = Distances.dot(users, u * width, items, i * width, width);
        assertEquals(score, 9 * factor * found, 1e-5);
      }
    }
  }

  /** Users take to items by their popularity alone, which falls with the ordinal. */
  @Test
  void whatIsOnlyPopularNeedsNotBeLearned() {
    int users = 300;
    int items = 40;
    Draws draws = Draws.of(3, "popular");
    Interactions positives =
        Interactions.of(
            users,
            items,
            sink -> {
              for (int u = 0; u < users; u++) {
                for (int i = 0; i < 8; i++) {
                  sink.add(u, Math.min(items - 1, draws.nextInt(1 + draws.nextInt(items))), 1);
                }
              }
            },
            Duplicates.LAST);
    TowerOptions options =
        OPTIONS.withPopularity(1).withHistory(0).withEpochs(1).withPatience(0).withBatch(64);
    int[] counts = Popularity.counts(positives);
    try (Workers workers = Workers.of(2)) {
      TowerModel with = train(positives, options, workers);
      TowerModel without = train(positives, options.withPopularity(0), workers);
      assertTrue(rankCorrelation(with, counts) > 0.8, "with " + rankCorrelation(with, counts));
      assertTrue(
          rankCorrelation(without, counts) < 0.7, "without " + rankCorrelation(without, counts));
      assertTrue(with.losses()[0] < without.losses()[0]);
    }
  }

  private static TowerModel train(Interactions positives, TowerOptions options, Workers workers) {
    return TwoTower.train(
        positives,
        FeatureTable.ofIds(positives.rows()),
        FeatureTable.ofIds(positives.columns()),
        options,
        workers,
        Progress.none());
  }

  /** Share of pairs of items that the mean user orders by their counts, less that of the others. */
  private static double rankCorrelation(TowerModel model, int[] counts) {
    int dim = model.dim();
    double[] scores = new double[counts.length];
    for (int i = 0; i < scores.length; i++) {
      for (int u = 0; u < model.users(); u++) {
        scores[i] += Distances.dot(model.userVectors(), u * dim, model.itemVectors(), i * dim, dim);
      }
    }
    int agree = 0;
    int pairs = 0;
    for (int a = 0; a < counts.length; a++) {
      for (int b = 0; b < a; b++) {
        double both = Math.signum(scores[a] - scores[b]) * Integer.signum(counts[a] - counts[b]);
        agree += (int) both;
        pairs += counts[a] == counts[b] ? 0 : 1;
      }
    }
    return agree / (double) pairs;
  }

  @Test
  void aSavedModelGivesTheSameVectorsAlsoOfUnseenItems() throws IOException {
    Path file = directory.resolve("model.safetensors");
    try (Workers workers = Workers.of(2)) {
      TowerModel model =
          TwoTower.train(
              Groups.positives(),
              Groups.users(),
              Groups.items(),
              Groups.options().withPopularity(0.5).withEpochs(2),
              workers,
              Progress.none());
      model.save(file);
      TowerModel loaded = TowerModel.load(file);
      assertEquals(18, loaded.dim());
      assertEquals(model.hash(), loaded.hash());
      FeatureTable unseen = Groups.items().withKnownIds(new boolean[Groups.ITEMS]);
      float[] vectors = loaded.itemVectors(unseen, workers);
      assertArrayEquals(model.itemVectors(unseen, workers), vectors);
      // The last items had no positives in training either.
      int from = Groups.SEEN * loaded.dim();
      for (int i = from; i < vectors.length; i++) {
        assertEquals(model.itemVectors()[i], vectors[i]);
      }
      Exception e = assertThrows(IllegalArgumentException.class, loaded::userNetwork);
      assertTrue(e.getMessage().contains("popularity 0, not 0.5"), e.getMessage());
    }
  }

  /** Recall on held-out positives, by which all of these choose, must be that of the scores. */
  @Test
  void leaningStoppingAndASpectralStartGoByTheScores() {
    TowerOptions options =
        Groups.options().withPopularity(0.5).withHidden(List.of()).withSmooth(true).withPatience(2);
    for (TowerStart start : TowerStart.values()) {
      TowerModel model;
      try (Workers workers = Workers.of(2)) {
        model =
            TwoTower.train(
                Groups.positives(),
                Groups.users(),
                FeatureTable.ofIds(Groups.ITEMS),
                options.withStart(start),
                workers,
                Progress.none());
      }
      assertTrue(model.notes().toString().contains("lean towards"), model.notes().toString());
      assertTrue(model.recalls()[model.bestEpoch() - 1] > 0.5, model.recalls()[0] + "");
      for (int row = 0; row < model.items(); row++) {
        int at = row * model.dim();
        float[] items = model.itemVectors();
        assertEquals(1, Distances.dot(items, at, items, at, model.dim()), 1e-5);
      }
    }
  }

  @Test
  void aFileThatDoesNotSayHowPopularItsItemsAreIsRefused() throws IOException {
    Path file = directory.resolve("model.safetensors");
    TowerModel model;
    try (Workers workers = Workers.of(1)) {
      model =
          train(Groups.positives(), Groups.options().withPopularity(0.5).withEpochs(1), workers);
    }
    model.save(file);
    Safetensors saved = Safetensors.read(file);
    String description = saved.metadata().get("kindred");
    String without = description.replaceAll("\"mostPositives\":\\d+,", "");
    assertNotEquals(description, without);
    Safetensors.write(file, Map.of("kindred", without), saved.tensors());
    Exception e = assertThrows(CorruptFileException.class, () -> TowerModel.load(file));
    assertTrue(e.getMessage().contains("mostPositives is 0"), e.getMessage());
  }

  @Test
  void pipelinesRefuseTowersThatTellPopularity() {
    TowerOptions towers = TowerOptions.defaults().withPopularity(0.5);
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> RankOptions.defaults().withRetrieval(towers));
    assertTrue(e.getMessage().contains("towers of retrieval have popularity 0.5"), e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PipelineOptions.defaults().withTower(Optional.of(towers)));
    assertTrue(e.getMessage().contains("set it to 0"), e.getMessage());
  }

  @Test
  void popularityIsForTheSoftmaxWithAFixedScale() {
    for (Runnable wrong :
        new Runnable[] {
          () -> OPTIONS.withLearnScale(true),
          () -> OPTIONS.withPopularity(-0.1),
          () -> OPTIONS.withLoss(TowerLoss.COSINE_CONTRASTIVE, 9)
        }) {
      Exception e = assertThrows(IllegalArgumentException.class, wrong::run);
      assertTrue(e.getMessage().contains("option popularity is "), e.getMessage());
    }
  }
}
