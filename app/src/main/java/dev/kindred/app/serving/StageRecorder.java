package dev.kindred.app.serving;

/**
 * Writes one stage after another into a flight recording; allocates only while one runs. For one
 * thread, and for stages that don't lie within each other.
 */
final class StageRecorder {
  private StageEvent event = new StageEvent();

  /** A stage begins now. */
  void begin() {
    if (event.isEnabled()) {
      event = new StageEvent();
      event.begin();
    }
  }

  /** A stage has ended; the next one begins. */
  void end(String route, String stage) {
    if (event.isEnabled()) {
      event.end();
      if (event.shouldCommit()) {
        event.route = route;
        event.stage = stage;
        event.commit();
      }
      begin();
    }
  }
}
