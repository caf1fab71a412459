package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} from a log in a file to answers of the snapshot, and what it refuses. */
final class TrainCommandTest {
  private static final String CONFIG =
      """
      [events]
      file = "log.csv"
      user = "user"
      item = "item"
      order = "n"
      [[objectives]]
      name = "click"
      [[objectives]]
      name = "like"
      column = "rating"
      at-least = 4
      [[objectives]]
      name = "dislike"
      polarity = "negative"
      column = "rating"
      at-most = 1
      [items]
      file = "items.csv"
      id = "id"
      [[items.fields]]
      name = "title"
      weight = 0
      [[items.fields]]
      name = "genres"
      kind = "multi"
      [als]
      rank = 8
      iterations = 4
      [tower]
      hidden = [16]
      dim = 8
      embedding-dim = 8
      epochs = 2
      [coordinator]
      hidden = [8, 4]
      epochs = 1
      [related]
      list-length = 20
      """;

  @TempDir Path directory;
  private Path config;

  /** Two tastes of 20 items each; every user sticks to one. */
  @BeforeEach
  void writeWorld() throws IOException {
    Draws draws = Draws.of(5, "log");
    StringBuilder log = new StringBuilder("user,item,rating,n\n");
    for (int user = 0; user < 80; user++) {
      for (int n = 0; n < 12; n++) {
        int item = user % 2 * 20 + draws.nextInt(20);
        log.append("u" + user + ",i" + item + "," + (1 + draws.nextInt(5)) + "," + n + "\n");
      }
    }
    StringBuilder items = new StringBuilder("id,title,genres\n");
    for (int item = 0; item < 40; item++) {
      items.append("i" + item + ",Film " + item + "," + (item < 20 ? "a|b" : "c|d") + "\n");
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Files.writeString(directory.resolve("items.csv"), items);
    config = Files.writeString(directory.resolve("site.toml"), CONFIG);
  }

  @Test
  void aLogBecomesASnapshotThatAnswers() throws IOException {
    Path out = directory.resolve("snapshots");
    Run train = train(out, "--json");
    assertEquals(0, train.exitCode(), train.err());
    assertEquals(1, train.lines().size());
    JsonNode report = new JsonMapper().readTree(train.out());
    assertEquals(40, report.get("items").intValue());
    assertEquals(80, report.get("users").intValue());
    assertTrue(report.get("modelHashes").size() >= 3, train.out());
    assertEquals(0, Run.kindred("verify", "--model", out.toString()).exitCode());

    Run related = Run.kindred("related", "--model", out.toString(), "--item", "i3", "-n", "5");
    assertEquals(0, related.exitCode(), related.err());
    assertEquals("Related to i3  Film 3:", related.lines().getFirst());
    for (String line : related.lines().subList(2, 7)) {
      int item = Integer.parseInt(line.strip().split(" +")[1].substring(1));
      assertTrue(item < 20, "an item of the other taste: " + line);
      assertTrue(line.endsWith("Film " + item), line);
    }
  }

  @Test
  void anySeedAndThreadsGiveTheSameModel() throws IOException {
    String one = hashes(directory.resolve("one"), "--threads", "1", "--seed", "7");
    assertEquals(one, hashes(directory.resolve("two"), "--threads", "3", "--seed", "7"));
    assertFalse(one.equals(hashes(directory.resolve("other"), "--seed", "8")));
  }

  @Test
  void theLiteralReadingOfThePaperTrainsToo() throws IOException {
    Files.writeString(config, CONFIG.replace("epochs = 2", "epochs = 1"));
    Run run = train(directory.resolve("paper"), "--paper");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("40 items related"), run.out());
  }

