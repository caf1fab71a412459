package dev.kindred.app.command;

import dev.kindred.engine.snapshot.SnapshotCatalog;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred rollback}: goes back to the snapshot before the current one. */
@Command(
    name = "rollback",
    description =
        "Go back to the snapshot built before the current one; servers on its directory follow"
            + " without a restart. Damaged ones are passed by, as far as 'kindred verify' finds.",
    footerHeading = "%nExamples:%n",
    footer = {"  kindred rollback --model snapshots/"})
final class RollbackCommand extends KindredCommand {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The directory that snapshots are published in.")
  private Path directory;

  @Option(
      names = "--no-verify",
      description =
          "Look at manifests, sizes and headers only: at once, however large snapshots are.")
  private boolean noVerify;

  @Override
  protected void run() throws IOException {
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    String fault = catalog.currentFault();
    if (!fault.isEmpty()) {
      note("warning: " + fault + "; going to the newest sound one");
    }
    SnapshotCatalog.Entry entry =
        Destination.directory(directory)
            .write(() -> catalog.rollback(SnapshotsCommand.check(noVerify)));
    if (json()) {
      jsonLines().write(SnapshotsCommand.fields(entry));
    } else {
      out().println(entry.name() + " is the current snapshot");
    }
  }
}
