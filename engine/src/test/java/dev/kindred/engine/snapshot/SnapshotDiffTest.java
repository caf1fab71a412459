package dev.kindred.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDiffTest {
  @TempDir Path directory;

  private final TinyWorld first = new TinyWorld(Merge.CALIBRATED, 17);
  private final TinyWorld second = new TinyWorld(Merge.CALIBRATED, 18);

  @Test
  void snapshotDoesNotDifferFromItself() throws IOException {
    try (Snapshot snapshot = Snapshot.open(first.write(directory.resolve("a")))) {
      SnapshotDiff diff = SnapshotDiff.of(snapshot, snapshot, 5, 10);
      assertEquals(1, diff.meanOverlap());
      assertEquals(1, diff.unchanged());
      assertEquals(0, diff.disjoint());
      assertEquals(0, diff.gainedCount() + diff.lostCount());
      assertEquals(List.of(), diff.gained());
      assertEquals(List.of(), diff.exposures());
    }
  }

  @Test
  void overlapIsThatOfACount() throws IOException {
    try (Snapshot a = Snapshot.open(first.write(directory.resolve("a")));
        Snapshot b = Snapshot.open(second.write(directory.resolve("b")))) {
      SnapshotDiff diff = SnapshotDiff.of(a, b, 5, 100);
      assertEquals(5, diff.length());
      double sum = 0;
      for (int item = 0; item < TinyWorld.ITEMS; item++) {
        Set<Integer> stayed = top(a.related(), item);
        stayed.retainAll(top(b.related(), item));
        sum += stayed.size() / 5.0;
      }
      assertEquals(sum / TinyWorld.ITEMS, diff.meanOverlap(), 1e-12);
      // Films have only films for candidates, so other lists show as many.
      assertEquals(List.of(), diff.exposures());
    }
  }

  @Test
  void exposureIsThatOfACountAndTheLargestChangeStandsFirst() throws IOException {
    Path plain = directory.resolve("plain");
    try (SnapshotWriter out = SnapshotWriter.into(plain)) {
      first.fill(out, false);
      out.publish();
    }
    try (Snapshot a = Snapshot.open(first.write(directory.resolve("a")));
        Snapshot without = Snapshot.open(plain)) {
      // Every item has the tag "all", every other one is a film; without a catalogue none is.
      assertEquals(
          List.of(
              new SnapshotDiff.Exposure("tags", "all", 1, 0),
              new SnapshotDiff.Exposure("tags", "tag-0", 0.5, 0),
              new SnapshotDiff.Exposure("tags", "tag-1", 0.5, 0),
              new SnapshotDiff.Exposure("type", "film", 0.5, 0),
              new SnapshotDiff.Exposure("type", "série", 0.5, 0)),
          SnapshotDiff.of(a, without, 5, 100).exposures());
      assertEquals(
          List.of(new SnapshotDiff.Exposure("tags", "all", 0, 1)),
          SnapshotDiff.of(without, a, 5, 1).exposures());
    }
  }

  @Test
  void lengthsOutOfRangeAreRefused() throws IOException {
    try (Snapshot snapshot = Snapshot.open(first.write(directory.resolve("a")))) {
      assertThrows(IllegalArgumentException.class, () -> SnapshotDiff.of(snapshot, snapshot, 0, 1));
    }
  }

  private static Set<Integer> top(RelatedTable table, int item) {
    Set<Integer> items = new HashSet<>();
    int[] list = new int[5];
    for (int i = 0; i < table.related(item, 5, list); i++) {
      items.add(list[i]);
    }
    return items;
  }
}
