package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.command.RootCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

final class CommandLineTest {
  @Test
  void helpListsTheCommandsOnStdout() {
    Run run = Run.kindred("--help");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("completion"), run.out());
    assertTrue(run.out().contains("Exit codes:"), run.out());
    for (String code : List.of("0", "1", "2", "3", "4", "130", "143")) {
      assertTrue(run.out().lines().anyMatch(l -> l.strip().startsWith(code + " ")), code);
    }
    assertEquals("", run.err());
  }

  @Test
  void versionNamesTheBuildAndTheJava() {
    Run run = Run.kindred("--version");
    assertEquals(0, run.exitCode());
    assertTrue(run.out().matches("(?s)kindred \\d+\\.\\d+\\.\\d+.*Java 2\\d.*"), run.out());
  }

  @Test
  void noCommandIsAUsageError() {
    Run run = Run.kindred();
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("kindred: no command given"), run.err());
  }

  @Test
  void aMisspeltCommandIsSuggested() {
    Run run = Run.kindred("completoin");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("completion"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void helpGoesDownToACommandWithinACommand() {
    assertTrue(Run.kindred("help").out().contains("snapshots"));
    assertEquals(Run.kindred("ann", "--help").out(), Run.kindred("help", "ann").out());
    Run build = Run.kindred("help", "ann", "build");
    assertEquals(0, build.exitCode());
    assertEquals(Run.kindred("ann", "build", "--help").out(), build.out());
    Run none = Run.kindred("help", "ann", "bild");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().startsWith("kindred: no command 'bild'"), none.err());
  }

  @Test
  void aMisspeltOptionIsToldBeforeTheMissingOne() {
    Run run = Run.kindred("related", "--model", "m", "--itm", "x");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("kindred: no option '--itm'; did you mean --item?"), run.err());
  }

  /** What a command says of a place without a snapshot comes after its options are read. */
  @Test
  void anAttachedValueMayBeginLikeAnOption() {
    for (String value : List.of("-n", "--json", "--item", "-n5", "--where=x", "-nonsense")) {
      for (String[] args :
          List.of(
              new String[] {"related", "--model=" + value, "--item=" + value},
              new String[] {"recommend", "--model", "none", "--user=" + value, "--json"},
              new String[] {"why-not", "--model", "none", "--item=" + value, "--target=" + value},
              new String[] {"ann", "search", "--index=" + value, "--queries", "q"})) {
        Run run = Run.kindred(args);
        String called = String.join(" ", args) + "\n" + run.err();
        assertEquals(3, run.exitCode(), called);
        String place = args[1].equals("--model") ? "none" : value;
        assertTrue(run.err().contains(place), called);
      }
    }
  }

  /** What {@code AttachedValues} relies on when it passes over the one word behind an option. */
  @Test
  void noOptionTakesMoreThanOneWord() {
    List<CommandLine> open = new ArrayList<>(List.of(new CommandLine(new RootCommand())));
    while (!open.isEmpty()) {
      CommandLine command = open.removeLast();
      open.addAll(command.getSubcommands().values());
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertTrue(option.arity().max() <= 1, option.longestName());
      }
    }
  }

  @Test
  void aWordWithAnAtSignIsNoFileOfArguments(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("words"), "--version");
    Run run = Run.kindred("related", "--model", "none", "--item", "@" + file);
    assertEquals(3, run.exitCode(), run.err());
  }

  @Test
  void anOptionInPlaceOfAValueIsToldAsAForgottenValue() {
    for (String next : List.of("-n", "--json", "-n5", "--where=x")) {
      Run run = Run.kindred("related", "--model", "none", "--item", next, "5");
      assertEquals(2, run.exitCode(), run.err());
      String message =
          "kindred: --item needs a value, and an option follows, '%s'; a value that begins like an"
              + " option is attached: --item=%s";
      assertEquals(message.formatted(next, next), run.err().lines().findFirst().orElseThrow());
      assertTrue(run.err().contains("'kindred related --help'"), run.err());
    }
    Run end = Run.kindred("related", "--model", "none", "--item", "--", "5");
    assertTrue(end.err().startsWith("kindred: --item needs a value before '--'"), end.err());
    Run within = Run.kindred("--quiet", "ann", "search", "--index", "--json", "--queries", "q");
    assertTrue(within.err().startsWith("kindred: --index needs a value"), within.err());
    Run other = Run.kindred("related", "--model", "none", "--item", "-x");
    assertEquals(3, other.exitCode(), other.err());
  }

  @Test
  void snapshotsAloneListsAndAsksForTheDirectory() {
    Run run = Run.kindred("snapshots");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--model DIR is missing"), run.err());
  }

  @Test
  void globalOptionsStandBeforeOrAfterTheCommand() {
    assertEquals(0, Run.kindred("--quiet", "completion").exitCode());
    assertEquals(0, Run.kindred("completion", "--quiet", "--threads", "3").exitCode());
  }

  @Test
  void anImpossibleThreadCountIsAUsageError() {
    Run run = Run.kindred("completion", "--threads", "0");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--threads is 0, must be 1 to 4096"), run.err());
  }

  @Test
  void everyDescriptionEndsWithASentence() {
    List<CommandLine> open = new ArrayList<>(List.of(new CommandLine(new RootCommand())));
    while (!open.isEmpty()) {
      CommandLine command = open.removeLast();
      open.addAll(command.getSubcommands().values());
      CommandSpec spec = command.getCommandSpec();
      sentences(spec.qualifiedName(), spec.usageMessage().description());
      spec.options()
          .forEach(o -> sentences(spec.qualifiedName() + " " + o.longestName(), o.description()));
      spec.positionalParameters()
          .forEach(p -> sentences(spec.qualifiedName() + " " + p.paramLabel(), p.description()));
    }
  }

  /** Each is shown on lines of its own, and a list of commands shows the first alone. */
  private static void sentences(String what, String[] description) {
    for (String paragraph : description) {
      assertTrue(paragraph.replace("%n", "").endsWith("."), what + " is cut: " + paragraph);
    }
  }

  @Test
  void theListOfCommandsShowsWholeSentences() {
    String help = Run.kindred("help").out().replaceAll("\\s+", " ");
    assertTrue(
        help.contains(
            "evaluate Hold out the end of a log, train on the rest, and measure related"
                + " lists and scores on what came later, beside popularity and co-occurrence. off"),
        help);
  }

  @Test
  void aValueThatIsNoPairIsToldOnce() {
    Run run = Run.kindred("related", "--model", "m", "--item", "x", "--weight", "like");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("kindred: Value for option '--weight'"), run.err());
  }

  @Test
  void optionsThatExcludeEachOtherAreToldWithOnePrefix() {
    Run both = Run.kindred("verify", "--model", "m", "--index", "i");
    assertEquals(2, both.exitCode());
    assertTrue(
        both.err().startsWith("kindred: --model=DIR, --index=DIR are mutually exclusive"),
        both.err());
    Run none = Run.kindred("verify");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().startsWith("kindred: Missing required argument"), none.err());
  }

  @Test
  void aDirectoryWithoutItsOptionIsToldHowToBeNamed() {
    for (String[] args :
        List.of(
            new String[] {"snapshots", "."},
            new String[] {"verify", "."},
            new String[] {"related", ".", "--item", "x"})) {
      Run run = Run.kindred(args);
      assertEquals(2, run.exitCode());
      assertTrue(run.err().contains("a directory of snapshots is named with --model ."), run.err());
    }
    Run item = Run.kindred("related", "v0001");
    assertTrue(item.err().startsWith("kindred: argument 'v0001' is one too many\n"), item.err());
    Run named = Run.kindred("related", "--model", "site", "--item", "x", "y");
    assertTrue(named.err().startsWith("kindred: argument 'y' is one too many\n"), named.err());
    Run misspelt = Run.kindred("snapshots", "lst");
    assertTrue(misspelt.err().startsWith("kindred: no command 'lst'; did you mean list?"));
  }

  @Test
  void constantsAreReadAsConfigurationsSpellThem() {
    for (String merge : List.of("noisy-or", "NOISY_OR", "Noisy-Or")) {
      Run run = Run.kindred("evaluate", "--config", "none.toml", "--merge", merge);
      assertEquals(3, run.exitCode(), run.err());
    }
    Run wrong = Run.kindred("evaluate", "--config", "none.toml", "--merge", "or");
    assertEquals(2, wrong.exitCode());
    assertTrue(
        wrong.err().contains("'--merge': is 'or', must be one of calibrated, noisy-or, max"),
        wrong.err());
  }
}
