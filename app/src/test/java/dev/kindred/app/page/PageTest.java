package dev.kindred.app.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedRanker;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.serve.RecommendedItem;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at /: what it loads, and in a Chromium, where there is one, what it does. */
final class PageTest {
  private static final Path SHOTS = Path.of("target/page");
  private static final String FIRST = "document.querySelector('.row').dataset.id";
  private static final String LIST =
      "[...document.querySelectorAll('.lists section:first-child .row')]"
          + ".map(e => e.dataset.id).join(' ')";

  @TempDir Path directory;

  @Test
  void itLoadsNothingFromElsewhere() throws IOException {
    String page;
    try (InputStream in = Serving.class.getResourceAsStream("page.html")) {
      page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertFalse(Pattern.compile("(src|href)=\"(?!data:)").matcher(page).find());
    assertFalse(page.contains("http://") || page.contains("https://") || page.contains("@import"));
    assertFalse(page.contains("innerHTML"), "texts of a catalogue must not become markup");
    assertTrue(page.contains("Content-Security-Policy"));
  }

  @Test
  void aPersonCanSearchWeighExplainAndCompare() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(
        program.isPresent(),
        "no Chromium on PATH: the page is not tried; install chromium, or set KINDRED_CHROMIUM");
    try (Serving serving = serve();
        Chromium page =
            new Chromium(
                program.get(),
                directory.resolve("profile"),
                "http://127.0.0.1:" + serving.port() + "/#100",
                1280,
                900,
                false)) {
      page.await("document.querySelectorAll('.row').length === 20");
      assertEquals("100", page.evaluate("document.querySelector('#title').textContent").asText());
      assertEquals(3, page.evaluate("document.querySelectorAll('.dial').length").intValue());
      page.screenshot(SHOTS.resolve("light.png"));

      // A slider, by keyboard: the list changes, and the button brings it back.
      String before = page.evaluate(LIST).asText();
      page.evaluate("document.querySelector('#w-0').focus()");
      page.key("Home", 36);
      page.await(LIST + " !== '" + before + "'");
      assertEquals("0", page.evaluate("document.querySelector('#w-0').value").asText());
      page.click("#reset");
      page.await(LIST + " === '" + before + "'");

      // A click opens the reasons; their contributions sum to the score.
      page.click(".row .head");
      page.await("document.querySelectorAll('.why tr').length === 3");
      JsonNode sums =
          page.evaluate(
              "(() => { const row = document.querySelector('.row');"
                  + " const parts = [...row.querySelectorAll('.why tr')].map(tr =>"
                  + " Number(tr.cells[1].textContent.replace('\\u2212', '-').replace('+', '')));"
                  + " return [parts.reduce((a, b) => a + b, 0),"
                  + " Number(row.querySelector('.score').textContent)]; })()");
      assertEquals(sums.get(1).doubleValue(), sums.get(0).doubleValue(), 3e-4);
      page.screenshot(SHOTS.resolve("reasons.png"));

      // The other snapshot beside this one.
      page.evaluate(
          "(() => { const s = document.querySelector('#other'); s.selectedIndex = 1;"
              + " s.dispatchEvent(new Event('change')); })()");
      page.await("document.querySelectorAll('.lists section').length === 2");
      page.await("document.querySelectorAll('.moved').length > 0");
      page.screenshot(SHOTS.resolve("compare.png"));

      // Search, by keyboard alone.
      page.evaluate("document.activeElement.blur()");
      page.evaluate(
          "document.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true}))");
      page.await("document.activeElement.id === 'query'");
      page.type("11");
      page.await("document.querySelectorAll('#found [role=option]').length > 3");
      page.key("ArrowDown", 40);
      page.key("Enter", 13);
      page.await("document.querySelector('#title').textContent !== '100'");
      String chosen = page.evaluate("document.querySelector('#title').textContent").asText();
      assertTrue(chosen.contains("11"), chosen);
      assertNotEquals(before, page.evaluate(LIST).asText());
      page.await(FIRST + ".length > 0");
      assertEquals("[]", page.errors().toString());
    }
  }

