package dev.kindred.engine.nn;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A training after some epoch, in a safetensors file: weights, the optimiser's memory, the step,
 * and the best weights so far. A training that goes on from it ends with the bits of one that was
 * never interrupted.
 *
 * <p>For one thread.
 */
public final class Checkpoint {
  private static final String FORMAT = "kindred checkpoint ";
  private static final String VERSION = "2";
  private static final String STEPS = "steps";
  private static final String LOSSES = "losses";
  private static final String SCORES = "scores";
  private static final String BEST = "best/";
  private static final List<String> STRINGS =
      List.of(CheckpointKey.NETWORK, CheckpointKey.DATA, STEPS, LOSSES, SCORES);
  private static final String REMEDY =
      "; it is no checkpoint, or a damaged one: delete it to train from the start, or name another";

  private final Path file;
  private final CheckpointKey key;
  private final List<Parameter> parameters;
  private final Updater updater;
  private final EarlyStopping stopping;

  /**
   * @param file written after each epoch, read at the start if it is there
   * @param key of the training; a file of another one is refused
   * @param parameters all weights
   * @param updater that moves them
   */
  public Checkpoint(
      Path file,
      CheckpointKey key,
      List<Parameter> parameters,
      Updater updater,
      EarlyStopping stopping) {
    this.file = file;
    this.key = key;
    this.parameters = List.copyOf(parameters);
    this.updater = updater;
    this.stopping = stopping;
  }

  /**
   * How far a training had come.
   *
   * @param losses of the epochs run
   * @param scores of the epochs that were scored
   */
  public record Progress(List<Double> losses, List<Double> scores) {
    public Progress {
      losses = List.copyOf(losses);
      scores = List.copyOf(scores);
    }
  }

