package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.snapshot.TinyWorld;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line in a JVM of its own, as the launcher starts it. */
final class ProcessTest {
  @TempDir Path directory;

  @Test
  void resultsGoToStdoutAndNothingElseDoes() throws Exception {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    Run run = start(true, "related", "--model", snapshot.toString(), "--item", "100", "--json");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.lines().stream().allMatch(line -> line.startsWith("{\"item\":\"100\"")));
    assertEquals(10, run.lines().size());
  }

  @Test
  void aFullDiskFails() throws Exception {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    List<String> command =
        command(true, "related", "--model", snapshot.toString(), "--item", "100");
    Path err = directory.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(new File("/dev/full"))
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(1, process.exitValue());
    assertTrue(Files.readString(err).contains("kindred: stdout: "), Files.readString(err));
  }

  @Test
  void theExitCodeReachesTheShell() throws Exception {
    Run run =
        start(true, "related", "--model", directory.resolve("none").toString(), "--item", "1");
    assertEquals(3, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().contains("kindred: "), run.err());
  }

  @Test
  void withoutAnyFlagItWorksOnTheScalarTwins() throws Exception {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    String[] args = {"related", "--model", snapshot.toString(), "--item", "100", "--explain"};
    Run plain = start(false, args);
    assertEquals(0, plain.exitCode(), plain.err());
    assertEquals(12, plain.lines().stream().takeWhile(line -> !line.isEmpty()).count());
  }

  @Test
  void theErrorHasArrivedWhenTheCommandEnds() throws Exception {
    Path err = directory.resolve("stderr");
    String slowFilter = "exec \"$@\" 2> >(sleep 0.5; exec cat >&2)";
    List<String> command = new ArrayList<>(List.of("bash", "-c", slowFilter, "bash"));
    command.addAll(command(true, "related", "--model", "none", "--item", "1"));
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(3, process.exitValue());
    assertTrue(Files.readString(err).contains("kindred: none: no such snapshot"));
  }

  private Run start(boolean flags, String... args) throws IOException, InterruptedException {
    Path err = directory.resolve("stderr");
    Process process = new ProcessBuilder(command(flags, args)).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    return new Run(process.exitValue(), out, Files.readString(err));
  }

  private static List<String> command(boolean flags, String... args) {
    List<String> command = new ArrayList<>();
    command.add(JavaProcess.java());
    if (flags) {
      Path checkout = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("..");
      command.add("@" + checkout.resolve("jvm.options").normalize());
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Kindred.class.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
