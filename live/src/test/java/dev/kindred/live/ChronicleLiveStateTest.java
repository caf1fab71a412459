package dev.kindred.live;

import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateContract;
import dev.kindred.engine.serve.LiveStateOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** The contract of every live state, on Chronicle Map. */
final class ChronicleLiveStateTest extends LiveStateContract {
  private static final LiveStateOptions SMALL =
      LiveStateOptions.defaults()
          .withExpectedUsers(1000)
          .withExpectedItems(1000)
          .withHistoryLength(HISTORY_LENGTH);

  @TempDir Path directory;

  @Override
  protected LiveState open() throws Exception {
    return ChronicleLiveState.open(directory, SMALL);
  }

  @Override
  protected Optional<LiveState> openAgain() throws Exception {
    return Optional.of(ChronicleLiveState.open(directory, SMALL));
  }
}
