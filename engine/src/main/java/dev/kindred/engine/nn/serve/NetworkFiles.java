package dev.kindred.engine.nn.serve;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.nn.Safetensors.Tensor;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.simd.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Networks in safetensors files, named and laid out as PyTorch does, so that one trained there runs
 * here (docs/formats.md).
 *
 * <p>Weights are [outputs x inputs] as in {@code nn.Linear}; the layers of a {@code nn.Sequential}
 * are numbered, with gaps where its ReLUs are:
 *
 * <pre>
 *   MLP        layers.N.weight, layers.N.bias
 *   two-tower  user.N.weight, user.N.bias, item.N.weight, item.N.bias
 *   MMoE       experts.E.N.weight, .bias; gates.T.weight, .bias; towers.T.N.weight, .bias
 * </pre>
 *
 * <p>The metadata {@code kindred} describes the network in JSON. A layer without biases has none.
 * Stateless.
 */
public final class NetworkFiles {
  private static final String DESCRIPTION = "kindred";

  private NetworkFiles() {}

  /**
   * Reads an MLP, described as {@code {"kind":"mlp","output":"none","normalized":false}}.
   *
   * @throws CorruptFileException if the file is damaged or its tensors don't make such a network
   */
  public static Mlp readMlp(Path path) throws IOException {
    return read(path, "mlp", Contents::mlp);
  }

  /**
   * Reads a two-tower network, described as {@code
   * {"kind":"two-tower","output":"none","normalized":true}}.
   *
   * @throws CorruptFileException if the file is damaged or its tensors don't make such a network
   */
  public static TowerPair readTowers(Path path) throws IOException {
    return read(path, "two-tower", Contents::towers);
  }

  /**
   * Reads a mixture of experts, described as {@code {"kind":"mmoe","output":"relu","tasks":[
   * {"name":"click","probability":true}, ...]}}; the output is that of the experts.
   *
   * @throws CorruptFileException if the file is damaged or its tensors don't make such a network
   */
  public static Mmoe readMmoe(Path path) throws IOException {
    return read(path, "mmoe", Contents::mmoe);
  }

  private interface Maker<T> {
    T make(Contents contents);
  }

  private static <T> T read(Path path, String kind, Maker<T> maker) throws IOException {
    Safetensors file = Safetensors.read(path);
    String json = file.metadata().get(DESCRIPTION);
    if (json == null) {
      throw new CorruptFileException(
          path,
          -1,
          "has no metadata '" + DESCRIPTION + "' that describes the network; save it with one");
    }
    try {
      Map<String, Object> description = JSON.std.mapFrom(json);
      if (!kind.equals(description.get("kind"))) {
        throw new IllegalArgumentException(
            "it is of kind '%s', expected '%s'".formatted(description.get("kind"), kind));
      }
      Contents contents = new Contents(new LinkedHashMap<>(file.tensors()), description);
      T network = maker.make(contents);
      contents.requireAllUsed();
      return network;
    } catch (IOException | ClassCastException | NullPointerException e) {
      throw new CorruptFileException(path, -1, "describes its network incompletely: " + json);
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(path, -1, "holds no network: " + e.getMessage());
    }
  }

  /** A file's tensors, taken out one by one, and its description. */
  private static final class Contents {
    private final Map<String, Tensor> tensors;
    private final Map<String, Object> description;

    Contents(Map<String, Tensor> tensors, Map<String, Object> description) {
      this.tensors = tensors;
      this.description = description;
    }

    Mlp mlp() {
      return sequence("layers.", output(), (Boolean) description.get("normalized"));
    }

    TowerPair towers() {
      boolean normalized = (Boolean) description.get("normalized");
      return new TowerPair(
          sequence("user.", output(), normalized), sequence("item.", output(), normalized));
    }

