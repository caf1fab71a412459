package dev.kindred.engine.snapshot;

import static dev.kindred.engine.snapshot.SnapshotCatalog.Check.OPENING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.InputException;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCatalogTest {
  @TempDir Path directory;
  private final TinyWorld world = new TinyWorld();

  @Test
  void snapshotsStandInTheOrderOfBuildingAndOneIsCurrent() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    Files.createDirectory(directory.resolve(".half-written.tmp"));
    Files.writeString(directory.resolve(".CURRENT.1-1.tmp"), names.getFirst());
    Files.createDirectory(directory.resolve("other"));
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    List<SnapshotCatalog.Entry> entries = catalog.list();
    assertEquals(names, entries.stream().map(SnapshotCatalog.Entry::name).toList());
    assertEquals(names.getLast(), catalog.current());
    for (SnapshotCatalog.Entry entry : entries) {
      assertEquals(entry.name().equals(names.getLast()), entry.current());
      assertEquals(TinyWorld.ITEMS, entry.items());
      // The same count as verification gives, manifest included.
      assertEquals(SnapshotVerifier.verify(entry.path()).bytes(), entry.bytes());
    }
  }

  @Test
  void rollbackGoesBackOneByOneAndPromoteForward() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    assertEquals(names.get(1), catalog.rollback().name());
    assertEquals(names.get(1), catalog.current());
    assertEquals(names.get(0), catalog.rollback().name());
    String message = assertThrows(InputException.class, catalog::rollback).getMessage();
    assertTrue(message.contains("no snapshot before '" + names.get(0) + "'"), message);
    assertEquals(names.get(2), catalog.promote(names.get(2)).name());
    assertEquals(names.get(2), catalog.current());
  }

  @Test
  void damagedSnapshotsAreListedButNeverBecomeCurrent() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    Files.writeString(directory.resolve(names.get(1)).resolve("manifest.json"), "{}");
    assertThrows(CorruptFileException.class, () -> catalog.promote(names.get(1)));
    assertEquals(names.get(2), catalog.current());
    SnapshotCatalog.Entry damaged = catalog.list().getFirst();
    assertEquals(names.get(1), damaged.name());
    assertFalse(damaged.fault().isEmpty());
    // Its age is unknown, so it counts as the oldest.
    assertEquals(names.get(0), catalog.rollback().name());
  }

  @Test
  void aCurrentOneWithADamagedManifestIsLeftForTheNewestOther() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    Files.writeString(directory.resolve(names.get(2)).resolve("manifest.json"), "{}");
    assertEquals(names.get(1), catalog.rollback().name());
    assertEquals(names.get(0), catalog.rollback().name());
    // All but the current one are damaged.
    Files.writeString(directory.resolve(names.get(1)).resolve("manifest.json"), "");
    Files.writeString(directory.resolve(names.get(0)).resolve("manifest.json"), "");
    String message = assertThrows(InputException.class, catalog::rollback).getMessage();
    assertTrue(message.contains("no snapshot beside '" + names.get(0) + "'"), message);
    assertTrue(message.contains("passed by [" + names.get(2) + " ("), message);
    assertEquals(names.get(0), catalog.current());
  }

  @Test
  void aWrongCurrentIsToldAndLeftForTheNewestSoundOne() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    assertEquals("", catalog.currentFault());
    flip(directory.resolve(names.get(2)).resolve("items.kids"));
    Files.createDirectory(directory.resolve("other"));
    Path current = directory.resolve("CURRENT");
    for (String content : List.of("gone\n", "", "../" + names.get(0), "other\n", "missing")) {
      if (content.equals("missing")) {
        Files.delete(current);
      } else {
        Files.writeString(current, content);
      }
      String fault = catalog.currentFault();
      assertTrue(fault.startsWith(current + ": ") && fault.contains("kindred promote"), fault);
      List<SnapshotCatalog.Entry> entries = catalog.list();
      assertEquals(names, entries.stream().map(SnapshotCatalog.Entry::name).toList(), content);
      assertTrue(entries.stream().noneMatch(SnapshotCatalog.Entry::current), content);
      assertEquals(names.get(1), catalog.rollback().name(), content);
      assertEquals(names.get(1), catalog.current(), content);
    }
  }

  @Test
  void aDamagedBodyIsPromotedOnlyIfNobodyLooksAtIt() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    Path damaged = directory.resolve(names.get(1));
    flip(damaged.resolve("items.kids"));
    String message =
        assertThrows(CorruptFileException.class, () -> catalog.promote(names.get(1))).getMessage();
    assertTrue(message.startsWith(damaged + ": doesn't become the current snapshot"), message);
    assertTrue(message.contains("items.kids"), message);
    assertEquals(names.get(2), catalog.current());
    assertEquals(names.get(0), catalog.rollback().name());
    assertEquals(names.get(1), catalog.promote(names.get(1), OPENING).name());
    catalog.promote(names.get(2));
    assertEquals(names.get(1), catalog.rollback(OPENING).name());
  }

  /** Flips a bit of the body, which opening doesn't read. */
  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[4096] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aFileOfAnotherLengthOrNoneIsAFault() throws IOException {
    List<String> names = List.of(publish(), publish(), publish());
    Path cut = directory.resolve(names.get(0)).resolve("items.kids");
    long bytes = Files.size(cut);
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
    Files.delete(directory.resolve(names.get(1)).resolve("items.kids"));
    List<String> faults =
        SnapshotCatalog.in(directory).list().stream().map(SnapshotCatalog.Entry::fault).toList();
    assertTrue(
        faults.get(0).contains("has 100 bytes, the manifest says " + bytes), faults.toString());
    assertTrue(faults.get(1).contains("items.kids") && faults.get(1).contains("is missing"));
    assertEquals("", faults.get(2));
  }

  @Test
  void whatIsNoSnapshotIsRefused() throws IOException {
    publish();
    SnapshotCatalog catalog = SnapshotCatalog.in(directory);
    for (String name : List.of("", ".", "..", "gone", "a/b", "CURRENT")) {
      assertThrows(InputException.class, () -> catalog.promote(name), name);
    }
    assertThrows(NoSuchFileException.class, () -> SnapshotCatalog.in(directory.resolve("gone")));
    assertThrows(
        InputException.class, () -> SnapshotCatalog.in(directory.resolve(catalog.current())));
    Path file = directory.resolve("CURRENT");
    assertEquals(
        file + " is a file; name the directory that snapshots are published in",
        assertThrows(InputException.class, () -> SnapshotCatalog.in(file)).getMessage());
  }

  private String publish() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      world.fill(out, true);
      return out.publish().getFileName().toString();
    }
  }
}
