package dev.kindred.engine.mmoe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Note;
import dev.kindred.engine.eval.Auc;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.DamagedCheckpoint;
import dev.kindred.engine.nn.DivergedException;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.nn.Schedule;
import dev.kindred.engine.nn.Sgd;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MmoeTest {
  private static final int ROWS = 4000;
  private static final int[] TRAIN = IntStream.range(0, 3000).toArray();
  private static final int[] HELD_OUT = IntStream.range(3000, ROWS).toArray();

  private static final MmoeOptions SMALL =
      MmoeOptions.defaults()
          .withExperts(3)
          .withHidden(List.of(16))
          .withTowerHidden(List.of(8))
          .withEmbeddingDim(8)
          .withOptimizer(Adam.of(0.01))
          .withBatch(256)
          .withEpochs(6)
          .withPatience(0);

  /** Two categories and a number, of which two events and an amount depend. */
  private static final class World {
    final FeatureTable inputs;
    final TaskLabels labels;

    World() {
      this(Feature.categorical("a", 10));
    }

    World(Feature category) {
      Draws draws = Draws.of(7, "world");
      int[] a = new int[ROWS];
      int[] b = new int[ROWS];
      float[] x = new float[ROWS];
      float[][] y = new float[3][ROWS];
      for (int row = 0; row < ROWS; row++) {
        a[row] = draws.nextInt(10);
        b[row] = draws.nextInt(6);
        x[row] = (float) draws.nextGaussian();
        double first = (a[row] % 3 - 1) * (b[row] % 2 == 0 ? 2 : -2) + x[row];
        double second = (b[row] - 2.5) + (a[row] < 5 ? 1 : -1);
        y[0][row] = draws.nextDouble() < logistic(first) ? 1 : 0;
        y[1][row] = draws.nextDouble() < logistic(second) ? 1 : 0;
        y[2][row] = 100 + 20 * x[row] + 5 * a[row];
      }
      inputs =
          FeatureTable.builder(ROWS)
              .single(category, a)
              .single(Feature.categorical("b", 6), b)
              .numeric("x", x)
              .build();
      labels =
          TaskLabels.of(
              List.of(
                  Task.binary("first"),
                  Task.binary("second").withWeight(0.5),
                  Task.regression("amount")),
              y);
    }
  }

  private static double logistic(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  private static MmoeModel train(World world, TaskLabels labels, MmoeOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return Mmoe.train(
          world.inputs,
          Optional.empty(),
          labels,
          TRAIN,
          HELD_OUT,
          options,
          workers,
          Progress.none());
    }
  }

  private static float[][] predict(MmoeModel model, World world, int[] rows) {
    try (Workers workers = Workers.of(1)) {
      return model.predict(world.inputs, rows, workers);
    }
  }

  private static double auc(float[] scores, TaskLabels labels, int task) {
    boolean[] positive = new boolean[HELD_OUT.length];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = labels.label(task, HELD_OUT[i]) == 1;
    }
    return Auc.of(scores, positive);
  }

  /**
   * A rare event's AUC is uncertain, so it moves the score to stop by less than a frequent one's.
   */
  @Test
  void tasksWeighByTheCertaintyOfTheirAuc() {
    World world = new World();
    float[][] y = new float[2][ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[0][row] = world.labels.label(0, row);
      y[1][row] = row % 100 == 7 ? 1 : 0;
    }
    TaskLabels labels = TaskLabels.of(List.of(Task.binary("first"), Task.binary("rare")), y);
    MmoeModel model = train(world, labels, SMALL.withEpochs(1).withPatience(1), 2);
    double sum = 0;
    double weights = 0;
    try (Workers workers = Workers.of(1)) {
      float[][] predictions = model.predict(world.inputs, HELD_OUT, workers);
      for (int t = 0; t < 2; t++) {
        boolean[] positive = new boolean[HELD_OUT.length];
        int positives = 0;
        for (int i = 0; i < positive.length; i++) {
          positive[i] = y[t][HELD_OUT[i]] == 1;
          positives += positive[i] ? 1 : 0;
        }
        int negatives = positive.length - positives;
        double weight = Math.sqrt((double) positives * negatives / positive.length);
        sum += weight * Auc.of(predictions[t], positive);
        weights += weight;
      }
    }
    assertEquals(sum / weights, model.scores()[0], 1e-9);
  }

  @Test
  void everyTaskIsLearned() {
    World world = new World();
    MmoeModel model = train(world, world.labels, SMALL, 1);
    float[][] predictions = predict(model, world, HELD_OUT);
    assertTrue(auc(predictions[0], world.labels, 0) > 0.85);
    assertTrue(auc(predictions[1], world.labels, 1) > 0.8);
    double error = 0;
    for (int i = 0; i < HELD_OUT.length; i++) {
      error += Math.abs(predictions[2][i] - world.labels.label(2, HELD_OUT[i])) / HELD_OUT.length;
    }
    assertTrue(error < 6, "mean error " + error + " of amounts with deviation 25");
  }

  @Test
  void oneExpertEqualsASharedBottomExactly() {
    World world = new World();
    MmoeModel one = train(world, world.labels, SMALL.withExperts(1), 1);
    MmoeModel bottom =
        train(world, world.labels, SMALL.withExperts(1).withSharing(Sharing.SHARED_BOTTOM), 1);
    float[][] first = predict(one, world, HELD_OUT);
    float[][] second = predict(bottom, world, HELD_OUT);
    for (int t = 0; t < first.length; t++) {
      assertArrayEquals(first[t], second[t], "task " + t);
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameHash() {
    World world = new World();
    MmoeOptions options = SMALL.withEpochs(2).withDropout(0.1);
    String hash = train(world, world.labels, options, 1).hash();
    assertEquals(hash, train(world, world.labels, options, 3).hash());
    assertNotEquals(hash, train(world, world.labels, options.withSeed(1), 1).hash());
  }

  @Test
  void gatesShareOutTheExpertsAndOneGateIsCommon() {
    World world = new World();
    MmoeModel own = train(world, world.labels, SMALL.withEpochs(1), 1);
    MmoeModel common =
        train(world, world.labels, SMALL.withEpochs(1).withSharing(Sharing.ONE_GATE), 1);
    try (Workers workers = Workers.of(2)) {
      GateUsage usage = own.gateUsage(world.inputs, HELD_OUT, workers);
      assertEquals(List.of("first", "second", "amount"), usage.gates());
      for (int g = 0; g < 3; g++) {
        assertEquals(1, Arrays.stream(usage.shares(g)).sum(), 1e-5);
      }
      assertEquals(1, common.gateUsage(world.inputs, HELD_OUT, workers).gates().size());
    }
  }

  @Test
  void aCollapsedGateIsReported() {
    GateUsage usage =
        new GateUsage(
            List.of("click", "like"), new double[][] {{0.02, 0.97, 0.01}, {0.3, 0.4, 0.3}});
    assertTrue(usage.isCollapsed(0));
    assertFalse(usage.isCollapsed(1));
    assertEquals(1, usage.warnings().size());
    assertTrue(usage.warnings().getFirst().contains("gate of click has collapsed: 97.0%"));
    assertEquals(2.97, usage.effectiveExperts(1), 0.01);
  }

  @Test
  void gatedExpertsAreNoWorseThanASharedBottomOnTasksThatPullApart() {
    World world = new World();
    MmoeOptions narrow = SMALL.withHidden(List.of(8)).withEpochs(8);
    float[][] gated = predict(train(world, world.labels, narrow, 2), world, HELD_OUT);
    MmoeOptions bottom = narrow.withSharing(Sharing.SHARED_BOTTOM);
    float[][] shared = predict(train(world, world.labels, bottom, 2), world, HELD_OUT);
    for (int t = 0; t < 2; t++) {
      double with = auc(gated[t], world.labels, t);
      double without = auc(shared[t], world.labels, t);
      assertTrue(with > without - 0.005, "task %d: %.4f, %.4f".formatted(t, with, without));
    }
  }

  @Test
  void aRowWithoutALabelTeachesItsTaskNothing() {
    World world = new World();
    float[][] holes = new float[3][ROWS];
    float[][] other = new float[3][ROWS];
    for (int t = 0; t < 3; t++) {
      for (int row = 0; row < ROWS; row++) {
        boolean hole = t == 1 && row % 2 == 0;
        holes[t][row] = hole ? Float.NaN : world.labels.label(t, row);
        other[t][row] = t == 1 ? holes[t][row] : Float.NaN;
      }
    }
    MmoeModel model =
        train(world, TaskLabels.of(world.labels.tasks(), holes), SMALL.withEpochs(2), 1);
    assertTrue(auc(predict(model, world, HELD_OUT)[1], world.labels, 1) > 0.6);
    TaskLabels nothing = TaskLabels.of(world.labels.tasks(), other);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> train(world, nothing, SMALL, 1));
    assertTrue(e.getMessage().contains("task first has 0 positives and 0 negatives"));
  }

  @Test
  void aRegressionWithoutALabelSaysThatAndNothingOfPositives() {
    World world = new World();
    TaskLabels amount = world.labels.only(2);
    float[][] none = new float[1][ROWS];
    Arrays.fill(none[0], Float.NaN);
    for (TaskLabels labels :
        List.of(TaskLabels.of(amount.tasks(), none), amount.withWeights(0, new float[ROWS]))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> train(world, labels, SMALL, 1));
      assertEquals(
          "task amount has no label of a weight above 0 among %d training rows; it needs some"
              .formatted(TRAIN.length),
          e.getMessage());
    }
  }

  @Test
  void validationRowsThatSayNothingStopNothing() {
    World world = new World();
    float[][] holes = new float[3][ROWS];
    for (int t = 0; t < 3; t++) {
      for (int row = 0; row < ROWS; row++) {
        holes[t][row] = row < TRAIN.length ? world.labels.label(t, row) : Float.NaN;
      }
    }
    TaskLabels labels = TaskLabels.of(world.labels.tasks(), holes);
    MmoeModel model = train(world, labels, SMALL.withEpochs(3).withPatience(1), 1);
    assertEquals(3, model.epochs());
    assertEquals(3, model.bestEpoch());
  }

  @Test
  void aNumberIsNotMultipliedByTheProbabilityOfBeingSeen() {
    World world = new World();
    TaskLabels labels =
        TaskLabels.of(
            List.of(Task.regression("amount").withBiased(true)), new float[][] {new float[ROWS]});
    MmoeOptions options = SMALL.withBiasMode(BiasMode.MULTIPLICATIVE);
    try (Workers workers = Workers.of(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  Mmoe.train(
                      world.inputs,
                      Optional.of(world.inputs),
                      labels,
                      TRAIN,
                      HELD_OUT,
                      options,
                      workers,
                      Progress.none()));
      assertTrue(e.getMessage().contains("task amount is a number"), e.getMessage());
    }
  }

  @Test
  void trainingThatDivergesNamesItsStepAndLearningRate() {
    World world = new World();
    MmoeOptions wild = SMALL.withOptimizer(Sgd.of(1e30));
    DivergedException e =
        assertThrows(DivergedException.class, () -> train(world, world.labels, wild, 1));
    assertTrue(e.step() > 1);
    assertEquals(1e30, e.learningRate());
  }

  @Test
  void theRankingNetworkHasTheWidthsOfThePaper() {
    assertEquals(List.of(1024, 512, 256), MmoeOptions.rankingNetwork().hidden());
    assertEquals(Sharing.SHARED_BOTTOM, MmoeOptions.rankingNetwork().sharing());
  }

  @Test
  void labelsOutOfRangeAreNamed() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TaskLabels.of(List.of(Task.binary("click")), new float[][] {{0, 2}}));
    assertTrue(e.getMessage().contains("task click in row 1 is 2.0, must be 0, 1 or NaN"));
  }

  private static MmoeModel resumed(World world, MmoeOptions options, Path file) throws IOException {
    try (Workers workers = Workers.of(2)) {
      return Mmoe.train(
          world.inputs,
          Optional.empty(),
          world.labels,
          TRAIN,
          HELD_OUT,
          options,
          Optional.of(file),
          workers,
          Progress.none());
    }
  }

  @Test
  void aTrainingThatGoesOnEndsWithTheBitsOfAnUninterruptedOne(@TempDir Path directory)
      throws IOException {
    World world = new World();
    MmoeOptions options = SMALL.withEpochs(4).withPatience(3).withDropout(0.1);
    Path file = directory.resolve("checkpoint.safetensors");
    resumed(world, options.withEpochs(2), file);
    MmoeModel model = resumed(world, options, file);
    MmoeModel whole = train(world, world.labels, options, 1);
    assertEquals(whole.hash(), model.hash());
    assertArrayEquals(whole.losses(), model.losses());
    assertEquals(whole.bestEpoch(), model.bestEpoch());
    assertThrows(
        IllegalArgumentException.class, () -> resumed(world, options.withDropout(0.2), file));
  }

  @Test
  void aCheckpointThatLacksATensorOrHasTextForANumberIsToldAsDamaged(@TempDir Path directory)
      throws IOException {
    World world = new World();
    MmoeOptions options = SMALL.withEpochs(1).withPatience(3);
    Path file = directory.resolve("checkpoint.safetensors");
    resumed(world, options, file);
    DamagedCheckpoint.assertEachFaultIsTold(file, () -> resumed(world, options, file));
  }

  @Test
  void aCheckpointOfACosineOverOtherEpochsIsToldByThem(@TempDir Path directory) throws IOException {
    World world = new World();
    MmoeOptions cosine = SMALL.withEpochs(2).withSchedule(Schedule.cosine(0, 0));
    Path file = directory.resolve("checkpoint.safetensors");
    MmoeModel two = resumed(world, cosine, file);
    assertEquals(two.hash(), resumed(world, cosine, file).hash());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> resumed(world, cosine.withEpochs(4), file));
    assertTrue(
        e.getMessage()
            .contains(": made with schedule cosine over 2 epochs, now cosine over 4 epochs;"),
        e.getMessage());
    // One with a length of its own goes on to any number.
    Path fixed = directory.resolve("fixed.safetensors");
    MmoeOptions ownLength = cosine.withSchedule(Schedule.cosine(0, 1000));
    resumed(world, ownLength, fixed);
    assertEquals(4, resumed(world, ownLength.withEpochs(4), fixed).epochs());
  }

  @Test
  void aWarmUpBeyondTheEndOfATrainingGoesOnWhenACheckpointDoes(@TempDir Path directory)
      throws IOException {
    World world = new World();
    long steps = Math.ceilDiv(TRAIN.length, SMALL.batch());
    MmoeOptions options = SMALL.withEpochs(4).withSchedule(Schedule.warmUp(3 * steps));
    assertEquals(List.of(), Mmoe.notes(TRAIN.length, options.withEpochs(3)));
    assertEquals(
        List.of(
            Note.warning(
                "the learning rate warms up over %d steps, and the training has at most %d, so it never gets to 0.01; warm up over fewer or train for more epochs"
                    .formatted(3 * steps, 2 * steps))),
        Mmoe.notes(TRAIN.length, options.withEpochs(2)));
    // That is an error.
    assertEquals(
        List.of(), Mmoe.notes(TRAIN.length, options.withSchedule(Schedule.cosine(9999, 0))));
    Path file = directory.resolve("checkpoint.safetensors");
    resumed(world, options.withEpochs(2), file);
    assertEquals(
        train(world, world.labels, options, 1).hash(), resumed(world, options, file).hash());
  }

  @Test
  void aCheckpointOfMoreEpochsThanAreAskedForIsRefusedAndStaysAsItIs(@TempDir Path directory)
      throws IOException {
    World world = new World();
    MmoeOptions options = SMALL.withPatience(3);
    Path file = directory.resolve("checkpoint.safetensors");
    MmoeModel three = resumed(world, options.withEpochs(3), file);
    byte[] before = Files.readAllBytes(file);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> resumed(world, options.withEpochs(2), file));
    assertTrue(e.getMessage().startsWith(file + " is a checkpoint after 3 epochs"), e.getMessage());
    assertTrue(e.getMessage().contains("at most 2; ask for 3 epochs or more"), e.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(three.hash(), resumed(world, options.withEpochs(3), file).hash());
  }

  @Test
  void aCheckpointOfOtherDataIsRefusedWhicheverPartIsOther(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("checkpoint.safetensors");
    MmoeOptions options = SMALL.withEpochs(1).withPatience(3);
    World world = new World();
    resumed(world, options, file);
    float[] numbers = new float[ROWS];
    World other = new World();
    FeatureTable changed =
        FeatureTable.builder(ROWS)
            .single(Feature.categorical("a", 10), new int[ROWS])
            .single(Feature.categorical("b", 6), new int[ROWS])
            .numeric(other.inputs.features().get(2), numbers)
            .build();
    assertEquals(other.inputs.features().toString(), changed.features().toString());
    int[] lessValidation = Arrays.copyOf(HELD_OUT, HELD_OUT.length - 1);
    float[][] y = new float[3][ROWS];
    for (int t = 0; t < 3; t++) {
      for (int row = 0; row < ROWS; row++) {
        y[t][row] = world.labels.label(t, row);
      }
    }
    y[0][HELD_OUT[0]] = 1 - y[0][HELD_OUT[0]];
    TaskLabels otherLabels = TaskLabels.of(world.labels.tasks(), y);
    assertRefused(world.inputs, world.labels, lessValidation, options, file);
    assertRefused(world.inputs, otherLabels, HELD_OUT, options, file);
    assertRefused(changed, world.labels, HELD_OUT, options, file);
    World open = new World(Feature.categorical("a", 10).opened());
    assertRefused(open.inputs, world.labels, HELD_OUT, options, file);
  }

  private static void assertRefused(
      FeatureTable inputs, TaskLabels labels, int[] validation, MmoeOptions options, Path file) {
    try (Workers workers = Workers.of(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  Mmoe.train(
                      inputs,
                      Optional.empty(),
                      labels,
                      TRAIN,
                      validation,
                      options,
                      Optional.of(file),
                      workers,
                      Progress.none()));
      assertTrue(e.getMessage().contains("checkpoint of other data or options"), e.getMessage());
    }
  }

  /** The only step's own loss is finite; what it does to the weights shows in no loss. */
  @Test
  void weightsThatBreakInTheLastStepOfAnEpochAreNeverWrittenToACheckpoint(@TempDir Path directory) {
    World world = new World();
    Path file = directory.resolve("checkpoint.safetensors");
    MmoeOptions options = SMALL.withOptimizer(Sgd.of(1e300)).withBatch(4096).withEpochs(1);
    DivergedException e =
        assertThrows(DivergedException.class, () -> resumed(world, options, file));
    assertEquals(1, e.step());
    assertTrue(e.getMessage().startsWith("weight "), e.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  void aTrainingThatDivergesLeavesTheLastGoodCheckpoint(@TempDir Path directory)
      throws IOException {
    World world = new World();
    Path file = directory.resolve("checkpoint.safetensors");
    // The rate rises without end, so that training first goes well and then breaks.
    MmoeOptions options =
        SMALL
            .withOptimizer(Sgd.of(1e6))
            .withSchedule(Schedule.warmUp(500_000_000))
            .withEpochs(1000);
    DivergedException e =
        assertThrows(DivergedException.class, () -> resumed(world, options, file));
    assertEquals(e.step() * 0.002, e.learningRate(), 1e-9);
    int epochs = Safetensors.read(file).metadata().get("losses").split(" ").length;
    MmoeModel good = resumed(world, options.withEpochs(epochs), file);
    assertEquals(epochs, good.epochs());
    assertTrue(Double.isFinite(good.losses()[epochs - 1]));
    assertTrue(Float.isFinite(predict(good, world, HELD_OUT)[2][0]));
  }

  @Test
  void optionsOutOfRangeAreToldWithWholeNumbersAndOpenEnds() {
    MmoeOptions defaults = MmoeOptions.defaults();
    for (Map.Entry<String, Supplier<MmoeOptions>> each :
        Map.<String, Supplier<MmoeOptions>>of(
                "embeddingDim is 0, must be 1 to 16384",
                () -> defaults.withEmbeddingDim(0),
                "patience is -1, must be at least 0",
                () -> defaults.withPatience(-1),
                "biasDropout is 1.0, must be at least 0 and below 1",
                () -> defaults.withBiasDropout(1))
            .entrySet()) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, each.getValue()::get, each.getKey());
      assertTrue(e.getMessage().contains(each.getKey()), e.getMessage());
    }
  }
}
