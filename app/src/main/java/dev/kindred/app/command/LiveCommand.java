package dev.kindred.app.command;

import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindred live}: looks at and changes live state, the servers on it see it at once. */
@Command(
    name = "live",
    description = "Hide items from every answer at once, without a new snapshot.",
    subcommands = {LiveCommand.Hide.class, LiveCommand.Unhide.class, LiveCommand.Hidden.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred live hide --live state/ video-42 video-7",
      "  kindred live list --live state/",
      "  kindred related --model snapshots/ --live state/ --item video-1"
    })
final class LiveCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no action given: hide, unhide or list");
  }

  /** What the three share: the directory, opened for the length of the command. */
  abstract static class OnState extends KindredCommand {
    @Option(
        names = "--live",
        required = true,
        paramLabel = "DIR",
        description = "Directory of the live state.")
    private Path directory;

    abstract void run(LiveState state);

    /** Whether a directory without a state gets a new one. */
    abstract boolean creates();

    @Override
    protected final void run() throws IOException {
      if (creates()) {
        makeDirectory();
      } else {
        requireState(directory);
      }
      try (LiveState state = ChronicleLiveState.open(directory, LiveStateOptions.defaults())) {
        run(state);
      }
    }

    private void makeDirectory() {
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new InputException(
            directory + ": can't make this directory; check its path and permissions", e);
      }
    }

    /** Prints one line of a result. */
    final void show(String item, boolean hidden, String words) {
      if (json()) {
        jsonLines().write(new Mark(item, hidden));
      } else {
        out().println(item + words);
      }
    }
  }

  /** A line of {@code --json}. */
  record Mark(String item, boolean hidden) {}

  /**
   * Refuses a directory that holds no live state.
   *
   * @throws InputException with the remedy
   */
  static void requireState(Path directory) {
    if (!ChronicleLiveState.isIn(directory)) {
      throw new InputException(
          directory + ": no live state here; check --live, or make one with 'kindred live hide'");
    }
  }

  /** {@code kindred live hide}. */
  @Command(name = "hide", description = "Hide items; makes the state if there is none.")
  static final class Hide extends OnState {
    @Parameters(arity = "1..*", paramLabel = "ITEM", description = "Ids of items, known or not.")
    private List<String> items;

    @Override
    boolean creates() {
      return true;
    }

    @Override
    void run(LiveState state) {
      for (String item : items) {
        show(item, true, state.hide(item) ? " hidden" : " was hidden already");
      }
    }
  }

  /** {@code kindred live unhide}. */
  @Command(name = "unhide", description = "Show items again.")
  static final class Unhide extends OnState {
    @Parameters(arity = "1..*", paramLabel = "ITEM", description = "Ids of items.")
    private List<String> items;

    @Override
    boolean creates() {
      return false;
    }

    @Override
    void run(LiveState state) {
      for (String item : items) {
        show(item, false, state.unhide(item) ? " shown again" : " was not hidden");
      }
    }
  }

  /** {@code kindred live list}. */
  @Command(name = "list", description = "List the hidden items.")
  static final class Hidden extends OnState {
    @Override
    boolean creates() {
      return false;
    }

    @Override
    void run(LiveState state) {
      TreeSet<String> hidden = new TreeSet<>();
      state.forEachHidden(hidden::add);
      hidden.forEach(item -> show(item, true, ""));
    }
  }
}
