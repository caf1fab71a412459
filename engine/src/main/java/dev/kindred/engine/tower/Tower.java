package dev.kindred.engine.tower;

import dev.kindred.engine.nn.Dense;
import dev.kindred.engine.nn.Dropout;
import dev.kindred.engine.nn.Embedding;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureInput;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.L2Normalize;
import dev.kindred.engine.nn.Layer;
import dev.kindred.engine.nn.Network;
import dev.kindred.engine.nn.Pass;
import dev.kindred.engine.nn.Slice;
import dev.kindred.engine.nn.Sum;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One of the two towers: features, hidden layers, output of length 1.
 *
 * <p>Running it forward is safe from several threads while nobody trains it.
 */
final class Tower {
  private static final int ROWS_AT_ONCE = 256;

  final FeatureInput input;
  final Layer output;
  final Network network;

  /** Index of the history among the features, or -1. */
  final int history;

  /**
   * @param name prefix of layers and parameters
   * @param shared embeddings by feature name
   */
  Tower(String name, List<Feature> features, TowerOptions options, Map<String, Embedding> shared) {
    boolean onlyIds = features.stream().allMatch(f -> f.kind() == Feature.Kind.ID);
    int historyAt = -1;
    for (int f = 0; f < features.size(); f++) {
      if (features.get(f).name().equals(TwoTower.HISTORY)) {
        historyAt = f;
      }
    }
    history = historyAt;
    input =
        FeatureInput.of(
            name,
            features,
            options.embeddingDim(),
            shared,
            onlyIds ? 0 : options.unknownIds(),
            Math.max(1, options.history()),
            options.seed());
    Layer dropped =
        options.dropout() > 0 ? new Dropout(name + ".dropout", input, options.dropout()) : input;
    Layer below = addsUp(options) ? addedUp(name, dropped, options.dim()) : dropped;
    Layer layer = below;
    for (int i = 0; i < options.hidden().size(); i++) {
      layer =
          new Dense(
              name + ".hidden" + (i + 1),
              layer,
              options.hidden().get(i),
              Activation.RELU,
              options.seed());
    }
    List<Layer> parts = new ArrayList<>();
    if (layer != below || below.width() != options.dim() || options.reluOutput()) {
      parts.add(
          new Dense(
              name + ".output",
              layer,
              options.dim(),
              options.reluOutput() ? Activation.RELU : Activation.NONE,
              options.seed()));
    }
    if (parts.isEmpty()) {
      parts.add(below);
    } else if (options.skip() && layer != below) {
      parts.add(new Dense(name + ".skip", below, options.dim(), Activation.NONE, options.seed()));
    }
    Layer sum = parts.size() == 1 ? parts.getFirst() : new Sum(name + ".sum", parts);
    output = new L2Normalize(name + ".unit", sum);
    network = new Network(output);
  }

  /**
   * Without hidden layers, and with embeddings as wide as the output, a tower is the sum of its
   * features' vectors: with ids and history that of SVD++ (Koren, KDD 2008).
   */
  boolean addsUp(TowerOptions options) {
    boolean equal = options.hidden().isEmpty() && !options.reluOutput();
    for (int f = 0; f < input.features().size() && equal; f++) {
      boolean embedded = input.features().get(f).kind() != Feature.Kind.NUMERIC;
      equal = embedded && input.embedding(f).dim() == options.dim();
    }
    return equal;
  }

  private Layer addedUp(String name, Layer features, int dim) {
    if (input.features().size() == 1) {
      return features;
    }
    List<Layer> parts = new ArrayList<>();
    for (int f = 0; f < input.features().size(); f++) {
      String part = name + ".part" + (f + 1);
      parts.add(new Slice(part, features, input.start(f), dim));
    }
    return new Sum(name + ".parts", parts);
  }

  /**
   * The vectors of rows [0, rows.length) of {@code tableRows}, of length 1, at their places in
   * {@code target}: that of table row r at r * dim.
   */
  void vectors(FeatureTable table, int[] tableRows, float[] target, Workers workers) {
    int dim = output.width();
    forEachBlock(
        table,
        tableRows,
        workers,
        (pass, from, count) -> {
          for (int i = 0; i < count; i++) {
            int at = tableRows[from + i] * dim;
            System.arraycopy(pass.value(output), i * dim, target, at, dim);
            Distances.normalize(target, at, dim);
          }
        });
  }

  /** What the layers above the features see of some rows, [rows.length x width of the input]. */
  float[] inputs(FeatureTable table, int[] tableRows, Workers workers) {
    int width = input.width();
    float[] target = new float[Math.multiplyExact(tableRows.length, width)];
    forEachBlock(
        table,
        tableRows,
        workers,
        (pass, from, count) ->
            System.arraycopy(pass.value(input), 0, target, from * width, count * width));
    return target;
  }

  /** Takes what a pass over the rows at [from, from + count) of the list has made of them. */
  private interface Block {
    void take(Pass pass, int from, int count);
  }

  /** Passes over some rows of a table, block by block, each block by one thread. */
  private void forEachBlock(FeatureTable table, int[] tableRows, Workers workers, Block block) {
    Pass[] passes = new Pass[workers.threads()];
    workers.forEachRange(
        tableRows.length,
        ROWS_AT_ONCE,
        (from, to, worker) -> {
          if (passes[worker] == null) {
            passes[worker] = Pass.forInference(network, ROWS_AT_ONCE);
          }
          Pass pass = passes[worker];
          int count = (int) (to - from);
          pass.bind(input, table, tableRows, (int) from);
          network.forward(pass, count);
          block.take(pass, (int) from, count);
        });
  }

  /** The vectors of all rows of a table, [rows x dim], of length 1. */
  float[] vectors(FeatureTable table, Workers workers) {
    long size = (long) table.rows() * output.width();
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d vectors of %d values are more than an array holds; ask for fewer rows at a time"
              .formatted(table.rows(), output.width()));
    }
    float[] target = new float[(int) size];
    int[] rows = new int[table.rows()];
    Arrays.setAll(rows, row -> row);
    vectors(table, rows, target, workers);
    return target;
  }
}