  @Test
  void everyBadInputIsOneLineAndLeavesNothing() throws IOException {
    refused("usr is not known; did you mean user?", CONFIG.replace("user =", "usr = 1\nuser ="));
    refused("log2.csv", CONFIG.replace("log.csv", "log2.csv"));
    refused("movie", CONFIG.replace("item = \"item\"", "item = \"movie\""));
    refused("stars", CONFIG.replace("column = \"rating\"", "column = \"stars\""));
    refused("genre", CONFIG.replace("name = \"genres\"", "name = \"genre\""));
    refused("rank is 0", CONFIG.replace("rank = 8", "rank = 0"));
    refused("[als.like] rank is -2", CONFIG.replace("[tower]", "[als.like]\nrank = -2\n[tower]"));
    refused(
        "[als] share is not known", CONFIG.replace("[tower]", "[als.share]\nrank = 2\n[tower]"));
    refused("[tower] loss is \"x\"", CONFIG.replace("hidden = [16]", "loss = \"x\""));
    refused("[tower] hidden must be a list", CONFIG.replace("[16]", "16"));
    refused("[coordinator] coordinate option folds", CONFIG.replace("[8, 4]", "[8]\nfolds = 1"));
    Files.writeString(directory.resolve("empty.csv"), "");
    refused("empty.csv", CONFIG.replace("log.csv", "empty.csv"));
    Files.writeString(directory.resolve("header.csv"), "user,item,rating,n\n");
    refused("header.csv", CONFIG.replace("log.csv", "header.csv"));
    Files.writeString(
        directory.resolve("bad.csv"), "user,item,rating,n\n" + "u1,i1,x,y\n".repeat(500));
    refused("bad.csv", CONFIG.replace("log.csv", "bad.csv"));
  }

  @Test
  void aLogAndCatalogueOfOneItemAreRefusedWithTheLeastThatIsNeeded() throws IOException {
    Path log = Files.writeString(directory.resolve("log.csv"), "user,item,rating,n\nu1,i1,3,0\n");
    Path items = directory.resolve("items.csv");
    Files.writeString(items, "id,title,genres\ni1,Film 1,a\n");
    refused(
        log + ": 1 item in the log and the catalogue, and related lists need at least 2", CONFIG);
    // A second one need only be in the catalogue.
    Files.writeString(items, "id,title,genres\ni1,Film 1,a\ni2,Film 2,a\n");
    Run two = train(directory.resolve("two"));
    assertEquals(0, two.exitCode(), two.err());
  }

