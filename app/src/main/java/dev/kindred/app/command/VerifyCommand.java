package dev.kindred.app.command;

import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kindred verify}: reads every byte of a snapshot and compares it with its checksums. */
@Command(
    name = "verify",
    description = "Check every byte of a snapshot against its checksums.",
    footerHeading = "%nExample:%n",
    footer = "  kindred verify --model snapshots/")
final class VerifyCommand extends KindredCommand {
  @Mixin private SnapshotOption model;

  @Override
  protected void run() throws IOException {
    SnapshotVerifier.Report report = model.verify();
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("snapshot", report.snapshot().toString());
      line.put("sound", report.isSound());
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
      int faults = report.faults().size();
      throw new CorruptFileException(
          report.snapshot(),
          -1,
          (faults == 1 ? "1 fault" : faults + " faults")
              + "; restore it from a good copy or build it again");
    }
  }
}