    Mmoe mmoe() {
      List<Task> tasks = new ArrayList<>();
      for (Object each : (List<?>) description.get("tasks")) {
        Map<?, ?> task = (Map<?, ?>) each;
        tasks.add(new Task((String) task.get("name"), (Boolean) task.get("probability")));
      }
      List<Mlp> experts = new ArrayList<>();
      for (int e = 0; e == 0 || any("experts." + e + "."); e++) {
        experts.add(sequence("experts." + e + ".", output(), false));
      }
      List<DenseLayer> gates = new ArrayList<>();
      List<Mlp> towers = new ArrayList<>();
      for (int t = 0; t < tasks.size(); t++) {
        gates.add(layer("gates." + t, Activation.NONE));
        towers.add(sequence("towers." + t + ".", Activation.NONE, false));
      }
      return new Mmoe(experts, sideBySide(gates), towers, tasks);
    }

    private Activation output() {
      String output = (String) description.get("output");
      return switch (output) {
        case "none" -> Activation.NONE;
        case "relu" -> Activation.RELU;
        default ->
            throw new IllegalArgumentException(
                "the output is '" + output + "'; it must be 'none' or 'relu'");
      };
    }

    private boolean any(String prefix) {
      return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Layers prefix N, by N; ReLU between them. */
    private Mlp sequence(String prefix, Activation output, boolean normalized) {
      TreeSet<Integer> numbers = new TreeSet<>();
      for (String name : tensors.keySet()) {
        if (name.startsWith(prefix) && name.endsWith(".weight")) {
          String number = name.substring(prefix.length(), name.length() - ".weight".length());
          if (!number.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(
                "tensor " + name + "; expected " + prefix + "N.weight with a number N");
          }
          numbers.add(Integer.valueOf(number));
        }
      }
      if (numbers.isEmpty()) {
        throw new IllegalArgumentException("no tensor is called " + prefix + "N.weight");
      }
      List<DenseLayer> layers = new ArrayList<>();
      for (int number : numbers) {
        boolean last = number == numbers.last();
        layers.add(layer(prefix + number, last ? output : Activation.RELU));
      }
      return new Mlp(layers, normalized);
    }

    private DenseLayer layer(String name, Activation activation) {
      Tensor weight = tensors.remove(name + ".weight");
      if (weight == null) {
        throw new IllegalArgumentException("no tensor is called " + name + ".weight");
      }
      Tensor bias = tensors.remove(name + ".bias");
      int outputs = weight.rows();
      if (bias != null && bias.values().length != outputs) {
        throw new IllegalArgumentException(
            "%s.bias holds %d values, %s.weight is [%d x %d]"
                .formatted(name, bias.values().length, name, outputs, weight.columns()));
      }
      weight.requireFinite(name + ".weight");
      if (bias != null) {
        bias.requireFinite(name + ".bias");
      }
      return DenseLayer.ofTransposed(
          weight.columns(),
          outputs,
          weight.values(),
          bias == null ? new float[outputs] : bias.values(),
          activation);
    }

    void requireAllUsed() {
      if (!tensors.isEmpty()) {
        throw new IllegalArgumentException(
            "nothing is known of the tensors " + new TreeMap<>(tensors).keySet());
      }
    }
  }

  private static DenseLayer sideBySide(List<DenseLayer> layers) {
    int inputs = layers.getFirst().inputs();
    int outputs = layers.stream().mapToInt(DenseLayer::outputs).sum();
    float[] weight = new float[inputs * outputs];
    float[] bias = new float[outputs];
    int at = 0;
    for (DenseLayer layer : layers) {
      if (layer.inputs() != inputs) {
        throw new IllegalArgumentException(
            "gates take %d and %d values; all must take the same"
                .formatted(inputs, layer.inputs()));
      }
      for (int i = 0; i < inputs; i++) {
        System.arraycopy(
            layer.weight(), i * layer.outputs(), weight, i * outputs + at, layer.outputs());
      }
      System.arraycopy(layer.bias(), 0, bias, at, layer.outputs());
      at += layer.outputs();
    }
    return DenseLayer.of(inputs, outputs, weight, bias, Activation.NONE);
  }

  /** Writes an MLP; nothing is left behind if it fails. */
  public static void write(Path path, Mlp mlp) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    put(tensors, "layers.", mlp);
    write(path, description("mlp", mlp, Map.of("normalized", mlp.normalized())), tensors);
  }