  @Test
  void aPlaceThatCannotBeWrittenToIsToldBeforeTheWork() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    for (Path out : List.of(file, file.resolve("below"))) {
      Run run = train(out);
      assertEquals(3, run.exitCode(), run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertTrue(run.err().contains(file.toString()), run.err());
    }
    Path out = directory.resolve("snapshots");
    assertEquals(0, train(out).exitCode());
    Path snapshot;
    try (Stream<Path> list = Files.list(out)) {
      snapshot = list.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    Run onto = train(snapshot);
    assertEquals(3, onto.exitCode());
    assertTrue(onto.err().contains("is a snapshot, which never changes"), onto.err());
  }

  @Test
  void thatNoChannelTellsItemsApartIsTheLastLine() throws IOException {
    StringBuilder log = new StringBuilder("user,item,rating,n\n");
    for (int user = 0; user < 30; user++) {
      log.append("u" + user + ",i" + user + ",3,0\n");
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Path out = directory.resolve("off");
    Run run = Run.kindred("train", "--config", config.toString(), "--out", out.toString());
    assertEquals(0, run.exitCode(), run.err());
    String last = run.err().lines().toList().getLast();
    assertTrue(last.startsWith("warning: no channel tells related items from others"), last);
    assertTrue(last.contains("kindred doctor --config " + config), last);
    Run sound = Run.kindred("train", "--config", soundConfig(), "--out", out.toString());
    assertEquals(0, sound.exitCode(), sound.err());
    assertFalse(sound.err().contains("no channel tells"), sound.err());
  }

  @Test
  void warningsArePrintedWholeAndOtherNotesAsACount() throws IOException {
    Path log = directory.resolve("log.csv");
    Files.writeString(log, Files.readString(log).replaceFirst("\nu0,", "\n,"));
    Files.writeString(
        config,
        CONFIG.replace(
            "[items]",
            "[[objectives]]\nname = \"nine\"\nat-least = 9\ncolumn = \"rating\"\n[items]"));
    String[] command = {"train", "--config", config.toString(), "--out", directory + "/levels"};
    Run brief = Run.kindred(command);
    assertEquals(0, brief.exitCode(), brief.err());
    JsonNode json = new JsonMapper().readTree(with(command, "--json").out());
    Run verbose = with(command, "--verbose");
    List<String> warnings = texts(json.get("warnings"));
    List<String> notes = texts(json.get("notes"));
    assertTrue(notes.containsAll(warnings) && notes.size() > warnings.size() + 5, notes + "");
    for (String warning :
        List.of(
            log + ": 960 rows, 1 bad and skipped, 0 bad values ignored",
            log + ": skipped line 2: column 'user' holds no user",
            log + ": objective 'nine' happened in 0 of 959 samples; check its rule",
            "objective 'nine' has no samples and contributes nothing; check its rule")) {
      assertTrue(warnings.contains(warning), warning + " is not in " + warnings);
    }
    List<String> lines = brief.err().lines().toList();
    for (String note : notes) {
      boolean calls = warnings.contains(note);
      assertEquals(calls, lines.contains("warning: " + note), note);
      assertFalse(lines.contains(note), note);
      assertTrue(verbose.err().contains((calls ? "warning: " : "") + note), note);
    }
    String count = notes.size() - warnings.size() + " more notes call for nothing";
    assertTrue(brief.err().contains(count), brief.err());
    assertFalse(verbose.err().contains("call for nothing"), verbose.err());
  }

  @Test
  void aLogWrittenTwiceIsToldAndMended() throws IOException {
    String plain = hashes(directory.resolve("once"));
    Path log = directory.resolve("log.csv");
    String text = Files.readString(log);
    Files.writeString(log, text + text.substring(text.indexOf('\n') + 1));
    Run twice = Run.kindred("train", "--config", config + "", "--out", directory + "/twice");
    assertEquals(0, twice.exitCode(), twice.err());
    String told = "960 of 1920 rows have user, item and time of another, and each counts";
    assertTrue(twice.err().contains("warning: " + log + ": " + told), twice.err());
    Run doctor = Run.kindred("doctor", "--config", config.toString());
    assertTrue(doctor.out().contains("duplicates = \"drop\" under"), doctor.out());
    Files.writeString(config, CONFIG.replace("order =", "duplicates = \"drop\"\norder ="));
    assertEquals(plain, hashes(directory.resolve("mended")));
    refused(
        "must be one of keep, drop", CONFIG.replace("order =", "duplicates = \"all\"\norder ="));
    refused("time or the order", CONFIG.replace("order = \"n\"", "duplicates = \"drop\""));
  }

  private static Run with(String[] command, String more) {
    return Run.kindred(Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  /** The configuration on the log of two tastes. */
  private String soundConfig() throws IOException {
    writeWorld();
    return config.toString();
  }

  private void refused(String message, String text) throws IOException {
    Files.writeString(config, text);
    Path out = directory.resolve("refused");
    Run run = train(out);
    assertEquals(3, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("kindred: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(out), "something was left behind in " + out);
  }

  private String hashes(Path out, String... more) throws IOException {
    Run run =
        train(out, Stream.concat(Stream.of("--json"), Stream.of(more)).toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return new JsonMapper().readTree(run.out()).get("modelHashes").toString();
  }

  private Run train(Path out, String... more) {
    return Run.kindred(
        Stream.concat(
                Stream.of(
                    "train", "--quiet", "--config", config.toString(), "--out", out.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }
}
