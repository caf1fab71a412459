package dev.kindred.engine.nn.serve;

/**
 * One output of a ranker.
 *
 * @param probability whether the output goes through a sigmoid: a binary task; otherwise it is the
 *     predicted value itself
 */
public record Task(String name, boolean probability) {
  public Task {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a task needs a name");
    }
  }
}
