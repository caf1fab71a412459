package dev.kindred.app.command;

import picocli.CommandLine.Command;

/** {@code kindred bench}: measures what serves, the way users will meet it. */
@Command(
    name = "bench",
    description = "Measure serving under a steady load.",
    subcommands = {BenchHttpCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {"  kindred bench http --model snapshots/ --rate 2000 --seconds 60 --json"})
final class BenchCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no measurement given; see 'kindred bench --help'");
  }
}
