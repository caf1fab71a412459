package dev.kindred.app.serving;

import dev.kindred.app.http.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files that the server carries in itself. */
final class StaticFiles {
  private StaticFiles() {}

  /** The file of this name beside this class, as a reply of 200. */
  static Reply reply(String name, String contentType) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      return new Reply(200, contentType, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
