package dev.kindred.app.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kindred tune}: searches hyper-parameters on a validation part of the training data. */
@Command(
    name = "tune",
    synopsisSubcommandLabel = "COMMAND",
    description = "Search hyper-parameters on a validation part of the training data.",
    subcommands = {TuneAlsCommand.class, HelpCommand.class})
final class TuneCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "what is to be tuned? There is: als");
  }
}
