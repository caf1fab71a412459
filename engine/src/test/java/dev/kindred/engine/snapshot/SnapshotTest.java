package dev.kindred.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.simd.Simd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  private static final List<String> FILES =
      List.of(
          "items.kids",
          "candidates.kcsr",
          "channels.kvec",
          "priors.kvec",
          "fused.khnsw",
          "related.ktop",
          "profile.kprof",
          "gate.kgate");

  @TempDir Path directory;
  private final TinyWorld world = new TinyWorld();
  private Path snapshot;

  @BeforeEach
  void write() throws IOException {
    snapshot = world.write(directory.resolve("snap"));
  }

  @Test
  void everythingComesBackAsWritten() throws IOException {
    try (Snapshot opened = Snapshot.open(snapshot)) {
      Manifest manifest = opened.manifest();
      assertEquals(snapshot, opened.directory());
      assertEquals(TinyWorld.ITEMS, manifest.items());
      assertEquals(TinyWorld.LIST_LENGTH, manifest.listLength());
      assertEquals(99, manifest.provenance().seed());
      assertEquals("data", manifest.provenance().dataHash());
      assertEquals(Map.of("als-click", "abc"), manifest.provenance().modelHashes());
      assertEquals(Map.of("rank", 30), manifest.provenance().options());
      assertEquals(Simd.bits(), manifest.provenance().simdBits());
      assertEquals(Runtime.version().toString(), manifest.provenance().jdk());
      assertFalse(manifest.provenance().libraryVersion().contains("$"));
      assertEquals(Map.of("auc", 0.75), manifest.metrics());
      assertEquals(
          List.of(Note.info("made by hand"), Note.warning("too small to serve")), manifest.notes());
      assertTrue(manifest.catalogue());
      assertEquals(FILES, manifest.files().stream().map(FileEntry::name).toList());
      assertEquals(world.scorer().weights(), manifest.weights());
      assertEquals(5, manifest.channels().size());
      assertEquals(opened.bytes(), manifest.files().stream().mapToLong(FileEntry::bytes).sum());
      for (int item = 0; item < TinyWorld.ITEMS; item++) {
        assertEquals(item, opened.items().ordinalOf(TinyWorld.idOf(item)));
        assertEquals(world.candidates().count(item), opened.candidates().count(item));
        assertEquals(world.table().count(item), opened.related().count(item));
      }
      sameVectors(opened);
      assertEquals(
          Map.of("type", List.of("film"), "tags", List.of("tag-0", "all"), "year", List.of("1952")),
          opened.profile().orElseThrow().valuesOf(2));
    }
  }

  private void sameVectors(Snapshot opened) {
    for (int k = 0; k < 3; k++) {
      List<RelatedScorer.Part> written = world.scorer().parts(k);
      List<RelatedScorer.Part> read = opened.scorer().parts(k);
      assertEquals(written.size(), read.size());
      for (int p = 0; p < written.size(); p++) {
        Channel channel = written.get(p).channel();
        assertEquals(written.get(p).calibration(), read.get(p).calibration());
        float[] expected = new float[channel.dim()];
        float[] actual = new float[channel.dim()];
        int present = 0;
        for (int item = 0; item < TinyWorld.ITEMS; item++) {
          channel.copyRow(item, expected);
          read.get(p).channel().copyRow(item, actual);
          assertArrayEquals(expected, actual);
          present += channel.has(item) ? 1 : 0;
        }
        String name = channel.objective();
        assertEquals(
            present,
            opened.manifest().channels().stream()
                .filter(c -> c.objective().equals(name) && c.kind() == channel.kind())
                .findFirst()
                .orElseThrow()
                .present());
      }
    }
  }

  @Test
  void snapshotWithoutCatalogueHasNoProfile() throws IOException {
    Path bare = directory.resolve("bare");
    try (SnapshotWriter out = SnapshotWriter.into(bare)) {
      world.fill(out, false);
      out.publish();
    }
    try (Snapshot opened = Snapshot.open(bare)) {
      assertTrue(opened.profile().isEmpty());
      assertFalse(opened.manifest().catalogue());
      assertTrue(opened.verify().isSound());
    }
  }

  @Test
  void soundSnapshotVerifies() throws IOException {
    SnapshotVerifier.Report report = SnapshotVerifier.verify(snapshot);
    assertEquals(List.of(), report.faults());
    assertEquals(FILES.size() + 1, report.files());
    long bytes = 0;
    try (var files = Files.list(snapshot)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertEquals(bytes, report.bytes());
  }

  @Test
  void afterCloseNothingAnswers() throws IOException {
    Snapshot opened = Snapshot.open(snapshot);
    opened.close();
    opened.close();
    assertThrows(IllegalStateException.class, () -> opened.items().idOf(0));
    assertThrows(IllegalStateException.class, () -> opened.candidates().count(0));
  }

  @Test
  void missingFileIsNamed() throws IOException {
    for (String name : FILES) {
      Path aside = directory.resolve("aside");
      Files.move(snapshot.resolve(name), aside);
      refused(name, "is missing");
      Files.move(aside, snapshot.resolve(name));
    }
    Files.move(snapshot.resolve("manifest.json"), directory.resolve("aside"));
    assertThrows(IOException.class, () -> Snapshot.open(snapshot));
  }

  @Test
  void truncatedFileIsNamed() throws IOException {
    for (String name : FILES) {
      Path file = snapshot.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      for (int length : new int[] {0, 1, 4095, 4096, 4097, whole.length - 1}) {
        Files.write(file, Arrays.copyOf(whole, length));
        refused(name, "has " + length + " bytes");
      }
      Files.write(file, Arrays.copyOf(whole, whole.length + 1));
      refused(name, "has " + (whole.length + 1) + " bytes");
      Files.write(file, whole);
    }
    assertTrue(SnapshotVerifier.verify(snapshot).isSound());
  }

  @Test
  void flippedBitInHeaderOrTableIsFoundAtOpen() throws IOException {
    for (String name : FILES) {
      Path file = snapshot.resolve(name);
      long table = Files.size(file) - 4;
      for (long at : new long[] {0, 9, 13, 33, 50, 81, 1000, 4095, table}) {
        flip(file, at);
        String message =
            assertThrows(CorruptFileException.class, () -> Snapshot.open(snapshot)).getMessage();
        assertTrue(message.contains(name), message);
        assertFalse(SnapshotVerifier.verify(snapshot).isSound());
        flip(file, at);
      }
    }
    assertTrue(SnapshotVerifier.verify(snapshot).isSound());
  }

  @Test
  void flippedBitInABodyIsFoundByVerify() throws IOException {
    for (String name : FILES) {
      Path file = snapshot.resolve(name);
      for (long at : new long[] {4096, (4096 + Files.size(file)) / 2, Files.size(file) - 5}) {
        flip(file, at);
        List<String> faults = SnapshotVerifier.verify(snapshot).faults();
        assertTrue(
            faults.stream().anyMatch(f -> f.contains(name) && f.contains("block 0"))
                || name.equals("channels.kvec")
                    && faults.stream().anyMatch(f -> f.contains("differs from the manifest")),
            () -> name + " byte " + at + ": " + faults);
        // A graph knows its vectors, so it may be named beside a damaged file of these.
        assertTrue(
            faults.stream().allMatch(f -> f.contains(name) || f.contains("fused.khnsw")),
            faults::toString);
        flip(file, at);
      }
    }
  }

  @Test
  void everyFaultIsListed() throws IOException {
    flip(snapshot.resolve("items.kids"), 5000);
    flip(snapshot.resolve("related.ktop"), 5000);
    flip(snapshot.resolve("profile.kprof"), 4100);
    List<String> faults = SnapshotVerifier.verify(snapshot).faults();
    for (String name : List.of("items.kids", "related.ktop", "profile.kprof")) {
      assertTrue(faults.stream().anyMatch(f -> f.contains(name)), faults::toString);
    }
    Files.delete(snapshot.resolve("channels.kvec"));
    assertTrue(
        SnapshotVerifier.verify(snapshot).faults().stream()
            .anyMatch(f -> f.contains("is missing")));
  }

  @Test
  void linkInPlaceOfAFileIsRefused() throws IOException {
    Path file = snapshot.resolve("items.kids");
    Files.move(file, directory.resolve("elsewhere"));
    Files.createSymbolicLink(file, directory.resolve("elsewhere"));
    refused("items.kids", "no plain file");
  }

  @Test
  void fileOfAnotherSnapshotIsRefused() throws IOException {
    Path small = directory.resolve("small");
    try (SnapshotWriter out = SnapshotWriter.into(small)) {
      world.fill(out, true);
      out.publish();
    }
    // The same size in bytes but another dim: only the manifests tell them apart.
    Path file = snapshot.resolve("channels.kvec");
    Path other = directory.resolve("other.kvec");
    EmbeddingFile.write(other, new float[TinyWorld.ITEMS * 124], 124);
    assertEquals(Files.size(file), Files.size(other));
    Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
    refused("channels.kvec", "has rows of dim 124, the manifest says 125");
  }

  @Test
  void existingTargetIsRefusedAndUntouched() throws IOException {
    byte[] before = Files.readAllBytes(snapshot.resolve("manifest.json"));
    assertTrue(
        assertThrows(FileAlreadyExistsException.class, () -> SnapshotWriter.into(snapshot))
            .getMessage()
            .contains("exists already"));
    assertThrows(FileAlreadyExistsException.class, () -> SnapshotWriter.under(snapshot));
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThrows(FileAlreadyExistsException.class, () -> SnapshotWriter.into(file));
    assertThrows(FileAlreadyExistsException.class, () -> SnapshotWriter.under(file));
    assertArrayEquals(before, Files.readAllBytes(snapshot.resolve("manifest.json")));
    assertEquals(List.of("file", "snap"), names(directory));
  }

  @Test
  void targetTakenMeanwhileIsNotOverwritten() throws IOException {
    Path target = directory.resolve("late");
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      world.fill(out, true);
      Files.createDirectory(target);
      assertThrows(FileAlreadyExistsException.class, out::publish);
    }
    assertEquals(List.of(), names(target));
    assertEquals(List.of("late", "snap"), names(directory));
  }

  @Test
  void directoryThatCannotBeWrittenIsNamedBeforeAnyWork() throws IOException {
    // A file in the way and /proc refuse even the superuser.
    Path file = Files.writeString(directory.resolve("file"), "x");
    for (Path target : List.of(file.resolve("snap"), Path.of("/proc/self/snap"))) {
      String message =
          assertThrows(IOException.class, () -> SnapshotWriter.into(target)).getMessage();
      assertTrue(message.startsWith("can't write a snapshot in " + target.getParent()), message);
    }
    assertEquals(List.of("file", "snap"), names(directory));
  }

  @Test
  void writerWithoutPartsHasNothingOnDisk() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.into(directory.resolve("deep/er/new"))) {
      assertEquals(List.of("snap"), names(directory));
      out.seed(1);
      assertThrows(IllegalStateException.class, out::publish);
    }
    assertEquals(List.of("snap"), names(directory));
  }

  @Test
  void abandonedWriterLeavesNothing() throws IOException {
    Path target = directory.resolve("deep/er/new");
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      world.fill(out, true);
    }
    assertEquals(List.of("snap"), names(directory));
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      out.items(world.ids());
      assertThrows(IllegalStateException.class, out::publish);
      assertThrows(IllegalStateException.class, () -> out.items(world.ids()));
    }
    assertEquals(List.of("snap"), names(directory));
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      world.fill(out, true);
      out.publish();
      assertThrows(IllegalStateException.class, out::publish);
    }
    assertEquals(List.of("new"), names(target.getParent()));
  }

  public record Inner(Merge merge, Optional<Float> share, List<Integer> widths) {}

  public record Outer(int rank, Inner inner, Optional<Inner> none, Map<String, Inner> byName) {}

  @Test
  void optionsOfARecordComeBackAsObjects() throws IOException {
    Inner inner = new Inner(Merge.MAX, Optional.of(0.1f), List.of(256, 128));
    Path target = directory.resolve("new");
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      world.fill(out, true);
      out.options(new Outer(20, inner, Optional.empty(), Map.of("click", inner)));
      out.option("fine", Arrays.asList(null, 1, 2L, 3f, 4.0, true, "x", Map.of("y", List.of())));
      out.publish();
    }
    Map<String, Object> shown = Map.of("merge", "MAX", "share", 0.1, "widths", List.of(256, 128));
    try (Snapshot opened = Snapshot.open(target)) {
      Map<String, Object> options = opened.manifest().provenance().options();
      assertEquals(20, options.get("rank"));
      assertEquals(shown, options.get("inner"));
      assertTrue(options.containsKey("none"));
      assertEquals(Map.of("click", shown), options.get("byName"));
      assertEquals(
          Arrays.asList(null, 1, 2, 3.0, 4.0, true, "x", Map.of("y", List.of())),
          options.get("fine"));
    }
  }

  @Test
  void valuesThatAreNoJsonAreRefusedAtOnce() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.into(directory.resolve("new"))) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> out.option("path", Map.of("a", List.of(1, Path.of("x")))))
              .getMessage();
      assertTrue(message.startsWith("'path.a[1]' holds a "), message);
      assertThrows(IllegalArgumentException.class, () -> out.metric("map", Map.of(1, 2)));
    }
  }

  @Test
  void writersOfOneSecondGetDifferentNames() throws IOException {
    Path parent = directory.resolve("models");
    try (SnapshotWriter first = SnapshotWriter.under(parent);
        SnapshotWriter second = SnapshotWriter.under(parent)) {
      world.fill(first, true);
      world.fill(second, true);
      Path one = first.publish();
      Path two = second.publish();
      assertFalse(one.equals(two));
      try (Snapshot opened = Snapshot.open(parent)) {
        assertEquals(two, opened.directory());
      }
    }
  }

  @Test
  void partsOverOtherItemsAreRefused() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.into(directory.resolve("new"))) {
      assertThrows(IllegalStateException.class, () -> out.candidates(world.candidates()));
      out.items(Ids.of(List.of("only")));
      String message =
          assertThrows(IllegalArgumentException.class, () -> out.candidates(world.candidates()))
              .getMessage();
      assertEquals("the candidate lists are over 60 items, the snapshot has 1", message);
    }
  }

  @Test
  void currentNamesTheLastPublished() throws IOException {
    Path parent = directory.resolve("models");
    Path first = null;
    for (int i = 0; i < 3; i++) {
      try (SnapshotWriter out = SnapshotWriter.under(parent)) {
        world.fill(out, true);
        Path published = out.publish();
        first = first == null ? published : first;
        try (Snapshot opened = Snapshot.open(parent)) {
          assertEquals(published, opened.directory());
        }
      }
    }
    assertEquals(4, names(parent).size());
    try (SnapshotWriter out = SnapshotWriter.under(parent)) {
      world.fill(out, true);
    }
    assertEquals(4, names(parent).size());
    // Going back is naming an older one.
    SnapshotDirectory.writeCurrent(parent, first.getFileName().toString());
    try (Snapshot opened = Snapshot.open(parent)) {
      assertEquals(first, opened.directory());
    }
  }

  private void refused(String file, String fault) throws IOException {
    String message =
        assertThrows(CorruptFileException.class, () -> Snapshot.open(snapshot)).getMessage();
    assertTrue(message.contains(file) && message.contains(fault), message);
    assertFalse(message.contains("\n"), message);
    assertFalse(SnapshotVerifier.verify(snapshot).isSound());
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int value = open.read();
      open.seek(at);
      open.write(value ^ 0x10);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
