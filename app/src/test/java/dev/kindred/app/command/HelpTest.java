package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.output.ConstantName;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** What the help of every command shows can be typed. */
final class HelpTest {
  /** A word of a shell: quoted, or without blanks. */
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  private static final Pattern VARIABLE = Pattern.compile("[A-Z_]+=\\S* ");

  @Test
  void anExampleThatGoesOnInTheNextLineSaysSoToTheShell() {
    for (CommandLine command : commands()) {
      String name = command.getCommandSpec().qualifiedName();
      String before = "";
      for (String line : footer(command)) {
        assertTrue(line.length() <= 80, name + ", longer than 80 characters: " + line);
        if (line.startsWith("  ")) {
          assertEquals(
              before.endsWith(" \\"),
              line.startsWith("      "),
              name + ": " + before + "\n" + line);
        }
        before = line;
      }
      assertTrue(!before.endsWith("\\"), name + ": " + before);
    }
  }

  @Test
  void examplesAreCommandLinesThatAreTaken() {
    CommandLine parser = new RootCommand().commandLine();
    int parsed = 0;
    for (CommandLine command : commands()) {
      for (String example : examples(command)) {
        List<String> words = words(example);
        assertEquals("kindred", words.getFirst(), example);
        assertDoesNotThrow(
            () -> parser.parseArgs(words.subList(1, words.size()).toArray(String[]::new)), example);
        parsed++;
      }
    }
    assertTrue(parsed > 50, parsed + " examples");
  }

  /** The 55 columns are those of the narrowest help that picocli makes. */
  @Test
  void aNarrowTerminalBreaksNoExample() {
    for (CommandLine command : commands()) {
      command.getCommandSpec().usageMessage().autoWidth(false).width(55);
      String help = command.getUsageMessage();
      for (String line : footer(command)) {
        assertTrue(help.lines().anyMatch(line::equals), help);
      }
    }
  }

  @Test
  void constantsAreListedAsTheyAreTyped() {
    int checked = 0;
    for (CommandLine command : commands()) {
      for (ArgSpec arg : command.getCommandSpec().args()) {
        if (arg.auxiliaryTypes()[0].isEnum()) {
          List<String> listed = new ArrayList<>();
          arg.completionCandidates().forEach(listed::add);
          Object[] constants = arg.auxiliaryTypes()[0].getEnumConstants();
          String what = command.getCommandSpec().qualifiedName() + " " + arg.paramLabel();
          assertEquals(
              Stream.of(constants).map(c -> ConstantName.of((Enum<?>) c)).toList(), listed, what);
          String help = command.getUsageMessage().replaceAll("\\s+", " ");
          for (String constant : listed) {
            assertTrue(help.contains(constant), what + "\n" + help);
          }
          if (arg.defaultValue() != null) {
            assertTrue(listed.contains(arg.defaultValue()), what + ": " + arg.defaultValue());
          }
          checked++;
        }
      }
    }
    assertTrue(checked > 10, checked + " options");
  }

  private static List<CommandLine> commands() {
    List<CommandLine> commands = new ArrayList<>(List.of(new RootCommand().commandLine()));
    for (int at = 0; at < commands.size(); at++) {
      commands.addAll(commands.get(at).getSubcommands().values());
    }
    return commands;
  }

  private static List<String> footer(CommandLine command) {
    return List.of(command.getCommandSpec().usageMessage().footer());
  }

  /** The commands of a footer, without what a shell sees to; sentences are not indented. */
  private static List<String> examples(CommandLine command) {
    String lines = String.join("\n", footer(command)).replaceAll(" \\\\\\n +", " ");
    return lines
        .lines()
        .filter(line -> line.startsWith("  "))
        .flatMap(line -> Pattern.compile("&&").splitAsStream(line))
        .map(line -> VARIABLE.matcher(line.strip()).replaceFirst(""))
        .map(line -> line.replaceFirst("^source <\\((.*)\\)$", "$1"))
        .toList();
  }

  private static List<String> words(String example) {
    return WORD.matcher(example).results().map(HelpTest::unquoted).toList();
  }

  private static String unquoted(MatchResult word) {
    for (int group = 1; group <= 2; group++) {
      if (word.group(group) != null) {
        return word.group(group);
      }
    }
    return word.group();
  }
}
