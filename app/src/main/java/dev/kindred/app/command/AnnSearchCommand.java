package dev.kindred.app.command;

import dev.kindred.index.Embeddings;
import dev.kindred.index.ExactSearch;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.IntRows;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.VectorSearcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred ann search}: the nearest vectors of each query. */
@Command(name = "search", description = "Find the nearest vectors of each query.")
final class AnnSearchCommand extends KindredCommand {
  @Mixin private AnnSource source;

  @Option(
      names = "-k",
      paramLabel = "K",
      defaultValue = "10",
      description = "Neighbours of a query (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--ef",
      paramLabel = "EF",
      description =
          "Nodes kept while searching: more finds more and takes longer (default: what reaches the"
              + " target recall that the index was built with).")
  private Integer ef;

  @Option(names = "--exact", description = "Scan all vectors instead of walking the graph.")
  private boolean exact;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the row numbers to a .ivecs or .i32 file instead of printing them.")
  private Path out;

  /** A line of {@code --json}. */
  record Found(int query, int[] ordinals, float[] scores) {}

  @Override
  protected void run() throws IOException {
    if (k < 1 || ef != null && ef < 1) {
      throw usage("-k is " + k + (ef == null ? "" : " and --ef " + ef) + "; must be at least 1");
    }
    if (out != null) {
      VectorFiles.requireInts(out);
      source.files().writes("--out", out).requireApart(this);
      Destination.file(out); // before the work: a place that can't be written to shows now
    }
    HnswOptions options = source.options(this);
    try (Arena arena = Arena.ofShared()) {
      AnnIndex opened = source.index(options, this, arena);
      Hnsw index = opened.graph();
      Embeddings queries = source.queries(index.dim(), arena);
      source.noteOpening(this);
      int width = Math.min(k, index.size());
      int[] all = out == null ? null : new int[length(queries.size(), width)];
      float[] query = new float[index.dim()];
      HnswSearcher approximate = index.searcher();
      VectorSearcher scan = ExactSearch.of(opened.rows(), index.metric()).searcher();
      int wanted = Math.max(1, width);
      Neighbors result = new Neighbors(wanted);
      for (int q = 0; q < queries.size(); q++) {
        queries.copyRow(q, query, 0);
        if (exact) {
          scan.search(query, 0, wanted, OrdinalFilter.ALL, result);
        } else {
          approximate.search(
              query, 0, wanted, ef == null ? index.efFor(k) : ef, OrdinalFilter.ALL, result);
        }
        if (out == null) {
          print(q, result);
        } else {
          for (int rank = 0; rank < width; rank++) {
            all[q * width + rank] = result.ordinal(rank);
          }
        }
      }
      if (out != null) {
        IntRows found = new IntRows(all, Math.max(1, width));
        Destination.file(out).fill(() -> VectorFiles.writeInts(out, found));
      }
    }
  }

  private int length(int queries, int width) {
    long length = (long) queries * width;
    if (length > Integer.MAX_VALUE) {
      throw usage(
          queries
              + " queries x "
              + width
              + " neighbours are more than the 2^31 that --out holds; lower -k or split the"
              + " queries");
    }
    return (int) length;
  }

  private void print(int query, Neighbors result) {
    int[] ordinals = new int[result.size()];
    float[] scores = new float[result.size()];
    StringBuilder line = new StringBuilder().append(query);
    for (int rank = 0; rank < result.size(); rank++) {
      ordinals[rank] = result.ordinal(rank);
      scores[rank] = result.score(rank);
      line.append(String.format(Locale.ROOT, " %d:%.4f", ordinals[rank], scores[rank]));
    }
    if (json()) {
      jsonLines().write(new Found(query, ordinals, scores));
    } else {
      out().println(line);
    }
  }
}
