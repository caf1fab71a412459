package dev.kindred.index;

import dev.kindred.index.file.HugePages;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One level of an {@link Hnsw}: a block of fixed size per node with its neighbours.
 *
 * <p>Nodes are numbered from 0 on each level, by rising ordinal; on level 0 a node is the ordinal
 * itself. Above, two tables say which ordinal a node is and which node of the level below.
 *
 * <pre>
 * block of node v: | neighbour: i32 | neighbour: i32 | .. | -1 | -1 |   padded to 64 bytes
 * </pre>
 *
 * <p>On level 0 the codes of the links may follow in the same block, see {@link LinkCodes}.
 *
 * <p>A mapped level may hold anything: every number read from it is checked before use.
 */
final class GraphLevel {
  private final int size;
  private final int maxDegree;
  private final long blockBytes;
  private final MemorySegment blocks;
  private final MemorySegment ordinals;
  private final MemorySegment below;

  /**
   * Wraps the memory of a level.
   *
   * @param ordinals i32[size], or null on level 0
   * @param below i32[size], or null on level 0
   */
  GraphLevel(
      int size,
      int maxDegree,
      long blockBytes,
      MemorySegment blocks,
      MemorySegment ordinals,
      MemorySegment below) {
    this.size = size;
    this.maxDegree = maxDegree;
    this.blockBytes = blockBytes;
    this.blocks = blocks;
    this.ordinals = ordinals;
    this.below = below;
  }

  /** A level of n nodes without links, in memory of the arena. */
  static GraphLevel allocate(
      int size,
      int maxDegree,
      long blockBytes,
      MemorySegment ordinals,
      MemorySegment below,
      Arena arena) {
    long bytes = size * blockBytes;
    MemorySegment blocks =
        size == 0
            ? MemorySegment.NULL
            : HugePages.allocate(bytes, Sections.ALIGNMENT, arena).fill((byte) -1);
    return new GraphLevel(size, maxDegree, blockBytes, blocks, ordinals, below);
  }

  /** The same links in blocks of more bytes, all bits of the rest set. */
  GraphLevel spread(long blockBytes, Arena arena) {
    GraphLevel wide = allocate(size, maxDegree, blockBytes, ordinals, below, arena);
    for (int node = 0; node < size; node++) {
      MemorySegment.copy(
          blocks, blockAt(node), wide.blocks, wide.blockAt(node), (long) maxDegree * Integer.BYTES);
    }
    return wide;
  }

  /** Bytes of a block that holds links alone. */
  static long blockBytes(int maxDegree) {
    return Sections.padded((long) maxDegree * Integer.BYTES);
  }

  int size() {
    return size;
  }

  /** Bytes of one node's block. */
  long blockBytes() {
    return blockBytes;
  }

  /** Where a node's block begins. */
  long blockAt(int node) {
    return node * blockBytes;
  }

  int maxDegree() {
    return maxDegree;
  }

  MemorySegment blocks() {
    return blocks;
  }

  MemorySegment ordinals() {
    return ordinals;
  }

  MemorySegment below() {
    return below;
  }

  boolean isBottom() {
    return ordinals == null;
  }

  /** Copies the slots of a node to target[0, maxDegree); after the last neighbour they are -1. */
  void copySlots(int node, int[] target) {
    copySlots(node, target, 0);
  }

  /** Copies the slots of a node to target[offset, offset + maxDegree). */
  void copySlots(int node, int[] target, int offset) {
    MemorySegment.copy(blocks, LittleEndian.INT, node * blockBytes, target, offset, maxDegree);
  }

  int slot(int node, int index) {
    return blocks.get(LittleEndian.INT, node * blockBytes + (long) index * Integer.BYTES);
  }

  void setSlot(int node, int index, int neighbor) {
    blocks.set(LittleEndian.INT, node * blockBytes + (long) index * Integer.BYTES, neighbor);
  }

  /** Number of neighbours before the first empty slot. */
  int degree(int node) {
    int degree = 0;
    while (degree < maxDegree && slot(node, degree) >= 0) {
      degree++;
    }
    return degree;
  }

  /** The ordinal of a node; from a damaged file it may be anything. */
  int ordinalOf(int node) {
    return ordinals == null ? node : ordinals.get(LittleEndian.INT, (long) node * Integer.BYTES);
  }

  /** The node of the level below; from a damaged file it may be anything. */
  int belowOf(int node) {
    return below.get(LittleEndian.INT, (long) node * Integer.BYTES);
  }

  /** The node of an ordinal that is on this level. */
  int nodeOf(int ordinal) {
    if (ordinals == null) {
      return ordinal;
    }
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ordinalOf(middle) < ordinal) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
