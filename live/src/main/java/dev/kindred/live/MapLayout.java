package dev.kindred.live;

import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * How a Chronicle Map is laid out. Immutable.
 *
 * @param entries how many are expected; up to four times as many fit
 * @param averageValueBytes a guess that sizes the file, which is sparse
 * @param maxValueBytes the largest value that will ever come
 * @param maxKeyBytes the longest key
 */
record MapLayout(long entries, int averageValueBytes, int maxValueBytes, int maxKeyBytes) {
  private static final int CHUNK_BYTES = 64;

  ChronicleMapBuilder<byte[], byte[]> builder() {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .entries(leastEntries())
        .averageKeySize(24)
        .averageValueSize(PersistentMap.HEAD_BYTES + averageValueBytes)
        .actualChunkSize(CHUNK_BYTES)
        .maxChunksPerEntry((maxKeyBytes + maxValueBytes + 64) / CHUNK_BYTES + 1)
        .maxBloatFactor(4)
        .checksumEntries(false) // ours cover key and value alike
        .putReturnsNull(true)
        .removeReturnsNull(true)
        .sparseFile(true);
  }

  /**
   * About how many bytes the tables of a map without entries have, rather too many: a hash table
   * and a free list for each segment. Chronicle looks through them when it makes a file, and a file
   * system in memory fills the holes that are read. Chronicle rounds their sizes to powers of two,
   * so that an entry has 30 to 100 bytes in the hash tables and one for 60 of its value in the
   * lists ({@code NewStateSpaceTest} compares).
   */
  long tableBytes() {
    return leastEntries() * (100 + (PersistentMap.HEAD_BYTES + averageValueBytes) / 50);
  }

  /** A segment must hold the largest entry, so a tiny map is made larger. */
  private long leastEntries() {
    return Math.max(entries, 4096);
  }
}
