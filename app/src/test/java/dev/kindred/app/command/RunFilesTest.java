package dev.kindred.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class RunFilesTest {
  private static final String PAIRS = "u1 i1 i2\nu2 i2 i3\n";

  @TempDir Path directory;
  private Path train;
  private Path test;

  @BeforeEach
  void writeSplit() throws IOException {
    train = Files.writeString(directory.resolve("tr.txt"), PAIRS);
    test = Files.writeString(directory.resolve("te.txt"), PAIRS);
  }

  private void assertRefused(String said, String... arguments) throws IOException {
    Run run = Run.kindred(arguments);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(said + ", which would be overwritten; name another"), run.err());
    assertEquals(PAIRS, Files.readString(train));
    assertEquals(PAIRS, Files.readString(test));
  }

  private String[] twoTower(String... more) {
    String[] arguments = new String[5 + more.length];
    arguments[0] = "two-tower";
    arguments[1] = "--train";
    arguments[2] = train.toString();
    arguments[3] = "--test";
    arguments[4] = test.toString();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return arguments;
  }

  @Test
  void whatIsReadIsNotWrittenOver() throws IOException {
    String t = train.toString();
    assertRefused("--save " + t + " is the file of --train too", twoTower("--save", t));
    assertRefused(
        "--checkpoint " + test + " is the file of --test too",
        twoTower("--checkpoint", test.toString()));
    assertRefused(
        "--log " + t + " is the file of --train too", "tune", "als", "--train", t, "--log", t);
    Path kids = Files.move(train, directory.resolve("users.kids"));
    Run als =
        Run.kindred("als", "--train", kids.toString(), "--test", t, "--save", directory.toString());
    assertEquals(2, als.exitCode(), als.err());
    assertTrue(als.err().contains("--save " + kids + " is the file of --train"), als.err());
    assertEquals(PAIRS, Files.readString(kids));
  }

  @Test
  void aPageIsNotWrittenOverTheConfigurationOrTheLog() throws IOException {
    String config =
        """
        [events]
        file = "log.csv"
        user = "u"
        item = "i"

        [[objectives]]
        name = "click"
        """;
    Path site = Files.writeString(directory.resolve("site.toml"), config);
    Path log = Files.writeString(directory.resolve("log.csv"), "u,i\na,b\n");
    for (Path page : new Path[] {site, log}) {
      Run run = Run.kindred("evaluate", "--config", site.toString(), "--report", page.toString());
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("--report " + page + " is the file of "), run.err());
    }
    assertEquals(config, Files.readString(site));
  }

  @Test
  void twoResultsHaveTwoFilesWhetherTheyAreThereOrNot() throws IOException {
    String model = directory.resolve("model").toString();
    String other = directory.resolve("./model").toString();
    assertRefused(
        "--checkpoint " + other + " is the file of --save too",
        twoTower("--save", model, "--checkpoint", other));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anotherSpellingAndALinkAreTheSameFile() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), train);
    Path spelt = directory.resolve("../" + directory.getFileName() + "/tr.txt");
    for (Path same : new Path[] {link, spelt}) {
      assertRefused(
          "--save " + same + " is the file of --train too", twoTower("--save", same.toString()));
    }
  }
}
