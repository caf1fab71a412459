package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.app.config.MmoeSpec;
import dev.kindred.app.tasks.RowSplit;
import dev.kindred.app.tasks.TaskTable;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MmoeCommandTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("basedir", "."))
          .toAbsolutePath()
          .resolve("../docs/examples/mmoe")
          .normalize();

  private static final String SPEC =
      """
      [table]
      file = "shown.csv"

      [inputs]
      categorical = ["list"]
      ids = ["item"]
      hashed = ["color"]
      buckets = 8
      multi = ["tags"]
      numeric = ["price"]
      relative = ["price"]
      group = "list"

      [bias]
      categorical = ["place"]

      [[tasks]]
      name = "click"

      [[tasks]]
      name = "bought"
      column = "outcome"
      positive = "yes"
      weight = 0.5

      [[tasks]]
      name = "seconds"
      kind = "regression"

      [lists]
      group = "list"
      position = "place"
      task = "click"

      [split]
      by = "column"
      column = "list"

      [network]
      experts = 2
      hidden = [8]
      tower-hidden = []
      embedding-dim = 4
      unknown-ids = 0.2
      batch = 128
      learning-rate = 0.01
      epochs = 3
      """;

  @TempDir Path directory;
  private Path spec;

  /** Lists of five items; good ones are clicked where they are seen. */
  @BeforeEach
  void writeTable() throws IOException {
    Draws draws = Draws.of(3, "shown");
    List<String> lines = new ArrayList<>();
    lines.add("list,place,item,color,tags,price,click,outcome,seconds");
    for (int list = 0; list < 400; list++) {
      for (int place = 1; place <= 5; place++) {
        int item = draws.nextInt(20);
        boolean click = draws.nextDouble() < (0.1 + 0.8 * item / 20) / place;
        lines.add(
            "%d,%d,i%d,c%d,t%d|t%d,%d,%d,%s,%s"
                .formatted(
                    list,
                    place,
                    item,
                    item % 3,
                    item % 4,
                    item % 5,
                    100 + item,
                    click ? 1 : 0,
                    click && draws.nextDouble() < 0.5 ? "yes" : "no",
                    click ? 10 + item : ""));
      }
    }
    Files.write(directory.resolve("shown.csv"), lines);
    spec = Files.writeString(directory.resolve("spec.toml"), SPEC);
  }

  private Run run(String... more) {
    List<String> arguments = new ArrayList<>(List.of("mmoe", "--spec", spec.toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return Run.kindred(arguments.toArray(String[]::new));
  }

  @Test
  void jsonHasALinePerNetworkWithScoresGatesListsAndHash() throws IOException {
    Run run = run("--json", "--baselines", "--threads", "2");
    assertEquals(0, run.exitCode(), run.err());
    List<Object> models = new ArrayList<>();
    for (String line : run.lines()) {
      models.add(JSON.std.mapFrom(line).get("model"));
    }
    assertEquals(
        List.of(
            "mmoe",
            "mmoe without bias tower",
            "shared bottom",
            "single task",
            "logistic regression"),
        models);
    Map<String, Object> first = JSON.std.mapFrom(run.lines().getFirst());
    List<?> tasks = (List<?>) first.get("tasks");
    Map<?, ?> click = (Map<?, ?>) tasks.getFirst();
    double auc = ((Number) click.get("auc")).doubleValue();
    assertTrue(auc > 0.6 && auc > ((Number) click.get("low")).doubleValue(), click.toString());
    assertTrue(((Map<?, ?>) tasks.get(2)).containsKey("rmse"));
    assertEquals(3, ((List<?>) first.get("gates")).size());
    assertEquals(5, ((List<?>) first.get("positionCurve")).size());
    assertTrue(((Number) first.get("positionCorrelation")).doubleValue() < -0.8, first.toString());
    assertTrue(((Number) first.get("weightedNdcg")).doubleValue() > 0.4);
    assertTrue(((Number) first.get("validationScore")).doubleValue() > 0.4);
    assertEquals(64, first.get("modelHash").toString().length());
  }

  @Test
  void theTextRanksTheListsByTheModelAndByEachBaselineAsJsonDoes() throws IOException {
    String[] same = {"--baselines", "--epochs", "1", "--threads", "1"};
    Run text = run(same);
    assertEquals(0, text.exitCode(), text.err());
    List<String> lines = text.out().lines().toList();
    List<String> ranked = lines.subList(lines.indexOf("") + 1, lines.size());
    assertEquals(
        "model lists ndcg weighted ndcg position correlation",
        ranked.getFirst().replaceAll(" +", " "));
    Run json = run(Stream.concat(Stream.of("--json"), Stream.of(same)).toArray(String[]::new));
    assertEquals(5, json.lines().size(), json.out());
    assertEquals(6, ranked.size(), text.out());
    for (int i = 0; i < 5; i++) {
      Map<String, Object> each = JSON.std.mapFrom(json.lines().get(i));
      String expected = each.get("model").toString();
      for (String key : List.of("lists", "ndcg", "weightedNdcg", "positionCorrelation")) {
        assertEquals(
            !each.containsKey(key),
            key.equals("positionCorrelation") && expected.startsWith("mmoe without bias tower"),
            key + " of " + each);
        expected += each.containsKey(key) ? " " + each.get(key) : "";
      }
      assertEquals(expected, ranked.get(i + 1).replaceAll(" +", " "));
    }
  }

  @Test
  void withoutListsTheTextHasOneTable() throws IOException {
    Files.writeString(
        spec,
        SPEC.replace("[lists]\ngroup = \"list\"\nposition = \"place\"\ntask = \"click\"\n", ""));
    Run run = run("--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(4, run.lines().size(), run.out());
    assertTrue(!run.out().contains("ndcg"), run.out());
  }

  @Test
  void theHashIsTheSameForAnyNumberOfThreadsAndSeedsAreAveraged() throws IOException {
    Path weights = directory.resolve("weights.safetensors");
    Run one = run("--json", "--threads", "1", "--seeds", "2", "--save", weights.toString());
    Run three = run("--json", "--threads", "3", "--seeds", "2");
    assertEquals(0, one.exitCode(), one.err());
    assertEquals(3, one.lines().size());
    for (int line = 0; line < 2; line++) {
      assertEquals(
          JSON.std.mapFrom(one.lines().get(line)).get("modelHash"),
          JSON.std.mapFrom(three.lines().get(line)).get("modelHash"));
    }
    assertEquals(2, JSON.std.mapFrom(one.lines().getLast()).get("seeds"));
    MmoeModel loaded = MmoeModel.load(weights);
    assertEquals(JSON.std.mapFrom(one.lines().getFirst()).get("modelHash"), loaded.hash());
  }

  @Test
  void theSavedFileAloneEncodesRawRowsAsTheTrainingDid() throws IOException {
    Path weights = directory.resolve("weights.safetensors");
    Run run = run("--json", "--epochs", "1", "--save", weights.toString());
    assertEquals(0, run.exitCode(), run.err());
    MmoeModel model = MmoeModel.load(weights);
    MmoeSpec parsed = MmoeSpec.read(spec, Optional.empty());
    TextColumns table =
        TextColumns.read(parsed.source(), parsed.columns(), parsed.limits(), Progress.none());
    RowSplit split = RowSplit.of(table, parsed.split(), parsed.limits());
    TaskTable trained = TaskTable.of(table, parsed, split.train());
    List<List<String>> rows =
        Files.readAllLines(directory.resolve("shown.csv")).stream()
            .skip(1)
            .map(line -> List.of(line.split(",", -1)))
            .toList();
    FeatureTable.Builder builder = FeatureTable.builder(rows.size());
    for (Feature feature : model.features()) {
      switch (feature.name()) {
        case "list" -> builder.text(feature, column(rows, 0));
        case "item" -> builder.text(feature, column(rows, 2));
        case "color" -> builder.text(feature, column(rows, 3));
        case "tags" ->
            builder.texts(
                feature, column(rows, 4).stream().map(text -> List.of(text.split("\\|"))).toList());
        case "price" -> builder.numeric(feature, prices(rows));
        case "price by list" -> builder.numeric(feature, relativePrices(rows));
        default -> throw new AssertionError("nothing in the table is called " + feature);
      }
    }
    FeatureTable places =
        FeatureTable.builder(rows.size())
            .text(model.biasFeatures().getFirst(), column(rows, 1))
            .build();
    try (Workers workers = Workers.of(1)) {
      assertArrayEquals(
          model.predictSeen(trained.inputs(), trained.bias().orElseThrow(), split.test(), workers),
          model.predictSeen(builder.build(), places, split.test(), workers));
    }
  }

  private static List<String> column(List<List<String>> rows, int column) {
    return rows.stream().map(row -> row.get(column)).toList();
  }

  private static float[] prices(List<List<String>> rows) {
    float[] prices = new float[rows.size()];
    for (int row = 0; row < prices.length; row++) {
      prices[row] = Float.parseFloat(rows.get(row).get(5));
    }
    return prices;
  }

  /** A price over the mean of those of its list, whose five rows follow each other. */
  private static float[] relativePrices(List<List<String>> rows) {
    float[] prices = prices(rows);
    float[] relative = new float[prices.length];
    for (int row = 0; row < prices.length; row++) {
      double sum = 0;
      for (int i = row - row % 5; i < row - row % 5 + 5; i++) {
        sum += prices[i];
      }
      relative[row] = (float) (prices[row] / (sum / 5));
    }
    return relative;
  }

  @Test
  void aSplitByTimeMeasuresTheLatestRowsAndTheTableIsForReaders() throws IOException {
    Files.writeString(
        spec,
        SPEC.replace("by = \"column\"\ncolumn = \"list\"", "by = \"time\"\ncolumn = \"list\""));
    Run run = run("--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("bought"), run.out());
  }

  /** Later lists know nothing of outcome and seconds, have no click, and all rows at one place. */
  @Test
  void whatTheHeldOutRowsDoNotSayIsLeftOutAndNotPrintedAsZero() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(directory.resolve("shown.csv")));
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      if (Integer.parseInt(cells[0]) >= 280) {
        cells[1] = "1";
        cells[6] = "0";
        cells[7] = "";
        cells[8] = "";
        lines.set(i, String.join(",", cells));
      }
    }
    Files.write(directory.resolve("shown.csv"), lines);
    Files.writeString(spec, SPEC.replace("by = \"column\"", "by = \"time\""));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--json", "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().getFirst());
    List<?> tasks = (List<?>) result.get("tasks");
    assertEquals(
        Set.of("task", "rows", "positives", "logLoss"), ((Map<?, ?>) tasks.getFirst()).keySet());
    assertEquals(Map.of("task", "bought", "rows", 0, "positives", 0), tasks.get(1));
    assertEquals(Map.of("task", "seconds", "rows", 0), tasks.get(2));
    assertEquals(0, result.get("lists"));
    assertEquals(1, ((List<?>) result.get("positionCurve")).size());
    for (String key : List.of("ndcg", "weightedNdcg", "positionCorrelation", "validationScore")) {
      assertFalse(result.containsKey(key), key);
    }
    for (String task : List.of("bought", "seconds")) {
      String note = "task " + task + " has no label in the 400 rows to measure on";
      assertTrue(run.err().contains(note), run.err());
    }
    assertFalse(run.err().contains("task click has no label"), run.err());
    Run text = run("--epochs", "1", "--baselines", "--seeds", "2");
    assertEquals(0, text.exitCode(), text.err());
    String bought = text.lines().stream().filter(l -> l.contains("bought")).findFirst().get();
    assertTrue(bought.matches("mmoe +bought( +-){3} .*"), bought);
  }

  /** All rows are of one time, so none is later than the others. */
  @Test
  void withoutRowsToMeasureOnThereAreNoFiguresAndNoGates() throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("shown.csv"));
    Files.write(
        directory.resolve("shown.csv"),
        lines.stream().map(line -> line + (line.startsWith("list") ? ",day" : ",1")).toList());
    Files.writeString(
        spec,
        SPEC.replace("by = \"column\"\ncolumn = \"list\"", "by = \"time\"\ncolumn = \"day\""));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--json", "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("task click has no label in the 0 rows"), run.err());
    Map<String, Object> result = JSON.std.mapFrom(run.lines().getFirst());
    assertEquals(
        Set.of(
            "model",
            "seed",
            "tasks",
            "lists",
            "positionCurve",
            "epochs",
            "bestEpoch",
            "trainSeconds",
            "modelHash"),
        result.keySet());
    assertEquals(
        Map.of("task", "click", "rows", 0, "positives", 0),
        ((List<?>) result.get("tasks")).getFirst());
  }

  @Test
  void aCheckpointOfMoreEpochsThanAreAskedForIsRefused() {
    String file = directory.resolve("checkpoint.safetensors").toString();
    assertEquals(0, run("--checkpoint", file, "--epochs", "2").exitCode());
    Run fewer = run("--checkpoint", file, "--epochs", "1");
    assertEquals(3, fewer.exitCode(), fewer.err());
    assertTrue(fewer.err().contains("is a checkpoint after 2 epochs"), fewer.err());
  }

  @Test
  void theModelIsNotWrittenOverTheTableOrTheSpecification() throws IOException {
    Path table = directory.resolve("shown.csv");
    String rows = Files.readString(table);
    for (Path save : List.of(table, spec)) {
      Run run = run("--save", save.toString());
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("--save " + save + " is the file of "), run.err());
      assertTrue(run.err().contains("--spec too"), run.err());
    }
    Run data = run("--data", table.toString(), "--checkpoint", table.toString());
    assertEquals(2, data.exitCode(), data.err());
    assertTrue(data.err().contains("is the file of --data too"), data.err());
    assertEquals(rows, Files.readString(table));
    assertEquals(SPEC, Files.readString(spec));
  }

  @Test
  void otherDataAreReadByTheirOwnNameUnlessTheSpecificationGivesTheFormat() throws IOException {
    List<String> rows = Files.readAllLines(directory.resolve("shown.csv"));
    List<String> json = new ArrayList<>();
    for (String row : rows.subList(1, rows.size())) {
      Map<String, Object> object = new LinkedHashMap<>();
      String[] names = rows.getFirst().split(",");
      String[] cells = row.split(",", -1);
      for (int c = 0; c < names.length; c++) {
        object.put(names[c], cells[c]);
      }
      json.add(JSON.std.asString(object));
    }
    List<String> tabs = rows.stream().map(row -> row.replace(',', '\t')).toList();
    Path jsonl = Files.write(directory.resolve("other.jsonl"), json);
    Path tsv = Files.write(directory.resolve("other.tsv"), tabs);
    Path dat = Files.write(directory.resolve("other.dat"), rows);
    Set<String> hashes = new HashSet<>();
    for (Path data : List.of(directory.resolve("shown.csv"), jsonl, tsv, dat)) {
      Run run = run("--json", "--epochs", "1", "--data", data.toString());
      assertEquals(0, run.exitCode(), run.err());
      hashes.add(JSON.std.mapFrom(run.lines().getFirst()).get("modelHash").toString());
    }
    assertEquals(1, hashes.size(), "the same rows in four files");
    Files.writeString(
        spec, SPEC.replace("file = \"shown.csv\"", "file = \"shown.csv\"\nformat = \"tsv\""));
    Path named = Files.move(tsv, directory.resolve("tabs.csv"));
    assertEquals(0, run("--epochs", "1", "--data", named.toString()).exitCode());
  }

  @Test
  void aSpecificationThatIsNoneIsToldByItsOption() throws IOException {
    Path missing = directory.resolve("nope.toml");
    Path empty = Files.createFile(directory.resolve("empty.toml"));
    Map<Path, String> said =
        Map.of(
            missing, "no such specification file; check --spec",
            directory, "is a directory; --spec names the file in it",
            empty, "empty; it needs [table], [inputs] and one [[tasks]]");
    said.forEach(
        (path, text) -> {
          Run run = Run.kindred("mmoe", "--spec", path.toString());
          assertEquals(3, run.exitCode(), run.err());
          assertTrue(run.err().contains(path + ": " + text), run.err());
        });
  }

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

  private void assertRefused(String part, String changed, String message) throws IOException {
    assertTrue(SPEC.contains(part), part);
    Files.writeString(spec, SPEC.replace(part, changed));
    InputException e =
        assertThrows(InputException.class, () -> MmoeSpec.read(spec, Optional.empty()), changed);
    assertTrue(e.getMessage().contains(message), e.getMessage());
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

  /** All within the limits, 100 rows: they were dropped and ignored without a word. */
  @Test
  void skippedRowsAndCellsThatAreNoNumbersAreNoted() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(directory.resolve("shown.csv")));
    for (int i = 40; i < 115; i++) {
      lines.set(i, "1,2");
    }
    lines.set(16, lines.get(16).replaceFirst("(,\\d+),[01],", "$1,maybe,"));
    lines.set(17, lines.get(17).replaceFirst(",\\d+,([01],)", ",NaN,$1"));
    lines.set(18, lines.get(18).replaceFirst(",\\d+,([01],)", ",Infinity,$1"));
    lines.set(19, lines.get(19).replaceFirst(",\\d+,", ",top,"));
    Files.write(directory.resolve("shown.csv"), lines);
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    for (String note :
        List.of(
            "75 rows skipped, the first in line 41: ",
            "1 label of task click is no finite number, the first, 'maybe', in line 17: such rows",
            "2 values of column 'price' are no finite numbers, the first, 'NaN', in line 18: they",
            "1 value of column 'place' is no finite number, the first, 'top', in line 20: such")) {
      assertTrue(run.err().contains(note), run.err());
    }
    assertFalse(run.err().contains("task seconds is no"), run.err()); // empty cells are missing
    assertEquals("", run("--epochs", "1").err());
  }

  @Test
  void aNetworkThatIsWorseThanTheMeanIsNoted() throws IOException {
    Files.writeString(spec, SPEC.replace("learning-rate = 0.01", "learning-rate = 1000"));
    Run run = Run.kindred("mmoe", "--spec", spec.toString(), "--epochs", "1");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("mmoe: task click is worse than its mean"), run.err());
    Files.writeString(spec, SPEC);
    Run usual = Run.kindred("mmoe", "--spec", spec.toString());
    assertEquals(0, usual.exitCode(), usual.err());
    assertFalse(usual.err().contains("task click is worse than its mean"), usual.err());
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
