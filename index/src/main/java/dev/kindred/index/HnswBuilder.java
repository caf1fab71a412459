package dev.kindred.index;

import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Builds an {@link Hnsw}: the same graph for any number of threads.
 *
 * <p>Source: Malkov and Yashunin (2018), algorithms 1 and 4, in batches as in Manohar et al.,
 * "ParlayANN: Scalable and Deterministic Parallel Graph-Based Approximate Nearest Neighbor Search
 * Algorithms" (PPoPP 2024): all vectors of a batch look for their neighbours in the graph as it was
 * before the batch; then the links back to them are added, grouped by the node that they are added
 * to. A batch is a small part of what is in already, so that few neighbours are missed.
 *
 * <p>Levels are drawn for all vectors beforehand, so every table has its final size from the start,
 * and the first vector to go in is one of the top level: the entry point never changes.
 */
final class HnswBuilder {
  /** Levels above 0 that are kept; with m = 16, level 9 begins at 10^10 vectors. */
  static final int MAX_UPPER_LEVELS = 9;

  /** A batch is at most this part of the graph before it. */
  private static final int BATCH_PART = 32;

  private static final int NODES_PER_PIECE = 16;
  private static final int EDGES_PER_PIECE = 256;

  private final Embeddings rows;
  private final Metric metric;
  private final HnswOptions options;
  private final Workers workers;

  /** For inner products: links are chosen by angle, see {@link LinkChooser}. Else null. */
  private final float[] inverseNorms;

  /** What walks go by; null for the rows themselves. */
  private final RowCodes codes;

  private final GraphLevel[] levels;
  private final byte[] levelOf;

  /** One for each worker. */
  private final LinkChooser[] choosers;

  private HnswBuilder(
      Embeddings rows,
      Metric metric,
      HnswOptions options,
      RowCodes codes,
      Workers workers,
      byte[] levelOf,
      GraphLevel[] levels) {
    this.rows = rows;
    this.metric = metric;
    this.options = options;
    this.codes = codes;
    this.workers = workers;
    this.inverseNorms = metric == Metric.DOT ? ExactSearch.inverseNorms(rows) : null;
    this.levelOf = levelOf;
    this.levels = levels;
    this.choosers = new LinkChooser[workers.threads()];
  }

  static Hnsw build(
      Embeddings rows,
      Metric metric,
      HnswOptions options,
      Arena arena,
      Workers workers,
      Progress progress) {
    Duplicates duplicates = Duplicates.find(rows, workers);
    boolean[] left = duplicates.flags();
    byte[] levelOf = drawLevels(left, options);
    HnswOptions resolved = options.withCodes(options.codes().resolved(rows.size(), rows.dim()));
    boolean linked = resolved.codes() == SearchCodes.LINKS;
    RowCodes rowCodes =
        resolved.codes() == SearchCodes.NONE ? null : RowCodes.of(rows, metric, arena, workers);
    int m = options.m();
    GraphLevel[] levels;
    int[] order;
    // Blocks with room for codes would lie several times farther apart while links are sought.
    try (Arena scratch = Arena.ofShared()) {
      levels = allocateLevels(levelOf, m, linked ? scratch : arena, arena);
      HnswBuilder builder =
          new HnswBuilder(rows, metric, resolved, rowCodes, workers, levelOf, levels);
      order = builder.insertionOrder(left);
      builder.insertAll(order, progress);
      if (linked) {
        builder.fillSlots(order, progress);
        levels[0] = levels[0].spread(LinkCodes.blockBytes(2 * m, rows.dim()), arena);
      }
    }
    LinkCodes linkCodes = null;
    if (linked) {
      try (Progress.Stage stage = progress.stage("code links", order.length)) {
        linkCodes =
            LinkCodes.of(rows, rowCodes, levels[0], order, options.seed(), arena, workers, stage);
      }
    }
    return new Hnsw(rows, metric, resolved, levels, duplicates, rowCodes, linkCodes, null);
  }

