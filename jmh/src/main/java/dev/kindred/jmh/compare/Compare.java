package dev.kindred.jmh.compare;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of {@code jmh/compare}: one subcommand for each comparison. */
@Command(
    name = "compare",
    description = "Measures Kindred beside its peers on the same data in one run.",
    subcommands = {
      AnnComparison.class,
      AlsComparison.class,
      HttpComparison.class,
      ChangeExperiment.class,
      GenerateCommand.class
    })
public final class Compare {
  private Compare() {}

  /** Runs a comparison; the exit code is 0, 2 for bad usage, 1 for a failure. */
  public static void main(String[] args) {
    int code = run(new PrintWriter(System.out, false), new PrintWriter(System.err, true), args);
    System.exit(code);
  }

  /** As {@link #main}, without leaving the process. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line =
        new CommandLine(new Compare())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof IllegalArgumentException) {
            err.println("compare: " + e.getMessage());
            return 2;
          }
          e.printStackTrace(err);
          return 1;
        });
    int code = line.execute(args);
    out.flush();
    return code;
  }
}
