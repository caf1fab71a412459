package dev.kindred.index;

/** Scratch of one thread that walks a graph from neighbour to neighbour towards a query. */
sealed interface Walk permits Beam, CodeWalk {
  /** The prepared query: dim values and zeros as far as a row is padded. */
  float[] query();

  /** Takes what stands in {@link #query} as the query. */
  void begin();

  /** Takes a stored row as the query. */
  void queryRow(int ordinal);

  /** Estimates the scores of rows ordinals[0, count), as its own walks do. */
  void estimate(int[] ordinals, int count, float[] scores);

  /** Lets walks of level 0 pass a node by as if it weren't there; -1 for none. */
  void hide(int node);

  /** Goes from node to best neighbour as long as that is nearer to the query. */
  int descend(GraphLevel level, int node);

  /**
   * Collects the best nodes that a walk with a list of {@code ef} comes by.
   *
   * @param ranked at least so many of them are wanted, if so many were found
   */
  void walk(GraphLevel level, int start, int ef, int ranked);

  /**
   * As {@link #walk}, for {@code ef} nodes that are as good as the walk's own scores say: what the
   * build of a graph goes by.
   */
  void collect(GraphLevel level, int start, int ef);

  /** Entries of the last walk. */
  int size();

  /** One entry of the last walk, best first: a {@link ScoredOrdinal} of score and node. */
  long entry(int index);
}
