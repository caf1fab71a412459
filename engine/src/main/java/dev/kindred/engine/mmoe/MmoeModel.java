package dev.kindred.engine.mmoe;

import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureInput;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Fingerprint;
import dev.kindred.engine.nn.Layer;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Pass;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A trained multi-task network.
 *
 * <p>Serving knows no bias features: {@link #predict} runs a graph without the bias tower. With
 * additive bias its probabilities are those of a row whose place is not known, with multiplicative
 * bias those of a row that is seen. Immutable; may be shared by threads.
 */
public final class MmoeModel {
  private static final int ROWS_AT_ONCE = 256;
  private static final String ALL_TASKS = "all tasks";
  private static final String DESCRIPTION = "kindred";

  private final MmoeOptions options;
  private final List<Task> tasks;
  private final Graph serving;
  private final Graph biasTower; // null without a bias tower
  private final float[] means;
  private final float[] deviations;
  private final double[] losses;
  private final double[] scores;
  private final int bestEpoch;

  /**
   * @param serving all but the bias tower
   * @param biasTower that alone, or null
   */
  MmoeModel(
      MmoeOptions options,
      List<Task> tasks,
      Graph serving,
      Graph biasTower,
      float[] means,
      float[] deviations,
      double[] losses,
      double[] scores,
      int bestEpoch) {
    this.options = options;
    this.tasks = tasks;
    this.serving = serving;
    this.biasTower = biasTower;
    this.means = means;
    this.deviations = deviations;
    this.losses = losses;
    this.scores = scores;
    this.bestEpoch = bestEpoch;
  }

  public MmoeOptions options() {
    return options;
  }

  public List<Task> tasks() {
    return tasks;
  }

  /**
   * What the network reads, in the order in which it reads it: a table for {@link #predict} has
   * these, with texts and numbers encoded by them.
   */
  public List<Feature> features() {
    return serving.input.features();
  }

  /** What the bias tower reads, in its order; empty without one. */
  public List<Feature> biasFeatures() {
    return biasTower == null ? List.of() : biasTower.biasInput.features();
  }

  /** Whether there is a bias tower. */
  public boolean hasBias() {
    return biasTower != null;
  }

  /** Mean loss of each epoch; a copy. */
  public double[] losses() {
    return losses.clone();
  }

  /** Validation score of each epoch, empty if there were no validation rows; a copy. */
  public double[] scores() {
    return scores.clone();
  }

  /** Epochs that were run. */
  public int epochs() {
    return losses.length;
  }

  /** The epoch whose weights these are, from 1. */
  public int bestEpoch() {
    return bestEpoch;
  }

  /**
   * What the network says of some rows, without the bias tower.
   *
   * @return [tasks x rows.length], probabilities or numbers
   */
  public float[][] predict(FeatureTable inputs, int[] rows, Workers workers) {
    float[][] outputs = run(serving, serving.input, inputs, rows, serving.mains, workers);
    for (int t = 0; t < tasks.size(); t++) {
      toPrediction(t, outputs[t]);
    }
    return outputs;
  }

  /**
   * What the network says of some rows whose bias features are known: how well it fits what was
   * logged, not what to rank by.
   *
   * @return [tasks x rows.length], probabilities or numbers
   */
  public float[][] predictSeen(
      FeatureTable inputs, FeatureTable bias, int[] rows, Workers workers) {
    float[][] outputs = run(serving, serving.input, inputs, rows, serving.mains, workers);
    float[][] biases = bias(bias, rows, workers);
    for (int t = 0; t < tasks.size(); t++) {
      float[] z = outputs[t];
      float[] b = biases[t];
      if (tasks.get(t).biased() && options.biasMode() == BiasMode.MULTIPLICATIVE) {
        toPrediction(t, z);
        Activations.sigmoid(b, 0, b.length);
        for (int i = 0; i < z.length; i++) {
          z[i] *= b[i];
        }
      } else {
        for (int i = 0; i < z.length; i++) {
          z[i] += b[i];
        }
        toPrediction(t, z);
      }
    }
    return outputs;
  }

  /**
   * What the bias tower adds to the logit of each task; with multiplicative bias the logit of being
   * seen. Zero where a task is not biased.
   *
   * @return [tasks x rows.length]
   */
  public float[][] bias(FeatureTable bias, int[] rows, Workers workers) {
    if (biasTower == null) {
      throw new IllegalStateException("this network was trained without bias features");
    }
    return run(biasTower, biasTower.biasInput, bias, rows, biasTower.biases, workers);
  }

  /** How the gates share out the experts, on the mean of some rows. */
  public GateUsage gateUsage(FeatureTable inputs, int[] rows, Workers workers) {
    List<String> names =
        options.sharing() == Sharing.ONE_GATE
            ? List.of(ALL_TASKS)
            : tasks.stream().map(Task::name).limit(serving.gates.size()).toList();
    float[][] columns = run(serving, serving.input, inputs, rows, serving.gates, workers);
    double[][] shares = new double[columns.length][];
    for (int g = 0; g < columns.length; g++) {
      int width = serving.gates.get(g).width();
      shares[g] = new double[width];
      for (int i = 0; i < columns[g].length; i++) {
        shares[g][i % width] += columns[g][i] / (double) rows.length;
      }
    }
    return new GateUsage(names, shares);
  }

  /**
   * The part of the network above the features, without the bias tower, to serve with: it takes
   * what {@link #encode} gives and outputs what {@link #predict} does.
   */
  public dev.kindred.engine.nn.serve.Mmoe ranker() {
    return Ranker.of(serving, options, tasks, means, deviations);
  }

  /** Where the inputs made from a feature begin in a row of {@link #encode}. */
  public int inputStart(int feature) {
    return serving.input.start(feature);
  }

  /**
   * The features of some rows as the network's layers see them: embeddings and numbers side by
   * side, in the order of the features.
   *
   * @return [rows.length x inputs of {@link #ranker}]
   */
  public float[] encode(FeatureTable inputs, int[] rows, Workers workers) {
    return run(serving, serving.input, inputs, rows, List.of(serving.input), workers)[0];
  }

  private void toPrediction(int t, float[] z) {
    if (tasks.get(t).kind() == Task.Kind.BINARY) {
      Activations.sigmoid(z, 0, z.length);
    } else {
      for (int i = 0; i < z.length; i++) {
        z[i] = z[i] * deviations[t] + means[t];
      }
    }
  }

  /** The values of some layers, [layers][rows x width]; zero where a layer is null. */
  private static float[][] run(
      Graph graph,
      FeatureInput input,
      FeatureTable table,
      int[] rows,
      List<Layer> layers,
      Workers workers) {
    float[][] values = new float[layers.size()][];
    for (int l = 0; l < values.length; l++) {
      int width = layers.get(l) == null ? 1 : layers.get(l).width();
      values[l] = new float[Math.multiplyExact(rows.length, width)];
    }
    Pass[] passes = new Pass[workers.threads()];
    workers.forEachRange(
        rows.length,
        ROWS_AT_ONCE,
        (from, to, worker) -> {
          if (passes[worker] == null) {
            passes[worker] = Pass.forInference(graph.network, ROWS_AT_ONCE);
          }
          Pass pass = passes[worker];
          pass.bind(input, table, rows, (int) from);
          int count = (int) (to - from);
          graph.network.forward(pass, count);
          for (int l = 0; l < values.length; l++) {
            Layer layer = layers.get(l);
            if (layer != null) {
              int width = layer.width();
              System.arraycopy(pass.value(layer), 0, values[l], (int) from * width, count * width);
            }
          }
        });
    return values;
  }

  private List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(serving.network.parameters());
    if (biasTower != null) {
      all.addAll(biasTower.network.parameters());
    }
    return all;
  }

  /** SHA-256 of all weights: equal for equal data, options and vector width. */
  public String hash() {
    return new Fingerprint().add(parameters()).hex();
  }

  /**
   * Writes the weights as safetensors, with a description in JSON of all that {@link #load} needs:
   * {@code input.FEATURE} [1 + values x dim] (row 0 for unknown values), {@code
   * expert.E.hiddenL.weight} [in x out] and {@code .bias} [1 x out], {@code gate.T.weight}, {@code
   * task.T.hiddenL.weight}, {@code task.T.output.weight}, the same with {@code bias.} for the bias
   * tower; see docs/formats.md.
   */
  public void save(Path file) throws IOException {
    String description =
        MmoeDescription.write(
            new MmoeDescription.Content(
                options,
                features(),
                biasFeatures(),
                tasks,
                means,
                deviations,
                losses,
                scores,
                bestEpoch));
    Safetensors.write(file, Map.of(DESCRIPTION, description), Safetensors.of(parameters()));
  }

  /**
   * Reads what {@link #save} wrote: a model that predicts the same to the bit.
   *
   * @throws CorruptFileException if the file is damaged or holds something else
   */
  public static MmoeModel load(Path path) throws IOException {
    Safetensors file = Safetensors.read(path);
    String description = file.metadata().get(DESCRIPTION);
    if (description == null) {
      throw new CorruptFileException(
          path, -1, "holds a network without a description; train it anew and save it again");
    }
    try {
      MmoeDescription.Content content = MmoeDescription.read(description);
      // Before anything of the sizes described is allocated.
      checkTables(file, "input.", content.features());
      checkTables(file, "bias.", content.biasFeatures());
      List<Task> tasks = content.tasks();
      List<Feature> biasFeatures = content.biasFeatures();
      MmoeModel model =
          new MmoeModel(
              content.options(),
              tasks,
              new Graph(tasks, content.features(), List.of(), content.options()),
              biasFeatures.isEmpty()
                  ? null
                  : new Graph(tasks, List.of(), biasFeatures, content.options()),
              content.means(),
              content.deviations(),
              content.losses(),
              content.scores(),
              content.bestEpoch());
      model.take(file);
      return model;
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(path, -1, "describes no valid network: " + e.getMessage());
    }
  }

  private static void checkTables(Safetensors file, String prefix, List<Feature> features) {
    for (Feature feature : features) {
      Safetensors.Tensor table = file.tensors().get(prefix + feature.name());
      if (feature.kind() != Feature.Kind.NUMERIC
          && (table == null || table.rows() != feature.size() + 1L)) {
        throw new IllegalArgumentException(
            "feature %s has %d values, the tensor %s%s %s; expected one row more than values"
                .formatted(
                    feature.name(),
                    feature.size(),
                    prefix,
                    feature.name(),
                    table == null ? "is missing" : "has " + table.rows() + " rows"));
      }
    }
  }

  /** Overwrites all weights with a file's; it must have these and no others. */
  private void take(Safetensors file) {
    Set<String> others = new TreeSet<>(file.tensors().keySet());
    parameters().forEach(parameter -> others.remove(parameter.name()));
    if (!others.isEmpty()) {
      throw new IllegalArgumentException("it has no place for the tensors " + others);
    }
    file.tensors().forEach((name, tensor) -> tensor.requireFinite(name));
    file.into(parameters());
    serving.network.refresh();
    if (biasTower != null) {
      biasTower.network.refresh();
    }
  }
}
