package dev.kindred.app;

import dev.kindred.app.command.RootCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Entry point of the command line; the launcher {@code kindred} starts it. */
public final class Kindred {
  private Kindred() {}

  public static void main(String[] args) {
    // UTF-8 whatever the locale says; the launcher sets the same for the arguments.
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int exitCode = run(args, out, err);
    err.close();
    awaitFilterOfStderr();
    System.exit(exitCode);
  }

  /**
   * Waits until what was said on stderr has arrived. The launcher lets it run through a filter, a
   * child of this process, which else could pass on an error after the command has ended.
   */
  private static void awaitFilterOfStderr() {
    ProcessHandle.current()
        .children()
        .forEach(child -> child.onExit().completeOnTimeout(child, 2, TimeUnit.SECONDS).join());
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