  /** Writes the present state under a temporary name and renames it. */
  public void write(Progress progress) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT + VERSION);
    key.addTo(metadata);
    metadata.put(STEPS, Long.toString(updater.steps()));
    metadata.put(LOSSES, joined(progress.losses()));
    metadata.put(SCORES, joined(progress.scores()));
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      tensors.put(parameter.name(), tensor(parameter, parameter.values()));
    }
    updater
        .memory()
        .forEach(
            (parameter, slots) -> {
              for (int i = 0; i < slots.length; i++) {
                tensors.put(slotName(parameter, i), tensor(parameter, slots[i]));
              }
            });
    List<float[]> best = stopping.best();
    for (int i = 0; i < best.size(); i++) {
      Parameter parameter = stopping.parameters().get(i);
      tensors.put(bestName(parameter), tensor(parameter, best.get(i)));
    }
    Safetensors.write(file, metadata, tensors);
  }

  private static String slotName(Parameter parameter, int slot) {
    return "optimizer." + slot + "/" + parameter.name();
  }

  private static String bestName(Parameter parameter) {
    return BEST + parameter.name();
  }

  private static Safetensors.Tensor tensor(Parameter parameter, float[] values) {
    return new Safetensors.Tensor(parameter.rows(), parameter.columns(), values);
  }

  private static String joined(List<Double> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /** The numbers of a string of the file. */
  private List<Double> numbers(Safetensors saved, String name) {
    List<Double> values = new ArrayList<>();
    for (String each : saved.metadata().get(name).split(" ")) {
      if (!each.isEmpty()) {
        try {
          values.add(Double.valueOf(each));
        } catch (NumberFormatException e) {
          throw damaged("string \"%s\" has '%s', must be numbers".formatted(name, each));
        }
      }
    }
    return values;
  }

  private long steps(Safetensors saved) {
    String text = saved.metadata().get(STEPS);
    long steps = -1;
    try {
      steps = Long.parseLong(text);
    } catch (NumberFormatException e) {
      // said below, as of a number below 0
    }
    if (steps < 0) {
      throw damaged(
          "string \"%s\" is '%s', must be a whole number of at least 0".formatted(STEPS, text));
    }
    return steps;
  }

  /** Overwrites a parameter's weights, or as many numbers that are kept beside them. */
  private void copyInto(Safetensors saved, String name, Parameter parameter, float[] into) {
    Safetensors.Tensor tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw damaged("has no tensor \"" + name + "\"");
    }
    if (tensor.rows() != parameter.rows() || tensor.columns() != parameter.columns()) {
      throw damaged(
          "tensor \"%s\" has shape [%d x %d], must have [%d x %d]"
              .formatted(
                  name, tensor.rows(), tensor.columns(), parameter.rows(), parameter.columns()));
    }
    System.arraycopy(tensor.values(), 0, into, 0, into.length);
  }

  private CorruptFileException damaged(String fault) {
    return new CorruptFileException(file, -1, fault + REMEDY);
  }

  private Safetensors read() throws IOException {
    try {
      return Safetensors.read(file);
    } catch (CorruptFileException e) {
      String fault =
          e.getMessage().substring(e.getMessage().indexOf(": ", file.toString().length()) + 2);
      CorruptFileException told = new CorruptFileException(file, e.offset(), fault + REMEDY);
      told.initCause(e);
      throw told;
    }
  }

  private void checkFormat(String format) {
    if (!format.startsWith(FORMAT)) {
      throw new IllegalArgumentException(
          file + " holds weights but is no checkpoint; name another file for the checkpoint");
    }
    String version = format.substring(FORMAT.length());
    if (!version.equals(VERSION)) {
      throw new IllegalArgumentException(
          "%s is a checkpoint of format %s, and this version reads format %s: end its training with the version that began it, delete it to train from the start, or name another"
              .formatted(file, version, VERSION));
    }
  }

  /** Refuses a file of this format that lacks what each has. */
  private void checkStrings(Map<String, String> strings) {
    for (String name : STRINGS) {
      if (!strings.containsKey(name)) {
        throw damaged("has no string \"" + name + "\"");
      }
    }
  }

  /** A training scores each of its epochs, or none where it holds nothing out. */
  private void checkScores(Progress progress) {
    int scores = progress.scores().size();
    int losses = progress.losses().size();
    if (scores > 0 && scores != losses) {
      throw damaged(
          "string \"%s\" has %d numbers, must have none or the %d of \"%s\""
              .formatted(SCORES, scores, losses, LOSSES));
    }
  }

  /** Without a best epoch there are no weights of one. */
  private void checkNoBest(Safetensors saved) {
    for (String name : saved.tensors().keySet()) {
      if (name.startsWith(BEST)) {
        throw damaged(
            "has tensor \"%s\", and none of its \"%s\" is a best".formatted(name, SCORES));
      }
    }
  }

  /**
   * Puts the state of the file back, if there is one. When this throws, weights and the optimiser's
   * memory may have been overwritten in part: begin again with new ones.
   *
   * @param epochs how many the training is to have at most
   * @throws IllegalArgumentException if the file is of another training or format, or of something
   *     else, or has more epochs behind it: the weights between are gone
   * @throws CorruptFileException if it is damaged, lacks a string or a tensor, has a tensor of
   *     another shape, text for a number, scores of some epochs only or best weights while no score
   *     was a best, or is no file of weights at all
   */
  public Optional<Progress> resume(int epochs) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Safetensors saved = read();
    checkFormat(saved.metadata().getOrDefault("format", ""));
    checkStrings(saved.metadata());
    String differences = CheckpointKey.in(saved.metadata()).differences(key);
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is a checkpoint of other data or options: %s; train with what it was made with, delete it or name another"
              .formatted(file, differences));
    }
    Progress progress = new Progress(numbers(saved, LOSSES), numbers(saved, SCORES));
    int done = progress.losses().size();
    if (done > epochs) {
      throw new IllegalArgumentException(
          "%s is a checkpoint after %d epochs, which can't be undone, of a training of at most %d; ask for %d epochs or more, delete it or name another"
              .formatted(file, done, epochs, done));
    }
    checkScores(progress);
    long steps = steps(saved);
    for (Parameter parameter : parameters) {
      copyInto(saved, parameter.name(), parameter, parameter.values());
    }
    updater
        .memory()
        .forEach(
            (parameter, slots) -> {
              for (int i = 0; i < slots.length; i++) {
                copyInto(saved, slotName(parameter, i), parameter, slots[i]);
              }
            });
    updater.resumeAt(steps);
    stopping.resume(progress.scores());
    List<float[]> best = stopping.best();
    if (best.isEmpty()) {
      checkNoBest(saved);
    }
    for (int i = 0; i < best.size(); i++) {
      Parameter parameter = stopping.parameters().get(i);
      copyInto(saved, bestName(parameter), parameter, best.get(i));
    }
    return Optional.of(progress);
  }
}
