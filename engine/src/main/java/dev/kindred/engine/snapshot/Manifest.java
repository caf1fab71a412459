package dev.kindred.engine.snapshot;

import dev.kindred.engine.data.Note;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a snapshot says about itself in {@code manifest.json}. Immutable.
 *
 * @param provenance where it comes from
 * @param items how many items it knows; their ordinals run from 0
 * @param listLength items kept in each precomputed related list, at most
 * @param merge how a linear and a non-linear channel become one similarity
 * @param weights the objectives in the order in which their parts of a score are summed
 * @param channels at most one of a kind for an objective
 * @param fused the index over all channels side by side; empty if the snapshot has none
 * @param catalogue whether profiles were given; if not, no candidate comes from content
 * @param metrics of the build, as JSON values
 * @param notes warnings and remarks of the build, in the order in which they were made
 * @param files every file of the snapshot but the manifest
 */
public record Manifest(
    Provenance provenance,
    int items,
    int listLength,
    Merge merge,
    ObjectiveWeights weights,
    List<ChannelEntry> channels,
    Optional<FusedIndex.Description> fused,
    boolean catalogue,
    Map<String, Object> metrics,
    List<Note> notes,
    List<FileEntry> files) {

  /** The layout that this library writes, and the only one that it reads. */
  public static final int FORMAT_VERSION = 3;

  public Manifest {
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(merge, "merge");
    Objects.requireNonNull(weights, "weights");
    channels = List.copyOf(channels);
    Objects.requireNonNull(fused, "fused");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    notes = List.copyOf(notes);
    files = List.copyOf(files);
  }

  /** The entry of a file, if the snapshot has it. */
  public Optional<FileEntry> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
