package dev.kindred.index.run;

/** Ignores all progress; stateless. */
enum NoProgress implements Progress, Progress.Stage {
  INSTANCE;

  @Override
  public Stage stage(String name, long total) {
    return this;
  }

  @Override
  public void add(long units) {}

  @Override
  public void note(String text) {}

  @Override
  public void close() {}
}
