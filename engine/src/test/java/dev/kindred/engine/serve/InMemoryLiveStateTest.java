package dev.kindred.engine.serve;

class InMemoryLiveStateTest extends LiveStateContract {
  @Override
  protected LiveState open() {
    return new InMemoryLiveState(LiveStateOptions.defaults().withHistoryLength(HISTORY_LENGTH));
  }
}
