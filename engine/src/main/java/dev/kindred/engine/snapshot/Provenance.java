package dev.kindred.engine.snapshot;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where a snapshot comes from: enough to build it again and to tell two apart. Immutable.
 *
 * @param libraryVersion release that wrote the snapshot
 * @param created when, the one part that differs between two otherwise equal builds
 * @param jdk version of the Java that ran the build
 * @param simdBits vector width of the build, 0 for the scalar kernels; another width rounds
 *     otherwise
 * @param seed of every random draw
 * @param dataHash of the input, "" if unknown
 * @param modelHashes name of a model to the hash of its parameters
 * @param options of the build, as JSON values: numbers, strings, booleans, lists, maps, null
 */
public record Provenance(
    String libraryVersion,
    Instant created,
    String jdk,
    int simdBits,
    long seed,
    String dataHash,
    Map<String, String> modelHashes,
    Map<String, Object> options) {
  public Provenance {
    Objects.requireNonNull(libraryVersion, "libraryVersion");
    Objects.requireNonNull(created, "created");
    Objects.requireNonNull(jdk, "jdk");
    Objects.requireNonNull(dataHash, "dataHash");
    modelHashes = Collections.unmodifiableMap(new LinkedHashMap<>(modelHashes));
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }
}
