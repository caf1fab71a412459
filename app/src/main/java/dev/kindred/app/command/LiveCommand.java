package dev.kindred.app.command;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindred live}: looks at and changes live state, the servers on it see it at once. */
@Command(
    name = "live",
    description = "Hide items from every answer or add new ones at once, without a new snapshot.",
    subcommands = {
      LiveCommand.Hide.class,
      LiveCommand.Unhide.class,
      LiveCommand.Hidden.class,
      LiveCommand.Add.class,
      LiveCommand.Remove.class,
      LiveCommand.Added.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred live hide --live state/ --model snapshots/ video-42 video-7",
      "  kindred live list --live state/",
      "  kindred live add --live state/ --item video-99 --value genre=Drama \\",
      "      --value year=2027",
      "  kindred related --model snapshots/ --live state/ --item video-1"
    })
final class LiveCommand extends KindredCommand {
  @Override
  protected void run() {
    throw usage("no action given: hide, unhide, list, add, remove or added");
  }

  /** What they share: the directory, opened for the length of the command. */
  abstract static class OnState extends KindredCommand {
    @Option(
        names = "--live",
        required = true,
        paramLabel = "DIR",
        description = "Directory of the live state.")
    private Path directory;

    abstract void run(LiveState state) throws IOException;

    /** Throws if the arguments are wrong: before a state is made for them. */
    void check() throws IOException {}

    /** Whether a directory without a state gets a new one. */
    abstract boolean creates();

    @Override
    protected final void run() throws IOException {
      check();
      if (!creates()) {
        requireState(directory);
      } else if (!ChronicleLiveState.isIn(directory)) {
        Destination.directory(directory);
        ChronicleLiveState.requireRoom(directory, LiveStateOptions.defaults());
        makeDirectory();
        note("a new live state: servers read it that are started with --live " + directory);
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
        out().println(TextTable.escaped(item) + words);
      }
    }
  }

  private static void requireSnapshot(Path model) throws IOException {
    if (model != null) {
      SnapshotOption.snapshot(model).close();
    }
  }

  /** A line of {@code --json}. */
  record Mark(String item, boolean hidden) {}

  /** The same where the id was looked up in a snapshot and among the items added since. */
  record CheckedMark(String item, boolean hidden, boolean known) {}

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

    @Option(
        names = "--model",
        paramLabel = "DIR",
        description = "A snapshot that is served: tell which of the ids it doesn't know.")
    private Path model;

    @Override
    boolean creates() {
      return true;
    }

    @Override
    void check() throws IOException {
      for (String item : items) {
        options(() -> Ids.requireTrimmed("item", item));
      }
      requireSnapshot(model);
    }

    @Override
    void run(LiveState state) throws IOException {
      if (model == null) {
        hideUnchecked(state);
      } else {
        try (Recommender recommender = SnapshotOption.open(model, state)) {
          items.forEach(item -> hide(state, item, recommender.contains(item)));
        }
      }
    }

    private void hideUnchecked(LiveState state) {
      int unchecked = 0;
      for (String item : items) {
        boolean hidden = state.hide(item);
        show(item, true, hidden ? " hidden" : " was hidden already");
        unchecked += hidden && state.item(item).isEmpty() ? 1 : 0;
      }
      if (unchecked > 0) {
        note(
            (unchecked == 1 ? "this id was" : unchecked + " ids were")
                + " not looked up in a snapshot: give --model DIR to be told of unknown ones, which"
                + " are hidden once they appear");
      }
    }

    private void hide(LiveState state, String item, boolean known) {
      boolean hidden = state.hide(item);
      if (json()) {
        jsonLines().write(new CheckedMark(item, true, known));
      } else {
        out()
            .println(
                TextTable.escaped(item)
                    + (hidden ? " hidden" : " was hidden already")
                    + (known
                        ? ""
                        : ", but unknown to " + model + ": it is hidden once it appears"));
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

  /** {@code kindred live add}. */
  @Command(
      name = "add",
      description = {
        "Add an item that the snapshot doesn't know, or replace one added before.",
        "With --model it is checked against the snapshot's profile fields."
      })
  static final class Add extends OnState {
    @Option(names = "--item", required = true, paramLabel = "ID", description = "Its id.")
    private String item;

    @Option(
        names = "--value",
        paramLabel = "FIELD=VALUE",
        description = "A value of a profile field; give the option again for more.")
    private List<String> given = List.of();

    @Option(
        names = "--model",
        paramLabel = "DIR",
        description = "A snapshot that is to serve it: fields that it doesn't have are refused.")
    private Path model;

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    @Override
    boolean creates() {
      return true;
    }

    @Override
    void check() throws IOException {
      for (String pair : given) {
        int at = pair.indexOf('=');
        if (at < 1) {
          throw usage("--value is '" + pair + "', must be written FIELD=VALUE");
        }
        values
            .computeIfAbsent(pair.substring(0, at), field -> new ArrayList<>())
            .add(pair.substring(at + 1));
      }
      options(() -> Ids.requireTrimmed("item", item));
      requireSnapshot(model);
    }

    @Override
    void run(LiveState state) throws IOException {
      LiveItem added = new LiveItem(item, values, System.currentTimeMillis());
      if (model == null) {
        state.putItem(added);
      } else {
        addChecked(state, added);
      }
      if (json()) {
        jsonLines().write(added);
      } else {
        out().println(TextTable.escaped(item) + " added");
      }
    }

    private void addChecked(LiveState state, LiveItem added) throws IOException {
      try (Recommender recommender = SnapshotOption.open(model, state)) {
        for (String field : added.values().keySet()) {
          if (!recommender.profileFields().contains(field)) {
            throw usage(
                "--value names field '"
                    + field
                    + "'; the profile fields are "
                    + String.join(", ", recommender.profileFields()));
          }
        }
        recommender.add(added);
      }
    }
  }

  /** {@code kindred live remove}. */
  @Command(name = "remove", description = "Take added items away again.")
  static final class Remove extends OnState {
    @Parameters(arity = "1..*", paramLabel = "ITEM", description = "Ids of added items.")
    private List<String> items;

    @Override
    boolean creates() {
      return false;
    }

    @Override
    void run(LiveState state) {
      for (String item : items) {
        boolean removed = state.removeItem(item);
        if (json()) {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("item", item);
          line.put("removed", removed);
          jsonLines().write(line);
        } else {
          out()
              .println(TextTable.escaped(item) + (removed ? " taken away" : " had not been added"));
        }
      }
    }
  }

  /** {@code kindred live added}. */
  @Command(name = "added", description = "List the added items with their profiles.")
  static final class Added extends OnState {
    @Override
    boolean creates() {
      return false;
    }

    @Override
    void run(LiveState state) {
      TreeMap<String, LiveItem> added = new TreeMap<>();
      state.forEachItem(item -> added.put(item.id(), item));
      for (LiveItem item : added.values()) {
        if (json()) {
          jsonLines().write(item);
        } else {
          out().println(TextTable.escaped(item.id() + "  " + item.values()));
        }
      }
    }
  }
}
