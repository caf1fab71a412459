package dev.kindred.app.command;

import dev.kindred.engine.snapshot.SnapshotCatalog;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindred promote}: makes another snapshot the current one. */
@Command(
    name = "promote",
    description =
        "Make a snapshot the current one; servers on its directory go over to it without a"
            + " restart. Every byte of it is verified first.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred promote --model snapshots/ snapshot-20260131-120000",
      "  kindred diff snapshots/ snapshots/snapshot-20260131-120000 \\",
      "      --min-overlap 0.5 && \\",
      "      kindred promote --model snapshots/ snapshot-20260131-120000"
    })
final class PromoteCommand extends KindredCommand {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The directory that snapshots are published in.")
  private Path directory;

  @Parameters(paramLabel = "SNAPSHOT", description = "Name of a snapshot in it.")
  private String name;

  @Option(
      names = "--no-verify",
      description = "Look at its manifest, sizes and headers only: at once, however large it is.")
  private boolean noVerify;

  @Override
  protected void run() throws IOException {
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    SnapshotCatalog.Entry entry =
        Destination.directory(directory)
            .write(() -> catalog.promote(name, SnapshotsCommand.check(noVerify)));
    if (json()) {
      jsonLines().write(SnapshotsCommand.fields(entry));
    } else {
      out().println(entry.name() + " is the current snapshot");
    }
  }
}
