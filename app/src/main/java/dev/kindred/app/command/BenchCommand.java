package dev.kindred.app.command;

import picocli.CommandLine.Command;

/** {@code kindred bench}: measures serving and training on this machine. */
@Command(
    name = "bench",
    description =
        "Measure serving and training on this machine, on data of yours or generated ones.",
    subcommands = {
      BenchGenerateCommand.class,
      BenchEmbeddedCommand.class,
      BenchHttpCommand.class,
      BenchSoakCommand.class,
      BenchSwapCommand.class,
      BenchRecallCommand.class,
      BenchTrainingCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred bench generate --items 1000000 --out big/",
      "  kindred bench embedded --model big/ --rate 2000 --seconds 120 --json",
      "  kindred bench http --model snapshots/ --rate 2000 --seconds 60 --json",
      "  kindred bench recall --model big/ --queries 200",
      "  kindred bench soak --model snapshots/ --minutes 20 --rate 1000",
      "  kindred bench swap --swaps 1000",
      "  kindred bench training --samples 20000,60000,180000"
    })
final class BenchCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no benchmark given: generate, embedded, http, recall, soak, swap or training");
  }
}
