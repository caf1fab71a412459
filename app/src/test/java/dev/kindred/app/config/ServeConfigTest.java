package dev.kindred.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.Run;
import dev.kindred.app.serving.EventLog;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of a server: three sources, one meaning, no key unknown. */
final class ServeConfigTest {
  @TempDir Path directory;

  @Test
  void flagsStandOverTheEnvironmentAndThatOverTheFile() throws IOException {
    Path file = file("[model]\npath = \"m\"\n[server]\nport = 1\nqueue = 1\nworkers = 1\n");
    ServingOptions options =
        read(
            file,
            Map.of(
                "KINDRED_SERVER_PORT", "2",
                "KINDRED_SERVER_QUEUE", "2",
                "KINDRED_EVENTS_FSYNC", "always",
                "KINDRED_JVM_OPTIONS", "-Xmx1g",
                "OTHER_SERVER_PORT", "9"),
            Map.of("server.port", "3"));
    assertEquals(3, options.server().port());
    assertEquals(2, options.server().queue());
    assertEquals(1, options.server().workers());
    assertEquals(EventLog.Fsync.ALWAYS, options.fsync());
    // Relative paths: of a file from its directory, of flags from the working directory.
    assertEquals(directory.resolve("m"), options.model());
    assertEquals(
        Path.of("m").toAbsolutePath(), read(file, Map.of(), Map.of("model.path", "m")).model());
  }

  @Test
  void rulesAreReadFromTheirFile() throws IOException {
    Files.writeString(
        directory.resolve("rules.toml"), "[[rules]]\naction = \"hide\"\nitems = [\"a\"]\n");
    Path file =
        file("[model]\npath = \"m\"\n[rules]\nfile = \"rules.toml\"\n[recall]\nshare = 0.5\n");
    ServingOptions options = read(file, Map.of(), Map.of());
    assertEquals(1, options.rules().size());
    assertEquals(0.5, options.recallShare());
    assertSays(
        file,
        Map.of(),
        Map.of("rules.file", "none.toml"),
        "none.toml: no such rules file; check file under [rules]");
    assertSays(file, Map.of("KINDRED_RECALL_SHARE", "2"), Map.of(), "share is 2");
  }

  @Test
  void aMisspeltTableOrKeyIsToldBeforeWhatItLeavesMissing() throws IOException {
    Path table = file("[modle]\npath = \"m\"\n");
    assertSays(table, Map.of(), Map.of(), table + ": modle is not known; did you mean model?");
    Path key = file("[model]\npaht = \"m\"\n");
    assertSays(key, Map.of(), Map.of(), key + ": [model] paht is not known; did you mean path?");
    Path elsewhere = file("[server]\nprot = 1\n");
    assertSays(elsewhere, Map.of(), Map.of(), elsewhere + ": [server] prot is not known");
    assertSays(file("[log]\n"), Map.of(), Map.of(), "no model to serve; name it with --model DIR");
  }

  @Test
  void kindsOfEventsAreAList() throws IOException {
    Path file = file("[model]\npath = \"m\"\n[events]\nkinds = [\"view\", \"search\"]\n");
    assertEquals(Set.of("view", "search"), read(file, Map.of(), Map.of()).eventKinds());
  }

  @Test
  void everythingUnknownOrWrongIsNamedWithItsSource() throws IOException {
    Path file = file("[model]\npath = \"m\"\n[server]\nprot = 1\n");
    assertSays(file, Map.of(), Map.of(), file + ": [server] prot is not known; did you mean port?");
    Path good = file("[model]\npath = \"m\"\n");
    assertSays(
        good,
        Map.of("KINDRED_SERVER_PROT", "1"),
        Map.of(),
        "KINDRED_SERVER_PROT: [server] prot is not known");
    assertSays(
        good,
        Map.of("KINDRED_SERVER_PORT", "many"),
        Map.of(),
        "KINDRED_SERVER_PORT: [server] port must be a whole number");
    assertSays(good, Map.of(), Map.of("servr.port", "1"), "servr is not known");
    assertSays(good, Map.of(), Map.of("port", "1"), "must be TABLE.KEY=VALUE");
    assertSays(good, Map.of(), Map.of("server.port", "70000"), "port is 70000, must be 0 to 65535");
    assertSays(
        good,
        Map.of(),
        Map.of("server.host", "not a host"),
        "[server] host is 'not a host', must be an address, such as 127.0.0.1 or ::1");
    assertSays(good, Map.of(), Map.of("tokens.admin", "short"), "admin token has 5 letters");
    assertSays(good, Map.of(), Map.of("events.fsync", "often"), "always, interval, never");
    assertSays(file("server = 5\n"), Map.of(), Map.of("server.port", "1"), "must be a table");
  }

  @Test
  void anEmptyFileHoldsDefaults() throws IOException {
    Map<String, String> model = Map.of("model.path", "m");
    assertEquals(
        read(file("# nothing\n"), Map.of(), model).server(),
        read(file(""), Map.of(), model).server());
  }

  @Test
  void weightsOutsideTheirRangeAreRefused() throws IOException {
    for (String weight : List.of("nan", "-1", "1e7")) {
      Path file = file("[model]\npath = \"m\"\n[weights]\nclick = " + weight + "\n");
      assertSays(file, Map.of(), Map.of(), "[weights] manual weight of objective 'click' is ");
    }
  }

