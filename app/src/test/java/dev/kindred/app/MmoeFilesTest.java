package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.kindred.app.config.MmoeSpec;
import dev.kindred.app.tasks.RowSplit;
import dev.kindred.app.tasks.TaskTable;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
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
import org.junit.jupiter.api.Test;

/**
 * Tables and specifications as {@code mmoe} finds them, models and checkpoints as it leaves them.
 */
final class MmoeFilesTest extends MmoeRuns {
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
  void aCheckpointOfMoreEpochsThanAreAskedForIsRefused() {
    String file = directory.resolve("checkpoint.safetensors").toString();
    assertEquals(0, run("--checkpoint", file, "--epochs", "2").exitCode());
    Run fewer = run("--checkpoint", file, "--epochs", "1");
    assertEquals(3, fewer.exitCode(), fewer.err());
    assertTrue(fewer.err().contains("is a checkpoint after 2 epochs"), fewer.err());
  }

  @Test
  void aCheckpointOfOtherTasksOptionsOrNetworksIsToldWithBoth() throws IOException {
    String file = directory.resolve("checkpoint.safetensors").toString();
    assertEquals(0, run("--checkpoint", file, "--epochs", "1").exitCode());
    Files.writeString(spec, SPEC.replace("weight = 0.5", "weight = 0.25"));
    Run tasks = run("--checkpoint", file);
    assertEquals(3, tasks.exitCode(), tasks.err());
    assertTrue(
        tasks.err().contains("made with tasks click (binary of weight 1.0, biased), "),
        tasks.err());
    assertTrue(tasks.err().contains("bought (binary of weight 0.25, biased)"), tasks.err());
    Files.writeString(spec, SPEC.replace("experts = 2", "sharing = \"one-gate\""));
    Run shared = run("--checkpoint", file);
    assertEquals(3, shared.exitCode(), shared.err());
    assertTrue(
        shared
            .err()
            .contains("made with sharing gate-per-task, now one-gate, and with experts 2, now 8;"),
        shared.err());
    Path pairs = Files.writeString(directory.resolve("pairs.csv"), "user,item\na,x\nb,y\na,y\n");
    Run towers =
        Run.kindred(
            "two-tower",
            "--train",
            pairs.toString(),
            "--test",
            pairs.toString(),
            "--checkpoint",
            file);
    assertEquals(3, towers.exitCode(), towers.err());
    assertTrue(
        towers.err().contains("made for a multi-task network, now for a two-tower network;"),
        towers.err());
  }

  /** A cosine that ends with the last epoch is another one for more of them. */
  @Test
  void aCheckpointOfACosineToTheEndIsForItsEpochsAlone() throws IOException {
    Files.writeString(spec, SPEC + "[network.schedule]\nshape = \"cosine\"\n");
    String file = directory.resolve("checkpoint.safetensors").toString();
    assertEquals(0, run("--checkpoint", file, "--epochs", "2").exitCode());
    assertEquals(0, run("--checkpoint", file, "--epochs", "2").exitCode());
    Run more = run("--checkpoint", file, "--epochs", "3");
    assertEquals(3, more.exitCode(), more.err());
    assertTrue(
        more.err().contains("with schedule cosine over 2 epochs, now cosine over 3 epochs;"),
        more.err());
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
}
