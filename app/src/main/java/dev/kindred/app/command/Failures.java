package dev.kindred.app.command;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.nn.DivergedException;
import dev.kindred.engine.serve.UnknownItemException;
import dev.kindred.index.BadVectorFileException;
import dev.kindred.index.file.CorruptFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;

/** Turns what a command threw into one line on stderr and an exit code. */
final class Failures {
  /** What the system says of a path that the user should not have named. */
  private static final Set<String> WRONG_PLACE =
      Set.of("Read-only file system", "Not a directory", "Is a directory", "File name too long");

  private record Failure(int exitCode, String message) {}

  private Failures() {}

  /** Prints {@code kindred: ...}, and the stack trace only for {@code debug}. */
  static int report(Throwable thrown, PrintWriter err, boolean debug) {
    Failure failure = explain(thrown);
    err.println("kindred: " + oneLine(failure.message()));
    if (debug) {
      thrown.printStackTrace(err);
    }
    err.flush();
    return failure.exitCode();
  }

  /** The text on one line, however it was broken. */
  static String oneLine(String text) {
    return text == null ? "" : TextTable.printable(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }

  private static Failure explain(Throwable thrown) {
    return switch (thrown) {
      case IllegalArgumentException e when e.getMessage() != null ->
          new Failure(ExitCode.BAD_INPUT, e.getMessage());
      case UnknownItemException e -> new Failure(ExitCode.BAD_INPUT, e.getMessage());
      case InputException e -> new Failure(ExitCode.BAD_INPUT, e.getMessage());
      case BadVectorFileException e -> badInput(e.getMessage());
      case GateException e -> new Failure(ExitCode.FAILURE, e.getMessage());
      case DivergedException e -> new Failure(ExitCode.FAILURE, e.getMessage());
      case CorruptFileException e -> new Failure(ExitCode.CORRUPT, e.getMessage());
      case UncheckedIOException e -> explain(e.getCause());
      case IOException e -> explain(e);
      // What the JVM makes of a page of a mapped file that isn't there any more.
      case InternalError e when String.valueOf(e.getMessage()).contains("memory access") ->
          new Failure(
              ExitCode.CORRUPT,
              "a mapped file was cut while it was read, or its disk failed or is full; free space"
                  + " if it is full, else run 'kindred verify'");
      case OutOfMemoryError e ->
          new Failure(
              ExitCode.FAILURE,
              "out of memory ("
                  + e.getMessage()
                  + "): give the JVM more with KINDRED_JVM_OPTIONS=-Xmx8g, or use fewer rows");
      default ->
          new Failure(
              ExitCode.FAILURE,
              "unexpected "
                  + thrown.getClass().getSimpleName()
                  + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage())
                  + " (run again with --debug for where it happened)");
    };
  }

  private static Failure explain(IOException thrown) {
    return switch (thrown) {
      case IOException e when Destination.isFull(e) ->
          new Failure(
              ExitCode.FAILURE,
              (e instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " : "")
                  + "the disk is full; free some space, or choose another place");
      case NoSuchFileException e ->
          badInput(e.getFile() + ": " + (e.getReason() == null ? "no such file" : e.getReason()));
      case FileNotFoundException e -> badInput(e.getMessage());
      case AccessDeniedException e ->
          badInput(e.getFile() + ": permission denied; check its permissions");
      case FileAlreadyExistsException e ->
          badInput(
              e.getFile()
                  + ": "
                  + (e.getReason() == null
                      ? "exists already; choose another path or remove it"
                      : e.getReason()));
      case DirectoryNotEmptyException e -> badInput(e.getFile() + ": directory is not empty");
      case NotDirectoryException e -> badInput(e.getFile() + ": is not a directory");
      case FileSystemException e when WRONG_PLACE.contains(String.valueOf(e.getReason())) ->
          badInput(e.getFile() + ": " + e.getReason() + "; check the path, or choose another");
      case FileSystemException e when e.getReason() != null ->
          new Failure(ExitCode.FAILURE, e.getFile() + ": " + e.getReason());
      default ->
          new Failure(
              ExitCode.FAILURE,
              thrown.getMessage() == null
                  ? "input/output error " + thrown.getClass().getSimpleName()
                  : thrown.getMessage());
    };
  }

  private static Failure badInput(String message) {
    return new Failure(ExitCode.BAD_INPUT, message);
  }
}
