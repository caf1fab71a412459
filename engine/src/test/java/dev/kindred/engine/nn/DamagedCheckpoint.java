package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Damages a checkpoint as its checksum can't tell, one fault after the other. */
public final class DamagedCheckpoint {
  private static final String REMEDY =
      "; it is no checkpoint, or a damaged one: delete it to train from the start, or name another";

  private DamagedCheckpoint() {}

  /**
   * Checks that a checkpoint without any one of its tensors, with one of another shape, with text
   * for a number, scores of other epochs than losses, or best weights without a best score is
   * refused with the file, the thing and the remedy.
   *
   * @param file a sound checkpoint, with weights of a best epoch; damaged afterwards
   * @param resume goes on from it
   */
  public static void assertEachFaultIsTold(Path file, Callable<?> resume) throws IOException {
    Safetensors whole = Safetensors.read(file);
    for (String kind : new String[] {"optimizer.0/", "best/"}) {
      assertTrue(
          whole.tensors().keySet().stream().anyMatch(name -> name.startsWith(kind)),
          () -> "nothing of " + kind + " among " + whole.tensors().keySet());
    }
    for (String name : whole.tensors().keySet()) {
      Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>(whole.tensors());
      Safetensors.Tensor tensor = tensors.remove(name);
      Safetensors.write(file, whole.metadata(), tensors);
      assertTold(file, "has no tensor \"" + name + "\"", resume);
      tensors.put(name, new Safetensors.Tensor(1, 1, new float[1]));
      Safetensors.write(file, whole.metadata(), tensors);
      if (tensor.rows() != 1 || tensor.columns() != 1) {
        assertTold(
            file,
            "tensor \"%s\" has shape [1 x 1], must have [%d x %d]"
                .formatted(name, tensor.rows(), tensor.columns()),
            resume);
      }
    }
    String allowed = " must be a whole number of at least 0";
    Map<String, String> faults = new LinkedHashMap<>();
    faults.put("steps", "string \"steps\" is 'many'," + allowed);
    faults.put("losses", "string \"losses\" has 'many', must be numbers");
    faults.put("scores", "string \"scores\" has 'many', must be numbers");
    for (Map.Entry<String, String> each : faults.entrySet()) {
      assertTold(file, whole, each.getKey(), "many", each.getValue(), resume);
    }
    assertTold(file, whole, "steps", "-1", "string \"steps\" is '-1'," + allowed, resume);
    int epochs = whole.metadata().get("losses").split(" ").length;
    assertTold(
        file,
        whole,
        "scores",
        "0.5 ".repeat(epochs + 1),
        "string \"scores\" has %d numbers, must have none or the %d of \"losses\""
            .formatted(epochs + 1, epochs),
        resume);
    String best =
        whole.tensors().keySet().stream()
            .filter(name -> name.startsWith("best/"))
            .findFirst()
            .orElseThrow();
    for (String scores : new String[] {"", "NaN ".repeat(epochs)}) {
      String fault = "has tensor \"" + best + "\", and none of its \"scores\" is a best";
      assertTold(file, whole, "scores", scores, fault, resume);
    }
  }

  private static void assertTold(
      Path file, Safetensors whole, String name, String value, String fault, Callable<?> resume)
      throws IOException {
    Map<String, String> strings = new LinkedHashMap<>(whole.metadata());
    strings.put(name, value);
    Safetensors.write(file, strings, whole.tensors());
    assertTold(file, fault, resume);
  }

  private static void assertTold(Path file, String fault, Callable<?> resume) {
    CorruptFileException e = assertThrows(CorruptFileException.class, resume::call, fault);
    assertEquals(file + ": " + fault + REMEDY, e.getMessage());
  }
}
