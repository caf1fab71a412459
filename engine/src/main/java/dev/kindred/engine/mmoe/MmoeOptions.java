package dev.kindred.engine.mmoe;

import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Schedule;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a multi-task network is built and trained.
 *
 * @param sharing what the tasks have in common
 * @param experts how many
 * @param hidden widths of an expert's ReLU layers; may be empty only for SHARED_BOTTOM
 * @param towerHidden widths of the ReLU layers of each task's tower; may be empty
 * @param embeddingDim values per embedding vector
 * @param unknownIds share of training rows whose value of an open feature (an id) reads as unknown,
 *     for each such feature apart
 * @param dropout share of the inputs dropped in training
 * @param biasMode how the bias tower enters, where there are bias features
 * @param biasHidden widths of its ReLU layers; empty = a sum of one number per feature value
 * @param biasDropout share of training rows that do without the bias tower (ADDITIVE), drawn for
 *     each task by itself, so that the rest learns to stand alone, as it must at serving
 * @param optimizer and its learning rate
 * @param schedule of the learning rate
 * @param batch rows per step
 * @param epochs passes over the training rows, at most
 * @param patience epochs without a better score on the validation rows after which training stops;
 *     0 = run all epochs
 * @param seed of all random draws
 */
public record MmoeOptions(
    Sharing sharing,
    int experts,
    List<Integer> hidden,
    List<Integer> towerHidden,
    int embeddingDim,
    double unknownIds,
    double dropout,
    BiasMode biasMode,
    List<Integer> biasHidden,
    double biasDropout,
    Optimizer optimizer,
    Schedule schedule,
    int batch,
    int epochs,
    int patience,
    long seed) {
  /** Experts that a network may have, at most. */
  public static final int MAX_EXPERTS = 1024;

  /** Values that a layer or an embedding vector may have, at most. */
  public static final int MAX_WIDTH = 1 << 14;

  /** Rows that a step may have, at most. */
  public static final int MAX_BATCH = 1 << 20;

  public MmoeOptions {
    Objects.requireNonNull(sharing, "sharing");
    Objects.requireNonNull(biasMode, "biasMode");
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(schedule, "schedule");
    hidden = widths("hidden", hidden);
    towerHidden = widths("towerHidden", towerHidden);
    biasHidden = widths("biasHidden", biasHidden);
    check("experts", experts, 1, MAX_EXPERTS);
    if (sharing != Sharing.SHARED_BOTTOM && hidden.isEmpty()) {
      throw new IllegalArgumentException(
          "network option hidden is empty; experts need at least one layer");
    }
    check("embeddingDim", embeddingDim, 1, MAX_WIDTH);
    checkShare("unknownIds", unknownIds);
    checkShare("dropout", dropout);
    checkShare("biasDropout", biasDropout);
    check("batch", batch, 1, MAX_BATCH);
    check("epochs", epochs, 1, Integer.MAX_VALUE);
    check("patience", patience, 0, Integer.MAX_VALUE);
  }

  private static List<Integer> widths(String name, List<Integer> widths) {
    widths.forEach(width -> check("width of " + name, width, 1, MAX_WIDTH));
    return List.copyOf(widths);
  }

  private static void check(String name, int value, int from, int to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          "network option %s is %d, must be %s"
              .formatted(
                  name, value, to == Integer.MAX_VALUE ? "at least " + from : from + " to " + to));
    }
  }

  private static void checkShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "network option %s is %s, must be at least 0 and below 1".formatted(name, value));
    }
  }

  /** Eight small experts with a gate per task; Adam, early stopping. */
  public static MmoeOptions defaults() {
    return new MmoeOptions(
        Sharing.GATE_PER_TASK,
        8,
        List.of(64),
        List.of(32),
        16,
        0.05,
        0,
        BiasMode.ADDITIVE,
        List.of(),
        0.1,
        Adam.of(1e-3),
        Schedule.constant(),
        512,
        20,
        3,
        99);
  }

  /**
   * The plain ranking network: 1024, 512 and 256 ReLU units below all tasks (Covington et al.,
   * RecSys 2016, table 1).
   */
  public static MmoeOptions rankingNetwork() {
    return defaults()
        .withSharing(Sharing.SHARED_BOTTOM)
        .withHidden(List.of(1024, 512, 256))
        .withTowerHidden(List.of())
        .withEmbeddingDim(32);
  }

  /** Logistic (or linear) regression: a weight per feature value and per number. */
  public static MmoeOptions linear() {
    return defaults()
        .withSharing(Sharing.SHARED_BOTTOM)
        .withHidden(List.of())
        .withTowerHidden(List.of())
        .withEmbeddingDim(1)
        .withOptimizer(Adam.of(3e-3));
  }

  public MmoeOptions withSharing(Sharing sharing) {
    return with(draft -> draft.sharing = sharing);
  }

  public MmoeOptions withExperts(int experts) {
    return with(draft -> draft.experts = experts);
  }

  public MmoeOptions withHidden(List<Integer> hidden) {
    return with(draft -> draft.hidden = hidden);
  }

  public MmoeOptions withTowerHidden(List<Integer> towerHidden) {
    return with(draft -> draft.towerHidden = towerHidden);
  }

  public MmoeOptions withEmbeddingDim(int embeddingDim) {
    return with(draft -> draft.embeddingDim = embeddingDim);
  }

  public MmoeOptions withUnknownIds(double unknownIds) {
    return with(draft -> draft.unknownIds = unknownIds);
  }

  public MmoeOptions withDropout(double dropout) {
    return with(draft -> draft.dropout = dropout);
  }

  public MmoeOptions withBiasMode(BiasMode biasMode) {
    return with(draft -> draft.biasMode = biasMode);
  }

  public MmoeOptions withBiasHidden(List<Integer> biasHidden) {
    return with(draft -> draft.biasHidden = biasHidden);
  }

  public MmoeOptions withBiasDropout(double biasDropout) {
    return with(draft -> draft.biasDropout = biasDropout);
  }

  public MmoeOptions withOptimizer(Optimizer optimizer) {
    return with(draft -> draft.optimizer = optimizer);
  }

  public MmoeOptions withSchedule(Schedule schedule) {
    return with(draft -> draft.schedule = schedule);
  }

  public MmoeOptions withBatch(int batch) {
    return with(draft -> draft.batch = batch);
  }

  public MmoeOptions withEpochs(int epochs) {
    return with(draft -> draft.epochs = epochs);
  }

  public MmoeOptions withPatience(int patience) {
    return with(draft -> draft.patience = patience);
  }

  public MmoeOptions withSeed(long seed) {
    return with(draft -> draft.seed = seed);
  }

  private MmoeOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which one value is about to be changed. */
  private static final class Draft {
    Sharing sharing;
    int experts;
    List<Integer> hidden;
    List<Integer> towerHidden;
    int embeddingDim;
    double unknownIds;
    double dropout;
    BiasMode biasMode;
    List<Integer> biasHidden;
    double biasDropout;
    Optimizer optimizer;
    Schedule schedule;
    int batch;
    int epochs;
    int patience;
    long seed;

    Draft(MmoeOptions of) {
      sharing = of.sharing;
      experts = of.experts;
      hidden = of.hidden;
      towerHidden = of.towerHidden;
      embeddingDim = of.embeddingDim;
      unknownIds = of.unknownIds;
      dropout = of.dropout;
      biasMode = of.biasMode;
      biasHidden = of.biasHidden;
      biasDropout = of.biasDropout;
      optimizer = of.optimizer;
      schedule = of.schedule;
      batch = of.batch;
      epochs = of.epochs;
      patience = of.patience;
      seed = of.seed;
    }

    MmoeOptions options() {
      return new MmoeOptions(
          sharing,
          experts,
          hidden,
          towerHidden,
          embeddingDim,
          unknownIds,
          dropout,
          biasMode,
          biasHidden,
          biasDropout,
          optimizer,
          schedule,
          batch,
          epochs,
          patience,
          seed);
    }
  }
}
