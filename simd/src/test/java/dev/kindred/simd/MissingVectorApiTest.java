package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs in a JVM of its own that was started without the Vector API. */
@Tag("without-vector-api")
class MissingVectorApiTest {
  @Test
  void scalarLoopsTakeOver() {
    assertFalse(Kernels.vectorApiPresent());
    assertEquals(0, Simd.bits());
    assertTrue(Simd.description().contains("--add-modules jdk.incubator.vector"));
    assertEquals(32, Distances.dot(new float[] {1, 2, 3}, 0, new float[] {4, 5, 6}, 0, 3));
  }

  @Test
  void oneWarningNamesTheFlag() throws Exception {
    Run run = run();
    assertEquals("8.0 0", run.out.strip());
    assertTrue(run.err.contains("--add-modules jdk.incubator.vector"), run.err);
    assertEquals(run.err.indexOf("Vector API"), run.err.lastIndexOf("Vector API"), run.err);
  }

  @Test
  void nothingIsSaidWhenScalarLoopsAreWanted() throws Exception {
    Run run = run("-D" + Kernels.PROPERTY + "=0");
    assertEquals("8.0 0", run.out.strip());
    assertEquals("", run.err);
  }

  @Test
  void vectorsAreUsedWhereTheModuleIsThere() throws Exception {
    Run run = run("--add-modules=jdk.incubator.vector", "-D" + Kernels.PROPERTY + "=128");
    assertEquals("8.0 128", run.out.strip());
  }

  @Test
  void widthThatDoesNotExistIsRefused() throws Exception {
    Run run = run("-D" + Kernels.PROPERTY + "=64");
    assertTrue(run.err.contains("'64'; it must be 0, 128, 256 or 512"), run.err);
  }

  private record Run(String out, String err) {}

  /** Starts {@link Probe} on the class path of its own JVM. */
  private static Run run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(location(Simd.class) + File.pathSeparator + "target/test-classes");
    command.add(Probe.class.getName());
    Process process = new ProcessBuilder(command).start();
    // Both are a few lines, which fit the pipes.
    int exit = process.waitFor();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(exit == 0 || !err.isEmpty(), "exit " + exit);
    return new Run(out, err);
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Uses two kernels, so that a warning per kernel would show. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      float[] x = {2, 2};
      Activations.relu(x, 0, 2);
      System.out.println(Distances.dot(x, 0, x, 0, 2) + " " + Simd.bits());
    }
  }
}
