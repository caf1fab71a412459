package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedLayout;
import dev.kindred.engine.rank.RankFiles;
import dev.kindred.engine.rank.RankModel;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.EmbeddingWriter;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Simd;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

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
  static final String CHANNELS = "channels.kvec";
  static final String PRIORS = "priors.kvec";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final AtomicLong TEMPORARY_NUMBER = new AtomicLong();

  private final Path target;
  private final boolean current;
  private final Path temporary;
  private final Deque<Path> createdParents = new ArrayDeque<>();
  private final List<String> files = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
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

  private SnapshotWriter(Path target, boolean current) {
    this.target = target;
    this.current = current;
    temporary =
        target.resolveSibling(
            "."
                + target.getFileName()
                + "."
                + ProcessHandle.current().pid()
                + "-"
                + TEMPORARY_NUMBER.incrementAndGet()
                + ".tmp");
  }

  /**
   * A writer of one snapshot at a path of its own.
   *
   * @param target must not exist; its parent is created if missing
   * @throws FileAlreadyExistsException if the target exists, whatever it is
   * @throws IOException if the directory can't be written
   */
  public static SnapshotWriter into(Path target) throws IOException {
    refuseExisting(target);
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
    SnapshotWriter writer = new SnapshotWriter(target, current);
    writer.makeDirectory();
    writer.deleteDirectory();
    return writer;
  }

  private void makeDirectory() throws IOException {
    Path parent = target.getParent();
    try {
      for (Path path = parent; path != null && !Files.exists(path); path = path.getParent()) {
        createdParents.addLast(path);
      }
      Files.createDirectories(parent);
      Files.createDirectory(temporary);
    } catch (IOException e) {
      deleteDirectory();
      String reason =
          e instanceof FileSystemException f && f.getReason() != null
              ? f.getReason()
              : e instanceof NoSuchFileException
                  ? "the directory can't be made"
                  : e.getClass().getSimpleName();
      throw new IOException(
          "can't write a snapshot in "
              + parent
              + " ("
              + reason
              + "); check its path and permissions, or choose another directory",
          e);
    }
  }

  /** Takes back the directory and the parents made for it, as far as nobody uses them. */
  private void deleteDirectory() throws IOException {
    SnapshotDirectory.delete(temporary);
    try {
      for (Path directory : createdParents) {
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      // In use by now, or not ours to delete: an empty directory does no harm.
      return;
    } finally {
      createdParents.clear();
    }
  }

  /** The ids of the items; their ordinals are those of every other part. */
  public void items(Ids ids) throws IOException {
    begin(items < 0, "items");
    makeDirectory();
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
    FusedLayout layout = FusedLayout.of(source);
    if (!layout.places().isEmpty()) {
      writeVectors(source, layout);
    }
    writePriors(source);
    for (int k = 0; k < source.weights().size(); k++) {
      for (RelatedScorer.Part part : source.parts(k)) {
        if (part.channel().pairs().isPresent()) {
          channels.add(ofPairs(k, part));
        }
      }
    }
    scorer = source;
  }

  /** All vectors of an item in one row, so that scoring it reads one run of memory. */
  private void writeVectors(RelatedScorer source, FusedLayout layout) throws IOException {
    float[] row = new float[layout.dim()];
    float[] scratch = new float[layout.longest()];
    int[] present = new int[layout.places().size()];
    try (EmbeddingWriter out = EmbeddingWriter.create(file(CHANNELS), layout.dim())) {
      for (int item = 0; item < source.items(); item++) {
        layout.copyRow(item, row, scratch);
        out.add(row, 0);
        for (int c = 0; c < present.length; c++) {
          present[c] += layout.places().get(c).part().channel().has(item) ? 1 : 0;
        }
      }
      out.commit();
    }
    for (int c = 0; c < present.length; c++) {
      FusedLayout.Place place = layout.places().get(c);
      channels.add(entry(place.part(), CHANNELS, place.offset(), present[c]));
    }
  }

  /** The priors apart: they are no unit vectors and would spoil the lengths of rows. */
  private void writePriors(RelatedScorer source) throws IOException {
    List<RelatedScorer.Part> priors = new ArrayList<>();
    for (int k = 0; k < source.weights().size(); k++) {
      for (RelatedScorer.Part part : source.parts(k)) {
        if (part.channel().kind() == Channel.Kind.PRIOR) {
          priors.add(part);
        }
      }
    }
    if (priors.isEmpty()) {
      return;
    }
    float[] row = new float[priors.size()];
    float[] number = new float[1];
    int[] present = new int[row.length];
    try (EmbeddingWriter out = EmbeddingWriter.create(file(PRIORS), row.length)) {
      for (int item = 0; item < source.items(); item++) {
        for (int p = 0; p < row.length; p++) {
          priors.get(p).channel().copyRow(item, number);
          row[p] = number[0];
          present[p] += number[0] != 0 ? 1 : 0;
        }
        out.add(row, 0);
      }
      out.commit();
    }
    for (int p = 0; p < row.length; p++) {
      channels.add(entry(priors.get(p), PRIORS, p, present[p]));
    }
  }

  private static ChannelEntry entry(RelatedScorer.Part part, String file, int offset, int present) {
    Channel channel = part.channel();
    return new ChannelEntry(
        channel.objective(),
        channel.kind(),
        file,
        offset,
        channel.dim(),
        present,
        part.calibration());
  }

  private ChannelEntry ofPairs(int objective, RelatedScorer.Part part) throws IOException {
    Channel channel = part.channel();
    // Lower case only: the names stay apart on file systems that ignore case.
    String name = channel.objective();
    String stem = name.matches("[a-z0-9_-]{1,64}") ? name : Integer.toString(objective);
    String kind = channel.kind() == Channel.Kind.DIRECTED ? "next" : "together";
    String file = kind + "-" + stem + ".knext";
    channel.pairs().orElseThrow().write(file(file));
    int present = 0;
    for (int item = 0; item < channel.items(); item++) {
      present += channel.has(item) ? 1 : 0;
    }
    return entry(part, file, 0, present);
  }

  /** The index over all channels side by side; after the scorer that it was built for. */
  public void fused(FusedIndex index) throws IOException {
    begin(fused == null, "fused index");
    if (scorer == null || index.scorer() != scorer) {
      throw new IllegalArgumentException("the fused index is of another scorer, or came before it");
    }
    fused = index.description();
    files.addAll(index.write(temporary));
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

  /** A warning or remark of the build, one line. */
  public void note(String text) {
    notes.add(Objects.requireNonNull(text, "text"));
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
      Path path = temporary.resolve(name);
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
        temporary.resolve(ManifestFile.NAME), ManifestFile.bytes(manifest));
    SnapshotDirectory.force(temporary);
    SnapshotVerifier.Report report = SnapshotVerifier.verify(temporary);
    if (!report.isSound()) {
      throw new CorruptFileException(
          temporary, -1, "was written but reads back wrong: " + report.faults().getFirst());
    }
    Path place = target;
    for (int i = 2; current && Files.exists(place, LinkOption.NOFOLLOW_LINKS); i++) {
      place = target.resolveSibling(target.getFileName() + "-" + i);
    }
    refuseExisting(place);
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    ended = true;
    SnapshotDirectory.force(place.getParent());
    if (current) {
      SnapshotDirectory.writeCurrent(place.getParent(), place.getFileName().toString());
    }
    return place;
  }

  /** Ends writing; without {@link #publish} nothing is left of the snapshot. */
  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      deleteDirectory();
    }
  }

  private Path file(String name) {
    files.add(name);
    return temporary.resolve(name);
  }

  private void begin(boolean first, String part) {
    if (ended) {
      throw new IllegalStateException("the writer of snapshot " + target + " is closed");
    }
    if (!first) {
      throw new IllegalStateException("the " + part + " of snapshot " + target + " came before");
    }
  }

  private void checkItems(String part, int count) {
    if (items < 0) {
      throw new IllegalStateException("the items of snapshot " + target + " must come first");
    }
    if (count != items) {
      throw new IllegalArgumentException(
          "the " + part + " are over " + count + " items, the snapshot has " + items);
    }
  }

  private static void refuseExisting(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "exists already; name a new directory or remove this one");
    }
  }
}
