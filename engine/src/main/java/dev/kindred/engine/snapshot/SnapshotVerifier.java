package dev.kindred.engine.snapshot;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.OtherVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Reads every byte of a snapshot and compares it with the checksums: what opening leaves out to
 * stay fast. Stateless.
 */
public final class SnapshotVerifier {
  private static final int BUFFER_BYTES = 1 << 20;

  private SnapshotVerifier() {}

  /** What came out. */
  public enum Finding {
    /** Nothing is wrong. */
    SOUND,
    /** Of a format that only older releases read; no damage was found. */
    OLD_FORMAT,
    /** Of a format that only newer releases read; no damage was found. */
    NEW_FORMAT,
    /** Something is missing or altered. */
    DAMAGED
  }

  /**
   * What was read and what is wrong. Immutable.
   *
   * @param snapshot the directory that was looked at
   * @param files how many files were read, the manifest included
   * @param bytes how many bytes they have
   * @param faults one line each; empty if the snapshot is sound
   * @param finding what they come to
   */
  public record Report(Path snapshot, int files, long bytes, List<String> faults, Finding finding) {
    public Report {
      faults = List.copyOf(faults);
      Objects.requireNonNull(finding, "finding");
      if (faults.isEmpty() != (finding == Finding.SOUND)) {
        throw new IllegalArgumentException(finding + " with " + faults.size() + " faults");
      }
    }

    /**
     * What was read and what is wrong.
     *
     * @param others those of the faults that only say that a file is of another version
     */
    public static Report of(
        Path snapshot,
        int files,
        long bytes,
        List<String> faults,
        List<OtherVersionException> others) {
      Finding finding = Finding.DAMAGED;
      if (faults.isEmpty()) {
        finding = Finding.SOUND;
      } else if (others.stream().map(Throwable::getMessage).toList().containsAll(faults)) {
        if (others.stream().allMatch(OtherVersionException::isOld)) {
          finding = Finding.OLD_FORMAT;
        } else if (others.stream().noneMatch(OtherVersionException::isOld)) {
          finding = Finding.NEW_FORMAT;
        } // else files of two builds were mixed
      }
      return new Report(snapshot, files, bytes, faults, finding);
    }

    /** Whether nothing is wrong. */
    public boolean isSound() {
      return finding == Finding.SOUND;
    }
  }

  /**
   * Looks at a snapshot and lists all that is wrong with it, instead of stopping at the first
   * fault.
   *
   * @param path of a snapshot, or of the directory with its CURRENT file
   * @throws IOException if there is no snapshot to look at
   */
  public static Report verify(Path path) throws IOException {
    Path snapshot = SnapshotDirectory.resolve(path);
    List<String> faults = new ArrayList<>();
    List<OtherVersionException> others = new ArrayList<>();
    Path manifestPath = snapshot.resolve(ManifestFile.NAME);
    long bytes = Files.size(manifestPath);
    int files = 1;
    try {
      for (FileEntry file : ManifestFile.read(manifestPath).files()) {
        files++;
        bytes += verifyFile(snapshot.resolve(file.name()), file, faults);
      }
    } catch (CorruptFileException e) {
      add(e, faults, others);
    }
    // The checks of opening name the place of a fault, and find what files disagree about.
    try (Snapshot opened = Snapshot.open(snapshot)) {
      opened.verifyBodies(faults);
    } catch (CorruptFileException | IOException e) {
      add(e, faults, others);
    }
    return Report.of(snapshot, files, bytes, faults, others);
  }

  /** Adds a fault that isn't known yet. */
  private static void add(
      Exception fault, List<String> faults, List<OtherVersionException> others) {
    if (!faults.contains(fault.getMessage())) {
      faults.add(fault.getMessage());
      if (fault instanceof OtherVersionException other) {
        others.add(other);
      }
    }
  }

  private static long verifyFile(Path path, FileEntry file, List<String> faults)
      throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      faults.add(path + ": is missing, or no plain file; restore the snapshot from a good copy");
      return 0;
    }
    long bytes = Files.size(path);
    if (bytes != file.bytes()) {
      faults.add(path + ": " + wrongSize(bytes, file));
    } else if (crc32c(path) != file.crc32c()) {
      faults.add(
          path
              + ": its checksum differs from the manifest's; restore the snapshot from a good copy"
              + " or build it again");
    }
    return bytes;
  }

  static String wrongSize(long bytes, FileEntry file) {
    return "has "
        + bytes
        + " bytes, the manifest says "
        + file.bytes()
        + "; it was cut, appended to or replaced: restore the snapshot from a good copy or build it"
        + " again";
  }

  /** CRC32C of all bytes of a file. */
  static int crc32c(Path path) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        crc.update(buffer.flip());
      }
    }
    return (int) crc.getValue();
  }
}
