package dev.kindred.jmh.compare;

import java.io.IOException;

/** One way to search, built or opened and ready. */
interface Engine extends AutoCloseable {
  /** What the build took on this machine, perhaps in an earlier run. */
  BuildTime buildTime();

  /** Bytes of all that a search reads, vectors included. */
  long bytes();

  /**
   * Answers all queries, one after the other on one thread, and times each.
   *
   * @param ef size of the list of candidates, at least k
   * @param answers cleared; takes the k best of each query with their scores, and the times
   */
  void answer(int ef, Answers answers) throws IOException;

  @Override
  void close() throws IOException;
}
