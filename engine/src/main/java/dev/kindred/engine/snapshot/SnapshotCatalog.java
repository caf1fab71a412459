package dev.kindred.engine.snapshot;

import dev.kindred.engine.data.InputException;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The snapshots that lie side by side in a directory, and which of them is the current one.
 *
 * <p>Changing the current one renames a file of one line: readers see the old name or the new one,
 * and a kill at any moment leaves either. Every call looks at the disk anew; safe for use by many
 * threads and processes, of which the last to write wins.
 */
public final class SnapshotCatalog {
  private final Path directory;

  private SnapshotCatalog(Path directory) {
    this.directory = directory;
  }

  /** What is looked at before a snapshot becomes the current one. */
  public enum Check {
    /** Manifest, sizes, headers and block tables, as opening does: at once, whatever the size. */
    OPENING,

    /** Every byte too, as {@link SnapshotVerifier} does: takes as long as reading all files. */
    EVERY_BYTE
  }

  /**
   * One snapshot of a directory. Immutable.
   *
   * @param name of its own directory
   * @param path its own directory
   * @param created when it was built; the epoch if its manifest can't be read
   * @param items how many items it knows, 0 if its manifest can't be read
   * @param bytes of all its files, the manifest included; 0 if that can't be read
   * @param current whether CURRENT names it
   * @param fault what is wrong with its manifest or the length of a file, "" if nothing is
   */
  public record Entry(
      String name,
      Path path,
      Instant created,
      int items,
      long bytes,
      boolean current,
      String fault) {
    public Entry {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(created, "created");
      Objects.requireNonNull(fault, "fault");
    }
  }

  /** Whether a directory is a snapshot, sound or not: such a one never changes. */
  public static boolean isSnapshot(Path directory) {
    return Files.exists(directory.resolve(ManifestFile.NAME));
  }

  /** Whether snapshots are published in a directory: it has a CURRENT file, whatever that holds. */
  public static boolean isPublishedIn(Path directory) {
    return Files.exists(directory.resolve(SnapshotDirectory.CURRENT));
  }

  /** Whether a path has the name of one of the files by which readers find snapshots. */
  public static boolean isReserved(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.equals(ManifestFile.NAME) || name.equals(SnapshotDirectory.CURRENT);
  }

