package dev.kindred.index;

import java.util.Arrays;

/**
 * What one thread of a build works with: a walk, and the choice of links.
 *
 * <p>Source: Malkov and Yashunin (2018), algorithm 4 (SELECT-NEIGHBORS-HEURISTIC): takes a
 * candidate, best first, if it is nearer to the row than to every one taken before, so that links
 * go in different directions.
 *
 * <p>Not thread-safe.
 */
final class LinkChooser {
  private static final int ROWS_AT_ONCE = 8;

  private final Embeddings rows;
  private final Metric metric;
  private final float[] inverseNorms;
  private final Walk walk;
  private final float[] row;
  private final int[] chosenNodes;
  private final int[] chosenOrdinals;
  private final float[] chosenScores;
  private long[] candidates = new long[0];
  private int[] nodes = new int[0];
  private int[] ordinals = new int[0];
  private float[] scores = new float[0];
  private float[] toSelf = new float[0];

  /**
   * Makes a chooser.
   *
   * @param inverseNorms for inner products, where links are chosen by angle; else null
   * @param codes what the walk goes by; null for the rows themselves
   * @param maxDegree most links of a node
   */
  LinkChooser(Embeddings rows, Metric metric, float[] inverseNorms, RowCodes codes, int maxDegree) {
    this.rows = rows;
    this.metric = metric;
    this.inverseNorms = inverseNorms;
    walk =
        codes == null
            ? new Beam(rows, metric, maxDegree)
            : new CodeWalk(rows, codes, null, maxDegree);
    row = new float[Queries.paddedDim(rows)];
    chosenNodes = new int[maxDegree];
    chosenOrdinals = new int[maxDegree];
    chosenScores = new float[maxDegree];
  }

  /** The walk of this thread. */
  Walk walk() {
    return walk;
  }

  /** A node that was chosen, best first. */
  int chosen(int index) {
    return chosenNodes[index];
  }

  /**
   * Chooses links of a row among what the walk has found, by the walk's own scores. Each one that
   * is taken strikes out those that are nearer to it: a candidate's distances are computed up to
   * the first that does, many with one query.
   *
   * @return how many are {@link #chosen}
   */
  int chooseFound(GraphLevel level, int self, int most) {
    int left = walk.size();
    reserve(left);
    for (int i = 0; i < left; i++) {
      long entry = walk.entry(i);
      nodes[i] = ScoredOrdinal.ordinal(entry);
      ordinals[i] = level.ordinalOf(nodes[i]);
      toSelf[i] = byAngle(ScoredOrdinal.score(entry), self);
    }
    int chosen = 0;
    while (left > 0) {
      int taken = ordinals[0];
      chosenNodes[chosen++] = nodes[0];
      if (chosen == most) {
        break;
      }
      walk.queryRow(taken);
      // Scores what follows the one taken, in place of it.
      System.arraycopy(nodes, 1, nodes, 0, left - 1);
      System.arraycopy(ordinals, 1, ordinals, 0, left - 1);
      System.arraycopy(toSelf, 1, toSelf, 0, left - 1);
      walk.estimate(ordinals, left - 1, scores);
      int kept = 0;
      for (int i = 0; i < left - 1; i++) {
        nodes[kept] = nodes[i];
        ordinals[kept] = ordinals[i];
        toSelf[kept] = toSelf[i];
        kept += byAngle(scores[i], taken) > toSelf[i] ? 0 : 1;
      }
      left = kept;
    }
    return chosen;
  }

  /**
   * Chooses links of a node, as many as it may have, among those that it has and new ones, by their
   * rows.
   *
   * @param links the new ones in the lower halves of links[from, to)
   * @return how many are {@link #chosen}
   */
  int chooseAmong(GraphLevel level, int target, long[] links, int from, int to) {
    int degree = level.degree(target);
    int count = degree + to - from;
    reserve(count);
    for (int i = 0; i < count; i++) {
      nodes[i] = i < degree ? level.slot(target, i) : (int) links[from + i - degree];
      ordinals[i] = level.ordinalOf(nodes[i]);
    }
    int self = level.ordinalOf(target);
    score(self, ordinals, 0, count, scores);
    for (int i = 0; i < count; i++) {
      // Sorting is upwards; the complement puts the best first.
      candidates[i] = ~ScoredOrdinal.of(scores[i], nodes[i]);
    }
    Arrays.sort(candidates, 0, count);
    for (int i = 0; i < count; i++) {
      candidates[i] = ~candidates[i];
    }
    return select(level, self, count, level.maxDegree());
  }

  /** Algorithm 4 on candidates[0, count), best first. */
  private int select(GraphLevel level, int self, int count, int most) {
    int chosen = 0;
    for (int i = 0; i < count && chosen < most; i++) {
      int node = ScoredOrdinal.ordinal(candidates[i]);
      int ordinal = level.ordinalOf(node);
      float score = ScoredOrdinal.score(candidates[i]);
      if (chosen == 0 || isApart(ordinal, byAngle(score, self), chosen)) {
        chosenNodes[chosen] = node;
        chosenOrdinals[chosen++] = ordinal;
      }
    }
    return chosen;
  }

  private void reserve(int count) {
    if (candidates.length < count) {
      candidates = new long[2 * count];
      nodes = new int[2 * count];
      ordinals = new int[2 * count];
      scores = new float[2 * count];
      toSelf = new float[2 * count];
    }
  }

  private float byAngle(float score, int ordinal) {
    return inverseNorms == null ? score : score * inverseNorms[ordinal];
  }

  /** Scores stored rows against a stored row. */
  private void score(int ordinal, int[] ordinals, int from, int to, float[] scores) {
    rows.copyRow(ordinal, row, 0);
    Queries.scoreRows(metric, row, rows, ordinals, from, to, scores);
  }

  /**
   * Whether the candidate is no nearer to a row taken before than to the row itself. By inner
   * product a long row is near to everything and would shut out all others, so then the angles are
   * compared; the candidate's own length cancels out.
   */
  private boolean isApart(int ordinal, float score, int chosen) {
    for (int from = 0; from < chosen; from += ROWS_AT_ONCE) {
      int to = Math.min(chosen, from + ROWS_AT_ONCE);
      score(ordinal, chosenOrdinals, from, to, chosenScores);
      for (int i = from; i < to; i++) {
        if (byAngle(chosenScores[i], chosenOrdinals[i]) > score) {
          return false;
        }
      }
    }
    return true;
  }
}
