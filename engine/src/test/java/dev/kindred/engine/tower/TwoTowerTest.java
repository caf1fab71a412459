package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.nn.Adagrad;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.DamagedCheckpoint;
import dev.kindred.engine.nn.DivergedException;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Sgd;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoTowerTest {
  @TempDir Path directory;

  private static TowerModel train(TowerOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return TwoTower.train(
          Groups.positives(), Groups.users(), Groups.items(), options, workers, Progress.none());
    }
  }

  private static TowerOptions pairs() {
    return Groups.options()
        .withLoss(TowerLoss.SCALED_CROSS_ENTROPY)
        .withNegatives(4)
        .withLearnScale(true);
  }

  private static TowerOptions ranking() {
    return Groups.options().withLoss(TowerLoss.BPR, 4);
  }

  private static TowerOptions paper() {
    return TowerOptions.paper()
        .withHidden(List.of(32))
        .withDim(16)
        .withEmbeddingDim(16)
        .withOptimizer(Sgd.of(0.1))
        .withEpochs(12);
  }

  @Test
  void everyLossFallsAndBringsItemsOfOneGroupTogether() {
    TowerOptions sampled = Groups.options().withBatchNegatives(false).withPopularityExponent(0);
    TowerOptions contrastive =
        sampled.withLoss(TowerLoss.COSINE_CONTRASTIVE).withMargin(0).withNegativeWeight(10);
    for (TowerOptions options :
        List.of(Groups.options(), pairs(), ranking(), paper(), sampled, contrastive)) {
      TowerModel model = train(options, 2);
      double[] losses = model.losses();
      assertTrue(
          losses[losses.length - 1] < losses[0],
          options.loss() + ": loss from " + losses[0] + " to " + losses[losses.length - 1]);
      double contrast = Groups.contrast(model.itemVectors(), model.dim(), 0, Groups.SEEN);
      assertTrue(contrast > 0.2, options.loss() + ": contrast " + contrast);
    }
  }

  @Test
  void vectorsHaveLengthOneAndThePapersAreNeverNegative() {
    TowerModel model = train(paper().withEpochs(2), 1);
    assertEquals(Groups.ITEMS * model.dim(), model.itemVectors().length);
    assertEquals(Groups.USERS * model.dim(), model.userVectors().length);
    for (int item = 0; item < Groups.ITEMS; item++) {
      double squared = 0;
      for (int i = 0; i < model.dim(); i++) {
        float x = model.itemVectors()[item * model.dim() + i];
        assertTrue(x >= 0);
        squared += x * x;
      }
      assertEquals(1, squared, 1e-5);
    }
  }

  @Test
  void anyNumberOfThreadsTrainsTheSameModelAndAnotherSeedAnother() {
    for (TowerOptions options : List.of(Groups.options(), pairs(), ranking())) {
      TowerOptions shorter = options.withEpochs(2);
      TowerModel one = train(shorter, 1);
      assertEquals(one.hash(), train(shorter, 3).hash());
      assertArrayEquals(one.losses(), train(shorter, 2).losses());
      assertNotEquals(one.hash(), train(shorter.withSeed(100), 1).hash());
    }
  }

  @Test
  void anItemWithoutPositivesGetsItsPlaceFromItsFeatures() {
    TowerModel model = train(Groups.options().withUnknownIds(0.3), 2);
    double contrast = Groups.contrast(model.itemVectors(), model.dim(), Groups.SEEN, Groups.ITEMS);
    assertTrue(contrast > 0.3, "contrast of unseen items " + contrast);
    assertTrue(model.hasItemVector(Groups.ITEMS - 1));
    try (Workers workers = Workers.of(1)) {
      FeatureTable unseen = Groups.items().withKnownIds(new boolean[Groups.ITEMS]);
      float[] vectors = model.itemVectors(unseen, workers);
      int from = Groups.SEEN * model.dim();
      for (int i = from; i < vectors.length; i++) {
        assertEquals(model.itemVectors()[i], vectors[i]);
      }
    }
  }

  @Test
  void withIdsAloneAnItemWithoutPositivesHasNoVector() {
    try (Workers workers = Workers.of(1)) {
      TowerModel model =
          TwoTower.train(
              Groups.positives(),
              Groups.users(),
              FeatureTable.ofIds(Groups.ITEMS),
              Groups.options().withEpochs(1),
              workers,
              Progress.none());
      assertTrue(model.hasItemVector(0));
      assertFalse(model.hasItemVector(Groups.ITEMS - 1));
    }
  }

  @Test
  void trainingStopsEarlyAtTheBestRecall() {
    TowerModel model = train(Groups.options().withEpochs(60).withPatience(2), 2);
    assertTrue(model.epochs() < 60, "ran all " + model.epochs() + " epochs");
    double best = model.recalls()[model.bestEpoch() - 1];
    for (double recall : model.recalls()) {
      assertTrue(recall <= best);
    }
    assertEquals(model.bestEpoch() + 2, model.epochs());
  }

  @Test
  void aSpectralStartIsBetterAfterOneEpochAndSaysHowItWasWeighted() {
    TowerOptions options = Groups.options().withHidden(List.of()).withHistory(0).withEpochs(1);
    TowerModel drawn = train(options, 2);
    TowerModel spectral = train(options.withStart(TowerStart.SPECTRAL), 2);
    assertTrue(
        spectral.losses()[0] < drawn.losses()[0] - 0.3,
        "loss %f, from drawn vectors %f".formatted(spectral.losses()[0], drawn.losses()[0]));
    assertTrue(spectral.notes().getFirst().startsWith("ids start at singular vectors"));
    assertEquals(spectral.hash(), train(options.withStart(TowerStart.SPECTRAL), 1).hash());
  }

  @Test
  void annealedRatesFallToZeroAtTheEndOfShortPassesToo() {
    TowerOptions batch =
        Groups.options().withPatience(0).withEpochs(1).withBatch(32).withEpochSamples(32);
    double rate = batch.optimizer().learningRate();
    TowerModel annealed = train(batch.withAnneal(true).withEpochs(2), 1);
    TowerModel half = train(batch.withOptimizer(batch.optimizer().withLearningRate(rate / 2)), 1);
    assertEquals(half.hash(), annealed.hash(), "of two steps the first has half the rate");
  }

  private static TowerModel resumed(TowerOptions options, Path file) throws IOException {
    try (Workers workers = Workers.of(2)) {
      return TwoTower.train(
          Groups.positives(),
          Groups.users(),
          Groups.items(),
          options,
          Optional.of(file),
          workers,
          Progress.none());
    }
  }

  @Test
  void aTrainingThatGoesOnFromACheckpointEndsWithTheBitsOfAnUninterruptedOne() throws IOException {
    Path file = directory.resolve("checkpoint.safetensors");
    for (TowerOptions options :
        List.of(Groups.options(), pairs(), ranking(), ranking().withLearnScale(true))) {
      TowerOptions four = options.withEpochs(4).withPatience(2).withDropout(0.1);
      resumed(four.withEpochs(2), file);
      TowerModel model = resumed(four, file);
      TowerModel whole = train(four, 1);
      assertEquals(whole.hash(), model.hash());
      assertArrayEquals(whole.losses(), model.losses());
      assertArrayEquals(whole.recalls(), model.recalls());
      assertEquals(whole.bestEpoch(), model.bestEpoch());
      assertThrows(IllegalArgumentException.class, () -> resumed(four.withDropout(0.2), file));
      Files.delete(file);
    }
  }

  @Test
  void aCheckpointOfMoreEpochsThanAreAskedForIsRefused() throws IOException {
    Path file = directory.resolve("checkpoint.safetensors");
    TowerOptions options = Groups.options().withPatience(2);
    resumed(options.withEpochs(3), file);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> resumed(options.withEpochs(1), file));
    assertTrue(e.getMessage().startsWith(file + " is a checkpoint after 3 epochs"), e.getMessage());
    assertTrue(e.getMessage().contains("at most 1; ask for 3 epochs or more"), e.getMessage());
  }

  @Test
  void aCheckpointThatLacksATensorOrHasTextForANumberIsToldAsDamaged() throws IOException {
    Path file = directory.resolve("checkpoint.safetensors");
    TowerOptions options = Groups.options().withPatience(2).withEpochs(3);
    resumed(options, file);
    DamagedCheckpoint.assertEachFaultIsTold(file, () -> resumed(options, file));
  }

  @Test
  void anEpochThatDivergesIsNotWrittenToTheCheckpoint() {
    Path file = directory.resolve("checkpoint.safetensors");
    TowerOptions wild = Groups.options().withOptimizer(Sgd.of(1e300));
    assertThrows(DivergedException.class, () -> resumed(wild, file));
    assertFalse(Files.exists(file));
  }

  @Test
  void tooFewPositivesForEarlyStoppingAreNoted() {
    Interactions few =
        Interactions.of(
            2,
            3,
            new int[] {0, 1},
            new int[] {0, 2},
            new float[] {1, 2},
            Interactions.Duplicates.LAST);
    try (Workers workers = Workers.of(1)) {
      TowerModel model =
          TwoTower.train(
              few,
              FeatureTable.ofIds(2),
              FeatureTable.ofIds(3),
              Groups.options(),
              workers,
              Progress.none());
      assertEquals(Groups.options().epochs(), model.epochs());
      assertTrue(model.notes().getFirst().contains("too few positives (2)"));
    }
  }

  @Test
  void everyOptionOfASavedModelIsReadBack() throws IOException {
    Path path = directory.resolve("tower.safetensors");
    for (Optimizer optimizer : List.of(Sgd.of(0.1), new Adagrad(0.1, 0.2, 1e-6, 0), Adam.of(0.1))) {
      TowerOptions options =
          Groups.options()
              .withLoss(TowerLoss.COSINE_CONTRASTIVE, 8)
              .withBatchNegatives(false)
              .withMargin(0.3)
              .withNegativeWeight(20)
              .withAnneal(true)
              .withStart(TowerStart.SPECTRAL)
              .withEpochSamples(64)
              .withEpochs(1)
              .withOptimizer(optimizer);
      train(options, 1).save(path);
      assertEquals(options, TowerModel.load(path).options());
    }
  }

  /**
   * The paper's five pairs of a positive don't fit into four, and its batch of 512 holds no 600.
   */
  @Test
  void negativesAndBatchCanBeSetTogetherWhereOneAloneIsRefused() {
    TowerOptions paper = TowerOptions.paper();
    assertThrows(IllegalArgumentException.class, () -> paper.withBatch(4));
    TowerOptions few = paper.withLoss(paper.loss(), 1, 4);
    assertEquals(paper.withNegatives(1).withBatch(4), few);
    assertThrows(IllegalArgumentException.class, () -> paper.withNegatives(600));
    TowerOptions many = paper.withLoss(paper.loss(), 600, 1024);
    assertEquals(paper.withBatch(1024).withNegatives(600), many);
  }

  @Test
  void lossesWithNegativesOfTheirOwnNeedOneAtLeastAndAreSpeltAsUsersWriteThem() {
    TowerOptions options = TowerOptions.defaults();
    for (TowerLoss loss : TowerLoss.values()) {
      for (int negatives : new int[] {0, -1}) {
        if (negatives == 0 && loss.sharesNegatives()) {
          assertEquals(0, options.withLoss(loss, negatives).negatives());
          continue;
        }
        Exception e =
            assertThrows(
                IllegalArgumentException.class, () -> options.withLoss(loss, negatives), "" + loss);
        String expected =
            "negatives is %d, must be %d to 65536"
                .formatted(negatives, loss.sharesNegatives() ? 0 : 1);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
      }
      Exception e =
          assertThrows(
              IllegalArgumentException.class, () -> options.withLoss(loss, 65_537), "" + loss);
      String range = "must be %d to 65536".formatted(loss.sharesNegatives() ? 0 : 1);
      assertTrue(e.getMessage().endsWith("negatives is 65537, " + range), e.getMessage());
    }
    Exception bpr =
        assertThrows(IllegalArgumentException.class, () -> options.withLoss(TowerLoss.BPR, -1));
    assertTrue(bpr.getMessage().contains("must be 1 to 65536 with bpr, for"), bpr.getMessage());
    for (TowerLoss loss : TowerLoss.values()) {
      TowerOptions defaults = TowerOptions.defaults();
      assertEquals(loss.sharesNegatives() ? 0 : 4, defaults.withLoss(loss).negatives(), "" + loss);
      assertEquals(7, defaults.withNegatives(7).withLoss(loss).negatives(), "" + loss);
    }
    Exception popularity =
        assertThrows(
            IllegalArgumentException.class,
            () -> options.withLoss(TowerLoss.COSINE_CONTRASTIVE).withPopularity(1));
    assertTrue(
        popularity.getMessage().contains("needs sampled-softmax with"), popularity.getMessage());
  }

  @Test
  void aScaleThatNoLossWouldUseIsRefused() {
    TowerOptions options = Groups.options();
    for (double scale : new double[] {0, 1, 200}) {
      assertEquals(scale, options.withScale(scale).scale());
    }
    for (double scale : new double[] {0.5, 200.5, -1, Double.NaN}) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> options.withScale(scale));
      assertTrue(e.getMessage().contains("must be 1 to 200, or 0 to go by"), e.getMessage());
    }
  }

  private static String description() throws IOException {
    return TowerDescription.write(
        new TowerDescription.Content(
            Groups.options().withScale(9),
            Groups.users().features(),
            Groups.items().features(),
            new double[] {1},
            new double[] {0},
            1,
            3,
            List.of()));
  }

  @Test
  void descriptionsOfOtherVersionsAndIncompleteOnesAreRefused() throws IOException {
    String json = description();
    for (String[] change :
        new String[][] {{"\"version\":1", "\"version\":2"}, {"two-tower", "multi-task"}}) {
      String other = json.replace(change[0], change[1]);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> TowerDescription.read(other), other);
      assertTrue(e.getMessage().endsWith("expected two-tower of version 1; train it anew"), "" + e);
    }
    for (String key : List.of("options", "notes", "losses", "version")) {
      String without = json.replace("\"" + key + "\":", "\"was\":");
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> TowerDescription.read(without), key);
      assertEquals("the description is incomplete", e.getMessage(), key);
    }
  }

  /** Trainings that were given .5 used 1, and their files say .5. */
  @Test
  void aSavedScaleOutOfBoundsIsReadAsTheOneThatWasUsed() throws IOException {
    String json = description();
    assertTrue(json.contains("\"scale\":9.0"), json);
    for (double[] savedAndUsed : new double[][] {{0, 0}, {0.5, 1}, {7, 7}, {1000, 200}}) {
      String saved = json.replace("\"scale\":9.0", "\"scale\":" + savedAndUsed[0]);
      assertEquals(savedAndUsed[1], TowerDescription.read(saved).options().scale(), saved);
    }
  }

  @Test
  void aSavedModelIsReadBackWhole() throws IOException {
    TowerModel model = train(Groups.options().withEpochs(2), 1);
    Path path = directory.resolve("tower.safetensors");
    model.save(path);
    TowerModel read = TowerModel.load(path);
    assertEquals(model.hash(), read.hash());
    assertEquals(model.options(), read.options());
    assertArrayEquals(model.losses(), read.losses());
    assertArrayEquals(model.itemVectors(), read.itemVectors());
    assertEquals(model.hasItemVector(95), read.hasItemVector(95));
    try (Workers workers = Workers.of(1)) {
      FeatureTable unseen = Groups.items().withKnownIds(new boolean[Groups.ITEMS]);
      assertArrayEquals(model.itemVectors(unseen, workers), read.itemVectors(unseen, workers));
    }
  }

  @Test
  void aDamagedModelIsRefused() throws IOException {
    Path path = directory.resolve("tower.safetensors");
    train(Groups.options().withEpochs(1), 1).save(path);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
    assertThrows(CorruptFileException.class, () -> TowerModel.load(path));
  }

  @Test
  void aDivergingTrainingStopsWithStepAndLearningRate() {
    TowerOptions options =
        pairs().withOptimizer(Sgd.of(1e30)).withHidden(List.of(16)).withPatience(0);
    DivergedException e = assertThrows(DivergedException.class, () -> train(options, 1));
    assertTrue(e.getMessage().contains("1.0E30"), e.getMessage());
  }

  @Test
  void weightsThatBreakInTheOnlyStepOfAnEpochStopTheTraining() {
    TowerOptions options =
        Groups.options().withOptimizer(Sgd.of(1e300)).withBatch(8192).withEpochs(1).withPatience(0);
    DivergedException e = assertThrows(DivergedException.class, () -> train(options, 1));
    assertEquals(1, e.step());
    assertTrue(e.getMessage().startsWith("weight "), e.getMessage());
  }

  @Test
  void wrongInputIsRefusedWithBothShapes() {
    try (Workers workers = Workers.of(1)) {
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  TwoTower.train(
                      Groups.positives(),
                      FeatureTable.ofIds(3),
                      Groups.items(),
                      Groups.options(),
                      workers,
                      Progress.none()));
      assertTrue(e.getMessage().contains("3 users") && e.getMessage().contains("[480 x 100]"));
      Interactions none =
          Interactions.of(2, 3, new int[0], new int[0], new float[0], Interactions.Duplicates.LAST);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              TwoTower.train(
                  none,
                  FeatureTable.ofIds(2),
                  FeatureTable.ofIds(3),
                  Groups.options(),
                  workers,
                  Progress.none()));
    }
    assertThrows(IllegalArgumentException.class, () -> Groups.options().withBatch(1));
    assertThrows(IllegalArgumentException.class, () -> Groups.options().withDropout(1));
    // Without negatives of either kind a softmax would have one class.
    assertThrows(
        IllegalArgumentException.class,
        () -> Groups.options().withNegatives(0).withBatchNegatives(false));
  }

  @Test
  void thePapersPresetIsThePapers() {
    TowerOptions paper = TowerOptions.paper();
    assertEquals(List.of(256), paper.hidden());
    assertEquals(128, paper.dim());
    assertTrue(paper.reluOutput());
    assertEquals(TowerLoss.COSINE_CROSS_ENTROPY, paper.loss());
    assertEquals(Sgd.of(0.01), paper.optimizer());
    assertEquals(512, paper.batch());
    assertEquals(100, paper.epochs());
    assertEquals(99, paper.seed());
  }
}
