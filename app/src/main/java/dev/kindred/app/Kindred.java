package dev.kindred.app;

import dev.kindred.app.command.RootCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Entry point of the command line; the launcher {@code kindred} starts it. */
public final class Kindred {
  private Kindred() {}

  public static void main(String[] args) {
    // UTF-8 whatever the locale says; the launcher sets the same for the arguments.
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    System.exit(run(args, out, err));
  }

  /**
   * Runs one command line to its end.
   *
   * @param out gets results and nothing else; flushed, not closed
   * @param err gets errors, notes and progress; flushed, not closed
   * @return the exit code, see {@link dev.kindred.app.command.ExitCode}
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    try {
      return RootCommand.execute(args, out, err);
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
