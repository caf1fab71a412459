package dev.kindred.engine.snapshot;

import java.util.ArrayList;
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
 * @param merge name of the way in which a linear and a non-linear channel become one score
 * @param weightsNote how the learned weights came about, or why they are equal
 * @param catalogue whether profiles were given; if not, no candidate comes from content
 * @param objectives in the order in which their parts of a score are summed
 * @param metrics of the build, as JSON values
 * @param notes warnings and remarks of the build, one line each
 * @param files every file of the snapshot but the manifest
 */
public record Manifest(
    Provenance provenance,
    int items,
    int listLength,
    String merge,
    String weightsNote,
    boolean catalogue,
    List<ObjectiveEntry> objectives,
    Map<String, Object> metrics,
    List<String> notes,
    List<FileEntry> files) {

  /** The layout that this library writes, and the only one that it reads. */
  public static final int FORMAT_VERSION = 1;

  public Manifest {
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(merge, "merge");
    Objects.requireNonNull(weightsNote, "weightsNote");
    objectives = List.copyOf(objectives);
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    notes = List.copyOf(notes);
    files = List.copyOf(files);
  }

  /** The entry of a file, if the snapshot has it. */
  public Optional<FileEntry> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /** Names of the objectives in the order in which weights of a request are indexed. */
  public List<String> objectiveNames() {
    List<String> names = new ArrayList<>();
    objectives.forEach(objective -> names.add(objective.name()));
    return List.copyOf(names);
  }
}
