package dev.kindred.engine.snapshot;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.IsotonicCurve;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.Presence;
import dev.kindred.index.Embeddings;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.OtherVersionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * {@code manifest.json} to {@link Manifest} and back.
 *
 * <p>The last field of the file, {@code manifestCrc32c}, is the CRC32C of all bytes before the
 * comma that leads it in, so a flipped bit in the manifest is noticed at open like one in any
 * header. What is read is untrusted: every field is checked for presence, type and range, and a
 * file name can't leave the snapshot's directory.
 */
final class ManifestFile {
  static final String NAME = "manifest.json";

  /** Options, metrics and notes are small; a manifest beyond this is not read into memory. */
  private static final long MAX_BYTES = 16L << 20;

  private static final String CHECKSUM_LEAD = ",\n  \"manifestCrc32c\" : \"";
  private static final String CHECKSUM_END = "\"\n}\n";
  private static final int CHECKSUM_BYTES = CHECKSUM_LEAD.length() + 8 + CHECKSUM_END.length();

  private ManifestFile() {}

  static byte[] bytes(Manifest manifest) throws IOException {
    String json =
        JSON.std
            .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
            .asString(toJson(manifest))
            .stripTrailing();
    String body = json.substring(0, json.length() - 1).stripTrailing();
    byte[] checked = body.getBytes(StandardCharsets.UTF_8);
    return (body + CHECKSUM_LEAD + hex(crc(checked, checked.length)) + CHECKSUM_END)
        .getBytes(StandardCharsets.UTF_8);
  }