  @Test
  void aPersonCanSeeTheListOfOneUser() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on PATH: the page is not tried");
    Path snapshot;
    GeneratedOptions options =
        new GeneratedOptions(120, 2, 8, 30, 20, false, List.of(GeneratedRanker.SMALL), 1);
    try (SnapshotWriter out = SnapshotWriter.into(directory.resolve("personal"));
        Workers workers = Workers.of(1)) {
      GeneratedSnapshot.write(options, out, workers, Progress.none());
      snapshot = out.publish();
    }
    try (Serving serving = serve(snapshot);
        Chromium page =
            new Chromium(
                program.get(),
                directory.resolve("profile"),
                "http://127.0.0.1:" + serving.port() + "/#1",
                1280,
                900,
                false)) {
      page.await("document.querySelectorAll('.row').length > 0");
      String related = page.evaluate(LIST).asText();
      // A slash goes to the search, but from a box that takes text.
      assertFalse(slashIsLeftAlone(page, "#w-0"));
      assertEquals("query", page.evaluate("document.activeElement.id").asText());
      for (String box : List.of("#user", "#query")) {
        assertTrue(slashIsLeftAlone(page, box), box);
        assertEquals(box, "#" + page.evaluate("document.activeElement.id").asText());
      }
      page.evaluate("document.querySelector('#user').focus()");
      page.type("user-3");
      page.key("Enter", 13);
      page.await("document.querySelector('#title').textContent === 'user-3'");
      page.await("document.querySelectorAll('.row').length === 20");
      List<String> expected =
          serving.recommender().recommend("user-3", 20).stream().map(RecommendedItem::id).toList();
      assertEquals(String.join(" ", expected), page.evaluate(LIST).asText());
      page.click(".row .head");
      page.await("document.querySelectorAll('.why tr').length > 0");
      page.screenshot(SHOTS.resolve("personal.png"));

      // Empty and Enter goes back to the item.
      page.evaluate("document.querySelector('#user').focus()");
      page.evaluate("document.querySelector('#user').value = ''");
      page.key("Enter", 13);
      page.await(LIST + " === '" + related + "'");
      assertEquals("[]", page.errors().toString());
    }
  }

  @Test
  void itIsDarkForThoseWhoLikeItAndFitsATelephone() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on PATH: the page is not tried");
    try (Serving serving = serve();
        Chromium page =
            new Chromium(
                program.get(),
                directory.resolve("profile"),
                "http://127.0.0.1:" + serving.port() + "/",
                390,
                844,
                true)) {
      page.await("document.querySelectorAll('.row').length > 0");
      assertTrue(
          page.evaluate("document.documentElement.scrollWidth <= innerWidth").booleanValue(),
          "the page is wider than the screen");
      String background = page.evaluate("getComputedStyle(document.body).backgroundColor").asText();
      assertEquals("rgb(22, 21, 20)", background);
      page.screenshot(SHOTS.resolve("dark.png"));
      assertEquals("[]", page.errors().toString());
    }
  }

  /** Whether a slash pressed in an element does what it does by itself. */
  private static boolean slashIsLeftAlone(Chromium page, String element) throws Exception {
    return page.evaluate(
            "(() => { const e = document.querySelector('"
                + element
                + "'); e.focus(); return e.dispatchEvent(new KeyboardEvent('keydown',"
                + " {key: '/', bubbles: true, cancelable: true})); })()")
        .booleanValue();
  }

  private Serving serve() throws IOException {
    Path snapshots = directory.resolve("snapshots");
    publish(snapshots, new TinyWorld(Merge.CALIBRATED, 3));
    publish(snapshots, new TinyWorld());
    return serve(snapshots);
  }

  private static Serving serve(Path model) throws IOException {
    return Serving.start(
        ServingOptions.of(model)
            .withServer(
                ServerOptions.defaults()
                    .withPort(0)
                    .withDeadlineMillis(60_000)
                    .withDrainMillis(100)),
        new AccessLog(new PrintWriter(PrintWriter.nullWriter()), 0, false));
  }

  private static void publish(Path snapshots, TinyWorld world) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(snapshots)) {
      world.fill(out, true);
      out.publish();
    }
  }
}
