package dev.kindred.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.EventColumns.TimeFormat;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.SearchLog;
import dev.kindred.engine.data.TableSource;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.related.TogetherOptions;
import dev.kindred.engine.tower.TowerLoss;
import dev.kindred.engine.tower.TowerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainConfigTest {
  private static final String MINIMAL =
      """
      [events]
      file = "log.csv"
      user = "u"
      item = "i"
      [[objectives]]
      name = "click"
      """;

  @TempDir Path directory;

  @Test
  void aMinimalFileIsEnough() throws IOException {
    TrainConfig config = read(MINIMAL);
    assertEquals(directory.resolve("log.csv"), config.events().source().file());
    assertEquals(LabelRule.everyRow(), config.objectives().getFirst().rule());
    assertTrue(config.items().isEmpty());
  }

  private static final String ITEMS = "[items]\nfile = \"items.csv\"\nid = \"i\"\n";
  private static final String TOGETHER = "[together]\nenabled = true\n";
  private static final String USERS = "[users]\nfile = \"users.csv\"\nid = \"u\"\n";

  /** Networks of ids alone find no more than factors do, and counting more than either. */
  @Test
  void whatTheLogAloneTellsIsCountedAndHasNoNetworks() throws IOException {
    assertChosen(false, true, 2, MINIMAL);
    assertChosen(true, true, 1, MINIMAL + USERS);
    assertChosen(true, false, 0, MINIMAL + ITEMS);
    // What is asked for is done, and nobody is told of it.
    assertChosen(true, false, 0, MINIMAL + "[tower]\ndim = 32\n[together]\nenabled = false\n");
    assertChosen(false, true, 0, MINIMAL + "[tower]\nenabled = false\n" + TOGETHER);
    assertChosen(false, true, 0, MINIMAL + ITEMS + "[tower]\nenabled = false\n" + TOGETHER);
    assertChosen(false, true, 2, MINIMAL + "[together]\npairs-per-item = 50\n");
    // The paper's letter, whatever its merge, and the maximum of cosines know no counts.
    assertChosen(true, false, 0, "paper = true\n" + MINIMAL);
    assertChosen(
        true, false, 0, "paper = true\n" + MINIMAL + "[related]\nmerge = \"calibrated\"\n");
    assertChosen(false, false, 1, MINIMAL + "[related]\nmerge = \"max\"\n");
    // A name that is taken.
    String taken = MINIMAL.replace("\"click\"", "\"together\"");
    assertChosen(false, false, 1, taken);
    assertChosen(false, true, 2, taken + "[together]\nname = \"co\"\n");
    assertChosen(false, false, 1, MINIMAL + "[together]\nname = \"click\"\n");
    assertChosen(false, false, 1, MINIMAL + "[next]\nenabled = true\nname = \"together\"\n");
  }

  private void assertChosen(boolean networks, boolean together, int notes, String text)
      throws IOException {
    TrainConfig config = read(text);
    assertEquals(networks, config.options().tower().isPresent(), text);
    assertEquals(together, config.options().scoring().together().isPresent(), text);
    assertEquals(notes, config.notes().size(), () -> config.notes() + " of " + text);
  }

  /**
   * The scaled cross-entropy needs negatives, the default softmax none: in either order of keys.
   */
  @Test
  void retrievalTakesALossTogetherWithItsNegativesAndKeepsTheOptimiser() throws IOException {
    TowerOptions usual = RankOptions.defaults().retrieval();
    TowerOptions towers =
        read(MINIMAL
                + """
                [rank]
                enabled = true
                [rank.retrieval]
                learning-rate = 0.5
                negatives = 3
                loss = "scaled-cross-entropy"
                """)
            .options()
            .rank()
            .orElseThrow()
            .retrieval();
    assertEquals(usual.optimizer().withLearningRate(0.5), towers.optimizer());
    assertEquals(TowerLoss.SCALED_CROSS_ENTROPY, towers.loss());
    assertEquals(3, towers.negatives());
  }

  @Test
  void aLossOfOwnNegativesDrawsFourWhereNoneAreGiven() throws IOException {
    for (String loss : List.of("bpr", "scaled-cross-entropy", "cosine-cross-entropy")) {
      assertEquals(4, negatives("loss = \"" + loss + "\"\n"), loss);
    }
    assertEquals(7, negatives("loss = \"bpr\"\nnegatives = 7\n"));
    assertEquals(0, negatives("loss = \"cosine-contrastive\"\n"));
    assertEquals(0, negatives(""));
    InputException none =
        assertThrows(InputException.class, () -> negatives("loss = \"bpr\"\nnegatives = 0\n"));
    assertTrue(none.getMessage().contains("negatives is 0, must be 1 to"), none.getMessage());
    TowerOptions retrieval =
        read(MINIMAL + "[rank]\nenabled = true\n[rank.retrieval]\nloss = \"bpr\"\n")
            .options()
            .rank()
            .orElseThrow()
            .retrieval();
    assertEquals(4, retrieval.negatives());
  }

  private int negatives(String tower) throws IOException {
    return read(MINIMAL + "[tower]\n" + tower).options().tower().orElseThrow().negatives();
  }

  @Test
  void aMisspeltTableOrKeyIsToldBeforeWhatItLeavesMissing() {
    assertEquals(
        directory.resolve("site.toml") + ": evnts is not known; did you mean events?",
        assertThrows(InputException.class, () -> read(MINIMAL.replace("events", "evnts")))
            .getMessage());
    assertEquals(
        directory.resolve("site.toml") + ": [events] usr is not known; did you mean user?",
        assertThrows(InputException.class, () -> read(MINIMAL.replace("user", "usr")))
            .getMessage());
    assertEquals(
        directory.resolve("site.toml") + ": [events] serch is not known; did you mean search?",
        assertThrows(
                InputException.class, () -> read(MINIMAL.replace("user = \"u\"", "serch = \"s\"")))
            .getMessage());
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFile() throws IOException {
    assertEquals(1, read("\ufeff" + MINIMAL).objectives().size());
  }

  @Test
  void everyKeyArrivesInItsRecord() throws IOException {
    TrainConfig config =
        read(
            """
            [events]
            file = "../log.txt.gz"
            format = "tsv"
            delimiter = "::"
            quote = ""
            header = false
            columns = ["u", "i", "r", "t", "len"]
            charset = "ISO-8859-1"
            user = "u"
            item = "i"
            time = "t"
            time-format = "seconds"
            event = "e"
            signals = ["len"]
            search = "look-up"
            max-bad-rows = 7
            max-bad-share = 0.5

            [[objectives]]
            name = "watch"
            column = "r"
            strength = true
            per = "len"
            cap = 2.0
            weight = 0.8

            [[objectives]]
            name = "dislike"
            polarity = "negative"
            event = "rate"
            column = "r"
            at-most = 2

            [[objectives]]
            name = "share"
            column = "forward"

            [items]
            file = "/data/items.jsonl"
            id = "id"
            [[items.fields]]
            name = "genres"
            kind = "multi"
            top-k = 3
            [[items.fields]]
            name = "decade"
            column = "title"
            kind = "bucket"
            pattern = "\\\\((\\\\d{4})\\\\)"
            bucket-size = 10
            weight = 0.5
            """);
    EventsConfig events = config.events();
    assertEquals(directory.getParent().resolve("log.txt.gz"), events.source().file());
    assertEquals(TableSource.Format.TSV, events.source().format());
    assertEquals("::", events.source().delimiter());
    assertEquals(StandardCharsets.ISO_8859_1, events.source().charset());
    assertEquals(TimeFormat.SECONDS, events.columns().timeFormat());
    assertEquals(List.of("len"), events.columns().signals());
    assertEquals("look-up", events.columns().search());
    assertEquals(7, events.limits().rows());
    assertEquals(
        LabelRule.strengthOf("r").withPer("len").withCap(2), config.objectives().get(0).rule());
    assertEquals(0.8, config.objectives().get(0).weight());
    assertEquals(Polarity.NEGATIVE, config.objectives().get(1).polarity());
    assertEquals(LabelRule.atMost("r", 2).withEvent("rate"), config.objectives().get(1).rule());
    assertEquals(LabelRule.flag("forward"), config.objectives().get(2).rule());
    TableConfig items = config.items().orElseThrow();
    assertEquals(Path.of("/data/items.jsonl"), items.source().file());
    assertEquals(FieldSpec.multi("genres", "genres", "|").withTopK(3), items.fields().get(0));
    assertEquals(
        FieldSpec.bucket("decade", "title", 10).withPattern("\\((\\d{4})\\)").withWeight(0.5),
        items.fields().get(1));
  }

  @Test
  void searchesAreALogOfTheirOwnOrRowsOfTheEventsButNotBoth() throws IOException {
    String table =
        """
        [searches]
        file = "searches.tsv"
        user = "who"
        query = "text"
        time = "at"
        time-format = "millis"
        min-users = 3
        top-k = 500
        """;
    SearchesConfig searches = read(MINIMAL + table).searches().orElseThrow();
    assertEquals(directory.resolve("searches.tsv"), searches.source().file());
    assertEquals(TableSource.Format.TSV, searches.source().format());
    assertEquals(
        new SearchLog.Columns("who", "text", "at", TimeFormat.MILLIS, ""), searches.columns());
    assertEquals(3, searches.minUsers());
    assertEquals(500, searches.topK());
    TrainConfig ranked = read(MINIMAL + "[rank]\nenabled = true\nsearched = 7\n");
    assertEquals(7, ranked.options().rank().orElseThrow().searched());
    assertTrue(ranked.searches().isEmpty());
    String both =
        MINIMAL.replace("user =", "event = \"type\"\ntime = \"t\"\nsearch = \"search\"\nuser =")
            + table;
    InputException e = assertThrows(InputException.class, () -> read(both));
    assertTrue(e.getMessage().contains("keep one"), e.getMessage());
    InputException noTime =
        assertThrows(
            InputException.class, () -> read(MINIMAL + table.replace("time = \"at\"\n", "")));
    assertTrue(noTime.getMessage().contains("a time or an order"), noTime.getMessage());
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearestKnownOne() {
    assertEquals(
        "[events] usr is not known; did you mean user?",
        error(MINIMAL.replace("user =", "usr = \"x\"\nuser =")));
    assertEquals(
        "itens is not known; did you mean items?", error(MINIMAL + "[itens]\nfile = \"x\"\n"));
    assertEquals(
        "[[objectives]] number 1 atLeast is not known; did you mean at-least?",
        error(MINIMAL + "atLeast = 3\n"));
    assertTrue(
        error(MINIMAL + "zzzzzzzz = 3\n").contains("zzzzzzzz is not known; known are name,"));
  }

  @Test
  void whatIsMissingOrOfTheWrongKindIsNamed() {
    assertEquals("[events] is missing", error("[[objectives]]\nname = \"x\"\n"));
    assertEquals("[events] user is missing", error(MINIMAL.replace("user = \"u\"", "")));
    assertTrue(
        error(MINIMAL.substring(0, MINIMAL.indexOf("[["))).startsWith("objectives are missing"));
    assertEquals(
        "[events] item must be a text in quotes, is 3",
        error(MINIMAL.replace("item = \"i\"", "item = 3")));
    assertEquals(
        "[[objectives]] number 1 polarity is \"bad\", must be one of positive, negative",
        error(MINIMAL + "polarity = \"bad\"\n"));
    assertEquals(
        "[[objectives]] number 1 weight must be a number, is \"much\"",
        error(MINIMAL + "weight = \"much\"\n"));
    assertTrue(
        error(MINIMAL + "weight = -1\n").contains("weight of objective 'click' is -1.0, must be"));
    assertTrue(
        error(MINIMAL + "[[objectives]]\nname = \"click\"\n").contains("taken by an earlier"));
    assertTrue(
        error(MINIMAL + "[items]\nfile = \"f\"\nid = \"i\"\nfields = 3\n")
            .contains("[items] fields must be a list of tables, each begun with [[items.fields]]"));
    assertTrue(
        error(MINIMAL.replace("\"log.csv\"", "\"log.csv\"\ncharset = \"x y\""))
            .contains("charset"));
  }

  @Test
  void whatIsCountedIsReadAndNeedsNamesOfItsOwn() throws IOException {
    ScoringOptions scoring =
        read(MINIMAL
                + "[together]\nenabled = true\nweight = 0.5\npairs-per-item = 50\nmin-users = 1\n")
            .options()
            .scoring();
    assertEquals(Optional.empty(), scoring.next());
    TogetherOptions together = scoring.together().orElseThrow();
    assertEquals("together", together.name());
    assertEquals(0.5, together.weight());
    assertEquals(50, together.lists().maxPerItem());
    assertEquals(1, together.lists().minUsers());
    assertEquals(Optional.empty(), read(MINIMAL + ITEMS).options().scoring().together());
    assertTrue(
        error(MINIMAL + "[together]\nenabled = true\nname = \"next\"\n[next]\nenabled = true\n")
            .contains("both called 'next'"));
    for (String key : List.of("min-users", "pairs-per-item")) {
      String message = error(MINIMAL + "[together]\nenabled = true\n" + key + " = 0\n");
      assertTrue(message.contains(key) && message.contains("is 0, must be at least 1"), message);
      assertTrue(message.contains("together"), message);
    }
  }

  @Test
  void brokenTomlIsToldWithItsLine() {
    String message =
        assertThrows(InputException.class, () -> read(MINIMAL + "weight = = 3\n")).getMessage();
    assertTrue(message.contains("site.toml, line 7: not valid TOML: "), message);
    assertTrue(
        message.endsWith(" at column 10 (a text stands in quotes) in: weight = = 3"), message);
  }

  @Test
  void brokenTomlIsToldWithWhatStandsThere() {
    String twice = "[events]\nfile = \"a\"\nfile = \"b\"\n";
    for (String after : List.of("", "\n# remark\n", "user = \"u\"\n")) {
      assertTrue(
          error(twice + after).endsWith("line 3: not valid TOML: Duplicate key in: file = \"b\""));
    }
    assertTrue(error("[events]\nx = [1,\n\n").endsWith(" in: x = [1,"));
    assertTrue(
        error("[events]\n  file = \"log.csv\n").endsWith(" at column 18 in: file = \"log.csv"));
    for (String secret :
        List.of("[tokens]\nadmin = se_cret\n", "[a]\n[tokens]\n# x\nadmin = \"se_cret\n")) {
      assertTrue(error(secret).endsWith(" in: admin ..."), error(secret));
    }
    assertTrue(error("tokens = { admin = se_cret }\n").endsWith(" in: tokens ..."));
    String wide = error("a = \u001b" + "x".repeat(500) + "\n");
    assertTrue(wide.endsWith("xxx...") && wide.length() < 300, wide);
    assertTrue(wide.chars().noneMatch(Character::isISOControl), wide);
  }

  @Test
  void aMissingOrEmptyFileIsNamed() throws IOException {
    Path missing = directory.resolve("none.toml");
    InputException e = assertThrows(InputException.class, () -> TrainConfig.read(missing, false));
    assertEquals(missing + ": no such configuration file; check --config", e.getMessage());
    assertTrue(error("").contains("empty; it needs at least [events]"));
  }

  private TrainConfig read(String text) throws IOException {
    return TrainConfig.read(Files.writeString(directory.resolve("site.toml"), text), false);
  }

  /** The message of the error, after the file's name. */
  private String error(String text) {
    InputException e = assertThrows(InputException.class, () -> read(text));
    String prefix = directory.resolve("site.toml").toString();
    assertTrue(e.getMessage().startsWith(prefix), e.getMessage());
    return e.getMessage().substring(prefix.length() + 2);
  }
}
