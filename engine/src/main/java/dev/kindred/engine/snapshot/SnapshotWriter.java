package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.rank.RankFiles;
import dev.kindred.engine.rank.RankModel;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Simd;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a snapshot in a temporary directory beside its final place; {@link #publish} checks every
 * byte of it, forces it to the disk and renames.
 *
 * <p>Until then nothing stands at the final place, and closing an unpublished writer removes all
 * that it wrote. Creating the writer first, before anything is trained, finds an existing target or
 * an unwritable directory early; on disk is nothing before the first part is handed in:
 *
 * <pre>{@code
 * try (var out = SnapshotWriter.into(Path.of("snapshot"))) {
 *   ... train ...
 *   out.items(ids);
 *   out.candidates(candidates);
 *   out.scorer(scorer);
 *   out.related(table);
 *   out.profile(catalogue);
 *   Path snapshot = out.publish();
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class SnapshotWriter implements AutoCloseable {
  static final String ITEMS = "items.kids";
  static final String PROFILE = "profile.kprof";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final UnpublishedDirectory directory;
  private final List<String> files = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final Map<String, Object> metrics = new LinkedHashMap<>();
  private final Map<String, Object> options = new LinkedHashMap<>();
  private final Map<String, String> modelHashes = new LinkedHashMap<>();
  private final List<ChannelEntry> channels = new ArrayList<>();
  private String dataHash = "";
  private long seed;
  private int items = -1;
  private int listLength = -1;
  private boolean candidates;
  private boolean catalogue;
  private boolean gate;
  private boolean ranking;
  private RelatedScorer scorer;
  private FusedIndex.Description fused;
  private boolean ended;

  private SnapshotWriter(UnpublishedDirectory directory) {
    this.directory = directory;
  }

  /**
   * A writer of one snapshot at a path of its own.
   *
   * @param target must not exist; its parent is created if missing
   * @throws FileAlreadyExistsException if the target exists, whatever it is
   * @throws IOException if the directory can't be written
   */
  public static SnapshotWriter into(Path target) throws IOException {
    UnpublishedDirectory.refuseExisting(target);
    return create(target.toAbsolutePath().normalize(), false);
  }

  /**
   * A writer of the next snapshot in a directory of snapshots: it gets a name from the clock,
   * {@code snapshot-YYYYMMDD-HHMMSS} in UTC (followed by {@code -2} and so on if another writer has
   * taken that), and {@code CURRENT} names it once it is published.
   *
   * @param parent created if missing; must not be a snapshot itself
   * @throws IOException if the directory can't be written
   */
  public static SnapshotWriter under(Path parent) throws IOException {
    Path directory = parent.toAbsolutePath().normalize();
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new FileAlreadyExistsException(
          parent.toString(), null, "is a file; name a directory to publish snapshots in");
    }
    if (Files.exists(directory.resolve(ManifestFile.NAME))) {
      throw new FileAlreadyExistsException(
          parent.toString(), null, "is a snapshot, which never changes; name another directory");
    }
    return create(directory.resolve("snapshot-" + STAMP.format(Instant.now())), true);
  }

  /** Tries whether it can write, and leaves nothing: a build may be ended before it has written. */
  private static SnapshotWriter create(Path target, boolean current) throws IOException {
    if (target.getParent() == null) {
      throw new IOException(target + " can't be a snapshot; name a directory in it");
    }
    UnpublishedDirectory directory = new UnpublishedDirectory(target, current);
    directory.make();
    directory.delete();
    return new SnapshotWriter(directory);
  }

  /** The ids of the items; their ordinals are those of every other part. */
  public void items(Ids ids) throws IOException {
    begin(items < 0, "items");
    directory.make();
    IdTable.write(file(ITEMS), ids.size(), ids::idOf);
    items = ids.size();
  }

  /** The gated candidate lists. */
  public void candidates(CandidateLists lists) throws IOException {
    begin(!candidates, "candidates");
    checkItems("candidate lists", lists.items());
    lists.write(file(CandidateLists.FILE_NAME));
    candidates = true;
  }

  /** Objectives, weights, merge, and the vectors and calibrations of all channels. */
  public void scorer(RelatedScorer source) throws IOException {
    begin(scorer == null, "scorer");
    checkItems("channels", source.items());
    channels.addAll(ChannelFiles.write(source, this::file));
    scorer = source;
  }

  /** The index over all channels side by side; after the scorer that it was built for. */
  public void fused(FusedIndex index) throws IOException {
    begin(fused == null, "fused index");
    if (scorer == null || index.scorer() != scorer) {
      throw new IllegalArgumentException("the fused index is of another scorer, or came before it");
    }
    fused = index.description();
    files.addAll(index.write(directory.path()));
  }

  /** The precomputed top of each item's related list, scored with the scorer's weights. */
  public void related(RelatedTable table) throws IOException {
    begin(listLength < 0, "related table");
    checkItems("related lists", table.items());
    table.write(file(RelatedTable.FILE_NAME));
    listLength = table.length();
  }

  /** The items' profile values, for explanations; leave it out if there is no catalogue. */
  public void profile(Catalogue profiles) throws IOException {
    begin(!catalogue, "profile");
    checkItems("profile", items);
    ProfileTable.write(file(PROFILE), profiles, items);
    catalogue = true;
  }

  /**
   * The content gate behind the candidates, for items added later; leave it out if there is none.
   */
  public void gate(Catalogue profiles, ContentOptions options) throws IOException {
    begin(!gate, "gate");
    checkItems("gate", profiles.ids().size());
    ContentGate.write(file(ContentGate.FILE_NAME), profiles, options);
    gate = true;
  }

  /**
   * The personalised path; leave it out if there is none. The graph over the items' vectors is
   * built here.
   */
  public void ranking(RankModel model, Workers workers, Progress progress) throws IOException {
    begin(!ranking, "ranking");
    checkItems("ranking", model.items().size());
    RankFiles.write(model, this::file, workers, progress);
    ranking = true;
  }

  /**
   * The personalised path with the graph of another snapshot, for a model that differs from that
   * one's in its ranker alone.
   *
   * @param like directory of a published snapshot whose items have the same vectors; if they have
   *     not, the snapshot isn't published
   */
  public void ranking(RankModel model, Path like) throws IOException {
    begin(!ranking, "ranking");
    checkItems("ranking", model.items().size());
    RankFiles.write(model, this::file, like);
    ranking = true;
  }

  /** The seed of every random draw of the build; 0 unless called. */
  public void seed(long value) {
    seed = value;
  }

  /** A hash of the input. */
  public void dataHash(String hash) {
    dataHash = Objects.requireNonNull(hash, "hash");
  }

  /** A hash of a model's parameters. */
  public void modelHash(String model, String hash) {
    modelHashes.put(Objects.requireNonNull(model, "model"), Objects.requireNonNull(hash, "hash"));
  }

  /**
   * The options of the build: each component of the record becomes one of the manifest's options.
   */
  public void options(Record record) {
    options.putAll(JsonValues.object("options", record));
  }

  /**
   * An option of the build.
   *
   * @param value number, string, boolean, enum constant, optional, list, map, record or null
   */
  public void option(String name, Object value) {
    options.put(Objects.requireNonNull(name, "name"), JsonValues.of(name, value));
  }

  /**
   * A result of the build.
   *
   * @param value number, string, boolean, enum constant, optional, list, map, record or null
   */
  public void metric(String name, Object value) {
    metrics.put(Objects.requireNonNull(name, "name"), JsonValues.of(name, value));
  }

  /** A warning or remark of the build. */
  public void note(Note note) {
    notes.add(Objects.requireNonNull(note, "note"));
  }

  /**
   * Checks every byte, forces all files, renames the directory to its final name and, if it was
   * opened with {@link #under}, lets CURRENT name it.
   *
   * @return the snapshot's directory
   * @throws FileAlreadyExistsException if something else has taken the final place meanwhile
   */
  public Path publish() throws IOException {
    begin(true, "snapshot");
    if (items < 0 || !candidates || scorer == null || listLength < 0) {
      throw new IllegalStateException(
          "a snapshot needs items, candidates, scorer and related table before it is published");
    }
    List<FileEntry> entries = new ArrayList<>();
    for (String name : files) {
      Path path = directory.path().resolve(name);
      entries.add(new FileEntry(name, Files.size(path), SnapshotVerifier.crc32c(path)));
    }
    Manifest manifest =
        new Manifest(
            new Provenance(
                LibraryVersion.get(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                Runtime.version().toString(),
                Simd.bits(),
                seed,
                dataHash,
                modelHashes,
                options),
            items,
            listLength,
            scorer.merge(),
            scorer.weights(),
            channels,
            Optional.ofNullable(fused),
            catalogue,
            metrics,
            notes,
            entries);
    SnapshotDirectory.writeForced(
        directory.path().resolve(ManifestFile.NAME), ManifestFile.bytes(manifest));
    SnapshotDirectory.force(directory.path());
    SnapshotVerifier.Report report = SnapshotVerifier.verify(directory.path());
    if (!report.isSound()) {
      throw new CorruptFileException(
          directory.path(), -1, "was written but reads back wrong: " + report.faults().getFirst());
    }
    Path place = directory.rename();
    ended = true;
    directory.settle(place);
    return place;
  }

  /** Ends writing; without {@link #publish} nothing is left of the snapshot. */
  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      directory.delete();
    }
  }

  private Path file(String name) {
    files.add(name);
    return directory.path().resolve(name);
  }

  private void begin(boolean first, String part) {
    if (ended) {
      throw new IllegalStateException(
          "the writer of snapshot " + directory.target() + " is closed");
    }
    if (!first) {
      throw new IllegalStateException(
          "the " + part + " of snapshot " + directory.target() + " came before");
    }
  }

  private void checkItems(String part, int count) {
    if (items < 0) {
      throw new IllegalStateException(
          "the items of snapshot " + directory.target() + " must come first");
    }
    if (count != items) {
      throw new IllegalArgumentException(
          "the " + part + " are over " + count + " items, the snapshot has " + items);
    }
  }
}
