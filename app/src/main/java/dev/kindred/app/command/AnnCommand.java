package dev.kindred.app.command;

import picocli.CommandLine.Command;

/** {@code kindred ann}: indexes and searches any vectors. */
@Command(
    name = "ann",
    description =
        "Index any vectors and search them: .npy, .fvecs, .f32, .f16, .kvec, each also .gz.",
    subcommands = {AnnBuildCommand.class, AnnSearchCommand.class, AnnSweepCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred ann build --base vectors.npy --metric cosine --out index/",
      "  kindred ann search --index index/ --queries queries.npy -k 10",
      "  kindred ann sweep --base base.f16.gz --queries query.f16.gz --dim 100 --json"
    })
final class AnnCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no action given: build, search or sweep");
  }
}