  static Manifest read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CorruptFileException(
          file, -1, "has " + Files.size(file) + " bytes, a manifest has at most " + MAX_BYTES);
    }
    byte[] bytes = Files.readAllBytes(file);
    Map<String, Object> json;
    try {
      json = JSON.std.mapFrom(bytes);
    } catch (IOException e) {
      throw new CorruptFileException(
          file,
          -1,
          "isn't valid JSON; it was damaged or edited: restore the snapshot from a good copy or"
              + " build it again");
    }
    JsonFields fields = new JsonFields(file, "", json);
    boolean intact = isIntact(bytes);
    long version = fields.integer("formatVersion", 0, Long.MAX_VALUE);
    // Another version may check itself in another way, so it is named before the checksum counts.
    if (version != Manifest.FORMAT_VERSION && (intact || !fields.has("manifestCrc32c"))) {
      throw new OtherVersionException(
          file,
          -1,
          "has snapshot format "
              + version
              + ", this Kindred "
              + LibraryVersion.get()
              + " reads format "
              + Manifest.FORMAT_VERSION
              + "; train it anew with this release, or open it with the one that wrote it"
              + (fields.has("libraryVersion") ? " (" + fields.text("libraryVersion") + ")" : ""),
          version,
          Manifest.FORMAT_VERSION);
    }
    if (!intact) {
      throw new CorruptFileException(
          file,
          -1,
          "doesn't match its checksum; it was damaged or edited: restore the snapshot from a good"
              + " copy or build it again");
    }
    return fromJson(fields);
  }

  private static boolean isIntact(byte[] bytes) {
    int checked = bytes.length - CHECKSUM_BYTES;
    return checked > 0
        && new String(bytes, checked, CHECKSUM_BYTES, StandardCharsets.ISO_8859_1)
            .equals(CHECKSUM_LEAD + hex(crc(bytes, checked)) + CHECKSUM_END);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  static String hex(int crc32c) {
    return String.format("%08x", crc32c);
  }

  private static Map<String, Object> toJson(Manifest manifest) {
    Provenance provenance = manifest.provenance();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("formatVersion", Manifest.FORMAT_VERSION);
    json.put("libraryVersion", provenance.libraryVersion());
    json.put("created", provenance.created().toString());
    json.put("jdk", provenance.jdk());
    json.put("simdBits", provenance.simdBits());
    json.put("seed", provenance.seed());
    json.put("dataHash", provenance.dataHash());
    json.put("modelHashes", provenance.modelHashes());
    json.put("items", manifest.items());
    json.put("listLength", manifest.listLength());
    json.put("catalogue", manifest.catalogue());
    json.put("merge", manifest.merge().name());
    json.put("weightsLearned", manifest.weights().learned());
    json.put("weightsNote", manifest.weights().note());
    List<Object> objectives = new ArrayList<>();
    for (ObjectiveWeight objective : manifest.weights().objectives()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", objective.name());
      entry.put("polarity", objective.polarity().name());
      entry.put("manualWeight", objective.manual());
      entry.put("learnedWeight", objective.learned());
      objectives.add(entry);
    }
    json.put("objectives", objectives);
    List<Object> channels = new ArrayList<>();
    manifest.channels().forEach(channel -> channels.add(toJson(channel)));
    json.put("channels", channels);
    manifest.fused().ifPresent(fused -> json.put("fused", toJson(fused)));
    json.put("metrics", manifest.metrics());
    json.put("notes", Note.texts(manifest.notes()));
    json.put("warnings", Note.warnings(manifest.notes()));
    json.put("options", provenance.options());
    List<Object> files = new ArrayList<>();
    for (FileEntry file : manifest.files()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", file.name());
      entry.put("bytes", file.bytes());
      entry.put("crc32c", hex(file.crc32c()));
      files.add(entry);
    }
    json.put("files", files);
    return json;
  }

  private static Map<String, Object> toJson(FusedIndex.Description fused) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("dim", fused.dim());
    entry.put("reduced", fused.reduced());
    List<Object> channels = new ArrayList<>();
    for (int c = 0; c < fused.channelDims().size(); c++) {
      Map<String, Object> channel = new LinkedHashMap<>();
      channel.put("dim", fused.channelDims().get(c));
      channel.put("energy", fused.energy().get(c));
      channels.add(channel);
    }
    entry.put("channels", channels);
    return entry;
  }

  private static Optional<FusedIndex.Description> fused(JsonFields json) {
    if (!json.has("fused")) {
      return Optional.empty();
    }
    JsonFields fused = json.object("fused");
    List<Integer> dims = new ArrayList<>();
    List<Double> energy = new ArrayList<>();
    for (JsonFields channel : fused.objects("channels")) {
      dims.add((int) channel.integer("dim", 1, Embeddings.MAX_DIM));
      energy.add(channel.finite("energy", 0));
    }
    return Optional.of(
        new FusedIndex.Description(
            (int) fused.integer("dim", 1, Embeddings.MAX_DIM),
            fused.bool("reduced"),
            dims,
            energy));
  }

  private static Map<String, Object> toJson(ChannelEntry channel) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("objective", channel.objective());
    entry.put("kind", channel.kind().name());
    entry.put("file", channel.file());
    entry.put("offset", channel.offset());
    entry.put("dim", channel.dim());
    entry.put("present", channel.present());
    // As doubles, which hold every float: what is read back has the same bits.
    entry.put("slope", (double) channel.calibration().slope());
    entry.put("intercept", (double) channel.calibration().intercept());
    entry.put("active", channel.calibration().active());
    entry.put("absentAtZero", (double) channel.calibration().presence().atZero());
    entry.put("absentPerSimilarity", (double) channel.calibration().presence().perSimilarity());
    channel.calibration().curve().ifPresent(curve -> entry.put("curve", toJson(curve)));
    entry.put("note", channel.calibration().note());
    return entry;
  }

  /** Points one after the other: cosine, log-odds. */
  private static List<Double> toJson(IsotonicCurve curve) {
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < curve.size(); i++) {
      numbers.add((double) curve.cosine(i));
      numbers.add((double) curve.logOdds(i));
    }
    return numbers;
  }

  private static Manifest fromJson(JsonFields json) {
    List<FileEntry> files = files(json);
    int items = (int) json.integer("items", 0, IdTable.MAX_SIZE);
    ObjectiveWeights weights = weights(json);
    return new Manifest(
        provenance(json),
        items,
        (int) json.integer("listLength", 0, Integer.MAX_VALUE - 8),
        json.constant("merge", Merge.class),
        weights,
        channels(json, items, weights, files),
        fused(json),
        json.bool("catalogue"),
        json.object("metrics").asMap(),
        notes(json),
        files);
  }

  /** All notes in order; those that {@code warnings} repeats call for action. */
  private static List<Note> notes(JsonFields json) {
    Set<String> warnings = Set.copyOf(json.texts("warnings"));
    return json.texts("notes").stream()
        .map(text -> warnings.contains(text) ? Note.warning(text) : Note.info(text))
        .toList();
  }

  private static ObjectiveWeights weights(JsonFields json) {
    List<ObjectiveWeight> objectives = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonFields entry : json.objects("objectives")) {
      String name = entry.text("name");
      if (!names.add(name)) {
        throw entry.wrong("name", "which another objective has already");
      }
      objectives.add(
          new ObjectiveWeight(
              name,
              entry.constant("polarity", Polarity.class),
              entry.finite("manualWeight", 0),
              entry.finite("learnedWeight", 0)));
    }
    return new ObjectiveWeights(objectives, json.bool("weightsLearned"), json.text("weightsNote"));
  }

  private static List<ChannelEntry> channels(
      JsonFields json, int items, ObjectiveWeights weights, List<FileEntry> files) {
    List<ChannelEntry> channels = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonFields entry : json.objects("channels")) {
      String objective = entry.text("objective");
      Channel.Kind kind = entry.constant("kind", Channel.Kind.class);
      String file = entry.text("file");
      if (weights.indexOf(objective) < 0) {
        throw entry.wrong("objective", "which is none of the objectives");
      }
      if (!seen.add(kind + " " + objective)) {
        throw entry.wrong("kind", "which the objective has already");
      }
      if (files.stream().noneMatch(listed -> listed.name().equals(file))) {
        throw entry.wrong("file", "which is not in the list of files");
      }
      channels.add(
          new ChannelEntry(
              objective,
              kind,
              file,
              (int) entry.integer("offset", 0, Embeddings.MAX_DIM),
              (int) entry.integer("dim", 1, isOneNumber(kind) ? 1 : Embeddings.MAX_DIM),
              (int) entry.integer("present", 0, items),
              calibration(entry)));
    }
    return channels;
  }

  private static boolean isOneNumber(Channel.Kind kind) {
    return kind == Channel.Kind.PRIOR || kind.isOfPairs();
  }

  private static Calibration calibration(JsonFields channel) {
    float slope = (float) channel.finite("slope", 0);
    float intercept = (float) channel.finite("intercept", Double.NEGATIVE_INFINITY);
    float absentAtZero = (float) channel.finite("absentAtZero", Double.NEGATIVE_INFINITY);
    float absentPerSimilarity = (float) channel.finite("absentPerSimilarity", 0);
    try {
      return new Calibration(
          slope,
          intercept,
          channel.bool("active"),
          channel.has("curve") ? Optional.of(curve(channel)) : Optional.empty(),
          new Presence(absentAtZero, absentPerSimilarity),
          channel.text("note"));
    } catch (IllegalArgumentException e) {
      throw channel.wrong("slope", "makes " + e.getMessage());
    }
  }

  private static IsotonicCurve curve(JsonFields channel) {
    List<Double> numbers = channel.numbers("curve");
    // Of an odd number one half is longer, which the curve refuses.
    float[] cosines = new float[(numbers.size() + 1) / 2];
    float[] logOdds = new float[numbers.size() / 2];
    for (int i = 0; i < numbers.size(); i++) {
      (i % 2 == 0 ? cosines : logOdds)[i / 2] = numbers.get(i).floatValue();
    }
    return IsotonicCurve.of(cosines, logOdds);
  }

  private static Provenance provenance(JsonFields json) {
    Instant created;
    try {
      created = Instant.parse(json.text("created"));
    } catch (DateTimeException e) {
      throw json.wrong("created", "must be a time such as 2026-01-31T12:00:00Z");
    }
    return new Provenance(
        json.text("libraryVersion"),
        created,
        json.text("jdk"),
        (int) json.integer("simdBits", 0, 1 << 20),
        json.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        json.text("dataHash"),
        json.textMap("modelHashes"),
        json.object("options").asMap());
  }

  private static List<FileEntry> files(JsonFields json) {
    List<FileEntry> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonFields entry : json.objects("files")) {
      String name = entry.text("name");
      if (!SnapshotDirectory.isPlainName(name) || name.equals(NAME)) {
        throw entry.wrong("name", "must be the plain name of a file in the snapshot's directory");
      }
      if (!names.add(name)) {
        throw entry.wrong("name", "which stands in the list already");
      }
      String crc32c = entry.text("crc32c");
      if (!crc32c.matches("[0-9a-f]{8}")) {
        throw entry.wrong("crc32c", "must be eight digits 0-9a-f");
      }
      files.add(
          new FileEntry(
              name,
              entry.integer("bytes", 0, Long.MAX_VALUE),
              Integer.parseUnsignedInt(crc32c, 16)));
    }
    return files;
  }
}