  @Test
  void aTokenMayStandInAFileOfItsOwn() throws IOException {
    Files.writeString(directory.resolve("admin.token"), "0123456789abcdef0123\n");
    Path file = file("[model]\npath = \"m\"\n[tokens]\nadmin-file = \"admin.token\"\n");
    assertEquals(
        "Tokens[ingest not set, admin set]", read(file, Map.of(), Map.of()).tokens().toString());
    assertSays(
        file, Map.of(), Map.of("tokens.admin", "0123456789abcdef"), "given beside admin-file");
    assertSays(file, Map.of(), Map.of("tokens.admin-file", "none"), "can't be read");
  }

  /** Each key of the page with its default, and no key that the page doesn't have. */
  @Test
  void theDocsShowEveryKeyWithItsDefault() throws IOException {
    Matcher block =
        Pattern.compile("```toml\\n(\\[model\\].*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/serving-http.md")));
    assertTrue(block.find());
    String text = block.group(1).replaceAll("(?m)^(ingest|admin)-file.*$", "");
    ServingOptions documented = read(file(text), Map.of(), Map.of());
    ServingOptions defaults = read(file("[model]\npath = \"snapshots\"\n"), Map.of(), Map.of());
    assertEquals(defaults.server().withWorkers(2), documented.server().withWorkers(2));
    assertEquals(defaults.fsync(), documented.fsync());
    assertEquals(defaults.fsyncMillis(), documented.fsyncMillis());
    assertEquals(defaults.eventKinds(), documented.eventKinds());
    assertEquals(defaults.mostItems(), documented.mostItems());
    assertEquals(defaults.warmupMillis(), documented.warmupMillis());
    assertEquals(defaults.refreshMillis(), documented.refreshMillis());
    assertEquals(defaults.memory(), documented.memory());
    assertEquals(defaults.weights(), documented.weights());
    // A key that is read but not shown would be missing among those that a typing error lists.
    for (String table :
        new String[] {"model", "server", "live", "events", "limits", "memory", "page", "log"}) {
      InputException e =
          assertThrows(
              InputException.class,
              () ->
                  read(
                      file("[model]\npath = \"m\"\n"),
                      Map.of(),
                      Map.of(table + ".qqqqqqqqqqqqqqqqqqqqqqqq", "1")));
      String known = e.getMessage().replaceAll(".*known are ", "");
      Matcher section =
          Pattern.compile("\\[" + table + "\\](.*?)(\\n\\n|$)", Pattern.DOTALL).matcher(text);
      assertTrue(section.find(), table);
      for (String key : known.split(", ")) {
        assertTrue(section.group(1).contains("\n" + key + " = "), table + ": " + key);
      }
    }
  }

  @Test
  void configCheckAndPrintTellWithoutStarting() throws IOException {
    Path good = file("[model]\npath = \"m\"\n[tokens]\nadmin = \"0123456789abcdef\"\n");
    Run check = Run.kindred("config", "check", "--config", good.toString());
    assertEquals(0, check.exitCode(), check.err());
    assertTrue(check.err().startsWith("the settings are sound, but "), check.err());
    assertTrue(check.err().contains("/m holds no snapshot: a server can't start"), check.err());
    assertEquals(1, check.err().lines().count(), check.err());
    Run print = Run.kindred("config", "print", "--config", good.toString(), "--port", "8080");
    assertTrue(print.out().contains("server.port = 8080  # flag"), print.out());
    assertTrue(print.out().contains("model.path = \"m\"  # " + good), print.out());
    assertTrue(print.out().contains("tokens.admin = \"(set)\""), print.out());
    assertFalse(print.out().contains("0123456789abcdef"), print.out());
    Run bad = Run.kindred("config", "check", "--config", good.toString(), "--set", "log.slow=1");
    assertEquals(3, bad.exitCode(), bad.err());
    Run none = Run.kindred("config", "check");
    assertEquals(3, none.exitCode(), none.err());
    assertTrue(none.err().contains("--model"), none.err());
  }

  @Test
  void configCheckComparesWeightsAndRulesWithTheSnapshotThatIsThere() throws IOException {
    String model = new TinyWorld().write(directory.resolve("snapshot")).toString();
    Run sound = Run.kindred("config", "check", "--model", model, "--set", "weights.click=2");
    assertEquals(0, sound.exitCode(), sound.err());
    assertEquals("the settings are sound\n", sound.err());
    Run weight = Run.kindred("config", "check", "--model", model, "--set", "weights.clicks=2");
    assertEquals(3, weight.exitCode(), weight.err());
    assertTrue(weight.err().contains("no objective 'clicks'; the snapshot has "), weight.err());
    assertFalse(weight.err().contains("sound"), weight.err());
    Path rules = file("[[rules]]\naction = \"hide\"\nwhere = \"colour = 'red'\"\n");
    Run rule = Run.kindred("config", "check", "--model", model, "--set", "rules.file=" + rules);
    assertEquals(3, rule.exitCode(), rule.err());
    assertTrue(rule.err().contains("colour"), rule.err());
  }

  private void assertSays(
      Path file, Map<String, String> environment, Map<String, String> flags, String message) {
    InputException e = assertThrows(InputException.class, () -> read(file, environment, flags));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static ServingOptions read(
      Path file, Map<String, String> environment, Map<String, String> flags) throws IOException {
    return ServeConfig.read(Settings.of(file, environment, flags)).serving();
  }

  private int files;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("serve" + files++ + ".toml"), text);
  }
}
