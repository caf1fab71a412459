package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.app.config.MmoeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a specification of {@code mmoe} may say, and how it is told what it may not. */
final class MmoeSpecTest extends MmoeRuns {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("basedir", "."))
          .toAbsolutePath()
          .resolve("../docs/examples/mmoe")
          .normalize();

  @Test
  void aLabelAmongTheInputsIsRefused() throws IOException {
    Files.writeString(spec, SPEC.replace("numeric = [\"price\"]", "numeric = [\"outcome\"]"));
    Run run = run();
    assertEquals(3, run.exitCode());
    assertTrue(run.err().contains("'outcome', which is the label of task bought"), run.err());
    assertRefused(
        "group = \"list\"\n\n[bias]",
        "group = [\"list\", \"outcome\"]\n\n[bias]",
        "'outcome', which is the label of task bought");
  }

  @Test
  void thePositionAmongTheInputsIsRefused() throws IOException {
    String message = "'place', which is the position of [lists]";
    assertRefused("categorical = [\"list\"]", "categorical = [\"list\", \"place\"]", message);
    assertRefused("numeric = [\"price\"]", "numeric = [\"place\"]", message);
    assertRefused("group = \"list\"\n\n[bias]", "group = [\"list\", \"place\"]\n\n[bias]", message);
  }

  @Test
  void listsAreRatedByABinaryTaskAndTheErrorNamesThose() throws IOException {
    assertRefused(
        "task = \"click\"",
        "task = \"seconds\"",
        "[lists] task is \"seconds\", a regression, which has no clicks; name one of click,"
            + " bought");
    assertRefused(
        "task = \"click\"",
        "task = \"clik\"",
        "[lists] task is \"clik\", no task of this file; name one of click, bought");
    assertRefused(
        "name = \"click\"\n\n"
            + "[[tasks]]\n"
            + "name = \"bought\"\n"
            + "column = \"outcome\"\n"
            + "positive = \"yes\"\n",
        "name = \"price\"\n"
            + "kind = \"regression\"\n\n"
            + "[[tasks]]\n"
            + "name = \"place\"\n"
            + "kind = \"regression\"\n",
        "[lists] task has none to name: lists are rated by clicks");
  }

  @Test
  void withoutATaskListsTakeTheFirstBinaryOne() throws IOException {
    Files.writeString(
        spec,
        SPEC.replace("task = \"click\"\n", "")
            .replace("name = \"click\"", "name = \"click\"\nkind = \"regression\""));
    assertEquals("bought", MmoeSpec.read(spec, Optional.empty()).lists().orElseThrow().task());
  }

  @Test
  void aLabelNeitherPlacesNorSplitsRows() throws IOException {
    assertRefused(
        "position = \"place\"",
        "position = \"outcome\"",
        "[lists] position is 'outcome', the label of task bought");
    assertRefused(
        "by = \"column\"\ncolumn = \"list\"",
        "by = \"time\"\ncolumn = \"seconds\"",
        "[split] column is 'seconds', the label of task seconds");
  }

  @Test
  void keysThatWouldDoNothingAreRefusedByName() throws IOException {
    String bias = "[bias]\ncategorical = [\"place\"]\n";
    assertRefused(
        bias,
        bias + "mode = \"multiplicative\"\ndropout = 0.1\n",
        "[bias] dropout is for mode = \"additive\"");
    assertRefused(
        bias, "[bias]\nmode = \"additive\"\n", "[bias] mode has no effect without columns");
    assertRefused(bias, "[bias]\ndropout = 0.1\n", "[bias] dropout has no effect without columns");
    assertRefused(
        "hashed = [\"color\"]\n", "", "[inputs] buckets has no effect without hashed columns");
    assertRefused(
        "multi = [\"tags\"]\n",
        "separator = \"|\"\n",
        "[inputs] separator has no effect without multi columns");
    assertRefused(
        "relative = [\"price\"]\n", "", "[inputs] group has no effect without relative columns");
    assertRefused(
        bias, bias + "separator = \"|\"\n", "[bias] separator has no effect without multi columns");
    assertRefused(
        "kind = \"regression\"",
        "kind = \"regression\"\nat-least = 1",
        "at-least is for binary tasks");
    assertRefused(
        "positive = \"yes\"",
        "positive = \"yes\"\nat-least = 1",
        "at-least has no effect beside positive");
  }

  @Test
  void keysOfSplitsAndTasksThatWouldDoNothingAreRefused() throws IOException {
    String split = "by = \"column\"\ncolumn = \"list\"\n";
    assertRefused(
        split,
        "by = \"random\"\ncolumn = \"list\"\n",
        "[split] column has no effect with by = \"random\"");
    assertRefused(
        split,
        "by = \"time\"\ncolumn = \"list\"\nseed = 4\n",
        "[split] seed has no effect with by = \"time\"");
    assertRefused(
        "[bias]\ncategorical = [\"place\"]\n\n[[tasks]]\n",
        "[[tasks]]\nbiased = true\n",
        "number 1 biased has no effect without [bias] columns");
  }

  @Test
  void twoFeaturesOfOneColumnAreRefusedByTheirKeys() throws IOException {
    assertRefused(
        "hashed = [\"color\"]",
        "hashed = [\"list\"]",
        "[inputs] hashed names column 'list', and so does categorical; take it out of one of them");
    assertRefused(
        "numeric = [\"price\"]",
        "numeric = [\"tags\"]",
        "[inputs] numeric names column 'tags', and so does multi");
    assertRefused(
        "relative = [\"price\"]",
        "relative = [\"price\", \"price\"]",
        "[inputs] relative names column 'price' twice; take one out");
    Files.writeString(
        spec, SPEC.replace("numeric = [\"price\"]", "numeric = [\"price\", \"item\"]"));
    assertEquals(7, MmoeSpec.read(spec, Optional.empty()).inputs().size());
  }

  @Test
  void valuesOutOfRangeAreToldByTheirKeysAsTheyWereWritten() throws IOException {
    assertRefused(
        "embedding-dim = 4",
        "embedding-dim = 0",
        "[network] embedding-dim is 0, must be 1 to 16384");
    assertRefused(
        "experts = 2", "experts = 100000000", "[network] experts is 100000000, must be 1 to 1024");
    assertRefused(
        "hidden = [8]", "hidden = [8, 0]", "[network] hidden holds 0, must be 1 to 16384");
    assertRefused("hidden = [8]", "hidden = []", "[network] hidden is empty");
    assertRefused("epochs = 3", "epochs = 0", "[network] epochs is 0, must be at least 1");
    assertRefused(
        "unknown-ids = 0.2",
        "unknown-ids = -1",
        "[network] unknown-ids is -1, must be at least 0 and below 1");
    assertRefused(
        "learning-rate = 0.01",
        "learning-rate = 0",
        "[network] learning-rate is 0, must be finite and more than 0");
    assertRefused("epochs = 3", "weight-decay = inf", "[network] weight-decay is ");
    String bias = "[bias]\ncategorical = [\"place\"]\n";
    assertRefused(
        bias, bias + "dropout = 1.0\n", "[bias] dropout is 1, must be at least 0 and below 1");
    assertRefused(
        "by = \"column\"\ncolumn = \"list\"\n", "by = \"time\"\n", "[split] column is missing");
    Files.writeString(spec, SPEC);
    Run none = run("--epochs", "0");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("--epochs is 0, must be at least 1"), none.err());
  }

  @Test
  void keysOfABiasTowerStandWhereTheyAreOfUse() throws IOException {
    String bias = "[bias]\ncategorical = [\"place\"]\n";
    Files.writeString(spec, SPEC.replace(bias, bias + "mode = \"additive\"\ndropout = 0.3\n"));
    assertEquals(0.3, MmoeSpec.read(spec, Optional.empty()).options().biasDropout());
  }

  /** As the device of a list: what is known when it is ranked may stand in both. */
  @Test
  void anotherColumnMayBeAnInputAndABiasFeature() throws IOException {
    Files.writeString(
        spec, SPEC.replace("categorical = [\"place\"]", "categorical = [\"place\", \"color\"]"));
    assertEquals(2, MmoeSpec.read(spec, Optional.empty()).bias().size());
  }

  @Test
  void unknownKeysAndMissingColumnsAreNamed() throws IOException {
    Files.writeString(spec, SPEC.replace("experts = 2", "expert = 2"));
    Run typo = run();
    assertEquals(3, typo.exitCode());
    assertTrue(typo.err().contains("did you mean experts?"), typo.err());
    Files.writeString(spec, SPEC.replace("ids = [\"item\"]", "ids = [\"itm\"]"));
    Run missing = run();
    assertEquals(3, missing.exitCode());
    assertTrue(missing.err().contains("has no column 'itm'"), missing.err());
  }

  @Test
  void idsReadAsUnknownInAShareOfTheRowsAndTheRestDoesNot() throws IOException {
    Set<String> hashes = new HashSet<>();
    for (String text :
        List.of(
            SPEC,
            SPEC.replace("unknown-ids = 0.2", "unknown-ids = 0"),
            SPEC.replace(
                "categorical = [\"list\"]\nids = [\"item\"]", "ids = [\"list\", \"item\"]"))) {
      Files.writeString(spec, text);
      Run run = run("--json");
      assertEquals(0, run.exitCode(), run.err());
      hashes.add(JSON.std.mapFrom(run.lines().getFirst()).get("modelHash").toString());
    }
    assertEquals(3, hashes.size());
  }

  @Test
  void idsInTheBiasTowerAndAShareWithoutIdsAreRefused() throws IOException {
    Files.writeString(
        spec, SPEC.replace("[bias]\ncategorical = [\"place\"]", "[bias]\nids = [\"place\"]"));
    Run bias = run();
    assertEquals(3, bias.exitCode());
    assertTrue(bias.err().contains("the bias tower reads no value as unknown"), bias.err());
    Files.writeString(spec, SPEC.replace("ids = [\"item\"]\n", ""));
    Run none = run();
    assertEquals(3, none.exitCode());
    assertTrue(none.err().contains("has no effect without ids"), none.err());
  }

  @Test
  void aPositiveTextThatNoRowHasIsRefused() throws IOException {
    Files.writeString(spec, SPEC.replace("positive = \"yes\"", "positive = \"Yes\""));
    Run typo = run();
    assertEquals(3, typo.exitCode());
    assertTrue(typo.err().contains("no row has 'Yes' in column 'outcome'"), typo.err());
    Files.writeString(
        spec, SPEC.replace("kind = \"regression\"", "kind = \"regression\"\npositive = \"1\""));
    Run regression = run();
    assertEquals(3, regression.exitCode());
    assertTrue(regression.err().contains("is for binary tasks"), regression.err());
  }

  @Test
  void textInANumericColumnIsCountedAndRefused() throws IOException {
    Files.writeString(spec, SPEC.replace("numeric = [\"price\"]", "numeric = [\"color\"]"));
    Run run = run();
    assertEquals(3, run.exitCode());
    assertTrue(run.err().contains("2000 of 2000 values of column 'color'"), run.err());
  }

  @Test
  void theExamplesAreValid() throws IOException {
    try (Stream<Path> examples = Files.list(EXAMPLES)) {
      List<Path> files = examples.toList();
      assertEquals(4, files.size(), files.toString());
      for (Path file : files) {
        assertTrue(!MmoeSpec.read(file, Optional.empty()).tasks().isEmpty(), file.toString());
      }
    }
  }
}
