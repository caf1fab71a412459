package dev.kindred.app.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Standard output or error as a writer that remembers why it failed, which a {@link PrintWriter}
 * does not tell. For one thread at a time, as the writer itself.
 */
public final class StandardStream {
  private final Remembering stream;
  private final PrintWriter writer;

  /** One of the three streams of a process; UTF-8 whatever the locale says. */
  public StandardStream(FileDescriptor descriptor) {
    stream = new Remembering(descriptor);
    writer = new PrintWriter(stream, false, StandardCharsets.UTF_8);
  }

  /** Writes to it; what it holds back goes out with a flush. */
  public PrintWriter writer() {
    return writer;
  }

  /**
   * Why something could not be written, as the system says it. That the reader of a pipe has gone,
   * as {@code head} does, is no failure: it has what it wanted.
   */
  public Optional<String> failure() {
    return Optional.ofNullable(stream.failure)
        .filter(failure -> !failure.toLowerCase(Locale.ROOT).contains("broken pipe"));
  }

  private static final class Remembering extends FileOutputStream {
    private String failure; // null = none

    Remembering(FileDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        super.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e.getMessage();
        throw e;
      }
    }
  }
}
