package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.rank.RankFiles;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.PairValues;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final MemoryMode mode;
  private final Arena arena;
  private final IdTable items;
  private final CandidateLists candidates;
  private final RelatedTable related;
  private final ProfileTable profile; // null without a catalogue
  private final ContentGate gate; // null where candidates don't come from content
  private final List<PairValues> pairValues = new ArrayList<>();
  private final Map<String, EmbeddingFile> channelFiles = new LinkedHashMap<>();
  private final RelatedScorer scorer;
  private final FusedIndex fused; // null without one
  private final Ranking ranking; // null without the personalised path

  private Snapshot(Path directory, Manifest manifest, MemoryMode mode, Arena arena)
      throws IOException {
    this.directory = directory;
    this.manifest = manifest;
    this.mode = mode;
    this.arena = arena;
    SnapshotDirectory.checkFiles(directory, manifest);
    int count = manifest.items();
    items = IdTable.open(listed(SnapshotWriter.ITEMS), mode, arena);
    agree(SnapshotWriter.ITEMS, items.size(), count);
    candidates = CandidateLists.open(listed(CandidateLists.FILE_NAME), mode, arena);
    agree(CandidateLists.FILE_NAME, candidates.items(), count);
    related = RelatedTable.open(listed(RelatedTable.FILE_NAME), mode, arena);
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
    checkRows();
    scorer = scorer(parts);
    fused = manifest.fused().isPresent() ? fused(manifest.fused().get()) : null;
    if (manifest.file(RankFiles.DESCRIPTION).isPresent()) {
      ranking = Ranking.open(directory, mode, arena);
      agree(RankFiles.DESCRIPTION, ranking.items(), count);
    } else {
      ranking = null;
    }
  }

  /** The rows of a file must hold its channels and nothing else. */
  private void checkRows() {
    for (EmbeddingFile file : channelFiles.values()) {
      int expected = 0;
      for (ChannelEntry entry : manifest.channels()) {
        boolean here = directory.resolve(entry.file()).equals(file.path());
        boolean absences = entry.isVectors() && entry.present() < manifest.items();
        expected += here ? entry.dim() + (absences ? 1 : 0) : 0;
      }
      if (file.dim() != expected) {
        throw new CorruptFileException(
            file.path(),
            -1,
            "has rows of dim "
                + file.dim()
                + ", the manifest says "
                + expected
                + "; restore the snapshot from a good copy or build it again");
      }
    }
  }

  private FusedIndex fused(FusedIndex.Description description) throws IOException {
    List<Boolean> lacking = new ArrayList<>();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        for (ChannelEntry entry : manifest.channels()) {
          if (entry.isVectors()
              && entry.kind() == part.channel().kind()
              && entry.objective().equals(part.channel().objective())) {
            lacking.add(entry.present() < manifest.items());
          }
        }
      }
    }
    boolean[] absent = new boolean[lacking.size()];
    for (int c = 0; c < absent.length; c++) {
      absent[c] = lacking.get(c);
    }
    listed(FusedIndex.GRAPH_FILE);
    if (description.reduced()) {
      listed(FusedIndex.ROWS_FILE);
      listed(FusedIndex.BASIS_FILE);
    }
    EmbeddingFile rows = channelFiles.get(ChannelFiles.CHANNELS);
    if (rows == null) {
      throw new CorruptFileException(
          directory.resolve(ManifestFile.NAME),
          -1,
          "describes an index over channels that it doesn't have; restore the snapshot from a good"
              + " copy or build it again");
    }
    return FusedIndex.open(directory, description, scorer, absent, rows.embeddings(), mode, arena);
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
    return open(path, MemoryMode.MAPPED);
  }

  /**
   * Opens a snapshot in a mode of memory; profiles, which only explanations and filters read, are
   * always mapped.
   *
   * @throws IOException if there is no snapshot
   * @throws CorruptFileException if it is damaged or of another format version
   */
  public static Snapshot open(Path path, MemoryMode mode) throws IOException {
    Path directory = SnapshotDirectory.resolve(path);
    Manifest manifest = ManifestFile.read(directory.resolve(ManifestFile.NAME));
    Arena arena = Arena.ofShared();
    try {
      return new Snapshot(directory, manifest, mode, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Where it lies; never the directory with CURRENT. */
  public Path directory() {
    return directory;
  }

  /** Of its own directory, without the path to it. */
  public String name() {
    return String.valueOf(directory.toAbsolutePath().normalize().getFileName());
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

  /** The index over all channels side by side; empty if the snapshot was built without one. */
  public Optional<FusedIndex> fused() {
    return Optional.ofNullable(fused);
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

  /** Bytes of all files but the manifest: what the mappings take in the address space. */
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
    channelFiles.values().forEach(file -> checks.add(file::verify));
    pairValues.forEach(values -> checks.add(values::verify));
    if (profile != null) {
      checks.add(profile::verify);
    }
    if (gate != null) {
      checks.add(gate::verify);
    }
    if (fused != null) {
      checks.add(() -> verify(FusedIndex.GRAPH_FILE));
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

  private void verify(String graph) {
    try {
      Hnsw.verify(directory.resolve(graph));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    if (entry.kind().isOfPairs()) {
      PairValues values = PairValues.open(listed(entry.file()), arena);
      agree(entry.file(), values.items(), count);
      pairValues.add(values);
      return Channel.ofPairs(entry.objective(), entry.kind(), values);
    }
    EmbeddingFile file = channelFiles.get(entry.file());
    if (file == null) {
      file = EmbeddingFile.open(listed(entry.file()), mode, arena);
      agree(entry.file(), file.size(), count);
      channelFiles.put(entry.file(), file);
    }
    if (file.embeddings().elementType() != ElementType.F32) {
      throw new CorruptFileException(
          file.path(),
          -1,
          "holds "
              + file.embeddings().elementType()
              + " values, snapshots have F32; restore the snapshot from a good copy or build it"
              + " again");
    }
    if (entry.offset() > file.dim() - entry.dim()) {
      throw new CorruptFileException(
          file.path(),
          -1,
          "has rows of dim "
              + file.dim()
              + ", the manifest says that a channel ends at "
              + (entry.offset() + entry.dim())
              + "; restore the snapshot from a good copy or build it again");
    }
    Embeddings rows = file.embeddings();
    MemorySegment ofChannel =
        rows.size() == 0 ? rows.rows() : rows.rows().asSlice((long) entry.offset() * Float.BYTES);
    return Channel.of(
        entry.objective(), entry.kind(), ofChannel, rows.strideBytes(), rows.size(), entry.dim());
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
