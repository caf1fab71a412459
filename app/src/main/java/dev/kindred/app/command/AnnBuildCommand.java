package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.RecallTarget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred ann build}: vectors in, a directory with vectors and graph out. */
@Command(name = "build", description = "Build an index over vectors.")
final class AnnBuildCommand extends KindredCommand {
  @Option(
      names = "--base",
      required = true,
      paramLabel = "FILE",
      description = "The vectors: .npy, .fvecs, .f32, .f16, .kvec, each also .gz.")
  private Path base;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description =
          "A sample of the queries to come, to choose ef by; 1,000 are drawn if there are more"
              + " (default: rows of the base, each passed by as if it weren't there).")
  private Path queries;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write; must not exist.")
  private Path out;

  @Mixin private AnnIndex.Building building;

  @Override
  protected void run() throws IOException {
    HnswOptions options = options(() -> building.hnsw(seed()));
    AnnIndex.requireAbsent(out);
    Destination place = Destination.newDirectory(out);
    AnnIndex.requireDim(base, building.dim());
    BuildMemory memory =
        BuildMemory.estimate(
            base, building.dim(), building.metric(), building.half(), options, threads());
    note(memory.describe());
    memory.requireFits(base);
    place.requireSpace(memory.fileBytes(), this::note);
    try (Arena arena = Arena.ofShared()) {
      Embeddings vectors = AnnIndex.read(base, building.dim(), arena);
      Optional<Embeddings> sample =
          queries == null
              ? Optional.empty()
              : Optional.of(AnnIndex.queries(queries, vectors.dim(), arena));
      long begun = System.nanoTime();
      AnnIndex index =
          AnnIndex.build(vectors, sample, building, options, threads(), progress(), arena);
      double seconds = (System.nanoTime() - begun) / 1e9;
      place.fill(() -> index.write(out));
      report(index, seconds);
    }
  }

  private void report(AnnIndex index, double seconds) throws IOException {
    Hnsw graph = index.graph();
    long vectorBytes = Files.size(out.resolve(AnnIndex.VECTORS));
    long graphBytes = Files.size(out.resolve(AnnIndex.GRAPH));
    RecallTarget target = graph.recallTarget().orElseThrow();
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("index", out.toString());
      line.put("rows", graph.size());
      line.put("dim", graph.dim());
      line.put("metric", ConstantName.of(graph.metric()));
      line.put("bitsPerValue", index.bitsPerValue());
      line.put("codes", ConstantName.of(graph.options().codes()));
      line.put("m", graph.options().m());
      line.put("efConstruction", graph.options().efConstruction());
      line.put("seed", graph.options().seed());
      line.put("threads", threads());
      line.put("targetRecall", target.recall());
      line.put("efAt10", target.efAt10());
      line.put("efAt100", target.efAt100());
      line.put("buildSeconds", seconds);
      line.put("vectorBytes", vectorBytes);
      line.put("graphBytes", graphBytes);
      jsonLines().write(line);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "%s: %s, built in %.1f s, %,d bytes of vectors, %,d of graph; ef %d for recall@10 of"
                  + " %s%n",
              out,
              index.describe(),
              seconds,
              vectorBytes,
              graphBytes,
              target.efAt10(),
              target.recall());
    }
  }
}
