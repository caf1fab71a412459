package dev.kindred.app.serving;

import dev.kindred.engine.serve.StageObserver;

/** The stages within the search of a personalised list, for a flight recording. One thread's. */
final class RecommendStages implements StageObserver {
  private final StageRecorder recorder = new StageRecorder();

  @Override
  public void began() {
    recorder.begin();
  }

  @Override
  public void ended(Stage stage) {
    recorder.end(
        "recommend",
        switch (stage) {
          case RETRIEVE -> "retrieve";
          case RANK -> "rank";
          case RERANK -> "rerank";
        });
  }
}
