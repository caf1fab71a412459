package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher script where a JDK or Maven is missing, and where both are stand-ins. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("basedir", "."))
          .toAbsolutePath()
          .resolve("../kindred")
          .normalize();

  @TempDir Path directory;

  @Test
  void withoutAJdkItSaysWhatToInstall() throws Exception {
    Result result = launch(checkout("plain"), Map.of("KINDRED_JDK_ROOTS", "/nonexistent"));
    assertEquals(1, result.exitCode());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("kindred: no JDK 25 or newer found"), result.err());
    assertTrue(result.err().contains("Install one"), result.err());
  }

  @Test
  void anOlderJdkIsNotEnough() throws Exception {
    Path old = standInJdk("old", "17.0.9");
    Result result =
        launch(
            checkout("plain"),
            Map.of("JAVA_HOME", old.toString(), "KINDRED_JDK_ROOTS", "/nonexistent"));
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("no JDK 25"), result.err());
  }

  @Test
  void withoutMavenAnUnbuiltCheckoutSaysWhatToInstall() throws Exception {
    Path jdk = standInJdk("new", "25.0.1");
    Result result = launch(checkout("plain"), Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("no Maven found"), result.err());
    assertFalse(result.err().contains("command not found"), result.err());
  }

  @Test
  void theNewestJdkOfTheUsualPlacesIsTakenAndArgumentsArriveWhole() throws Exception {
    Path roots = Files.createDirectories(directory.resolve("roots of jdks"));
    standInJdk("roots of jdks/a", "25");
    Path newest = standInJdk("roots of jdks/b", "26.0.1");
    standInJdk("roots of jdks/c", "21.0.2");
    Path checkout = checkout("with space");
    standInBuild(checkout);
    Result result =
        launch(checkout, Map.of("KINDRED_JDK_ROOTS", roots.toString()), "related", "--item", "a b");
    assertEquals(7, result.exitCode(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(newest.toRealPath().toString(), Path.of(lines.getFirst()).toRealPath().toString());
    assertEquals(
        List.of("related", "--item", "a b"), lines.subList(lines.size() - 3, lines.size()));
    assertEquals("a note\nno newline at the end", result.err());
  }

  @Test
  void aLinkToTheLauncherFindsItsCheckout() throws Exception {
    Path checkout = checkout("linked");
    standInBuild(checkout);
    Path jdk = standInJdk("new", "25");
    Path link = Files.createSymbolicLink(directory.resolve("link"), checkout.resolve("kindred"));
    Result result = run(link, directory, Map.of("JAVA_HOME", jdk.toString()), "x");
    assertEquals(7, result.exitCode(), result.err());
    assertTrue(
        result.out().contains("@" + checkout.toRealPath().resolve("jvm.options")), result.out());
  }

  @Test
  void twoFirstStartsBuildOnceAndBothRun() throws Exception {
    Path checkout = checkout("unbuilt");
    standInSources(checkout);
    Path builds = directory.resolve("builds");
    standInMaven("sleep 0.5; echo built >> '" + builds + "'; touch app/target/kindred-app-1.jar");
    Map<String, String> environment = Map.of("JAVA_HOME", standInJdk("new", "25").toString());
    CompletableFuture<Result> other =
        CompletableFuture.supplyAsync(() -> launchUnchecked(checkout, environment));
    assertEquals(7, launchUnchecked(checkout, environment).exitCode());
    assertEquals(7, other.get().exitCode());
    assertEquals(List.of("built"), Files.readAllLines(builds));

    // A source that changed since is built again.
    Files.writeString(checkout.resolve("engine/src/main/New.java"), "class New {}");
    assertEquals(7, launchUnchecked(checkout, environment).exitCode());
    assertEquals(2, Files.readAllLines(builds).size());
  }

  @Test
  void aFailedBuildSaysSoAndIsTriedAgain() throws Exception {
    Path checkout = checkout("broken");
    standInSources(checkout);
    standInMaven("echo 'an error of Maven'; exit 1");
    Map<String, String> environment = Map.of("JAVA_HOME", standInJdk("new", "25").toString());
    for (int start = 0; start < 2; start++) {
      Result result = launch(checkout, environment);
      assertEquals(1, result.exitCode());
      assertEquals("", result.out());
      assertTrue(result.err().contains("an error of Maven"), result.err());
      assertTrue(result.err().contains("kindred: the build failed"), result.err());
    }
  }

  /** The filter ends when all ends of its pipe are closed, and a command waits for it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theJvmHasOneEndOfThePipeToTheFilterOfStderr() throws Exception {
    Path checkout = checkout("plain");
    standInBuild(checkout);
    Path jdk = standInJdk("new", "25");
    Files.writeString(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        for fd in /proc/$$/fd/*; do
          [ "$(readlink "$fd")" != "$(readlink /proc/$$/fd/2)" ] || echo "${fd##*/}"
        done
        """);
    Result result = launch(checkout, Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(List.of("2"), result.out().lines().toList(), result.err());
  }

  @Test
  void aJvmThatRefusesItsFlagsNamesTheVariableThatTheyMayComeFrom() throws Exception {
    Path checkout = checkout("plain");
    standInBuild(checkout);
    Path jdk = standInJdk("new", "25");
    String refused = "Unrecognized option: -Xfoo\nError: Could not create the JVM.\nend\n";
    // Of some flags it says on stdout what is wrong.
    for (String said : List.of(refused, "")) {
      Files.writeString(
          jdk.resolve("bin/java"), "#!/bin/sh\nprintf '%s' '" + said + "' >&2; exit 1\n");
      Map<String, String> plain = Map.of("JAVA_HOME", jdk.toString());
      assertEquals(said, launch(checkout, plain).err());
      Map<String, String> given = new HashMap<>(plain);
      given.put("KINDRED_JVM_OPTIONS", "-Xfoo -Xbar");
      Result result = launch(checkout, given);
      assertEquals(1, result.exitCode());
      assertEquals(
          said
              + "kindred: KINDRED_JVM_OPTIONS is '-Xfoo -Xbar'; if that is what the JVM refuses,"
              + " correct it or unset it\n",
          result.err());
    }
  }

  @Test
  void whatIsNoFlagIsNotTakenForTheMainClass() throws Exception {
    assertEquals("'8g' is none", refusalOf("8g"));
    assertEquals("'Foo' is none", refusalOf("-Xmx1g Foo"));
    assertEquals("'Foo' is none", refusalOf("--add-modules=java.sql Foo"));
    assertEquals("'java.sql' is none", refusalOf("--add-modules java.sql java.sql"));
  }

  @Test
  void aFlagThatMakesTheJvmDoSomethingElseIsRefused() throws Exception {
    for (String flag :
        List.of("-version", "--version", "-help", "-?", "--list-modules", "--dry-run", "-jar")) {
      assertEquals("with " + flag + " Kindred is not run", refusalOf("-Xmx1g " + flag));
    }
  }

  @Test
  void flagsWithTheirValuesAreHandedOn() throws Exception {
    for (String options :
        List.of(" ", " -Xmx8g\n--add-modules java.sql", "-showversion @more", "-cp a -Xmx1g")) {
      assertEquals(7, launchWith(options).exitCode(), options);
    }
  }

  /** What the launcher says at the end of a usage error for these. */
  private String refusalOf(String options) throws Exception {
    Result refused = launchWith(options);
    assertEquals(2, refused.exitCode(), options);
    assertEquals("", refused.out());
    String said =
        "kindred: KINDRED_JVM_OPTIONS is '"
            + options
            + "', must be flags for the JVM, such as -Xmx8g; ";
    assertTrue(refused.err().startsWith(said), refused.err());
    return refused.err().substring(said.length()).strip();
  }

  /** Starts with these KINDRED_JVM_OPTIONS. */
  private Result launchWith(String options) throws Exception {
    Path checkout = directory.resolve("plain");
    if (!Files.isDirectory(checkout)) {
      standInBuild(checkout("plain"));
      standInJdk("new", "25");
    }
    return launch(
        checkout,
        Map.of("JAVA_HOME", directory.resolve("new").toString(), "KINDRED_JVM_OPTIONS", options));
  }

  /** Both have the same code for it. */
  @Test
  void theLauncherOfAReleaseRunsTheJvmAsThatOfACheckoutDoes() throws IOException {
    String release = Files.readString(LAUNCHER.resolveSibling("app/src/dist/launcher"));
    String checkout = Files.readString(LAUNCHER);
    int from = checkout.indexOf("# Drops the JVM's line");
    String filter = checkout.substring(from, checkout.indexOf("\nif ! jdk=", from));
    assertTrue(release.contains(filter.strip()), "app/src/dist/launcher lacks\n" + filter);
    int flags = checkout.indexOf("\nflags=(");
    String run = checkout.substring(flags, checkout.indexOf("\nexec \"", flags));
    assertTrue(release.contains(run.strip()), "app/src/dist/launcher lacks\n" + run);
  }

  private record Result(int exitCode, String out, String err) {}

  private Path checkout(String name) throws IOException {
    Path checkout = Files.createDirectories(directory.resolve(name));
    Files.copy(LAUNCHER, checkout.resolve("kindred"));
    executable(checkout.resolve("kindred"));
    return checkout;
  }

  /** What makes a checkout count as built: sources, and a stamp that is not older. */
  private static void standInBuild(Path checkout) throws IOException {
    standInSources(checkout);
    Files.createDirectories(checkout.resolve("app/target"));
    Files.createFile(checkout.resolve("app/target/kindred.stamp"));
  }

  private static void standInSources(Path checkout) throws IOException {
    for (String module : List.of("simd", "index", "engine", "live", "app")) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.createFile(checkout.resolve(module).resolve("pom.xml"));
    }
    Files.createFile(checkout.resolve("pom.xml"));
  }

  /** A mvn on the PATH of the script that does this. */
  private void standInMaven(String commands) throws IOException {
    Path maven = toolsWithoutJava().resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\n" + commands + "\n");
    executable(maven);
  }

  /** A directory that looks like a JDK; its java prints where it is and its arguments. */
  private Path standInJdk(String name, String version) throws IOException {
    Path jdk = directory.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Files.writeString(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        echo 'a note' >&2
        printf 'no newline at the end' >&2
        dirname "$(dirname "$0")"
        printf '%s\\n' "$@"
        exit 7
        """);
    Files.createFile(jdk.resolve("bin/javac"));
    executable(jdk.resolve("bin/java"));
    executable(jdk.resolve("bin/javac"));
    return jdk;
  }

  private Result launch(Path checkout, Map<String, String> environment, String... args)
      throws Exception {
    return run(checkout.resolve("kindred"), directory, environment, args);
  }

  private Result launchUnchecked(Path checkout, Map<String, String> environment) {
    try {
      return launch(checkout, environment);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Runs the script with this environment and a PATH that has neither Java nor Maven. */
  private Result run(Path script, Path in, Map<String, String> environment, String... args)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    Collections.addAll(command, args);
    ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", toolsWithoutJava().toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    // The line filter of the launcher may end after the JVM: the pipe ends when both have.
    CompletableFuture<String> err =
        CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
    String out = text(process.getInputStream());
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the launcher hangs");
    return new Result(process.exitValue(), out, err.get(120, TimeUnit.SECONDS));
  }

  private static String text(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path toolsWithoutJava() throws IOException {
    Path bin = directory.resolve("bin");
    if (Files.isDirectory(bin)) {
      return bin;
    }
    Files.createDirectories(bin);
    List<String> tools =
        List.of(
            "bash",
            "sh",
            "env",
            "cat",
            "dirname",
            "readlink",
            "uname",
            "find",
            "head",
            "mkdir",
            "flock",
            "perl",
            "rm",
            "mv",
            "touch",
            "sed",
            "tput",
            "sleep");
    for (String tool : tools) {
      for (String place : List.of("/bin", "/usr/bin", "/usr/local/bin")) {
        Path real = Path.of(place, tool);
        if (Files.isExecutable(real)) {
          // A script, not a link: JUnit warns of links that lead out of its directory.
          Files.writeString(bin.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n");
          executable(bin.resolve(tool));
          break;
        }
      }
    }
    return bin;
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