  /** Level of each row: floor(-ln(U) / ln(m)); 0 for a row that is left out of the graph. */
  private static byte[] drawLevels(boolean[] left, HnswOptions options) {
    byte[] levelOf = new byte[left.length];
    double scale = 1 / StrictMath.log(options.m());
    Draws draws = Draws.of(options.seed(), "hnsw level");
    for (int ordinal = 0; ordinal < left.length; ordinal++) {
      if (!left[ordinal]) {
        draws.reset(ordinal);
        double level = -StrictMath.log(1 - draws.nextDouble()) * scale;
        levelOf[ordinal] = (byte) Math.min(level, MAX_UPPER_LEVELS);
      }
    }
    return levelOf;
  }

  private static GraphLevel[] allocateLevels(
      byte[] levelOf, int m, Arena bottomArena, Arena arena) {
    int[] sizes = new int[MAX_UPPER_LEVELS + 1];
    int top = 0;
    for (byte level : levelOf) {
      top = Math.max(top, level);
      for (int l = 1; l <= level; l++) {
        sizes[l]++;
      }
    }
    GraphLevel[] levels = new GraphLevel[top + 1];
    levels[0] =
        GraphLevel.allocate(
            levelOf.length, 2 * m, GraphLevel.blockBytes(2 * m), null, null, bottomArena);
    for (int l = 1; l <= top; l++) {
      MemorySegment ordinals = arena.allocate((long) sizes[l] * Integer.BYTES, Integer.BYTES);
      MemorySegment below = arena.allocate((long) sizes[l] * Integer.BYTES, Integer.BYTES);
      int node = 0;
      for (int ordinal = 0; ordinal < levelOf.length; ordinal++) {
        if (levelOf[ordinal] >= l) {
          ordinals.setAtIndex(LittleEndian.INT, node, ordinal);
          below.setAtIndex(LittleEndian.INT, node, levels[l - 1].nodeOf(ordinal));
          node++;
        }
      }
      levels[l] =
          GraphLevel.allocate(sizes[l], m, GraphLevel.blockBytes(m), ordinals, below, arena);
    }
    return levels;
  }

  /** All rows of the graph, shuffled; first the one that is node 0 of the top level. */
  private int[] insertionOrder(boolean[] left) {
    int[] order = new int[left.length];
    int count = 0;
    for (int ordinal = 0; ordinal < left.length; ordinal++) {
      if (!left[ordinal]) {
        order[count++] = ordinal;
      }
    }
    order = Arrays.copyOf(order, count);
    Draws.of(options.seed(), "hnsw order").shuffle(order, 0, count);
    if (count > 0) {
      int entry = levels[levels.length - 1].ordinalOf(0);
      int at = 0;
      while (levels.length > 1 && order[at] != entry) {
        at++;
      }
      int first = order[0];
      order[0] = order[at];
      order[at] = first;
    }
    return order;
  }

  private void insertAll(int[] order, Progress progress) {
    try (Progress.Stage stage = progress.stage("build graph", order.length)) {
      for (int start = 0, end; start < order.length; start = end) {
        end = Math.min(order.length, start + Math.max(1, start / BATCH_PART));
        insert(order, start, end);
        stage.add(end - start);
      }
    }
    if (order.length > 0) {
      reachAll(order);
    }
  }

