package dev.kindred.app.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kindred help}: the help of a command, or of one within it. */
@Command(
    name = "help",
    helpCommand = true,
    description = "Show the help of a command.",
    footerHeading = "%nExamples:%n",
    footer = {"  kindred help related", "  kindred help ann build"})
final class HelpCommand extends KindredCommand {
  @Parameters(
      paramLabel = "COMMAND",
      description = "A command and, where it has them, one within it; none: all commands.")
  private List<String> path = new ArrayList<>();

  @Override
  protected void run() {
    CommandLine at = commandLine().getParent();
    for (String name : path) {
      CommandLine inner = at.getSubcommands().get(name);
      if (inner == null) {
        throw new CommandLine.UnmatchedArgumentException(at, List.of(name));
      }
      at = inner;
    }
    at.usage(out());
  }
}
