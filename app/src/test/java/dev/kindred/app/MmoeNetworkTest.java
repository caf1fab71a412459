package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.mmoe.Sharing;
import dev.kindred.engine.nn.Adagrad;
import dev.kindred.engine.nn.Schedule;
import dev.kindred.engine.nn.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a specification says of the network, and how it is trained. */
final class MmoeNetworkTest extends MmoeRuns {
  /** Every network is another one, and its file says what it is. */
  @Test
  void sharingBiasLayersOptimizerAndScheduleOfTheSpecificationMakeTheNetwork() throws IOException {
    String network = "[network]\n";
    String bias = "[bias]\ncategorical = [\"place\"]\n";
    String bottom = SPEC.replace("experts = 2", "sharing = \"shared-bottom\"");
    Map<String, String> specs = new LinkedHashMap<>();
    specs.put("usual", SPEC);
    specs.put("the same", SPEC.replace(network, network + "sharing = \"gate-per-task\"\n"));
    specs.put("one gate", SPEC.replace(network, network + "sharing = \"one-gate\"\n"));
    specs.put("bottom", bottom);
    specs.put("no layers", bottom.replace("hidden = [8]", "hidden = []"));
    specs.put("bias layers", SPEC.replace(bias, bias + "hidden = [6, 3]\n"));
    specs.put("adagrad", SPEC.replace(network, network + "optimizer = \"adagrad\"\n"));
    specs.put(
        "sgd", SPEC.replace("learning-rate = 0.01", "optimizer = \"sgd\"\nweight-decay = 0.001"));
    specs.put("cosine", SPEC + "[network.schedule]\nshape = \"cosine\"\nwarm-up = 2\n");
    specs.put("stairs", SPEC + "[network.schedule]\nshape = \"steps\"\nsteps = 5\n");
    specs.put("warm-up", SPEC + "[network.schedule]\nwarm-up = 9\n");
    Map<String, MmoeModel> models = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : specs.entrySet()) {
      Files.writeString(spec, each.getValue());
      Path weights = directory.resolve(each.getKey() + ".safetensors");
      Run run = run("--json", "--save", weights.toString());
      assertEquals(0, run.exitCode(), each.getKey() + ": " + run.err());
      models.put(each.getKey(), MmoeModel.load(weights));
      Object gates = JSON.std.mapFrom(run.lines().getFirst()).get("gates");
      int expected =
          switch (each.getKey()) {
            case "one gate" -> 1;
            case "bottom", "no layers" -> 0;
            default -> 3;
          };
      assertEquals(expected, gates == null ? 0 : ((List<?>) gates).size(), each.getKey());
    }
    Set<String> hashes = new HashSet<>();
    models.values().forEach(model -> hashes.add(model.hash()));
    assertEquals(specs.size() - 1, hashes.size(), "of " + specs.keySet());
    assertEquals(models.get("usual").hash(), models.get("the same").hash());
    assertEquals(Sharing.ONE_GATE, models.get("one gate").options().sharing());
    assertEquals(Sharing.SHARED_BOTTOM, models.get("bottom").options().sharing());
    assertEquals(List.of(), models.get("no layers").options().hidden());
    assertEquals(List.of(6, 3), models.get("bias layers").options().biasHidden());
    assertEquals(Adagrad.of(0.01), models.get("adagrad").options().optimizer());
    assertEquals(new Sgd(0.01, 0.001), models.get("sgd").options().optimizer());
    assertEquals(Schedule.cosine(2, 0), models.get("cosine").options().schedule());
    assertEquals(Schedule.stairs(0, 5, 0.5), models.get("stairs").options().schedule());
    assertEquals(Schedule.warmUp(9), models.get("warm-up").options().schedule());
  }

  @Test
  void wrongSharingBiasLayersOptimizersAndSchedulesAreToldWithWhatIsAllowed() throws IOException {
    assertRefused(
        "experts = 2",
        "sharing = \"multi-gate\"",
        "[network] sharing is \"multi-gate\", must be one of gate-per-task, one-gate,"
            + " shared-bottom");
    assertRefused(
        "experts = 2",
        "experts = 2\nsharing = \"shared-bottom\"",
        "[network] experts has no effect with sharing = \"shared-bottom\"");
    assertRefused(
        "experts = 2",
        "optimizer = \"adamw\"",
        "[network] optimizer is \"adamw\", must be one of adam, adagrad, sgd");
    String bias = "[bias]\ncategorical = [\"place\"]\n";
    assertRefused(bias, "[bias]\nhidden = [4]\n", "[bias] hidden has no effect without columns");
    assertRefused(bias, bias + "hidden = [0]\n", "[bias] hidden holds 0, must be 1 to 16384");
    assertScheduleRefused(
        "shape = \"linear\"",
        "[network.schedule] shape is \"linear\", must be one of constant, cosine, steps");
    assertScheduleRefused("steps = 5", "steps has no effect with shape = \"constant\"");
    assertScheduleRefused("shape = \"steps\"", "[network.schedule] steps is missing");
    assertScheduleRefused(
        "shape = \"cosine\"\nfactor = 0.1", "factor has no effect with shape = \"cosine\"");
    assertScheduleRefused(
        "shape = \"steps\"\nsteps = 5\nfactor = 1.5",
        "factor is 1.5, must be more than 0 and at most 1");
    assertScheduleRefused(
        "shape = \"cosine\"\nsteps = 0", "[network.schedule] steps is 0, must be at least 1");
    assertScheduleRefused(
        "shape = \"cosine\"\nsteps = 5\nwarm-up = 5", "warm-up is 5, must be less than steps, 5");
    assertScheduleRefused("warm-up = -1", "[network.schedule] warm-up is -1, must be at least 0");
    assertScheduleRefused("warmup = 1", "did you mean warm-up?");
    Files.writeString(spec, SPEC + "[network.schedule]\nshape = \"cosine\"\nwarm-up = 1000\n");
    Run none = run();
    assertEquals(3, none.exitCode(), none.err());
    assertTrue(none.err().contains("warms up over 1000 steps, and the training has "), none.err());
  }

  @Test
  void aWarmUpBeyondTheEndOfTheTrainingIsWarnedOfOnceWithBothNumbersOfSteps() throws IOException {
    String told =
        "warning: the learning rate warms up over 1000 steps, and the training has at most ";
    Files.writeString(spec, SPEC + "[network.schedule]\nwarm-up = 1000\n");
    Run slow = Run.kindred("mmoe", "--spec", spec.toString(), "--seeds", "2");
    assertEquals(0, slow.exitCode(), slow.err());
    assertEquals(2, slow.err().split(told, -1).length, slow.err());
    assertTrue(slow.err().contains("so it never gets to 0.01; warm up over"), slow.err());
    Files.writeString(spec, SPEC + "[network.schedule]\nwarm-up = 1\n");
    Run brief = Run.kindred("mmoe", "--spec", spec.toString());
    assertEquals(0, brief.exitCode(), brief.err());
    assertFalse(brief.err().contains("warms up"), brief.err());
  }

  private void assertScheduleRefused(String schedule, String message) throws IOException {
    String epochs = "epochs = 3\n";
    assertRefused(epochs, epochs + "[network.schedule]\n" + schedule + "\n", message);
  }

  @Test
  void aSharedBottomIsNoBaselineOfItself() throws IOException {
    Files.writeString(spec, SPEC.replace("experts = 2", "sharing = \"shared-bottom\""));
    Run run = run("--json", "--baselines", "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertFalse(run.out().contains("\"shared bottom\""), run.out());
    assertEquals(4, run.lines().size(), run.out());
  }
}