  /**
   * Writes a two-tower network; nothing is left behind if it fails.
   *
   * @throws IllegalArgumentException if the towers end differently, for which the description has
   *     no words
   */
  public static void write(Path path, TowerPair towers) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    put(tensors, "user.", towers.user());
    put(tensors, "item.", towers.item());
    requireSameEnd("towers", towers.user(), towers.item());
    Map<String, Object> more = Map.of("normalized", towers.user().normalized());
    write(path, description("two-tower", towers.user(), more), tensors);
  }

  /**
   * Writes a mixture of experts; nothing is left behind if it fails.
   *
   * @throws IllegalArgumentException if the experts end differently, or a tower with a ReLU, for
   *     which the description has no words
   */
  public static void write(Path path, Mmoe mmoe) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Mlp first = mmoe.experts().getFirst();
    for (int e = 0; e < mmoe.experts().size(); e++) {
      requireSameEnd("experts", first, mmoe.experts().get(e));
      put(tensors, "experts." + e + ".", mmoe.experts().get(e));
    }
    int experts = mmoe.experts().size();
    List<Map<String, Object>> tasks = new ArrayList<>();
    for (int t = 0; t < mmoe.tasks().size(); t++) {
      DenseLayer gates = mmoe.gates();
      float[] weight = new float[experts * gates.inputs()];
      float[] bias = new float[experts];
      for (int e = 0; e < experts; e++) {
        bias[e] = gates.bias()[t * experts + e];
        for (int i = 0; i < gates.inputs(); i++) {
          weight[e * gates.inputs() + i] = gates.weight()[i * gates.outputs() + t * experts + e];
        }
      }
      tensors.put("gates." + t + ".weight", new Tensor(experts, gates.inputs(), weight));
      tensors.put("gates." + t + ".bias", new Tensor(1, experts, bias));
      Mlp tower = mmoe.towers().get(t);
      if (tower.layers().getLast().activation() != Activation.NONE) {
        throw new IllegalArgumentException(
            "the tower of task " + mmoe.tasks().get(t).name() + " ends with a ReLU");
      }
      put(tensors, "towers." + t + ".", tower);
      Task task = mmoe.tasks().get(t);
      Map<String, Object> described = new LinkedHashMap<>();
      described.put("name", task.name());
      described.put("probability", task.probability());
      tasks.add(described);
    }
    write(path, description("mmoe", first, Map.of("tasks", tasks)), tensors);
  }

  private static void requireSameEnd(String what, Mlp a, Mlp b) {
    if (a.layers().getLast().activation() != b.layers().getLast().activation()
        || a.normalized() != b.normalized()) {
      throw new IllegalArgumentException(
          "the " + what + " end differently: one with a ReLU or normalised, one without");
    }
  }

  private static Map<String, Object> description(
      String kind, Mlp output, Map<String, Object> more) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("kind", kind);
    boolean relu = output.layers().getLast().activation() == Activation.RELU;
    description.put("output", relu ? "relu" : "none");
    description.putAll(more);
    return description;
  }

  private static void put(Map<String, Tensor> tensors, String prefix, Mlp mlp) {
    int n = mlp.layers().size();
    for (int number = 0; number < n; number++) {
      DenseLayer layer = mlp.layers().get(number);
      if (number < n - 1 && layer.activation() != Activation.RELU) {
        throw new IllegalArgumentException(
            "layer " + prefix + number + " has no ReLU; only a last layer may lack one");
      }
      int inputs = layer.inputs();
      int outputs = layer.outputs();
      float[] transposed = new float[inputs * outputs];
      for (int i = 0; i < inputs; i++) {
        for (int o = 0; o < outputs; o++) {
          transposed[o * inputs + i] = layer.weight()[i * outputs + o];
        }
      }
      // Twice the number: where nn.Sequential puts the ReLUs, there are gaps.
      String name = prefix + 2 * number;
      tensors.put(name + ".weight", new Tensor(outputs, inputs, transposed));
      tensors.put(name + ".bias", new Tensor(1, outputs, layer.bias()));
    }
  }

  private static void write(Path path, Map<String, Object> description, Map<String, Tensor> tensors)
      throws IOException {
    Safetensors.write(path, Map.of(DESCRIPTION, JSON.std.asString(description)), tensors);
  }
}