  /**
   * The snapshots published in a directory.
   *
   * @throws NoSuchFileException if it doesn't exist
   * @throws InputException if it is a file, or a snapshot itself
   */
  public static SnapshotCatalog in(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new InputException(
          directory + " is a file; name the directory that snapshots are published in");
    }
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "no such directory; 'kindred train --out DIR' makes one");
    }
    if (isSnapshot(directory)) {
      throw new InputException(
          directory + " is one snapshot; name the directory that snapshots are published in");
    }
    return new SnapshotCatalog(directory);
  }

  /**
   * The snapshot meant by a path: the directory itself, or the one that its CURRENT file names.
   *
   * @throws IOException if it is neither
   */
  public static Path resolve(Path path) throws IOException {
    return SnapshotDirectory.resolve(path);
  }

  /** All snapshots, oldest first; also those with a fault. None is current if CURRENT is wrong. */
  public List<Entry> list() throws IOException {
    String current = currentFault().isEmpty() ? current() : "";
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> children = Files.list(directory)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        String name = child.getFileName().toString();
        if (SnapshotDirectory.isPlainName(name)
            && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
            && Files.exists(child.resolve(ManifestFile.NAME))) {
          entries.add(entry(child, name, name.equals(current)));
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::created).thenComparing(Entry::name));
    return entries;
  }

  private static Entry entry(Path path, String name, boolean current) throws IOException {
    Instant created = Instant.EPOCH;
    int items = 0;
    long bytes = 0;
    String fault = "";
    try {
      Path manifestPath = path.resolve(ManifestFile.NAME);
      Manifest manifest = ManifestFile.read(manifestPath);
      created = manifest.provenance().created();
      items = manifest.items();
      bytes =
          Files.size(manifestPath) + manifest.files().stream().mapToLong(FileEntry::bytes).sum();
      SnapshotDirectory.checkFiles(path, manifest);
    } catch (CorruptFileException e) {
      fault = e.getMessage();
    }
    return new Entry(name, path, created, items, bytes, current, fault);
  }

  /** What is wrong with CURRENT, and the remedy; "" if it names a snapshot that is there. */
  public String currentFault() throws IOException {
    Path file = directory.resolve(SnapshotDirectory.CURRENT);
    String remedy = "; publish a snapshot, or name one with 'kindred promote'";
    if (!isPublishedIn(directory)) {
      return file + ": is missing, so no snapshot is the current one" + remedy;
    }
    try {
      Path named = SnapshotDirectory.resolve(directory);
      return isSnapshot(named)
          ? ""
          : file
              + ": names '"
              + named.getFileName()
              + "', which has no "
              + ManifestFile.NAME
              + remedy;
    } catch (CorruptFileException e) {
      return e.getMessage();
    }
  }

  /**
   * Name of the current snapshot.
   *
   * @throws CorruptFileException if CURRENT holds no name or that of none that is there
   */
  public String current() throws IOException {
    return SnapshotDirectory.resolve(directory).getFileName().toString();
  }

  /** {@link #promote(String, Check) Promotes} a snapshot every byte of which is right. */
  public Entry promote(String name) throws IOException {
    return promote(name, Check.EVERY_BYTE);
  }

  /**
   * Makes a snapshot the current one, once it has been looked at.
   *
   * @param name of its directory within this one
   * @throws InputException if there is no such snapshot
   * @throws CorruptFileException if it is damaged; the current one stays
   */
  public Entry promote(String name, Check check) throws IOException {
    Path path = directory.resolve(SnapshotDirectory.isPlainName(name) ? name : ".");
    if (!Files.exists(path.resolve(ManifestFile.NAME))) {
      throw new InputException(
          directory
              + " has no snapshot '"
              + name
              + "'; it has "
              + list().stream().map(Entry::name).toList());
    }
    Snapshot.open(path).close();
    if (check == Check.EVERY_BYTE) {
      requireSound(path);
    }
    SnapshotDirectory.writeCurrent(directory, name);
    return entry(path, name, true);
  }

  private static void requireSound(Path path) throws IOException {
    List<String> faults = SnapshotVerifier.verify(path).faults();
    if (!faults.isEmpty()) {
      throw new CorruptFileException(
          path,
          -1,
          "doesn't become the current snapshot, as it is damaged: "
              + faults.getFirst()
              + (faults.size() == 1 ? "" : "; 'kindred verify' lists all " + faults.size()));
    }
  }

  /** {@link #rollback(Check) Goes back} to a snapshot every byte of which is right. */
  public Entry rollback() throws IOException {
    return rollback(Check.EVERY_BYTE);
  }

  /**
   * Goes back to the snapshot before the current one, by the time of building; damaged ones are
   * passed by. Where that time isn't known, as the current one's manifest is damaged or {@link
   * #currentFault CURRENT names none}, it is the newest of the others.
   *
   * @throws InputException if there is none
   */
  public Entry rollback(Check check) throws IOException {
    List<Entry> others = new ArrayList<>();
    String sought = " has no snapshot";
    for (Entry entry : list()) {
      if (!entry.current()) {
        others.addFirst(entry);
      } else if (entry.created().equals(Instant.EPOCH)) {
        sought = " has no snapshot beside '" + entry.name() + "'";
      } else {
        sought = " has no snapshot before '" + entry.name() + "'";
        break;
      }
    }
    List<String> passed = new ArrayList<>();
    for (Entry other : others) {
      try {
        return promote(other.name(), check);
      } catch (CorruptFileException e) {
        passed.add(other.name() + " (" + e.getMessage() + ")");
      }
    }
    throw new InputException(
        directory
            + sought
            + " that is sound"
            + (passed.isEmpty() ? "" : "; passed by " + passed)
            + "; 'kindred promote' names any other");
  }
}
