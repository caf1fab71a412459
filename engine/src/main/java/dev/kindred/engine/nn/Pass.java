package dev.kindred.engine.nn;

import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Scratch of one run of a {@link Network} over up to {@code capacity} rows: values and, when
 * training, gradients of every layer.
 *
 * <p>Owned by one thread at a time; reused from run to run.
 */
public final class Pass {
  private static final float[] NONE = {};

  private final Network network;
  private final int capacity;
  private final boolean training;
  private final float[][] values;
  private final float[][] gradients;
  private final float[][] memories;
  private final Lookups[][] lookups;
  private final FeatureTable[] tables;
  private final int[][] tableRows;
  private final int[] tableOffsets;
  private final int[] leftOutFeature;
  private final int[][] leftOutValues;
  private final int[] leftOutOffsets;
  private final Map<Parameter, float[]> parameterGradients = new IdentityHashMap<>();
  private final Draws draws;
  private float[] scratch = NONE;
  private int rows;
  private long step;
  private long firstRow;

  private Pass(Network network, int capacity, boolean training, long seed) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a pass needs at least 1 row, not " + capacity);
    }
    this.network = Objects.requireNonNull(network, "network");
    this.capacity = capacity;
    this.training = training;
    this.draws = Draws.of(seed, "nn.pass");
    int count = network.layers().size();
    values = new float[count][];
    gradients = new float[count][];
    memories = new float[count][];
    lookups = new Lookups[count][];
    tables = new FeatureTable[count];
    tableRows = new int[count][];
    tableOffsets = new int[count];
    leftOutFeature = new int[count];
    leftOutValues = new int[count][];
    leftOutOffsets = new int[count];
    for (Layer layer : network.layers()) {
      values[layer.index] = buffer(layer, layer.width());
      memories[layer.index] = layer.memoryPerRow() > 0 ? buffer(layer, layer.memoryPerRow()) : NONE;
      gradients[layer.index] = training && layer.trained ? buffer(layer, layer.width()) : NONE;
      leftOutFeature[layer.index] = -1;
      if (training && layer instanceof FeatureInput input) {
        Lookups[] each = new Lookups[input.features().size()];
        Arrays.setAll(each, i -> new Lookups());
        lookups[layer.index] = each;
      }
    }
    if (training) {
      for (Parameter parameter : network.parameters()) {
        if (!parameter.isEmbedding()) {
          parameterGradients.put(parameter, new float[parameter.values().length]);
        }
      }
    }
  }

  private float[] buffer(Layer layer, int width) {
    long size = (long) capacity * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a pass of %d rows of layer %s (width %d) is too large; use fewer rows"
              .formatted(capacity, layer.name(), width));
    }
    return new float[(int) size];
  }

  /** A pass that only computes outputs; dropout is off. */
  public static Pass forInference(Network network, int capacity) {
    return new Pass(network, capacity, false, 0);
  }

  /**
   * A pass that also computes gradients; dropout and the like draw from {@code seed}, the step and
   * the row.
   */
  public static Pass forTraining(Network network, int capacity, long seed) {
    return new Pass(network, capacity, true, seed);
  }

  public int capacity() {
    return capacity;
  }

  public boolean isTraining() {
    return training;
  }

  /** Rows of the present run; 0 for a pass that takes no part in the present step. */
  public int rows() {
    return rows;
  }

  /** The output of a layer, [rows x width], valid until the next run. */
  public float[] value(Layer layer) {
    return values[layer.index];
  }

  /** The gradient of the loss by a layer's output, [rows x width]. */
  public float[] gradient(Layer layer) {
    return gradients[layer.index];
  }

  /** The gradient of the loss by a dense parameter; null if the network has no such parameter. */
  public float[] gradient(Parameter parameter) {
    return parameterGradients.get(parameter);
  }

  /** What a layer keeps from forward to backward, [rows x memoryPerRow]. */
  float[] memory(Layer layer) {
    return memories[layer.index];
  }

  Lookups[] lookups(Layer layer) {
    return lookups[layer.index];
  }

  /** At least {@code size} floats of any content, valid until the next call. */
  float[] scratch(int size) {
    if (scratch.length < size) {
      scratch = new float[size];
    }
    return scratch;
  }

  /** Row i of a run reads row {@code tableRows[offset + i]} of the table at this input. */
  public void bind(FeatureInput input, FeatureTable table, int[] tableRows, int offset) {
    input.check(table);
    tables[input.index] = table;
    this.tableRows[input.index] = tableRows;
    tableOffsets[input.index] = offset;
  }

  /**
   * Row i of a run reads one feature without the value {@code values[offset + i]}: so a history
   * never holds the item that is to be predicted from it.
   *
   * @param feature which feature of the input; -1 to leave nothing out
   */
  public void leaveOut(FeatureInput input, int feature, int[] values, int offset) {
    leftOutFeature[input.index] = feature;
    leftOutValues[input.index] = values;
    leftOutOffsets[input.index] = offset;
  }

  /**
   * Names the examples of the coming run: random draws are keyed by (step, firstRow + i), so they
   * don't depend on how a batch is cut into passes.
   */
  public void at(long step, long firstRow) {
    this.step = step;
    this.firstRow = firstRow;
  }

  /** Takes this pass out of the present step. */
  public void skip() {
    rows = 0;
  }

  Draws draws(Layer layer, int row) {
    draws.reset(layer.name().hashCode(), step, firstRow + row);
    return draws;
  }

  FeatureTable table(FeatureInput input) {
    FeatureTable table = tables[input.index];
    if (table == null) {
      throw new IllegalStateException("input " + input.name() + " is bound to no table yet");
    }
    return table;
  }

  int tableRow(FeatureInput input, int row) {
    return tableRows[input.index][tableOffsets[input.index] + row];
  }

  /** The value that this row's feature must not show, or -1. */
  int leftOut(FeatureInput input, int feature, int row) {
    return leftOutFeature[input.index] == feature
        ? leftOutValues[input.index][leftOutOffsets[input.index] + row]
        : -1;
  }

  void begin(Network of, int rows) {
    if (of != network) {
      throw new IllegalArgumentException("this pass belongs to another network");
    }
    if (rows < 0 || rows > capacity) {
      throw new IllegalArgumentException(
          "a pass of capacity %d can't run %d rows".formatted(capacity, rows));
    }
    this.rows = rows;
  }

  void beginBackward() {
    if (!training) {
      throw new IllegalStateException("this pass was made for inference and has no gradients");
    }
    parameterGradients.forEach(
        (parameter, gradient) -> {
          if (!parameter.isStatistic()) { // that was measured on the way forward
            Arrays.fill(gradient, 0);
          }
        });
  }

  Network network() {
    return network;
  }
}
