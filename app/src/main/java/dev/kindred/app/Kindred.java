package dev.kindred.app;

import dev.kindred.app.command.ExitCode;
import dev.kindred.app.command.RootCommand;
import dev.kindred.app.output.StandardStream;
import java.io.FileDescriptor;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** Entry point of the command line; the launcher {@code kindred} starts it. */
public final class Kindred {
  private Kindred() {}

  public static void main(String[] args) {
    StandardStream stdout = new StandardStream(FileDescriptor.out);
    PrintWriter err = new StandardStream(FileDescriptor.err).writer();
    int exitCode = run(args, stdout.writer(), err);
    if (exitCode == ExitCode.OK && stdout.failure().isPresent()) {
      err.println("kindred: stdout: " + stdout.failure().get());
      exitCode = ExitCode.FAILURE;
    }
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
   * @return the exit code, see {@link ExitCode}
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    try {
      return RootCommand.execute(args, out, err);
    } finally {
      out.flush();
      err.flush();
    }
  }
}
