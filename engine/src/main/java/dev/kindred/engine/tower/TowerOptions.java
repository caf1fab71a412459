package dev.kindred.engine.tower;

import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Sgd;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a two-tower network is built and trained.
 *
 * @param hidden widths of the ReLU layers below the output layer of both towers; if it is empty and
 *     all embeddings are as wide as the output, a tower is the sum of its features' vectors
 * @param dim width of the output: learned values of a vector, see {@link #vectorWidth}
 * @param reluOutput whether the output layer has a ReLU too; else it is linear
 * @param skip whether a linear image of the input is added to the output of the hidden layers
 * @param embeddingDim values per embedding vector
 * @param start where the vectors of ids stand before training
 * @param history how many of a user's items the user tower averages in a training step; 0 = the
 *     user tower knows no history
 * @param loss what to train for
 * @param scale of the cosine within the loss, 1 / temperature, 1 to 200: a softmax of less says
 *     nothing, of more is all or nothing; the start value where it is learned; 0 = by the number of
 *     items n, {@code max(4, ln n - 2)}: a softmax over many items needs more room. For
 *     SCALED_CROSS_ENTROPY, BPR and SAMPLED_SOFTMAX
 * @param learnScale whether scale is learned, within the same bounds; nothing for losses without
 * @param negatives sampled per positive; for SAMPLED_SOFTMAX sampled per batch, beside the batch's
 *     own items
 * @param batchNegatives whether the items of a batch are negatives of one another's users, for the
 *     losses with shared negatives; without, a positive stands against the sampled ones alone
 * @param popularityExponent negatives are drawn by popularity to this power
 * @param correction share of log Q taken off the logits of SAMPLED_SOFTMAX: 1 estimates the softmax
 *     over all items, 0 leaves items that are drawn often pushed down
 * @param popularity share, 0 to 2, of the log of an item's number of positives that its score gets
 *     beside the cosine: what is known is not left to be learned; 0 = none. For SAMPLED_SOFTMAX
 *     with a fixed scale; vectors carry it in two more values, see {@link #vectorWidth}
 * @param margin cosine up to which a negative costs nothing with COSINE_CONTRASTIVE
 * @param negativeWeight of the mean over the negatives beside the positive with COSINE_CONTRASTIVE
 * @param dropout share of the inputs dropped in training
 * @param unknownIds share of training rows whose value of an open feature (an id) is read as
 *     unknown where the table has other features than ids, so that an unseen item gets a good
 *     vector
 * @param optimizer and its learning rate
 * @param anneal whether the learning rate falls along half a cosine, to 0 at the end of the last of
 *     {@code epochs}: as many as are to be run, then
 * @param batch examples per step: pairs, negatives included, for the cross-entropies and BPR;
 *     positives for the losses with shared negatives
 * @param epochs passes over the positives, at most
 * @param epochSamples positives of one pass, at most; where there are more, each pass takes others,
 *     drawn anew; 0 = all
 * @param patience epochs without a better recall on held-out positives after which training stops;
 *     0 = run all epochs and hold nothing out
 * @param smooth whether in the end the vectors of known users and items lean towards the means of
 *     their neighbours', by weights that are chosen on held-out positives; nothing without patience
 * @param seed of all random draws
 */
public record TowerOptions(
    List<Integer> hidden,
    int dim,
    boolean reluOutput,
    boolean skip,
    int embeddingDim,
    TowerStart start,
    int history,
    TowerLoss loss,
    double scale,
    boolean learnScale,
    int negatives,
    boolean batchNegatives,
    double popularityExponent,
    double correction,
    double popularity,
    double margin,
    double negativeWeight,
    double dropout,
    double unknownIds,
    Optimizer optimizer,
    boolean anneal,
    int batch,
    int epochs,
    int epochSamples,
    int patience,
    boolean smooth,
    long seed) {
  private static final int MAX_WIDTH = 1 << 14;
  private static final int MAX_NEGATIVES = 1 << 16;

  /** A positive's own, where nobody says how many. */
  private static final int OWN_NEGATIVES = 4;

  private static final int MAX_BATCH = 1 << 16;
  private static final double MIN_SCALE = 1;
  private static final double MAX_SCALE = 200;

  public TowerOptions {
    hidden = List.copyOf(hidden);
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(optimizer, "optimizer");
    for (int width : hidden) {
      check("hidden width", width, 1, MAX_WIDTH);
    }
    check("dim", dim, 1, MAX_WIDTH);
    check("embeddingDim", embeddingDim, 1, MAX_WIDTH);
    check("history", history, 0, Integer.MAX_VALUE);
    if (scale != 0 && !(scale >= MIN_SCALE && scale <= MAX_SCALE)) {
      throw new IllegalArgumentException(
          "two-tower option scale is %s, must be %s to %s, or 0 to go by the number of items"
              .formatted(plain(scale), plain(MIN_SCALE), plain(MAX_SCALE)));
    }
    if (negatives < 1 && !loss.sharesNegatives()) {
      throw new IllegalArgumentException(
          "two-tower option negatives is %d, must be 1 to %d with %s, for which each positive needs some of its own"
              .formatted(negatives, MAX_NEGATIVES, spelt(loss)));
    }
    check("negatives", negatives, batchNegatives && loss.sharesNegatives() ? 0 : 1, MAX_NEGATIVES);
    check("popularityExponent", popularityExponent, 0, 10);
    check("correction", correction, 0, 1);
    check("popularity", popularity, 0, 2);
    if (popularity > 0 && (loss != TowerLoss.SAMPLED_SOFTMAX || learnScale)) {
      throw new IllegalArgumentException(
          "two-tower option popularity is %s, which needs %s with a fixed scale; set it to 0"
              .formatted(plain(popularity), spelt(TowerLoss.SAMPLED_SOFTMAX)));
    }
    check("margin", margin, -1, 1);
    check("negativeWeight", negativeWeight, 0, 1e6);
    check("dropout", dropout, 0, Math.nextDown(1.0));
    check("unknownIds", unknownIds, 0, Math.nextDown(1.0));
    if (batch <= negatives && !loss.sharesNegatives()) {
      throw new IllegalArgumentException(
          "two-tower option batch is %d, must be %d to %d, as a batch holds each positive with its %s"
              .formatted(
                  batch,
                  negatives + 1,
                  MAX_BATCH,
                  negatives == 1 ? "negative" : negatives + " negatives"));
    }
    check("batch", batch, 2, MAX_BATCH);
    check("epochs", epochs, 1, Integer.MAX_VALUE);
    check("epochSamples", epochSamples, 0, Integer.MAX_VALUE);
    check("patience", patience, 0, Integer.MAX_VALUE);
  }

  private static void check(String name, double value, double from, double to) {
    if (!(value >= from && value <= to)) {
      throw new IllegalArgumentException(
          "two-tower option %s is %s, must be %s to %s"
              .formatted(name, plain(value), plain(from), plain(to)));
    }
  }

  /** Whole numbers without a fraction or an exponent. */
  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** As on the command line and in a configuration. */
  private static String spelt(TowerLoss loss) {
    return loss.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The sound reading, see docs/decisions: softmax over sampled items, Adam, early stopping. */
  public static TowerOptions defaults() {
    return new TowerOptions(
        List.of(128),
        64,
        false,
        true,
        32,
        TowerStart.RANDOM,
        20,
        TowerLoss.SAMPLED_SOFTMAX,
        0,
        false,
        0,
        true,
        0.75,
        1,
        0,
        0.4,
        150,
        0,
        0.1,
        Adam.of(1e-3),
        false,
        512,
        30,
        0,
        4,
        false,
        99);
  }

  /** Values per vector: those that are learned and, with popularity, two more. */
  public int vectorWidth() {
    return popularity > 0 ? dim + Popularity.WIDTH : dim;
  }

  /** The scale to use, or to start from, with so many items. */
  double scaleFor(int items) {
    return scale > 0 ? scale : Math.max(4, Math.log(items) - 2);
  }

  /** The nearest scale that options may have: a learned one can step past the bounds. */
  static double bounded(double scale) {
    return Math.clamp(scale, MIN_SCALE, MAX_SCALE);
  }

  /**
   * Refuses popularity where items are compared with items or a plain network gives the vectors.
   *
   * @param towers what these options are of, for the message
   */
  public void checkPlainVectors(String towers) {
    if (popularity > 0) {
      throw new IllegalArgumentException(
          "%s have popularity %s; it is for lists of items for users, set it to 0"
              .formatted(towers, plain(popularity)));
    }
  }

  /**
   * The paper's network and training, literally: 256 and 128 wide, ReLU, normalised, cross-entropy
   * of the raw cosine, gradient descent, batch 512, 100 epochs, seed 99.
   *
   * <p>Not from the paper, which gives none: learning rate .01 (the default of its library), 4
   * negatives per positive drawn evenly, embeddings of 64.
   */
  public static TowerOptions paper() {
    return new TowerOptions(
        List.of(256),
        128,
        true,
        false,
        64,
        TowerStart.RANDOM,
        0,
        TowerLoss.COSINE_CROSS_ENTROPY,
        1,
        false,
        OWN_NEGATIVES,
        true,
        0,
        0,
        0,
        0.4,
        150,
        0,
        0,
        Sgd.of(0.01),
        false,
        512,
        100,
        0,
        0,
        false,
        99);
  }

  public TowerOptions withHidden(List<Integer> hidden) {
    return with(draft -> draft.hidden = hidden);
  }

  public TowerOptions withDim(int dim) {
    return with(draft -> draft.dim = dim);
  }

  public TowerOptions withReluOutput(boolean reluOutput) {
    return with(draft -> draft.reluOutput = reluOutput);
  }

  public TowerOptions withSkip(boolean skip) {
    return with(draft -> draft.skip = skip);
  }

  public TowerOptions withEmbeddingDim(int embeddingDim) {
    return with(draft -> draft.embeddingDim = embeddingDim);
  }

  public TowerOptions withStart(TowerStart start) {
    return with(draft -> draft.start = start);
  }

  public TowerOptions withHistory(int history) {
    return with(draft -> draft.history = history);
  }

  /**
   * With negatives where there are none and it needs some, {@link #negativesFor}; these stay when
   * the loss is changed again. 0 stay 0 for a loss that shares the batch's: without those, options
   * with 0 are refused whatever the loss.
   *
   * @throws IllegalArgumentException if it takes pairs, and a batch has no room for a positive's
   *     negatives
   */
  public TowerOptions withLoss(TowerLoss loss) {
    return withLoss(loss, negativesFor(loss));
  }

  /**
   * How many negatives a loss is to have unless somebody says so: these options' own, or 4 where
   * they have none and each positive needs some of its own.
   */
  public int negativesFor(TowerLoss loss) {
    return loss.sharesNegatives() || negatives > 0 ? negatives : OWN_NEGATIVES;
  }

  /** Both at once: one after the other could be refused on the way, as each loss has its range. */
  public TowerOptions withLoss(TowerLoss loss, int negatives) {
    return withLoss(loss, negatives, batch);
  }

  /** All at once, for the same reason: a batch of pairs has room for a positive's negatives. */
  public TowerOptions withLoss(TowerLoss loss, int negatives, int batch) {
    return with(
        draft -> {
          draft.loss = loss;
          draft.negatives = negatives;
          draft.batch = batch;
        });
  }

  public TowerOptions withScale(double scale) {
    return with(draft -> draft.scale = scale);
  }

  public TowerOptions withLearnScale(boolean learnScale) {
    return with(draft -> draft.learnScale = learnScale);
  }

  public TowerOptions withNegatives(int negatives) {
    return with(draft -> draft.negatives = negatives);
  }

  public TowerOptions withBatchNegatives(boolean batchNegatives) {
    return with(draft -> draft.batchNegatives = batchNegatives);
  }

  public TowerOptions withPopularityExponent(double popularityExponent) {
    return with(draft -> draft.popularityExponent = popularityExponent);
  }

  public TowerOptions withCorrection(double correction) {
    return with(draft -> draft.correction = correction);
  }

  public TowerOptions withPopularity(double popularity) {
    return with(draft -> draft.popularity = popularity);
  }

  public TowerOptions withMargin(double margin) {
    return with(draft -> draft.margin = margin);
  }

  public TowerOptions withNegativeWeight(double negativeWeight) {
    return with(draft -> draft.negativeWeight = negativeWeight);
  }

  public TowerOptions withDropout(double dropout) {
    return with(draft -> draft.dropout = dropout);
  }

  public TowerOptions withUnknownIds(double unknownIds) {
    return with(draft -> draft.unknownIds = unknownIds);
  }

  public TowerOptions withOptimizer(Optimizer optimizer) {
    return with(draft -> draft.optimizer = optimizer);
  }

  public TowerOptions withAnneal(boolean anneal) {
    return with(draft -> draft.anneal = anneal);
  }

  public TowerOptions withBatch(int batch) {
    return with(draft -> draft.batch = batch);
  }

  public TowerOptions withEpochs(int epochs) {
    return with(draft -> draft.epochs = epochs);
  }

  public TowerOptions withEpochSamples(int epochSamples) {
    return with(draft -> draft.epochSamples = epochSamples);
  }

  public TowerOptions withPatience(int patience) {
    return with(draft -> draft.patience = patience);
  }

  public TowerOptions withSmooth(boolean smooth) {
    return with(draft -> draft.smooth = smooth);
  }

  public TowerOptions withSeed(long seed) {
    return with(draft -> draft.seed = seed);
  }

  private TowerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which one value is about to be changed. */
  private static final class Draft {
    List<Integer> hidden;
    int dim;
    boolean reluOutput;
    boolean skip;
    int embeddingDim;
    TowerStart start;
    int history;
    TowerLoss loss;
    double scale;
    boolean learnScale;
    int negatives;
    boolean batchNegatives;
    double popularityExponent;
    double correction;
    double popularity;
    double margin;
    double negativeWeight;
    double dropout;
    double unknownIds;
    Optimizer optimizer;
    boolean anneal;
    int batch;
    int epochs;
    int epochSamples;
    int patience;
    boolean smooth;
    long seed;

    Draft(TowerOptions of) {
      hidden = of.hidden;
      dim = of.dim;
      reluOutput = of.reluOutput;
      skip = of.skip;
      embeddingDim = of.embeddingDim;
      start = of.start;
      history = of.history;
      loss = of.loss;
      scale = of.scale;
      learnScale = of.learnScale;
      negatives = of.negatives;
      batchNegatives = of.batchNegatives;
      popularityExponent = of.popularityExponent;
      correction = of.correction;
      popularity = of.popularity;
      margin = of.margin;
      negativeWeight = of.negativeWeight;
      dropout = of.dropout;
      unknownIds = of.unknownIds;
      optimizer = of.optimizer;
      anneal = of.anneal;
      batch = of.batch;
      epochs = of.epochs;
      epochSamples = of.epochSamples;
      patience = of.patience;
      smooth = of.smooth;
      seed = of.seed;
    }

    TowerOptions options() {
      return new TowerOptions(
          hidden,
          dim,
          reluOutput,
          skip,
          embeddingDim,
          start,
          history,
          loss,
          scale,
          learnScale,
          negatives,
          batchNegatives,
          popularityExponent,
          correction,
          popularity,
          margin,
          negativeWeight,
          dropout,
          unknownIds,
          optimizer,
          anneal,
          batch,
          epochs,
          epochSamples,
          patience,
          smooth,
          seed);
    }
  }
}
