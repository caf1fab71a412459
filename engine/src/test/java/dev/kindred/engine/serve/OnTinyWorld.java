package dev.kindred.engine.serve;

import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each have a recommender of their own, of a {@link TinyWorld} and a live state. */
abstract class OnTinyWorld {
  @TempDir Path directory;
  final TinyWorld world = new TinyWorld();
  final InMemoryLiveState live = new InMemoryLiveState();
  Path snapshot;
  Recommender recommender;

  @BeforeEach
  void open() throws IOException {
    snapshot = world.write(directory.resolve("snap"));
    recommender = Recommender.open(snapshot, live);
  }

  @AfterEach
  void close() {
    recommender.close();
  }
}
