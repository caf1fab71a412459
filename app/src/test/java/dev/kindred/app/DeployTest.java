package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindred.app.config.ServeConfig;
import dev.kindred.app.config.Settings;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of deploy/ say nothing that the server doesn't know. */
final class DeployTest {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final Pattern VARIABLE =
      Pattern.compile("(KINDRED_(?:MODEL|LIVE|EVENTS|SERVER|TOKENS|LIMITS|LOG)_[A-Z_]+)");

  @TempDir Path directory;

  @Test
  void theSettingsAreSound() throws IOException {
    ServeConfig config =
        ServeConfig.read(Settings.of(DEPLOY.resolve("serve.toml"), Map.of(), Map.of()));
    assertEquals(100, config.serving().server().deadlineMillis());
  }

  @Test
  void everyVariableIsASetting() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String file : List.of("Dockerfile", "kindred.service", "kubernetes.yaml")) {
      Matcher variable = VARIABLE.matcher(Files.readString(DEPLOY.resolve(file)));
      while (variable.find()) {
        names.add(variable.group(1));
      }
    }
    assertTrue(names.size() >= 5, names.toString());
    Map<String, String> values = new HashMap<>();
    names.forEach(name -> values.put(name, "a-long-enough-text"));
    // An unknown key, or a text where a number belongs, would be refused.
    ServeConfig.read(Settings.of(null, values, Map.of("model.path", "m")));
  }

  @Test
  @SuppressWarnings("unchecked")
  void theKubernetesExampleParsesAndItsProbesAreRoutes() throws IOException {
    String text = Files.readString(DEPLOY.resolve("kubernetes.yaml"));
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Object> documents =
        StreamSupport.stream(
                new Yaml(new SafeConstructor(options)).loadAll(text).spliterator(), false)
            .toList();
    assertEquals(4, documents.size());
    Map<String, Object> first = (Map<String, Object>) documents.getFirst();
    Path settings = directory.resolve("serve.toml");
    Files.writeString(settings, ((Map<String, String>) first.get("data")).get("serve.toml"));
    ServeConfig.read(Settings.of(settings, Map.of(), Map.of()));
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    try (Serving serving =
        Serving.start(
            ServingOptions.of(snapshot)
                .withServer(ServerOptions.defaults().withPort(0))
                .withTokens(Tokens.none()),
            new AccessLog(new PrintWriter(PrintWriter.nullWriter()), 0, false))) {
      List<String> paths = serving.allRoutes().stream().map(route -> route.path()).toList();
      Matcher probe = Pattern.compile("httpGet: \\{path: ([^,]+),").matcher(text);
      int probes = 0;
      while (probe.find()) {
        assertTrue(paths.contains(probe.group(1)), probe.group(1));
        probes++;
      }
      assertEquals(3, probes);
    }
  }

  @Test
  void systemdHasNothingAgainstTheUnit() throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(analyze), "no systemd-analyze here: the unit is not checked");
    Path unit = directory.resolve("kindred.service");
    Files.writeString(
        unit,
        Files.readString(DEPLOY.resolve("kindred.service"))
            .replace("/usr/local/bin/kindred", "/bin/true"));
    Process process =
        new ProcessBuilder(analyze.toString(), "verify", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), said);
    assertTrue(!said.contains(unit.getFileName().toString()), said);
  }

  @Test
  void theShellScriptsParse() throws Exception {
    for (Path script :
        Stream.of("app/src/dist/stub", "app/src/dist/launcher", "samples/check")
            .map(Path.of("..")::resolve)
            .toList()) {
      Process process =
          new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes());
      assertEquals(0, process.waitFor(), script + ": " + said);
    }
  }
}
