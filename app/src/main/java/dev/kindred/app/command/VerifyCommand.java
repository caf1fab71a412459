package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred verify}: reads every byte of a snapshot and compares it with its checksums. */
@Command(
    name = "verify",
    description = "Check every byte of a snapshot, or of an index, against its checksums.",
    footerHeading = "%nExamples:%n",
    footer = {"  kindred verify --model snapshots/", "  kindred verify --index index/"})
final class VerifyCommand extends KindredCommand {
  /** Either of the two. */
  static final class What {
    @Option(
        names = "--model",
        required = true,
        paramLabel = "DIR",
        description =
            "A snapshot, or the directory that snapshots are published in: then the current one.")
    private Path model;

    @Option(
        names = "--index",
        required = true,
        paramLabel = "DIR",
        description = "Or a directory that 'ann build' wrote.")
    private Path index;
  }

  @ArgGroup(multiplicity = "1")
  private What what;

  @Override
  protected void run() throws IOException {
    SnapshotVerifier.Report report =
        what.model == null ? AnnIndex.verify(what.index) : SnapshotOption.verify(what.model);
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("snapshot", report.snapshot().toString());
      line.put("sound", report.isSound());
      line.put("finding", ConstantName.of(report.finding()));
      line.put("files", report.files());
      line.put("bytes", report.bytes());
      line.put("faults", report.faults());
      jsonLines().write(line);
    } else if (report.isSound()) {
      out()
          .println(
              report.snapshot()
                  + ": sound, "
                  + report.files()
                  + " files, "
                  + report.bytes()
                  + " bytes");
    } else {
      report.faults().forEach(out()::println);
    }
    if (!report.isSound()) {
      throw new CorruptFileException(report.snapshot(), -1, summary(report));
    }
  }

  private String summary(SnapshotVerifier.Report report) {
    int faults = report.faults().size();
    String again = what.model == null ? "build it again" : "train it again";
    return switch (report.finding()) {
      case OLD_FORMAT ->
          "its format is old, which is no damage, and what this release can't read of it isn't"
              + " checked: "
              + again
              + " with this release, or verify it with the one that wrote it";
      case NEW_FORMAT ->
          "its format is newer than this release, which is no damage, and what this release can't"
              + " read of it isn't checked: verify it with the release that wrote it, or "
              + again
              + " with this one";
      case SOUND, DAMAGED ->
          (faults == 1 ? "1 fault" : faults + " faults")
              + "; restore it from a good copy or build it again";
    };
  }
}
