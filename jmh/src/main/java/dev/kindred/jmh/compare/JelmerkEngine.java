package dev.kindred.jmh.compare;

import com.github.jelmerk.knn.DistanceFunction;
import com.github.jelmerk.knn.Item;
import com.github.jelmerk.knn.Jdk17DistanceFunctions;
import com.github.jelmerk.knn.SearchResult;
import com.github.jelmerk.knn.hnsw.HnswIndex;
import dev.kindred.index.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** hnswlib-core of Jelmer Kuperus, a port to Java, with the distances of its Vector API module. */
final class JelmerkEngine extends JavaEngine {
  private static final String GRAPH = "graph.bin";

  /** A vector as the library wants it. */
  record Row(Integer id, float[] vector) implements Item<Integer, float[]> {
    private static final long serialVersionUID = 1;

    @Override
    public int dimensions() {
      return vector.length;
    }
  }

  private final SearchSet set;
  private final HnswIndex<Integer, float[], Row, Float> index;

  private JelmerkEngine(
      SearchSet set,
      BuildTime buildTime,
      long bytes,
      HnswIndex<Integer, float[], Row, Float> index) {
    super(buildTime, bytes);
    this.set = set;
    this.index = index;
  }

  static Optional<Engine> open(
      SearchSet set, EngineKind.Building building, BuildCache cache, EngineKind.Notes notes)
      throws IOException {
    BuildCache.Built built =
        cache.get(
            set,
            "jelmerk-1.1.2-" + building.name(),
            building.anew(),
            directory -> {
              notes.note("jelmerk: building on " + building.threads() + " threads");
              return build(set, building, directory.resolve(GRAPH));
            });
    HnswIndex<Integer, float[], Row, Float> index =
        HnswIndex.load(built.directory().resolve(GRAPH));
    return Optional.of(new JelmerkEngine(set, built.time(), built.bytes(), index));
  }

  private static BuildTime build(SearchSet set, EngineKind.Building building, Path target)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int ordinal = 0; ordinal < set.base().size(); ordinal++) {
      rows.add(new Row(ordinal, set.row(ordinal)));
    }
    HnswIndex<Integer, float[], Row, Float> index =
        HnswIndex.newBuilder(set.dim(), distance(set.metric()), rows.size())
            .withM(building.m())
            .withEfConstruction(building.efConstruction())
            .build();
    BuildTime time =
        BuildTime.of(
            () -> {
              try {
                index.addAll(rows, building.threads(), (done, max) -> {}, Integer.MAX_VALUE);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while jelmerk was building", e);
              }
            });
    index.save(target);
    return time;
  }

  private static DistanceFunction<float[], Float> distance(Metric metric) {
    return metric == Metric.L2
        ? Jdk17DistanceFunctions.VECTOR_FLOAT_256_EUCLIDEAN_DISTANCE
        : Jdk17DistanceFunctions.VECTOR_FLOAT_256_INNER_PRODUCT;
  }

  @Override
  void answer(int query, int ef, Answers answers) {
    index.setEf(ef);
    List<SearchResult<Row, Float>> found = index.findNearest(set.query(query), answers.k());
    for (int rank = 0; rank < found.size(); rank++) {
      float distance = found.get(rank).distance();
      float score = set.metric() == Metric.L2 ? -distance * distance : 1 - distance;
      answers.set(query, rank, found.get(rank).item().id(), score);
    }
  }

  @Override
  public void close() {}
}
