package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class DestinationTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;

  @Test
  void aPlaceThatCannotBeIsBadInputAndNothingIsMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path below = file.resolve("below/it");
    InputException e = assertThrows(InputException.class, () -> Destination.directory(below));
    assertTrue(e.getMessage().startsWith(below + ": can't be written to ("), e.getMessage());
    assertTrue(e.getMessage().contains(file + " is a file"), e.getMessage());
    assertThrows(InputException.class, () -> Destination.directory(file));
    assertThrows(InputException.class, () -> Destination.fileWithParents(below));
    assertThrows(InputException.class, () -> Destination.file(directory));
    assertThrows(InputException.class, () -> Destination.fileWithParents(directory));
    Path missing = directory.resolve("missing");
    Path absent = missing.resolve("file");
    String message =
        assertThrows(InputException.class, () -> Destination.file(absent)).getMessage();
    assertEquals(missing + ": no directory to write to; make it, or choose another", message);
    assertThrows(InputException.class, () -> Destination.newDirectory(absent));
    for (Path in : List.of(file.resolve("it"), below)) {
      String said =
          in
              + ": can't be written to ("
              + file
              + " is a file); change that, or choose another place";
      assertEquals(said, refused(() -> Destination.file(in)));
      assertEquals(said, refused(() -> Destination.newDirectory(in)));
    }
    Destination.directory(missing.resolve("deep"));
    Destination.fileWithParents(missing.resolve("page.html"));
    Destination.file(file);
    assertFalse(Files.exists(missing));
  }

  /** The system says of /proc that its owner may write there. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryThatTakesNoFilesIsRefused() {
    Path place = Path.of("/proc/place");
    String message =
        assertThrows(InputException.class, () -> Destination.directory(place)).getMessage();
    assertTrue(message.startsWith(place + ": can't be written to ("), message);
    assertThrows(InputException.class, () -> Destination.newDirectory(place));
    assertThrows(InputException.class, () -> Destination.file(place));
  }

  @Test
  void filesOfASnapshotAndThoseThatFindItAreNeverReplaced() throws IOException {
    Path snapshot = Files.createDirectory(directory.resolve("first"));
    Path manifest = Files.writeString(snapshot.resolve("manifest.json"), "");
    for (Path place : List.of(snapshot, snapshot.resolve("../first"))) {
      assertEquals(
          place + ": is a snapshot, which never changes; choose another directory",
          refused(() -> Destination.directoryOfFiles(place)));
    }
    for (Path file : List.of(manifest, snapshot.resolve("items.kids"), snapshot.resolve("new"))) {
      String said = file + ": lies in a snapshot, which never changes; choose another directory";
      assertEquals(said, refused(() -> Destination.file(file)));
      assertEquals(said, refused(() -> Destination.fileWithParents(file)));
    }
    Destination.directoryOfFiles(directory); // until a snapshot is published in it
    Path current = Files.writeString(directory.resolve("CURRENT"), "");
    assertEquals(
        directory
            + ": snapshots are published in it; choose another directory, such as a new one in it",
        refused(() -> Destination.directoryOfFiles(directory)));
    for (Path file : List.of(current, directory.resolve("manifest.json"))) {
      String said = file + ": is how readers find the snapshots beside it; choose another name";
      assertEquals(said, refused(() -> Destination.file(file)));
      assertEquals(said, refused(() -> Destination.fileWithParents(file)));
    }
    Destination.directory(directory); // to publish in it
    Destination.directoryOfFiles(directory.resolve("factors"));
    Destination.file(directory.resolve("report.html"));
  }

  private static String refused(Executable place) {
    return assertThrows(InputException.class, place).getMessage();
  }

  @Test
  void tryingAPlaceLeavesNothing() throws IOException {
    Destination.directory(directory);
    Destination.file(directory.resolve("file"));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void halfOfAnEstimateIsRefusedAndLessThanAllOfItToldOf() throws IOException {
    Destination place = Destination.directory(directory);
    List<String> notes = new ArrayList<>();
    place.compare(4 * MIB, 8 * MIB, 8 * MIB, notes::add);
    assertEquals(List.of(), notes);
    place.compare(4 * MIB, 8 * MIB, 4 * MIB, notes::add);
    assertEquals(
        List.of(
            "warning: "
                + directory
                + ": about 8.00 MiB are to be written and 4.00 MiB are free: it may not fit"),
        notes);
    IOException e =
        assertThrows(
            FileSystemException.class,
            () -> place.compare(4 * MIB, 8 * MIB, 4 * MIB - 1, notes::add));
    assertEquals(
        "kindred: "
            + directory
            + ": about 8.00 MiB are to be written and 4.00 MiB are free; free some, or choose"
            + " another place",
        told(ExitCode.FAILURE, e));
    place.requireSpace(0, notes::add);
    assertEquals(1, notes.size());
  }

  @Test
  void aFullDiskNamesThePlaceWhatItWasToHoldAndTheRemedy() throws IOException {
    Destination place = Destination.directory(directory);
    String full = "No space left on device";
    assertEquals(
        "kindred: " + directory + ": the disk is full; free some space, or choose another place",
        told(ExitCode.FAILURE, thrownBy(place, new IOException(full))));
    place.compare(MIB, 3 * MIB, 3 * MIB, note -> {});
    for (IOException e :
        List.of(new IOException(full), new FileSystemException("part", null, full))) {
      assertEquals(
          "kindred: "
              + directory
              + ": the disk is full; about 3.00 MiB were to be written in all; free some space, or"
              + " choose another place",
          told(ExitCode.FAILURE, thrownBy(place, e)));
      assertEquals(
          told(ExitCode.FAILURE, thrownBy(place, e)),
          told(
              ExitCode.FAILURE,
              assertThrows(
                  IOException.class,
                  () ->
                      place.write(
                          () -> {
                            throw new UncheckedIOException(e);
                          }))));
    }
    IOException other = new IOException("other");
    assertEquals(other, thrownBy(place, other));
    assertEquals("done", place.write(() -> "done"));
  }

  @Test
  void aFullDiskElsewhereNamesTheFileIfItIsKnown() {
    String remedy = "the disk is full; free some space, or choose another place";
    assertEquals(
        "kindred: " + remedy, told(ExitCode.FAILURE, new IOException("No space left on device")));
    assertEquals(
        "kindred: a.kvec: " + remedy,
        told(ExitCode.FAILURE, new FileSystemException("a.kvec", null, "Disk quota exceeded")));
  }

  @Test
  void aPlaceThatTheSystemRefusesIsBadInput() {
    assertEquals(
        "kindred: x: Read-only file system; check the path, or choose another",
        told(ExitCode.BAD_INPUT, new FileSystemException("x", null, "Read-only file system")));
    assertEquals(
        "kindred: x: odd", told(ExitCode.FAILURE, new FileSystemException("x", null, "odd")));
  }

  private static IOException thrownBy(Destination place, IOException e) {
    return assertThrows(
        IOException.class,
        () ->
            place.fill(
                () -> {
                  throw e;
                }));
  }

  /** The line that a command ends with. */
  private static String told(int exitCode, IOException e) {
    StringWriter text = new StringWriter();
    PrintWriter err = new PrintWriter(text);
    assertEquals(exitCode, Failures.report(e, err, false));
    return text.toString().strip();
  }
}
