package dev.kindred.app.command;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred snapshots}: what lies in a directory of snapshots. */
@Command(
    name = "snapshots",
    description = "List the snapshots of a directory, and which of them is the current one.",
    subcommands = {SnapshotsCommand.ListCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred snapshots --model snapshots/",
      "  kindred promote --model snapshots/ snapshot-20260131-120000",
      "  kindred rollback --model snapshots/"
    })
final class SnapshotsCommand extends KindredCommand {
  private static final String DIRECTORY = "The directory that snapshots are published in.";

  @Option(names = "--model", paramLabel = "DIR", description = DIRECTORY)
  private Path directory;

  @Override
  protected void run() throws IOException {
    if (directory == null) {
      throw usage("--model DIR is missing: the directory that snapshots are published in");
    }
    list(directory, this);
  }

  /** {@code kindred snapshots list}, the same by its full name. */
  @Command(name = "list", description = "List the snapshots of a directory, oldest first.")
  static final class ListCommand extends KindredCommand {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory;

    @Override
    protected void run() throws IOException {
      list(directory, this);
    }
  }

  private static void list(Path directory, KindredCommand command) throws IOException {
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    List<SnapshotCatalog.Entry> entries = catalog.list();
    String fault = catalog.currentFault();
    if (!fault.isEmpty()) {
      command.note("warning: " + fault);
    }
    if (command.json()) {
      entries.forEach(entry -> command.jsonLines().write(fields(entry)));
      return;
    }
    TextTable table = new TextTable("", "snapshot", "built", "items", "bytes", "");
    for (SnapshotCatalog.Entry entry : entries) {
      table.row(
          entry.current() ? "*" : "",
          entry.name(),
          entry.created().toString(),
          Integer.toString(entry.items()),
          Long.toString(entry.bytes()),
          entry.fault());
    }
    table.print(command.out());
  }

  /** What is looked at before the current snapshot is changed. */
  static SnapshotCatalog.Check check(boolean noVerify) {
    return noVerify ? SnapshotCatalog.Check.OPENING : SnapshotCatalog.Check.EVERY_BYTE;
  }

  static Map<String, Object> fields(SnapshotCatalog.Entry entry) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("snapshot", entry.name());
    line.put("created", entry.created().toString());
    line.put("items", entry.items());
    line.put("bytes", entry.bytes());
    line.put("current", entry.current());
    line.put("fault", entry.fault());
    return line;
  }
}
