package dev.kindred.app.serving;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each have a {@link TinyServer} of their own, loaded and not warmed up. */
abstract class OnTinyServer {
  @TempDir Path directory;
  TinyServer server;
  Serving serving;
  int port;

  @BeforeEach
  void start() throws IOException {
    server = TinyServer.start(directory);
    serving = server.serving();
    port = server.port();
  }

  @AfterEach
  void stop() {
    server.close();
  }
}
