package dev.kindred.live;

import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.LiveStateProvider;
import java.io.IOException;
import java.nio.file.Path;

/** Finds {@link ChronicleLiveState} for the engine, through {@link java.util.ServiceLoader}. */
public final class ChronicleLiveStateProvider implements LiveStateProvider {
  @Override
  public String name() {
    return "chronicle-map";
  }

  @Override
  public LiveState open(Path directory, LiveStateOptions options) throws IOException {
    return ChronicleLiveState.open(directory, options);
  }
}
