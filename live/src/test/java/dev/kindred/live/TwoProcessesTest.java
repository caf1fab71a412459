package dev.kindred.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.LiveStateProvider;
import dev.kindred.engine.serve.UserEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process writes another sees, also after the writer was killed. */
final class TwoProcessesTest {
  private static final LiveStateOptions OPTIONS =
      LiveStateOptions.defaults().withExpectedUsers(1000).withExpectedItems(10_000);

  @TempDir Path directory;

  @Test
  void aSecondProcessReadsAndWritesTheSameState() throws Exception {
    try (LiveState here = ChronicleLiveState.open(directory, OPTIONS)) {
      here.append("u", new UserEvent("a", "click", 1));
      try (Child child = new Child("answer", directory)) {
        assertEquals("ready", child.line());
        assertEquals("a", child.ask("last u"));
        long epoch = here.hideEpoch();
        assertEquals("true", child.ask("hide x"));
        assertTrue(here.isHidden("x"));
        assertTrue(here.hideEpoch() != epoch, "the epoch must change in this process too");
        here.unhide("x");
        assertEquals("false", child.ask("hidden x"));
        assertEquals("5", child.ask("add 5"));
        assertEquals(7, here.add("counter", 2));
        here.putItem(new LiveItem("new", Map.of("type", List.of("film")), 3));
        assertEquals("[film]", child.ask("item new"));
      }
    }
  }

  @Test
  void aKilledWriterLosesNothingThatItSaidItWrote() throws Exception {
    for (int round = 0; round < 3; round++) {
      long written;
      try (Child child = new Child("write", directory)) {
        written = 0;
        for (int i = 0; i < 5 + 7 * round; i++) {
          written = Long.parseLong(child.line());
        }
        child.kill();
        for (String line = child.line(); line != null; line = child.line()) {
          written = Long.parseLong(line);
        }
      }
      try (LiveState here = ChronicleLiveState.open(directory, OPTIONS)) {
        assertTrue(
            here.counter("written") >= written, "counter went back to " + here.counter("written"));
        for (long i = 0; i < written; i++) {
          assertTrue(here.isHidden("item-" + i), "mark " + i + " of " + written + " is gone");
        }
        assertTrue(here.lastEvents("user", 1).getFirst().timeMillis() >= written - 1);
        // No lock of the dead process is left in the way.
        assertTrue(here.add("written", -here.counter("written")) == 0);
        for (int i = 0; i < 200; i++) {
          here.append("user-" + i, new UserEvent("after", "click", i));
        }
        List<String> marks = new ArrayList<>();
        here.forEachHidden(marks::add);
        marks.forEach(here::unhide);
      }
    }
  }

  @Test
  void locksOfAProcessKilledInsideAWriteAreFreed() throws Exception {
    try (Child child = new Child("hang", directory)) {
      assertEquals("inside", child.line());
      child.kill();
    }
    try (LiveState here = ChronicleLiveState.open(directory, OPTIONS)) {
      assertEquals(1, here.add("counter", 1));
    }
  }

  @Test
  void theProviderIsFoundAsAService() throws Exception {
    LiveStateProvider provider = LiveStateProvider.find().orElseThrow();
    assertEquals("chronicle-map", provider.name());
    try (LiveState state = provider.open(directory, OPTIONS)) {
      assertTrue(state.hide("x"));
    }
  }

  /** A JVM of its own that runs {@link Child#main}. */
  static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;

    Child(String role, Path directory) throws IOException {
      Path flags =
          Path.of(System.getProperty("basedir", "."))
              .toAbsolutePath()
              .resolve("../jvm.options")
              .normalize();
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "@" + flags,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Child.class.getName(),
                  role,
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      out = process.inputReader();
      in = new PrintWriter(process.outputWriter(), true);
    }

    String line() throws IOException {
      return out.readLine();
    }

    String ask(String question) throws IOException {
      in.println(question);
      return out.readLine();
    }

    /** SIGKILL; through the handle, since Process itself would close the pipes too. */
    void kill() throws InterruptedException {
      process.toHandle().destroyForcibly();
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }

    public static void main(String[] args) throws Exception {
      try (ChronicleLiveState state = ChronicleLiveState.open(Path.of(args[1]), OPTIONS)) {
        switch (args[0]) {
          case "answer" -> answer(state);
          case "write" -> write(state);
          case "hang" -> hang(Path.of(args[1]));
          default -> throw new IllegalArgumentException(args[0]);
        }
      }
    }

    private static void answer(LiveState state) throws IOException {
      System.out.println("ready");
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        System.out.println(
            switch (words[0]) {
              case "last" -> state.lastEvents(words[1], 1).getFirst().item();
              case "hide" -> state.hide(words[1]);
              case "hidden" -> state.isHidden(words[1]);
              case "add" -> state.add("counter", Long.parseLong(words[1]));
              case "item" -> state.item(words[1]).orElseThrow().values().get("type");
              default -> "?";
            });
      }
    }

    /** Writes without end and says after each 50 rounds how many are done. */
    private static void write(LiveState state) {
      for (long i = 0; i < 8000; i++) {
        state.hide("item-" + i);
        state.append("user", new UserEvent("item", "click", i));
        state.add("written", 1);
        if (i % 50 == 49) {
          System.out.println(i + 1);
        }
      }
    }

    /** Stands still inside an update of a counter, its lock held. */
    private static void hang(Path directory) throws Exception {
      LiveDirectory files = LiveDirectory.acquire(directory, OPTIONS);
      files
          .counters()
          .update(
              "counter".getBytes(),
              old -> {
                System.out.println("inside");
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                return LiveRecords.encodeLong(1);
              });
    }
  }
}
