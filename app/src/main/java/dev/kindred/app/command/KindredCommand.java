package dev.kindred.app.command;

import dev.kindred.app.output.JsonLines;
import dev.kindred.app.output.StderrProgress;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.Note;
import dev.kindred.index.run.Progress;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What every command has: the global options, the two writers, and errors as exceptions. A command
 * throws; {@link Failures} turns what it throws into one line and an exit code. One instance runs
 * one command line on one thread.
 */
public abstract class KindredCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private JsonLines jsonLines;

  /** Does the command's work: results to {@link #out}, everything else to {@link #note}. */
  protected abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    run();
    return ExitCode.OK;
  }

  /** Threads to work with, from {@code --threads}; all processors by default. */
  protected final int threads() {
    return root().threads();
  }

  /** The seed of {@code --seed}, or empty: then the options' own default holds. */
  protected final OptionalLong seed() {
    return root().seed();
  }

  /** Whether results are to be JSON lines. */
  protected final boolean json() {
    return root().json();
  }

  protected final boolean quiet() {
    return root().quiet();
  }

  /** Standard output: results only. */
  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Standard error, for logs of what runs until it is stopped. */
  protected final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** JSON results, one object a line, on standard output. */
  protected final JsonLines jsonLines() {
    if (jsonLines == null) {
      jsonLines = new JsonLines(out());
    }
    return jsonLines;
  }

  /** Progress on standard error, silent with {@code --quiet}. */
  protected final Progress progress() {
    return quiet()
        ? Progress.none()
        : new StderrProgress(
            spec.commandLine().getErr(), Integer.getInteger("kindred.terminal.columns", 0));
  }

  /** One line for the human on standard error, unless {@code --quiet}. */
  protected final void note(String line) {
    if (!quiet()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(TextTable.printable(line));
      err.flush();
    }
  }

  /** Every note on a line of its own on standard error, warnings named as such. */
  protected final void notes(List<Note> notes) {
    notes.forEach(line -> note(line.toString()));
  }

  /**
   * Makes an options record from the command line's values; an IllegalArgumentException of the
   * record becomes a usage error (exit code 2) instead of bad input.
   */
  protected final <T> T options(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  /** A usage error of this command: exit code 2 and a pointer to its help. */
  protected final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Whether the user gave an option, rather than left it to its default. */
  protected final boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** As picocli runs it. */
  protected final CommandLine commandLine() {
    return spec.commandLine();
  }

  private RootCommand root() {
    return (RootCommand) spec.root().userObject();
  }
}
