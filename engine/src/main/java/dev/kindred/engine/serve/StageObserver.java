package dev.kindred.engine.serve;

/**
 * Told of the stages of a personalised list, by the thread that answers, while it waits: meant for
 * flight recordings and the like. One that allocates nothing lets the searcher allocate nothing.
 */
public interface StageObserver {
  /** The parts of a request, in the order of time. */
  enum Stage {
    /** What the user did, and the candidates of each source. */
    RETRIEVE,
    /** What the ranker says of the candidates. */
    RANK,
    /** Scores from the values of the tasks, rules, and the order of the list. */
    RERANK
  }

  /** A request begins, and with it its first stage. */
  void began();

  /** A stage has ended; the next one, if there is any, begins. */
  void ended(Stage stage);

  /** Tells nobody. */
  static StageObserver none() {
    return new StageObserver() {
      @Override
      public void began() {}

      @Override
      public void ended(Stage stage) {}
    };
  }
}
