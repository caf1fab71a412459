package dev.kindred.app.command;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindred diff}: what changed for users between two snapshots, and a gate on it. */
@Command(
    name = "diff",
    description =
        "Compare two snapshots: overlap of the related lists, items gained and lost, exposure per"
            + " profile value.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred diff snapshots/snapshot-20260130-120000 snapshots/",
      "  kindred diff old/ new/ --min-overlap 0.5 --json",
      "With --min-overlap the exit code is 1 if less of the lists stayed."
    })
final class DiffCommand extends KindredCommand {
  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description = "A snapshot, or a directory whose current snapshot is meant.")
  private Path before;

  @Parameters(index = "1", paramLabel = "AFTER", description = "The one to compare with it.")
  private Path after;

  @Option(
      names = "-n",
      defaultValue = "20",
      paramLabel = "N",
      description = "Items of each list to compare (default: ${DEFAULT-VALUE}).")
  private int length;

  @Option(
      names = "--named",
      defaultValue = "20",
      paramLabel = "N",
      description = "Most items and profile values to name (default: ${DEFAULT-VALUE}).")
  private int named;

  @Option(
      names = "--min-overlap",
      paramLabel = "X",
      description = "Fail with exit code 1 if on average less than this part of a list stayed.")
  private Double minOverlap;

  @Override
  protected void run() throws IOException {
    if (length < 1 || named < 0 || minOverlap != null && !(minOverlap >= 0 && minOverlap <= 1)) {
      throw usage("-n must be at least 1, --named at least 0, --min-overlap in 0..1");
    }
    SnapshotDiff diff;
    try (Snapshot first = SnapshotOption.snapshot(before);
        Snapshot second = SnapshotOption.snapshot(after)) {
      diff = SnapshotDiff.of(first, second, length, named);
      if (json()) {
        jsonLines().write(fields(first, second, diff));
      } else {
        print(first, second, diff);
      }
    }
    if (minOverlap != null && diff.meanOverlap() < minOverlap) {
      throw new GateException(
          String.format(
              Locale.ROOT,
              "%.4f of the lists stayed, less than --min-overlap %s",
              diff.meanOverlap(),
              minOverlap));
    }
  }

  private static Map<String, Object> fields(Snapshot first, Snapshot second, SnapshotDiff diff) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("before", first.directory().toString());
    line.put("after", second.directory().toString());
    line.put("n", diff.length());
    line.put("itemsBefore", diff.itemsBefore());
    line.put("itemsAfter", diff.itemsAfter());
    line.put("gained", diff.gainedCount());
    line.put("lost", diff.lostCount());
    line.put("gainedIds", diff.gained());
    line.put("lostIds", diff.lost());
    line.put("meanOverlap", diff.meanOverlap());
    line.put("unchanged", diff.unchanged());
    line.put("disjoint", diff.disjoint());
    List<Object> exposures = new ArrayList<>();
    for (SnapshotDiff.Exposure exposure : diff.exposures()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("field", exposure.field());
      entry.put("value", exposure.value());
      entry.put("before", exposure.before());
      entry.put("after", exposure.after());
      exposures.add(entry);
    }
    line.put("exposures", exposures);
    return line;
  }

  private void print(Snapshot first, Snapshot second, SnapshotDiff diff) {
    out().println(first.directory() + " -> " + second.directory());
    out()
        .printf(
            Locale.ROOT,
            "items %d -> %d: %d gained, %d lost%n",
            diff.itemsBefore(),
            diff.itemsAfter(),
            diff.gainedCount(),
            diff.lostCount());
    if (!diff.gained().isEmpty()) {
      out().println("gained: " + String.join(", ", diff.gained()));
    }
    if (!diff.lost().isEmpty()) {
      out().println("lost: " + String.join(", ", diff.lost()));
    }
    out()
        .printf(
            Locale.ROOT,
            "lists of %d: overlap %.4f, unchanged %.4f, without a common item %.4f%n",
            diff.length(),
            diff.meanOverlap(),
            diff.unchanged(),
            diff.disjoint());
    if (!diff.exposures().isEmpty()) {
      TextTable table = new TextTable("field", "value", "before", "after", "change");
      for (SnapshotDiff.Exposure exposure : diff.exposures()) {
        table.row(
            exposure.field(),
            exposure.value(),
            String.format(Locale.ROOT, "%.4f", exposure.before()),
            String.format(Locale.ROOT, "%.4f", exposure.after()),
            String.format(Locale.ROOT, "%+.4f", exposure.change()));
      }
      table.print(out());
    }
  }
}
