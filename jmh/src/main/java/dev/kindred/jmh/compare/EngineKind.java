package dev.kindred.jmh.compare;

import dev.kindred.index.SearchCodes;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The engines that can be asked for by name. */
final class EngineKind {
  private EngineKind() {}

  /**
   * How graphs are built.
   *
   * @param m links of a vector; twice as many on the lowest level
   * @param efConstruction candidates for links
   * @param threads to build on
   * @param anew whether to build although the cache has it
   */
  record Building(int m, int efConstruction, int threads, boolean anew) {
    /** The settings as part of a file name. */
    String name() {
      return "m" + m + "-ef" + efConstruction + "-threads" + threads;
    }

    Building withAnew(boolean anew) {
      return new Building(m, efConstruction, threads, anew);
    }
  }

  /** Opens one kind of engine. */
  interface Opener {
    /** An engine, or nothing where something is missing on this machine, which it notes. */
    Optional<Engine> open(SearchSet set, Building building, BuildCache cache, Notes notes)
        throws IOException;
  }

  /** Where an opener says what happens: lines for the human. */
  interface Notes {
    void note(String line);
  }

  private static final Map<String, Opener> ALL =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("kindred", kindred("kindred", SearchCodes.AUTO, false)),
              Map.entry("kindred-none", kindred("kindred-none", SearchCodes.NONE, false)),
              Map.entry("kindred-rows", kindred("kindred-rows", SearchCodes.ROWS, false)),
              Map.entry("kindred-compact", kindred("kindred-compact", SearchCodes.ROWS, true)),
              Map.entry(
                  "kindred-resident",
                  (set, building, cache, notes) ->
                      KindredEngine.openResident("kindred", set, building, cache, notes)),
              Map.entry("jvector", JVectorEngine::open),
              Map.entry("lucene", LuceneEngine::openFloats),
              Map.entry("lucene-8bit", LuceneEngine::openBytes),
              Map.entry("jelmerk", JelmerkEngine::open),
              Map.entry(
                  "hnswlib",
                  (set, building, cache, notes) ->
                      HnswlibEngine.open(set, building, cache, notes, false)),
              Map.entry(
                  "hnswlib-huge",
                  (set, building, cache, notes) ->
                      HnswlibEngine.open(set, building, cache, notes, true))));

  private static Opener kindred(String name, SearchCodes codes, boolean half) {
    return KindredEngine.opener(name, options -> options.withCodes(codes), half);
  }

  /**
   * Finds an engine.
   *
   * @throws IllegalArgumentException naming all, if there is none of this name
   */
  static Opener of(String name) {
    Opener opener = ALL.get(name);
    if (opener == null) {
      throw new IllegalArgumentException(
          "no engine '" + name + "'; there are " + String.join(", ", ALL.keySet()));
    }
    return opener;
  }
}
