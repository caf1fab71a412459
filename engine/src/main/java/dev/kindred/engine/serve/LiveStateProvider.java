package dev.kindred.engine.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Opens a persistent {@link LiveState}; implementations are found through {@link ServiceLoader}, so
 * that the engine needs none on its path. Stateless.
 */
public interface LiveStateProvider {

  /** Short name for messages, such as {@code chronicle-map}. */
  String name();

  /**
   * Opens the state kept in a directory, or lays out a new one there. Whoever opens it closes it.
   *
   * @throws IOException if the directory can't be used
   */
  LiveState open(Path directory, LiveStateOptions options) throws IOException;

  /** The first provider that the thread's context class loader sees. */
  static Optional<LiveStateProvider> find() {
    return find(Thread.currentThread().getContextClassLoader());
  }

  /** The first provider that this class loader sees; null stands for the system class loader. */
  static Optional<LiveStateProvider> find(ClassLoader loader) {
    return ServiceLoader.load(LiveStateProvider.class, loader).findFirst();
  }
}