  private void insert(int[] order, int start, int end) {
    if (start == 0) {
      return;
    }
    int[] entries = sortByPlace(order, start, end);
    workers.forEachRange(
        end - start,
        NODES_PER_PIECE,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            chooseNeighbors(order[start + i], entries[i], chooser(worker));
          }
        });
    for (int l = 0; l < levels.length; l++) {
      linkBack(l, order, start, end);
    }
  }

  /**
   * Brings the rows of a batch that lie near each other together, by the nodes that lead to them
   * from level to level: the next walk then finds what it needs in the cache. All rows of a batch
   * see the same graph, so their order doesn't change it.
   *
   * @return for each row in the new order the node of level 0 that a walk for it begins at
   */
  private int[] sortByPlace(int[] order, int start, int end) {
    int count = end - start;
    int indexBits = bits(count);
    int placeBits = 0;
    int levelsUsed = 0;
    while (levelsUsed + 1 < levels.length
        && indexBits + placeBits + bits(levels[levelsUsed + 1].size()) < Long.SIZE) {
      placeBits += bits(levels[++levelsUsed].size());
    }
    int highest = levelsUsed;
    long[] keys = new long[count];
    int[] entries = new int[count];
    workers.forEachRange(
        count,
        NODES_PER_PIECE,
        (from, to, worker) -> {
          LinkChooser chooser = chooser(worker);
          for (int i = (int) from; i < to; i++) {
            entries[i] = descend(order[start + i], highest, chooser.walk(), keys, i);
            keys[i] = keys[i] << indexBits | i;
          }
        });
    Arrays.sort(keys);
    int[] sorted = new int[count];
    int[] sortedEntries = new int[count];
    for (int i = 0; i < count; i++) {
      int index = (int) (keys[i] & (1L << indexBits) - 1);
      sorted[i] = order[start + index];
      sortedEntries[i] = entries[index];
    }
    System.arraycopy(sorted, 0, order, start, count);
    return sortedEntries;
  }

  /**
   * Goes down the levels towards a row.
   *
   * @param places places[at] becomes the nodes of levels highest to 1 on the way, upper ones first
   * @return the node of level 0 below them
   */
  private int descend(int ordinal, int highest, Walk walk, long[] places, int at) {
    walk.queryRow(ordinal);
    long place = 0;
    int node = 0;
    for (int l = levels.length - 1; l > 0; l--) {
      node = walk.descend(levels[l], node);
      if (l <= highest) {
        place = place << bits(levels[l].size()) | node;
      }
      node = levels[l].belowOf(node);
    }
    places[at] = place;
    return node;
  }

  private static int bits(int size) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(size);
  }

  private LinkChooser chooser(int worker) {
    if (choosers[worker] == null) {
      choosers[worker] = new LinkChooser(rows, metric, inverseNorms, codes, 2 * options.m());
    }
    return choosers[worker];
  }

  /**
   * Fills the blocks of a new row on all its levels.
   *
   * @param entry where to begin on level 0, for a row that is on no other
   */
  private void chooseNeighbors(int ordinal, int entry, LinkChooser chooser) {
    int node = levelOf[ordinal] == 0 ? entry : 0;
    if (levelOf[ordinal] > 0) {
      chooser.walk().queryRow(ordinal);
      for (int l = levels.length - 1; l > levelOf[ordinal]; l--) {
        node = levels[l].belowOf(chooser.walk().descend(levels[l], node));
      }
    }
    for (int l = levelOf[ordinal]; l >= 0; l--) {
      GraphLevel level = levels[l];
      chooser.walk().queryRow(ordinal);
      chooser.walk().collect(level, node, options.efConstruction());
      int chosen = chooser.chooseFound(level, ordinal, options.m());
      int own = level.nodeOf(ordinal);
      for (int i = 0; i < chosen; i++) {
        level.setSlot(own, i, chooser.chosen(i));
      }
      if (l > 0) {
        node = level.belowOf(chooser.chosen(0));
      }
    }
  }

  /** Adds to every node that a row of the batch has linked to the link back. */
  private void linkBack(int l, int[] order, int start, int end) {
    GraphLevel level = levels[l];
    long[] links = new long[16];
    int count = 0;
    for (int i = start; i < end; i++) {
      if (levelOf[order[i]] >= l) {
        int node = level.nodeOf(order[i]);
        int degree = level.degree(node);
        if (count + degree > links.length) {
          links = Arrays.copyOf(links, 2 * (count + degree));
        }
        for (int slot = 0; slot < degree; slot++) {
          links[count++] = (long) level.slot(node, slot) << 32 | node;
        }
      }
    }
    Arrays.sort(links, 0, count);
    long[] sorted = links;
    int all = count;
    workers.forEachRange(
        count,
        EDGES_PER_PIECE,
        (from, to, worker) -> {
          int i = (int) from;
          // A group belongs to the piece in which it starts.
          while (i < to && i > 0 && sorted[i] >> 32 == sorted[i - 1] >> 32) {
            i++;
          }
          while (i < to) {
            int groupEnd = i + 1;
            while (groupEnd < all && sorted[groupEnd] >> 32 == sorted[i] >> 32) {
              groupEnd++;
            }
            addLinks(level, sorted, i, groupEnd, chooser(worker));
            i = groupEnd;
          }
        });
  }

  /** Gives one node the links of a group; if they don't fit, chooses among old and new. */
  private void addLinks(GraphLevel level, long[] links, int from, int to, LinkChooser chooser) {
    int target = (int) (links[from] >> 32);
    int degree = level.degree(target);
    int count = degree + to - from;
    if (count <= level.maxDegree()) {
      for (int i = from; i < to; i++) {
        level.setSlot(target, degree + i - from, (int) links[i]);
      }
      return;
    }
    int chosen = chooser.chooseAmong(level, target, links, from, to);
    for (int i = 0; i < level.maxDegree(); i++) {
      level.setSlot(target, i, i < chosen ? chooser.chosen(i) : -1);
    }
  }

  /**
   * Links to what can't be reached on level 0: choosing links by direction may cut off single nodes
   * and far clusters. Each first node of such a part gets a link from the nearest node that has a
   * free slot, of the efConstruction nearest; where none has, it stays out.
   */
  private void reachAll(int[] order) {
    GraphLevel bottom = levels[0];
    LinkChooser chooser = chooser(0);
    boolean[] reached = new boolean[bottom.size()];
    int[] stack = new int[bottom.size()];
    int entry = order[0];
    reach(bottom, entry, reached, stack);
    for (int ordinal : order) {
      if (reached[ordinal]) {
        continue;
      }
      chooser.walk().queryRow(ordinal);
      chooser.walk().walk(bottom, entry, options.efConstruction(), options.efConstruction());
      for (int i = 0; i < chooser.walk().size(); i++) {
        int from = ScoredOrdinal.ordinal(chooser.walk().entry(i));
        int degree = bottom.degree(from);
        if (degree < bottom.maxDegree()) {
          bottom.setSlot(from, degree, ordinal);
          reach(bottom, ordinal, reached, stack);
          break;
        }
      }
    }
  }

  /**
   * Links every node of level 0 to the nearest nodes that it isn't linked to, until its slots are
   * full: with codes in the block, more links cost a search next to nothing.
   */
  private void fillSlots(int[] order, Progress progress) {
    GraphLevel bottom = levels[0];
    int degree = bottom.maxDegree();
    try (Arena arena = Arena.ofShared();
        Progress.Stage stage = progress.stage("fill links", order.length)) {
      MemorySegment added = arena.allocate((long) rows.size() * degree * Integer.BYTES);
      workers.forEachRange(
          order.length,
          NODES_PER_PIECE,
          (from, to, worker) -> {
            for (int i = (int) from; i < to; i++) {
              chooseMore(bottom, order[i], added, chooser(worker));
            }
            stage.add(to - from);
          });
      for (int node = 0; node < rows.size(); node++) {
        int count = bottom.degree(node);
        for (int i = 0; i < degree - count; i++) {
          int more = added.getAtIndex(LittleEndian.INT, (long) node * degree + i);
          if (more == 0) {
            break;
          }
          bottom.setSlot(node, count + i, more - 1);
        }
      }
    }
  }

  /** Writes node + 1 of each link that is to be added, best first. */
  private void chooseMore(GraphLevel bottom, int node, MemorySegment added, LinkChooser chooser) {
    int degree = bottom.degree(node);
    if (degree == bottom.maxDegree()) {
      return;
    }
    chooser.walk().queryRow(node);
    int candidates = bottom.maxDegree() * 5 / 4;
    chooser.walk().collect(bottom, node, candidates);
    int chosen = 0;
    for (int i = 0; i < chooser.walk().size() && degree + chosen < bottom.maxDegree(); i++) {
      int candidate = ScoredOrdinal.ordinal(chooser.walk().entry(i));
      boolean known = candidate == node;
      for (int slot = 0; slot < degree && !known; slot++) {
        known = bottom.slot(node, slot) == candidate;
      }
      if (!known) {
        added.setAtIndex(
            LittleEndian.INT, (long) node * bottom.maxDegree() + chosen++, candidate + 1);
      }
    }
  }

  private static void reach(GraphLevel level, int start, boolean[] reached, int[] stack) {
    int depth = 0;
    reached[start] = true;
    stack[depth++] = start;
    while (depth > 0) {
      int node = stack[--depth];
      int degree = level.degree(node);
      for (int i = 0; i < degree; i++) {
        int neighbor = level.slot(node, i);
        if (!reached[neighbor]) {
          reached[neighbor] = true;
          stack[depth++] = neighbor;
        }
      }
    }
  }
}
