package dev.kindred.app.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code kindred}: holds the global options and the list of commands. */
@Command(
    name = "kindred",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = RootCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "In-memory recommendations: from raw logs to related items.",
    subcommands = {
      DemoCommand.class,
      SimulateCommand.class,
      DoctorCommand.class,
      EstimateCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      OffPolicyCommand.class,
      ExperimentCommand.class,
      RelatedCommand.class,
      WhyNotCommand.class,
      ServeCommand.class,
      ConfigCommand.class,
      RecommendCommand.class,
      VerifyCommand.class,
      SnapshotsCommand.class,
      PromoteCommand.class,
      RollbackCommand.class,
      DiffCommand.class,
      BenchCommand.class,
      AlsCommand.class,
      TwoTowerCommand.class,
      MmoeCommand.class,
      TuneCommand.class,
      LiveCommand.class,
      AnnCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:another failure, such as a full disk",
      "2:wrong usage of the command line",
      "3:bad input: a file or value that is missing or wrong",
      "4:a corrupt or incompatible file of Kindred",
      "130:interrupted, as by Ctrl-C (SIGINT)",
      "143:told to end (SIGTERM); a server ends with 0 after either"
    })
public final class RootCommand implements Runnable {
  /** Global options stand below those of the command in its help. */
  private static final int LAST = 1000;

  @Spec private CommandSpec spec;

  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--seed",
      order = LAST,
      scope = ScopeType.INHERIT,
      paramLabel = "S",
      description = "Seed of every random draw; the same seed gives the same bits.")
  private Long seed;

  @Option(
      names = "--json",
      order = LAST,
      scope = ScopeType.INHERIT,
      description = "Results as JSON, one object a line.")
  private boolean json;

  @Option(
      names = "--quiet",
      order = LAST,
      scope = ScopeType.INHERIT,
      description = "No progress and no notes on stderr, errors only.")
  private boolean quiet;

  @Option(
      names = "--debug",
      order = LAST,
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error too.")
  private boolean debug;

  @Option(
      names = "--threads",
      order = LAST,
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "Threads to work with (default: all processors).")
  private void setThreads(int threads) {
    if (threads < 1 || threads > 4096) {
      throw new ParameterException(
          spec.commandLine(), "--threads is " + threads + ", must be 1 to 4096");
    }
    this.threads = threads;
  }

  /**
   * Runs one command line that writes to these two.
   *
   * @return the exit code
   */
  public static int execute(String[] args, PrintWriter out, PrintWriter err) {
    RootCommand root = new RootCommand();
    CommandLine commandLine = root.commandLine();
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setParameterExceptionHandler(RootCommand::usageError);
    commandLine.setExecutionExceptionHandler(
        (exception, cl, parsed) -> Failures.report(exception, err, root.debug()));
    try {
      return commandLine.execute(AttachedValues.read(commandLine, args));
    } catch (ParameterException e) {
      return usageError(e, args);
    } catch (Error e) { // picocli hands on exceptions only
      return Failures.report(e, err, root.debug());
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }

  /** All commands, as they are parsed and as their help is shown. */
  CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(this);
    commandLine.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    ConstantValue.register(commandLine);
    AttachedValues.allow(commandLine);
    Map<String, IHelpSectionRenderer> sections = new HashMap<>(commandLine.getHelpSectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, RootCommand::examples);
    commandLine.setHelpSectionMap(sections); // of all commands
    return commandLine;
  }

  /**
   * The lines as they stand: picocli would break those that the terminal is too narrow for, and a
   * shell takes what follows a break for another command.
   */
  private static String examples(Help help) {
    StringBuilder lines = new StringBuilder();
    for (String line : help.commandSpec().usageMessage().footer()) {
      lines.append(line).append(System.lineSeparator());
    }
    return lines.toString();
  }

  int threads() {
    return threads;
  }

  OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  boolean debug() {
    return debug || Boolean.getBoolean("kindred.debug");
  }

  private static int usageError(ParameterException e, String[] args) {
    CommandLine cl = e.getCommandLine();
    // Picocli says a word twice where a value is no pair, and has a prefix of its own where options
    // exclude each other.
    String message =
        Failures.oneLine(e.getMessage())
            .replaceFirst("^Error: ", "")
            .replaceFirst("^Value for option option ", "Value for option ");
    // A misspelt option is told before the one that is missing for it.
    List<String> unknown =
        e instanceof MissingParameterException ? cl.getUnmatchedArguments() : List.of();
    ParameterException told = unknown.isEmpty() ? e : new UnmatchedArgumentException(cl, unknown);
    if (told instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().getFirst();
      message =
          argument.startsWith("-")
              ? "no option '" + argument + "'"
              : cl.getSubcommands().isEmpty()
                  ? "argument '" + argument + "' is one too many"
                  : "no command '" + argument + "'";
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        message += "; did you mean " + String.join(" or ", suggestions) + "?";
      } else if (lacksModel(cl) && isDirectory(argument)) {
        message += "; a directory of snapshots is named with --model " + argument;
      }
    }
    cl.getErr().println("kindred: " + message);
    cl.getErr()
        .println("Try '" + cl.getCommandSpec().qualifiedName() + " --help' for what it takes.");
    return ExitCode.USAGE;
  }

  private static boolean isDirectory(String argument) {
    try {
      return Files.isDirectory(Path.of(argument));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether a command takes a snapshot and wasn't given one by its option. */
  private static boolean lacksModel(CommandLine cl) {
    return cl.getCommandSpec().findOption("--model") != null
        && !cl.getParseResult().hasMatchedOption("--model");
  }

  /** What {@code --version} prints: our version and what we run on. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Properties properties = new Properties();
      try (InputStream in =
          RootCommand.class.getResourceAsStream("/dev/kindred/app/version.properties")) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new String[] {
        "kindred " + properties.getProperty("version"),
        "Java "
            + Runtime.version()
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
      };
    }
  }
}
