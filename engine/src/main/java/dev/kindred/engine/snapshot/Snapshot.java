package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.rank.RankFiles;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.NextItems;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An opened snapshot: its files mapped read-only and used in place.
 *
 * <p>Opening checks the manifest, and header, block table and size of every file, and that the
 * files agree with each other; it takes the same time whatever the size. The bodies are checked
 * when a snapshot is published and by {@link SnapshotVerifier}; a damaged body that got by gives
 * wrong answers or a {@link CorruptFileException}, never a read outside its file.
 *
 * <p>Immutable, may be shared by threads. It owns all mappings: what it hands out lives until
 * {@link #close}, and throws IllegalStateException from then on.
 */
public final class Snapshot implements AutoCloseable {
  private final Path directory;
  private final Manifest manifest;
  private final Arena arena;
  private final IdTable items;
  private final CandidateLists candidates;
  private final RelatedTable related;
  private final ProfileTable profile; // null without a catalogue
  private final ContentGate gate; // null where candidates don't come from content
  private final List<NextItems> nextItems = new ArrayList<>();
  private final List<EmbeddingFile> channelFiles = new ArrayList<>();
  private final RelatedScorer scorer;
  private final Ranking ranking; // null without the personalised path

  private Snapshot(Path directory, Manifest manifest, Arena arena) throws IOException {
    this.directory = directory;
    this.manifest = manifest;
    this.arena = arena;
    checkFiles();
    int count = manifest.items();
    items = IdTable.open(listed(SnapshotWriter.ITEMS), arena);
    agree(SnapshotWriter.ITEMS, items.size(), count);
    candidates = CandidateLists.open(listed(CandidateLists.FILE_NAME), arena);
    agree(CandidateLists.FILE_NAME, candidates.items(), count);
    related = RelatedTable.open(listed(RelatedTable.FILE_NAME), arena);
    agree(RelatedTable.FILE_NAME, related.items(), count);
    if (manifest.catalogue()) {
      profile = ProfileTable.open(listed(SnapshotWriter.PROFILE), arena);
      agree(SnapshotWriter.PROFILE, profile.size(), count);
    } else {
      profile = null;
    }
    if (manifest.file(ContentGate.FILE_NAME).isPresent()) {
      gate = ContentGate.open(directory.resolve(ContentGate.FILE_NAME), arena);
      agree(ContentGate.FILE_NAME, gate.items(), count);
    } else {
      gate = null;
    }
    List<RelatedScorer.Part> parts = new ArrayList<>();
    for (ChannelEntry channel : manifest.channels()) {
      parts.add(new RelatedScorer.Part(open(channel, count), channel.calibration()));
    }
    scorer = scorer(parts);
    if (manifest.file(RankFiles.DESCRIPTION).isPresent()) {
      ranking = Ranking.open(directory, arena);
      agree(RankFiles.DESCRIPTION, ranking.items(), count);
    } else {
      ranking = null;
    }
  }

  /**
   * What the scorer refuses, such as a channel of no objective, is a fault of the manifest here.
   */
  private RelatedScorer scorer(List<RelatedScorer.Part> parts) {
    try {
      return RelatedScorer.of(manifest.weights(), parts, manifest.merge(), manifest.items());
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(
          directory.resolve(ManifestFile.NAME),
          -1,
          e.getMessage() + "; restore the snapshot from a good copy or build it again");
    }
  }

  /**
   * Opens a snapshot.
   *
   * @param path its directory, or the directory of snapshots whose CURRENT file names it
   * @throws IOException if there is no snapshot
   * @throws CorruptFileException if it is damaged or of another format version
   */
  public static Snapshot open(Path path) throws IOException {
    Path directory = SnapshotDirectory.resolve(path);
    Manifest manifest = ManifestFile.read(directory.resolve(ManifestFile.NAME));
    Arena arena = Arena.ofShared();
    try {
      return new Snapshot(directory, manifest, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Where it lies; never the directory with CURRENT. */
  public Path directory() {
    return directory;
  }

  /** What it says about itself. */
  public Manifest manifest() {
    return manifest;
  }

  /** Ids and ordinals of the items. */
  public IdTable items() {
    return items;
  }

  /** The gated candidates of every item. */
  public CandidateLists candidates() {
    return candidates;
  }

  /** The precomputed top of every item's related list. */
  public RelatedTable related() {
    return related;
  }

  /** Scores any pair, with the stored weights or with others. */
  public RelatedScorer scorer() {
    return scorer;
  }

  /** The items' profile values; empty if the snapshot was built without a catalogue. */
  public Optional<ProfileTable> profile() {
    return Optional.ofNullable(profile);
  }

  /** The content gate; empty if the candidates don't come from content. */
  public Optional<ContentGate> gate() {
    return Optional.ofNullable(gate);
  }

  /** The personalised path; empty if the snapshot was built without it. */
  public Optional<Ranking> ranking() {
    return Optional.ofNullable(ranking);
  }

  /** Bytes of all files: what the mappings take in the address space. */
  public long bytes() {
    return manifest.files().stream().mapToLong(FileEntry::bytes).sum();
  }

  /** Reads every byte and lists what is wrong; see {@link SnapshotVerifier}. */
  public SnapshotVerifier.Report verify() throws IOException {
    return SnapshotVerifier.verify(directory);
  }

  /** Unmaps the files; whoever still reads gets an IllegalStateException. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  /** Compares the bodies with the checksums of their blocks, and their content with the rules. */
  void verifyBodies(List<String> faults) {
    List<Runnable> checks =
        new ArrayList<>(List.of(items::verify, candidates::verify, related::verify));
    channelFiles.forEach(file -> checks.add(file::verify));
    nextItems.forEach(next -> checks.add(next::verify));
    if (profile != null) {
      checks.add(profile::verify);
    }
    if (gate != null) {
      checks.add(gate::verify);
    }
    if (ranking != null) {
      checks.addAll(ranking.checks());
    }
    for (Runnable check : checks) {
      try {
        check.run();
      } catch (CorruptFileException e) {
        faults.add(e.getMessage());
      }
    }
  }

  private void checkFiles() throws IOException {
    for (FileEntry file : manifest.files()) {
      Path path = directory.resolve(file.name());
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new CorruptFileException(
            path, -1, "is missing, or no plain file; restore the snapshot from a good copy");
      }
      long bytes = Files.size(path);
      if (bytes != file.bytes()) {
        throw new CorruptFileException(path, -1, SnapshotVerifier.wrongSize(bytes, file));
      }
    }
  }

  private Path listed(String name) {
    if (manifest.file(name).isEmpty()) {
      throw new CorruptFileException(
          directory.resolve(ManifestFile.NAME),
          -1,
          "lists no " + name + "; restore the snapshot from a good copy or build it again");
    }
    return directory.resolve(name);
  }

  private Channel open(ChannelEntry entry, int count) throws IOException {
    if (entry.kind() == Channel.Kind.DIRECTED) {
      NextItems next = NextItems.open(listed(entry.file()), arena);
      agree(entry.file(), next.items(), count);
      nextItems.add(next);
      return Channel.directed(entry.objective(), next);
    }
    EmbeddingFile file = EmbeddingFile.open(listed(entry.file()), arena);
    agree(entry.file(), file.size(), count);
    if (file.embeddings().elementType() != ElementType.F32) {
      throw new CorruptFileException(
          file.path(),
          -1,
          "holds "
              + file.embeddings().elementType()
              + " values, snapshots have F32; restore the snapshot from a good copy or build it"
              + " again");
    }
    if (file.dim() != entry.dim()) {
      throw new CorruptFileException(
          file.path(),
          -1,
          "has rows of dim "
              + file.dim()
              + ", the manifest says "
              + entry.dim()
              + "; restore the snapshot from a good copy or build it again");
    }
    channelFiles.add(file);
    Embeddings rows = file.embeddings();
    return Channel.of(
        entry.objective(), entry.kind(), rows.rows(), rows.strideBytes(), rows.size(), rows.dim());
  }

  private void agree(String name, int found, int expected) {
    if (found != expected) {
      throw new CorruptFileException(
          directory.resolve(name),
          -1,
          "is over "
              + found
              + " items, the manifest says "
              + expected
              + "; the files are of different snapshots: restore it from a good copy or build it"
              + " again");
    }
  }
}
