package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

final class AnnComparisonTest {
  @TempDir private Path directory;

  @Test
  void printsALineForEachSettingAndTheSpeedsAtThreeRecallsLast() throws Exception {
    Path plot = directory.resolve("plot.svg");
    List<JsonNode> lines =
        run("ann", "--synthetic", "2000x20", "--query-count", "20", "--engines", "kindred")
            .with("--ef", "12,10,40", "--rounds", "2", "--plot", plot.toString())
            .lines();
    assertEquals(4, lines.size());
    double before = 0;
    for (int i = 0; i < 3; i++) {
      JsonNode line = lines.get(i);
      assertEquals("kindred", line.get("engine").asText());
      assertEquals("ef=" + List.of(10, 12, 40).get(i), line.get("setting").asText());
      assertTrue(line.get("recall@10").asDouble() >= before, line.toString());
      before = line.get("recall@10").asDouble();
      for (String field : List.of("qps", "meanMicros", "p50Micros", "p99Micros", "buildSeconds")) {
        assertTrue(line.get(field).asDouble() > 0, field + " of " + line);
      }
      assertTrue(line.get("p50Micros").asDouble() <= line.get("p99Micros").asDouble());
      assertTrue(line.get("bytesPerVector").asDouble() > 20 * 4, line.toString());
    }
    assertTrue(before > 0.9, "recall of the graph: " + before);
    JsonNode speeds = lines.get(3).get("qpsAtRecall").get("kindred");
    assertTrue(speeds.has("0.90") && speeds.has("0.95") && speeds.has("0.99"));
    assertTrue(speeds.get("0.90").asDouble() > 0, lines.get(3).toString());
    Document drawn = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile());
    assertEquals("svg", drawn.getDocumentElement().getTagName());
    assertEquals(1, drawn.getElementsByTagName("polyline").getLength());
  }

  @Test
  void readsFilesAndScansForTheTruth() throws Exception {
    Path files = directory.resolve("files");
    assertEquals(
        0,
        run("generate", "--synthetic", "1000x24", "--query-count", "10")
            .with("--out", files.toString())
            .code());
    String base = files.resolve("base.f32").toString();
    String queries = files.resolve("query.f32").toString();
    List<JsonNode> lines =
        run("ann", "--base", base, "--queries", queries, "--dim", "24", "--limit", "700")
            .with("--engines", "kindred", "--ef", "10", "--rounds", "1", "--metric", "l2")
            .lines();
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).get("recall@10").asDouble() > 0.7, lines.toString());
  }

  @Test
  void modesOfKindredDifferInBytes() throws Exception {
    List<JsonNode> lines =
        run("ann", "--synthetic", "2000x64", "--query-count", "10", "--ef", "60", "--rounds", "1")
            .with("--engines", "kindred-none,kindred-rows,kindred-compact")
            .lines();
    assertEquals(4, lines.size());
    // Vectors, links and codes; the rest is what files and upper levels add.
    double[] bytes = {256 + 128, 256 + 128 + 64, 128 + 128 + 64};
    for (int i = 0; i < bytes.length; i++) {
      JsonNode line = lines.get(i);
      assertEquals(bytes[i] + 9, line.get("bytesPerVector").asDouble(), 6, line.toString());
      assertTrue(line.get("recall@10").asDouble() > 0.8, line.toString());
    }
  }

  @Test
  void peersInJavaAnswerTheSameVectors() throws Exception {
    List<JsonNode> lines =
        run("ann", "--synthetic", "1500x20", "--query-count", "10", "--ef", "60")
            .with("--engines", "lucene,lucene-8bit,jvector,jelmerk", "--rounds", "1")
            .lines();
    assertEquals(5, lines.size());
    for (JsonNode line : lines.subList(0, 4)) {
      assertTrue(line.get("recall@10").asDouble() > 0.95, line.toString());
      assertTrue(line.get("bytesPerVector").asDouble() > 20 * 4 + 16, line.toString());
    }
  }

  @Test
  void saysWhichEnginesThereAre() {
    Run run = run("ann", "--synthetic", "1000x20", "--engines", "kindred,faiss");
    assertEquals(2, run.code());
    assertTrue(
        run.err.toString().contains("no engine 'faiss'; there are hnswlib"), run.err::toString);
    Run bare = run("ann");
    assertEquals(2, bare.code());
    assertTrue(bare.err.toString().contains("--synthetic"), bare.err::toString);
  }

  /** One start of the command; its cache is this test's. */
  private final class Run {
    private final List<String> arguments = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    Run with(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    int code() {
      return Compare.run(
          new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
    }

    List<JsonNode> lines() throws Exception {
      if (arguments.getFirst().equals("ann")) {
        with("--cache", directory.resolve("cache").toString());
      }
      int code = code();
      assertEquals(0, code, err::toString);
      List<JsonNode> lines = new ArrayList<>();
      for (String line : out.toString().split("\n")) {
        lines.add(JsonMapper.builder().build().readTree(line));
      }
      return lines;
    }
  }

  private Run run(String... arguments) {
    return new Run().with(arguments);
  }
}
